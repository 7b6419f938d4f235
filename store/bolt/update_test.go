package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/essaim/essaim/store"
)

var errOwn = errors.New("the closure's own")

// hold keeps the writer in a closure until the returned function is called. In a
// synctest bubble everything that comes meanwhile is known to wait.
func hold(db *DB) (release func()) {
	held, begun, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_ = db.Update(context.Background(), func(store.Tx) error {
			close(begun)
			<-held
			return nil
		})
	}()
	<-begun
	return func() {
		close(held)
		<-ended
	}
}

func TestWaitingUpdatesShareACommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := open(t, Options{})
		const n = maxBatch + 10
		release := hold(db)
		for i := range n {
			go func() {
				if err := put(t.Context(), db, fmt.Sprint(i), "1"); err != nil {
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		if got := db.Stats().Waiting; got != n {
			t.Errorf("got %d waiting, want %d", got, n)
		}
		release()
		synctest.Wait()
		if s := db.Stats(); s.Commits != 2 || s.Updates != n || s.Waiting != 0 {
			t.Errorf("got %+v, want %d updates in 2 commits", s, n)
		}
		must(t, db.Close())
	})
}

func TestUpdateThatWritesNothingIsNotCommitted(t *testing.T) {
	db := open(t, Options{})
	must(t, db.Update(t.Context(), func(store.Tx) error { return nil }))
	if got := db.Stats().Commits; got != 0 {
		t.Errorf("got %d commits, want none", got)
	}
}

func TestTooManyWaitingUpdatesAreBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := open(t, Options{})
		release := hold(db)
		ctx, cancel := context.WithCancel(t.Context())
		errs := make(chan error, maxWaiting)
		for range maxWaiting {
			go func() { errs <- put(ctx, db, "cancelled", "1") }()
		}
		synctest.Wait()
		wantError(t, put(t.Context(), db, "refused", "1"), store.ErrBusy)
		wantError(t, db.Refuses(), store.ErrBusy)
		cancel()
		for range maxWaiting {
			wantError(t, <-errs, context.Canceled)
		}
		go func() { errs <- put(t.Context(), db, "kept", "1") }()
		synctest.Wait()
		release()
		must(t, <-errs)
		if got := contents(t, db); len(got) != 1 || got["kept"] != "1" {
			t.Errorf("got %v, want the one that neither was cancelled nor refused", got)
		}
		must(t, db.Close())
	})
}

func TestCloseWritesWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		db := openAt(t, dir, Options{})
		release := hold(db)
		done := make(chan error, 1)
		go func() { done <- put(t.Context(), db, "waits", "1") }()
		synctest.Wait()
		go func() { done <- db.Close() }()
		synctest.Wait()
		wantError(t, put(t.Context(), db, "late", "1"), store.ErrClosed)
		release()
		must(t, <-done)
		must(t, <-done)
		db = openAt(t, dir, Options{})
		if got := contents(t, db); len(got) != 1 || got["waits"] != "1" {
			t.Errorf("got %v", got)
		}
		must(t, db.Close())
	})
}

func TestGoexitInAClosureHarmsNobody(t *testing.T) {
	db := open(t, Options{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = db.Update(context.Background(), func(tx store.Tx) error {
			tx.Put([]byte("a"), nil)
			runtime.Goexit()
			return nil
		})
	}()
	<-ended
	must(t, put(t.Context(), db, "b", "1"))
	if got := contents(t, db); len(got) != 1 {
		t.Errorf("got %v, want b alone", got)
	}
}

// TestClosuresOfOneCommitSeeEachOther queues closures in a known order, some of
// which fail, and has each compare what it reads with what those before it left.
func TestClosuresOfOneCommitSeeEachOther(t *testing.T) {
	for seed := range uint64(10) {
		synctest.Test(t, func(t *testing.T) {
			db := open(t, Options{NoSync: true})
			kept := map[string]string{}
			r := rand.New(rand.NewPCG(seed, 0))
			for range 4 {
				release := hold(db)
				for range 60 {
					own := rand.New(rand.NewPCG(r.Uint64(), 0))
					go func() { randomUpdate(t, db, kept, own) }()
					synctest.Wait()
				}
				release()
				synctest.Wait()
				if got := contents(t, db); !maps.Equal(got, kept) {
					t.Fatalf("seed %d: got %q, want %q", seed, got, kept)
				}
			}
			must(t, db.Close())
		})
	}
}

func randomUpdate(t *testing.T, db *DB, kept map[string]string, r *rand.Rand) {
	defer func() { _ = recover() }()
	err := db.Update(context.Background(), func(tx store.Tx) error {
		now := maps.Clone(kept)
		compareAll(t, tx, now)
		for range r.IntN(6) {
			key := string("abcdefgh"[r.IntN(8)]) + string("abcdefgh"[r.IntN(8)])
			if r.IntN(2) == 0 {
				tx.Delete([]byte(key))
				delete(now, key)
			} else {
				now[key] = fmt.Sprint(r.Uint32())
				tx.Put([]byte(key), []byte(now[key]))
			}
		}
		compareAll(t, tx, now)
		switch r.IntN(6) {
		case 0:
			return errOwn
		case 1:
			panic(errOwn)
		}
		clear(kept) // the writer's turn is ours alone
		maps.Copy(kept, now)
		return nil
	})
	if err != nil && !errors.Is(err, errOwn) {
		t.Error(err)
	}
}

func compareAll(t *testing.T, tx store.Tx, want map[string]string) {
	keys := slices.Sorted(maps.Keys(want))
	for _, reverse := range []bool{false, true} {
		i := 0
		for k, v := range tx.Scan([]byte("a"), []byte("i"), reverse) {
			if i >= len(keys) || string(k) != keys[i] || !bytes.Equal(v, []byte(want[keys[i]])) {
				t.Errorf("reverse %v: got %s=%s at place %d of %q", reverse, k, v, i, keys)
				return
			}
			i++
		}
		if i != len(keys) {
			t.Errorf("reverse %v: got %d keys, want %d", reverse, i, len(keys))
		}
		slices.Reverse(keys)
	}
}
