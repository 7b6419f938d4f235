package bolt

import (
	"fmt"
	"maps"
	"os"
	"syscall"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestFullDiskRefusesUpdatesAlone(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{})
	must(t, put(t.Context(), db, "a", "1"))
	if db.Refuses() != nil {
		t.Fatal("the disk of the test is full")
	}
	must(t, db.Close())
	for _, o := range []Options{{MinFree: 1 << 62}, {MinFreePercent: 401}} {
		db = openAt(t, dir, o)
		wantError(t, db.Refuses(), store.ErrFull)
		err := db.Update(t.Context(), func(store.Tx) error {
			t.Error("the closure ran")
			return nil
		})
		wantError(t, err, store.ErrFull)
		if got := contents(t, db); got["a"] != "1" {
			t.Errorf("got %v, want reads to go on", got)
		}
		must(t, db.Close())
	}
	db = openAt(t, dir, Options{MinFree: -1, MinFreePercent: -1})
	must(t, put(t.Context(), db, "b", "1"))
}

func TestFullDiskHasRoomForHousekeeping(t *testing.T) {
	dir := t.TempDir()
	var s syscall.Statfs_t
	must(t, syscall.Statfs(dir, &s))
	free := int64(s.Bavail) * s.Bsize
	db := openAt(t, dir, Options{MinFree: free * 2, MinFreePercent: -1})
	wantError(t, db.Refuses(), store.ErrFull)
	must(t, put(t.Context(), db, "a", "1"))
}

func TestMaxSizeIsFullAndRecovers(t *testing.T) {
	db := open(t, Options{MaxSize: 48 << 20, NoSync: true})
	want := map[string]string{}
	value := string(make([]byte, 1<<20))
	var err error
	for i := 0; err == nil && i < 100; i++ {
		key := fmt.Sprint(i)
		if err = put(t.Context(), db, key, value); err == nil {
			want[key] = value
		}
	}
	wantError(t, err, store.ErrFull)
	if len(want) < 16 {
		t.Fatalf("full after %d MiB of 48", len(want))
	}
	must(t, db.Update(t.Context(), func(tx store.Tx) error { // the deletes fit
		for k := range want {
			tx.Delete([]byte(k))
		}
		return nil
	}))
	must(t, put(t.Context(), db, "again", value))
	if got := contents(t, db); !maps.Equal(got, map[string]string{"again": value}) {
		t.Errorf("got %d keys, want the last one", len(got))
	}
	must(t, db.Check(t.Context()))
}

// failWrites makes the n-th write from now on, and all after it, fail halfway.
func failWrites(db *DB, n int, err error) (stop func()) {
	failing := true
	hookWrites(db, func(next writeAt) writeAt {
		return func(b []byte, off int64) (int, error) {
			if n--; n >= 0 || !failing {
				return next(b, off)
			}
			written, _ := next(b[:len(b)/2], off)
			return written, err
		}
	})
	return func() { failing = false }
}

// TestNoSpaceAtAnyWrite lets a commit run out of space at its first, second …
// write of a page; the disk then has room again.
func TestNoSpaceAtAnyWrite(t *testing.T) {
	for n := range 8 {
		dir := t.TempDir()
		db := openAt(t, dir, Options{})
		fill := func(round int) error {
			return db.Update(t.Context(), func(tx store.Tx) error {
				for i := range 40 {
					tx.Put(fmt.Append(nil, i), fmt.Appendf(make([]byte, 900), "%d", round))
				}
				return nil
			})
		}
		must(t, fill(1))
		want := contents(t, db)
		stop := failWrites(db, n, syscall.ENOSPC)
		wantError(t, fill(2), store.ErrFull)
		if got := contents(t, db); !maps.Equal(got, want) {
			t.Fatalf("write %d: the failed commit left something", n)
		}
		must(t, db.Check(t.Context()))
		stop()
		must(t, fill(3))
		want = contents(t, db)
		must(t, db.Close())
		db = openAt(t, dir, Options{})
		if got := contents(t, db); !maps.Equal(got, want) {
			t.Fatalf("write %d: reopening changed the contents", n)
		}
	}
}

// TestBrokenDiskStopsUpdatesUntilReopened fails the write of a page, and of the
// meta page, which may have reached the disk although it failed: then lack of
// space is no excuse either.
func TestBrokenDiskStopsUpdatesUntilReopened(t *testing.T) {
	tests := []struct {
		write int
		err   error
		want  string
	}{{0, syscall.EIO, "1"}, {1, syscall.EIO, "2"}, {1, syscall.ENOSPC, "2"}}
	for _, tt := range tests {
		dir := t.TempDir()
		db := openAt(t, dir, Options{})
		must(t, put(t.Context(), db, "a", "1"))
		stop := failWrites(db, tt.write, tt.err)
		wantError(t, put(t.Context(), db, "a", "2"), tt.err)
		stop()
		wantError(t, put(t.Context(), db, "a", "3"), tt.err)
		if got := contents(t, db)["a"]; got != tt.want {
			t.Errorf("%v: got %q, want %q", tt, got, tt.want)
		}
		must(t, db.Close())
		db = openAt(t, dir, Options{})
		if got := contents(t, db)["a"]; got != tt.want || !db.Unclean() {
			t.Errorf("%v: reopened, unclean %v: got %q, want %q", tt, db.Unclean(), got, tt.want)
		}
		must(t, put(t.Context(), db, "a", "4"))
	}
}

// A crash while a store was made leaves the
// file that was to become it.
func TestOpenIgnoresHalfOfANewFile(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(dir+"/node.db.new", []byte("half"), 0o600))
	db := openAt(t, dir, Options{})
	must(t, put(t.Context(), db, "a", "1"))
	if _, err := os.Stat(dir + "/node.db.new"); !os.IsNotExist(err) {
		t.Errorf("the half file is still there: %v", err)
	}
}
