package store_test

import (
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestCallsStandAsTheirDatesSay(t *testing.T) {
	c := &store.Call{Opens: "2026-03-01", Closes: "2026-03-31", Decided: "2026-05-15"}
	for at, want := range map[string]string{
		"2026-02-28T22:59:00Z": "a-venir", "2026-02-28T23:00:00Z": "ouvert", // midnight in Paris
		"2026-03-31T21:59:00Z": "ouvert", "2026-03-31T22:00:00Z": "clos",
		"2026-05-14T22:00:00Z": "delibere",
	} {
		now, err := time.Parse(time.RFC3339, at)
		must(t, err)
		if _, got := c.Stamp(now); got != want || c.Open(now) != (want == "ouvert") {
			t.Errorf("%s: got %s, want %s", at, got, want)
		}
	}
	if !new(store.Call).Open(noon) {
		t.Error("a call without dates is not open")
	}
	p := c.Properties()
	if p["startTime"] != "2026-03-01T00:00:00+01:00" || p["endTime"] != "2026-04-01T00:00:00+02:00" {
		t.Errorf("got %v", p)
	}
}

func TestDaysOfACallComeInOrder(t *testing.T) {
	for _, x := range []struct {
		opens, closes, decided string
		wrong                  string
	}{
		{"2026-03-01", "2026-03-01", "2026-03-01", ""},
		{"2026-03-02", "2026-03-01", "", "closes"},
		{"2026-03-01", "2026-03-31", "2026-03-30", "decided"},
		{"2026-03-01", "", "2026-02-28", "decided"},
	} {
		c := &store.Call{Opens: x.opens, Closes: x.closes, Decided: x.decided}
		got := ""
		if errs := c.Check(); len(errs) > 0 {
			got = errs[0].Field
		}
		if got != x.wrong {
			t.Errorf("%+v: got %q", x, got)
		}
	}
}

func TestJointAnswersNeedTwoOrganisations(t *testing.T) {
	const call = "https://home.example/o/1"
	find := func(jointly bool) func(string) store.Item {
		return func(iri string) store.Item {
			if iri != call {
				return nil
			}
			return &store.Call{Jointly: jointly}
		}
	}
	for _, x := range []struct {
		state   string
		jointly bool
		orgs    []store.Commitment
		refused bool
	}{
		{"retenu", true, nil, true},
		{"retenu", true, []store.Commitment{{Org: "Région"}}, true},
		{"retenu", true, []store.Commitment{{Org: "Région"}, {Org: " région "}}, true},
		{"retenu", true, []store.Commitment{{Org: "Région"}, {Org: "Caf", State: "abandonne"}}, true},
		{"retenu", true, []store.Commitment{{Org: "Région"}, {Org: "Caf"}}, false},
		{"retenu", false, nil, false},
		{"en-examen", true, nil, false},
	} {
		c := &store.Challenge{Call: call, State: x.state, Commitments: x.orgs}
		if errs := c.CheckWith(find(x.jointly)); (len(errs) > 0) != x.refused {
			t.Errorf("%+v: got %v", x, errs)
		}
	}
	c := &store.Challenge{Call: "https://home.example/o/2", State: "retenu"}
	if errs := c.CheckWith(find(true)); errs != nil {
		t.Errorf("a call that is not here: got %v", errs)
	}
}

func TestCallTakesChallengesUntilItsLastDay(t *testing.T) {
	find := func(string) store.Item { return &store.Call{Opens: "2026-03-01", Closes: "2026-03-14"} }
	for at, taken := range map[string]bool{
		"2026-02-28T22:59:00Z": false, "2026-02-28T23:00:00Z": true, "2026-03-14T22:59:00Z": true, "2026-03-14T23:00:00Z": false,
	} {
		now, err := time.Parse(time.RFC3339, at)
		must(t, err)
		if errs := new(store.Challenge).CheckInTime(find, now); (len(errs) == 0) != taken {
			t.Errorf("%s: got %v", at, errs)
		}
	}
	if errs := new(store.Challenge).CheckInTime(func(string) store.Item { return nil }, noon); errs != nil {
		t.Errorf("a call that is not here: got %v", errs)
	}
}

func TestEveryStateOfAChallengeIsOnTheWay(t *testing.T) {
	c := &store.Challenge{}
	for i, slug := range store.ChallengeStates.Slugs {
		old := *c
		c.State = slug
		c.Revise(&old, noon.Add(time.Duration(i)*time.Hour))
		if said := c.Announce(&old); said == nil || said.Words["State"] != "challenge-state."+slug {
			t.Errorf("%s: said %+v", slug, said)
		}
		j := c.Journey()
		if j.Current < 0 || len(j.Changes) != i+1 || (j.Stopped != "") != (slug == "non-retenu") {
			t.Errorf("%s: got %+v", slug, j)
		}
	}
	if c.Announce(c) != nil || c.Announce(nil) != nil {
		t.Error("announces what did not change")
	}
}
