package federation

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/bolt"
)

// Without a client every fetch is a mistake of the program, and panics.
func TestJobThatPanicsIsPutAsideAfterThreeTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, err := bolt.Open(filepath.Join(t.TempDir(), "store"), bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		s, err := store.Open(t.Context(), db, nil)
		if err != nil {
			t.Fatal(err)
		}
		n := New(Config{Store: s, BaseURL: "https://labo.example", Log: slog.New(slog.DiscardHandler)})
		err = s.Update(t.Context(), func(tx *store.Txn) error {
			tx.AddJob(jobFetch, fetchJob{IRI: "https://pair.example/o/1"})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		go func() { _ = n.Work(ctx) }() // it has no error
		time.Sleep(24 * time.Hour)      //nolint:forbidigo // of the bubble's clock
		stop()
		synctest.Wait()
		err = s.View(t.Context(), func(tx *store.Txn) error {
			stuck := slices.Collect(tx.StuckJobs())
			if len(stuck) != 1 || stuck[0].Tries != 3 || stuck[0].Panics != 3 {
				t.Errorf("put aside: got %+v, want one job after three tries", stuck)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
