package fedtest

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestScheduledRecordIsPublishedWhenItsTimeComes(t *testing.T) {
	var ahead atomic.Int64
	n := Start(t, "estran", Clocked(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }))
	ana, err := n.AddMember(t.Context(), store.Actor{Handle: "ana", Name: "Ana", Lang: "fr"}, &store.Account{Email: "ana@estran.test", Role: store.Contributor})
	if err != nil {
		t.Fatal(err)
	}
	planned := func(text string, in time.Duration) *store.Scheduled {
		t.Helper()
		s := &store.Scheduled{Actor: ana.ID, Due: n.Store.Now().Add(in), Kind: "news"}
		it := &store.News{Record: store.Record{Kind: "news", Body: text, Audience: store.Public, Authors: []string{ana.IRI}}}
		if err := n.Schedule(t.Context(), it, s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	first, off, gone := planned("À l'heure", time.Hour), planned("Plus tard", time.Hour), planned("Jamais", time.Hour)
	if _, err := n.Reschedule(t.Context(), ana.ID, off.ID, n.Store.Now().Add(5*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := n.Store.Update(t.Context(), func(tx *store.Txn) error { tx.DeleteScheduled(ana.ID, gone.ID); return nil }); err != nil {
		t.Fatal(err)
	}
	ahead.Store(int64(2 * time.Hour))
	refused := planned("", -time.Minute) // and wakes the worker
	eventually(t, n, "what is due is published", func(tx *store.Txn) bool {
		_, err := tx.Scheduled(ana.ID, first.ID)
		return errors.Is(err, store.ErrNotFound) && tx.CountJobs("schedule", 9) == 1
	})
	err = n.Store.View(t.Context(), func(tx *store.Txn) error {
		found := tx.ListLab(ana.ID, store.Query{Limit: 9}).Items
		if len(found) != 1 || found[0].Envelope().Body != "À l'heure" || found[0].Envelope().Lab != ana.IRI {
			t.Errorf("got %v", found)
		}
		for _, left := range []*store.Scheduled{off, refused} {
			if _, err := tx.Scheduled(ana.ID, left.ID); err != nil {
				t.Errorf("%s: %v", left.Item, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
