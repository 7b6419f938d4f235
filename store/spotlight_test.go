package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// stagedExperiment keeps an experiment that came to its second stage at a moment, and
// the news that tell of it.
func stagedExperiment(t *testing.T, tx *store.Txn, title string, lab *store.Actor, at time.Time, audience store.Audience) {
	t.Helper()
	e := newExperiment(lab.IRI, "https://"+lab.Host+"/o/"+title)
	e.Title, e.Audience, e.Remote = title, audience, !lab.Local
	e.Stages = []store.StageChange{{Stage: "signal", Date: noon.AddDate(-1, 0, 0)}, {Stage: "idees", Date: at}}
	putRecord(t, tx, e)
	news := newNews(lab.IRI, "https://"+lab.Host+"/o/news-of-"+title)
	news.Root, news.InReplyTo, news.Audience, news.Remote = e.ID, e.IRI, store.Public, !lab.Local
	putRecord(t, tx, news)
}

func putCall(t *testing.T, tx *store.Txn, title, opens, closes string, audience store.Audience) {
	t.Helper()
	c := &store.Call{Opens: opens, Closes: closes}
	c.Kind, c.Title, c.IRI, c.Lab, c.Audience = "call", title, "https://home.example/o/"+title, iri(home, "lab"), audience
	putRecord(t, tx, c)
}

// lit are the titles in the spotlight, and why.
func lit(tx *store.Txn, v store.Viewer) []string {
	list := []string{}
	for _, s := range tx.Spotlights(v) {
		list = append(list, string(s.Why)+" "+s.Item.Envelope().Title)
	}
	return list
}

// Where nothing is pinned, the spotlight falls on what is timely: what closes next,
// begins next, and came to a new stage last; never on what the viewer may not list.
func TestSpotlightFallsOnWhatIsTimely(t *testing.T) {
	s, _ := open(t)
	view(t, s, func(tx *store.Txn) {
		if got := lit(tx, store.Viewer{}); len(got) > 0 {
			t.Errorf("an empty store: got %v", got)
		}
	})
	update(t, s, func(tx *store.Txn) {
		lab, foreign := putActor(t, tx, store.Group, "lab", home), putActor(t, tx, store.Group, "lab", other)
		putCall(t, tx, "second", "", "2026-03-20", store.Public)
		putCall(t, tx, "first", "", "2026-03-02", store.Public)
		putCall(t, tx, "endless", "", "", store.Public)
		putCall(t, tx, "over", "", "2026-03-01", store.Public)
		putCall(t, tx, "to come", "2026-03-03", "2026-03-10", store.Public)
		putCall(t, tx, "hidden call", "", "2026-03-02", store.Team)
		putEvent(t, tx, "for months", "2026-02-01T09:00", "2026-06-01T09:00", store.Public)
		putEvent(t, tx, "tomorrow", "2026-03-03T09:00", "", store.Public)
		off := putEvent(t, tx, "called off", "2026-03-02T18:00", "", store.Public)
		off.State = "annule"
		putRecord(t, tx, off)
		putEvent(t, tx, "hidden event", "2026-03-02T18:00", "", store.Team)
		stagedExperiment(t, tx, "older", lab, noon.AddDate(0, 0, -20), store.Public)
		stagedExperiment(t, tx, "newest", lab, noon.AddDate(0, 0, -2), store.Public)
		stagedExperiment(t, tx, "oldest", lab, noon.AddDate(0, 0, -29), store.Public)
		stagedExperiment(t, tx, "hidden stage", lab, noon, store.Unlisted)
		stagedExperiment(t, tx, "foreign", foreign, noon, store.Public)
	})
	view(t, s, func(tx *store.Txn) {
		if got, want := lit(tx, store.Viewer{}), []string{"closing first", "beginning tomorrow", "stage newest"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		runs := store.Viewer{Actor: iri(home, "ana"), Local: true, Runs: true}
		if got, want := lit(tx, runs), []string{"closing hidden call", "beginning hidden event", "stage hidden stage"}; !slices.Equal(got, want) {
			t.Errorf("those who run the lab: got %v, want %v", got, want)
		}
	})
}

// What is far away, long ago or new itself is not timely.
func TestSpotlightLeavesOutWhatIsNotTimely(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", home)
		putCall(t, tx, "far", "", "2026-04-02", store.Public)
		putEvent(t, tx, "next week", "2026-03-09T14:00", "", store.Public)
		stagedExperiment(t, tx, "long ago", lab, noon.AddDate(0, 0, -30), store.Public)
		e := newExperiment(lab.IRI, "https://home.example/o/new")
		e.Stages = []store.StageChange{{Stage: "signal", Date: noon}}
		putRecord(t, tx, e)
		news := newNews(lab.IRI, "https://home.example/o/news-of-new")
		news.Root = e.ID
		putRecord(t, tx, news)
	})
	view(t, s, func(tx *store.Txn) {
		if got := lit(tx, store.Viewer{}); len(got) > 0 {
			t.Errorf("got %v, want nothing", got)
		}
	})
	c.pass(3 * 24 * time.Hour)
	view(t, s, func(tx *store.Txn) {
		if got, want := lit(tx, store.Viewer{}), []string{"closing far", "beginning next week"}; !slices.Equal(got, want) {
			t.Errorf("three days later: got %v, want %v", got, want)
		}
	})
}

// What the lab pinned comes before all that is timely, the newest three of it, as far
// as the viewer may list them.
func TestSpotlightFallsOnWhatIsPinned(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab, _ := fill(t, tx)
		putCall(t, tx, "timely", "", "2026-03-02", store.Public)
		pin := func(title string, audience store.Audience) {
			e := newExperiment(lab.IRI, "https://home.example/o/"+title)
			e.Title, e.Audience = title, audience
			putRecord(t, tx, e)
			tx.Pin(lab.ID, e.ID, true)
		}
		pin("inside", store.Team)
		view := store.Viewer{}
		if got, want := lit(tx, view), []string{"closing timely"}; !slices.Equal(got, want) {
			t.Errorf("one that is not for all: got %v, want %v", got, want)
		}
		for _, title := range []string{"a", "b", "c", "d"} {
			pin(title, store.Public)
		}
		pin("by link", store.Unlisted)
		if got, want := lit(tx, view), []string{"chosen d", "chosen c", "chosen b"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
