package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// putEvent keeps an event that lasts from a clock to another, in Paris.
func putEvent(t *testing.T, tx *store.Txn, title, start, end string, audience store.Audience) *store.Event {
	t.Helper()
	e := newEvent(start, end, "")
	e.Title, e.IRI, e.Lab, e.Audience, e.Created, e.Updated = title, "https://home.example/o/"+title, iri(home, "lab"), audience, noon, noon
	putRecord(t, tx, e)
	return e
}

func titles(p store.Page) []string {
	var list []string
	for _, it := range p.Items {
		list = append(list, it.Envelope().Title)
	}
	return list
}

func TestAgendaIsUpcomingByStartAndPastLastFirst(t *testing.T) {
	s, _ := open(t)
	now := time.Date(2026, 6, 10, 10, 0, 0, 0, time.UTC) // noon in Paris
	update(t, s, func(tx *store.Txn) {
		putEvent(t, tx, "campaign", "2026-06-01T09:00", "2026-07-01T09:00", store.Public)
		putEvent(t, tx, "later", "2026-06-20T09:00", "", store.Public)
		putEvent(t, tx, "soon", "2026-06-11T09:00", "2026-06-11T10:00", store.Public)
		putEvent(t, tx, "over", "2026-06-10T09:00", "2026-06-10T11:59", store.Public)
		putEvent(t, tx, "ending", "2026-06-10T09:00", "2026-06-10T12:00", store.Public)
		putEvent(t, tx, "long ago", "1999-06-10T09:00", "", store.Public)
		putEvent(t, tx, "hidden", "2026-06-12T09:00", "", store.Team)
		moved := putEvent(t, tx, "moved", "2026-06-09T09:00", "", store.Public)
		moved.Start = "2026-06-15T09:00"
		moved.Revise(nil, noon)
		putRecord(t, tx, moved)
		undated := newEvent("", "", "")
		undated.IRI, undated.Lab = "https://home.example/o/undated", iri(home, "lab")
		putRecord(t, tx, undated)
	})
	view(t, s, func(tx *store.Txn) {
		up := tx.Upcoming("event", now, store.Query{Limit: 9})
		if got, want := titles(up), []string{"campaign", "ending", "soon", "moved", "later"}; !slices.Equal(got, want) || up.Total != 5 {
			t.Errorf("upcoming: got %v of %d, want %v", got, up.Total, want)
		}
		past := tx.Past("event", now, store.Query{Limit: 9})
		if got, want := titles(past), []string{"over", "long ago"}; !slices.Equal(got, want) || past.Total != 2 {
			t.Errorf("past: got %v of %d, want %v", got, past.Total, want)
		}
		if got := titles(tx.Upcoming("event", now, store.Query{Limit: 2, Offset: 1})); !slices.Equal(got, []string{"ending", "soon"}) {
			t.Errorf("second page: got %v", got)
		}
		runs := store.Viewer{Actor: iri(home, "ana"), Local: true, Runs: true}
		if got := tx.Upcoming("event", now, store.Query{Viewer: runs}).Total; got != 6 {
			t.Errorf("those who run the node: got %d, want 6", got)
		}
		for _, wrong := range tx.Check() {
			t.Error(wrong)
		}
	})
}

// A campaign that several labs share is one, however each spells it; also in a store
// that was written before it was listed.
func TestACampaignIsOneHoweverItIsSpelt(t *testing.T) {
	s, _ := open(t)
	const folded = "semaine de l innovation"
	update(t, s, func(tx *store.Txn) {
		for i, spelt := range []string{"Semaine de l'innovation", "SEMAINE DE L’INNOVATION", "Fête de la science", ""} {
			e := putEvent(t, tx, spelt, "2026-06-11T09:00", "", store.Public)
			e.Campaign, e.IRI = spelt, iri(home, string(rune('a'+i)))
			putRecord(t, tx, e)
		}
	})
	for round := range 2 {
		view(t, s, func(tx *store.Txn) {
			for name, got := range map[string]store.Page{
				"agenda": tx.Upcoming("event", noon, with(store.Query{}, "campaign", folded)),
				"list":   tx.ListKind("event", with(store.Query{}, "campaign", folded)),
			} {
				if got.Total != 2 {
					t.Errorf("round %d, %s: got %d, want 2", round, name, got.Total)
				}
			}
		})
		update(t, s, func(tx *store.Txn) {
			tx.LoseCampaigns()
			must(t, store.CampaignsListed(tx))
		})
	}
}
