package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestSyncsComeWhenTheyAreDue(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		for i := range 4 {
			tx.PutSync(&store.Sync{Actor: store.ID(i + 1), Next: noon.Add(time.Duration(i) * time.Hour)})
		}
		tx.PutSync(&store.Sync{Actor: 9}) // not by itself
	})
	due := func() (ids []store.ID, next time.Time) {
		view(t, s, func(tx *store.Txn) {
			var jobs []*store.Job
			jobs, next = tx.DueJobs(2)
			ids = nil
			for _, j := range jobs {
				if ids = append(ids, j.ID); j.Kind != store.SyncJob {
					t.Errorf("got a job of kind %q", j.Kind)
				}
			}
		})
		return ids, next
	}
	if ids, next := due(); !slices.Equal(ids, []store.ID{1}) || !next.Equal(noon.Add(time.Hour)) {
		t.Errorf("got %v, %v", ids, next)
	}
	c.pass(5 * time.Hour)
	if ids, _ := due(); !slices.Equal(ids, []store.ID{1, 2}) {
		t.Errorf("more than asked for: got %v", ids)
	}
	update(t, s, func(tx *store.Txn) {
		tx.PutSync(&store.Sync{Actor: 1, Next: tx.Now().Add(time.Hour)})
		tx.DropSync(2)
		tx.PutSync(&store.Sync{Actor: 3})
	})
	if ids, _ := due(); !slices.Equal(ids, []store.ID{4}) {
		t.Errorf("put off, dropped, stopped: got %v, want 4", ids)
	}
	view(t, s, func(tx *store.Txn) {
		n := 0
		for range tx.Syncs() {
			n++
		}
		if n != 4 || tx.Sync(2) != nil || tx.Sync(3) == nil {
			t.Errorf("got %d", n)
		}
	})
}

func TestSelection(t *testing.T) {
	r := &store.Record{IRI: "https://x.example/o/1", Kind: "experiment", Themes: []string{"mobilite", "logement"}}
	for _, c := range []struct {
		s    store.Selection
		want bool
	}{
		{store.Selection{}, true},
		{store.Selection{Kinds: []string{"experiment"}}, true},
		{store.Selection{Kinds: []string{"news"}}, false},
		{store.Selection{Themes: []string{"logement"}}, true},
		{store.Selection{Kinds: []string{"experiment"}, Themes: []string{"education"}}, false},
		{store.Selection{Kinds: []string{"news"}, Records: []string{r.IRI}}, true},
		{store.Selection{Records: []string{"https://x.example/o/2"}}, false},
	} {
		if got := c.s.Has(r); got != c.want {
			t.Errorf("%+v: got %v, want %v", c.s, got, c.want)
		}
	}
}

func TestProblemKeepsItsDate(t *testing.T) {
	var s store.Sync
	s.Fail(store.ProblemUnreachable, noon)
	s.Fail(store.ProblemDigest, noon.Add(time.Hour))
	if s.Problem != store.ProblemDigest || !s.Since.Equal(noon) || s.Fails != 2 {
		t.Errorf("got %+v", s)
	}
}
