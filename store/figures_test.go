package store_test

import (
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// figuresOf are the indicators by key.
func figuresOf(tx *store.Txn, v store.Viewer, from, to time.Time) map[string]store.Indicator {
	all := map[string]store.Indicator{}
	for _, i := range tx.Indicators(v, from, to) {
		all[i.Key] = i
	}
	return all
}

func part(parts []store.Part, slug string) int {
	for _, p := range parts {
		if p.Slug == slug {
			return p.Value
		}
	}
	return -1
}

func TestIndicatorsCountWhatTookPlaceInThePeriod(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		for title, start := range map[string]string{"before": "2025-12-31T23:00", "first": "2026-01-01T00:30", "second": "2026-02-10T09:00", "to come": "2026-03-20T09:00"} {
			e := putEvent(t, tx, title, start, "", store.Public)
			e.EventKind, e.Attendance = "atelier", store.Attendance{Professionals: 10, Users: 3}
			putRecord(t, tx, e)
		}
		called := putEvent(t, tx, "called off", "2026-02-11T09:00", "", store.Public)
		called.State, called.Attendance.Users = "annule", 5
		putRecord(t, tx, called)
		putEvent(t, tx, "inner", "2026-02-12T09:00", "", store.LabOnly)
	})
	view(t, s, func(tx *store.Txn) {
		from := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC) // its whole month counts
		all := figuresOf(tx, store.Viewer{}, from, noon)
		w, p := all[store.Workshops], all[store.Participations]
		if w.Total != 2 || part(w.Parts, "atelier") != 2 || part(w.Months, "2026-01") != 1 || part(w.Months, "2026-03") != 0 || len(w.Months) != 3 {
			t.Errorf("events: got %+v", w)
		}
		if p.Total != 26 || part(p.Parts, "attendedProfessionals") != 20 || part(p.Parts, "attendedUsers") != 6 || part(p.Parts, "attendedElected") != -1 {
			t.Errorf("participations: got %+v", p)
		}
		if u := all[store.UsersInvolved]; u.Total != 6 || part(u.Months, "2026-02") != 3 {
			t.Errorf("users: got %+v", u)
		}
		member := store.Viewer{Actor: iri(home, "ana"), Local: true}
		if got := figuresOf(tx, member, from, noon)[store.Workshops].Total; got != 3 {
			t.Errorf("a member counts %d, want 3", got)
		}
	})
}

func TestExperimentsAreCountedAtTheStageOfTheirTime(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		e := &store.Experiment{Stage: "evaluation", Outcome: "appris"}
		e.Kind, e.IRI, e.Lab, e.Audience, e.Created, e.Updated = "experiment", iri(home, "e"), iri(home, "lab"), store.Public, noon.AddDate(-1, 0, 0), noon
		e.Stages = []store.StageChange{{Stage: "signal", Date: e.Created}, {Stage: "evaluation", Date: noon.AddDate(0, -1, 0)}}
		putRecord(t, tx, e)
	})
	view(t, s, func(tx *store.Txn) {
		now := figuresOf(tx, store.Viewer{}, noon.AddDate(0, -1, 0), noon)
		if i := now[store.Experiments]; i.Total != 1 || part(i.Parts, "evaluation") != 1 || i.Months != nil {
			t.Errorf("now: got %+v", i)
		}
		if i := now[store.ByOutcome]; part(i.Parts, "appris") != 1 {
			t.Errorf("by outcome: got %+v", i)
		}
		if i := figuresOf(tx, store.Viewer{}, noon.AddDate(-1, 0, 0), noon.AddDate(0, -6, 0))[store.Experiments]; part(i.Parts, "signal") != 1 {
			t.Errorf("half a year ago: got %+v", i)
		}
		if i := figuresOf(tx, store.Viewer{}, noon.AddDate(-2, 0, 0), noon.AddDate(-1, -6, 0))[store.Experiments]; i.Total != 0 {
			t.Errorf("before it was there: got %+v", i)
		}
	})
}

// An adoption counts on both sides, and on that of the origin once it is confirmed.
func TestReplicationsCountBothWays(t *testing.T) {
	s, _ := open(t)
	var forged *store.Adoption
	update(t, s, func(tx *store.Txn) {
		ours := &store.Experiment{Stage: "signal"}
		ours.Kind, ours.IRI, ours.Lab, ours.Audience, ours.Created, ours.Updated = "experiment", iri(home, "ours"), iri(home, "lab"), store.Public, noon, noon
		putRecord(t, tx, ours)
		adoption := func(name, host, of string) *store.Adoption {
			a := &store.Adoption{Of: of, Degree: "adapte", Date: "2026-02-01"}
			a.Kind, a.IRI, a.Lab, a.Audience, a.Remote, a.Created, a.Updated = "adoption", iri(host, name), iri(host, "lab"), store.Public, host != home, noon, noon
			putRecord(t, tx, a)
			return a
		}
		tx.Confirm(adoption("confirmed", "away.example", ours.IRI))
		forged = adoption("forged", "evil.example", ours.IRI)
		adoption("taken", home, iri("away.example", "theirs"))
		tx.Confirm(adoption("between others", "away.example", iri("third.example", "x")))
	})
	view(t, s, func(tx *store.Txn) {
		i := figuresOf(tx, store.Viewer{}, noon.AddDate(0, -2, 0), noon)[store.Replications]
		if i.Total != 2 || part(i.Parts, "given") != 1 || part(i.Parts, "taken") != 1 || part(i.Months, "2026-02") != 2 {
			t.Errorf("got %+v, without %s", i, forged.IRI)
		}
	})
}
