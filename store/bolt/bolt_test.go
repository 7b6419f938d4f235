package bolt

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/enginetest"
)

func TestContract(t *testing.T) {
	enginetest.Run(t, func(t *testing.T, dir string) store.Engine { return openAt(t, dir, Options{}) })
}

// open opens an empty store that the test closes if it is open at its end.
func open(t testing.TB, o Options) *DB {
	t.Helper()
	return openAt(t, t.TempDir(), o)
}

func openAt(t testing.TB, dir string, o Options) *DB {
	t.Helper()
	db, err := Open(filepath.Join(dir, "node.db"), o)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func inParallel(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

func put(ctx context.Context, db *DB, key, value string) error {
	return db.Update(ctx, func(tx store.Tx) error {
		tx.Put([]byte(key), []byte(value))
		return nil
	})
}

// contents answers everything in the store.
func contents(t testing.TB, db *DB) map[string]string {
	t.Helper()
	got := map[string]string{}
	must(t, db.View(context.Background(), func(tx store.Tx) error {
		for k, v := range tx.Scan(nil, nil, false) {
			got[string(k)] = string(v)
		}
		return nil
	}))
	return got
}

func TestOnlyTheOwnerReadsTheFile(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "a", "b"), Options{})
	for path, want := range map[string]os.FileMode{db.Path(): 0o600, db.dir(): 0o700} {
		info, err := os.Stat(path)
		must(t, err)
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got mode %o, want %o", path, got, want)
		}
	}
}

func TestSecondOpenIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := open(t, Options{})
		began := time.Now()
		_, err := Open(db.Path(), Options{})
		wantError(t, err, ErrLocked)
		if !strings.Contains(err.Error(), db.Path()) || !strings.Contains(err.Error(), "process ") {
			t.Errorf("the error names neither file nor process: %v", err)
		}
		if took := time.Since(began); took < lockWait || took > lockWait+2*lockRetry {
			t.Errorf("waited %v, want %v", took, lockWait)
		}
		must(t, put(t.Context(), db, "a", "1"))
		must(t, db.Close())
	})
}

func TestOpenWaitsForTheLastOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := open(t, Options{})
		go func() {
			time.Sleep(lockWait / 2) //nolint:forbidigo // of the bubble's clock
			_ = db.Close()
		}()
		next, err := Open(db.Path(), Options{})
		must(t, err)
		must(t, next.Close())
		if next.Unclean() {
			t.Error("a clean stop was taken for an unclean one")
		}
	})
}

func TestUncleanStopIsRemembered(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{})
	left, err := os.ReadFile(db.lock.file.Name())
	must(t, err)
	if db.Unclean() {
		t.Error("a new store says that it was left unclean")
	}
	must(t, db.Close())
	must(t, os.WriteFile(filepath.Join(dir, "node.db.lock"), left, 0o600))
	for _, want := range []bool{true, false} {
		db := openAt(t, dir, Options{})
		if got := db.Unclean(); got != want {
			t.Errorf("got unclean %v, want %v", got, want)
		}
		must(t, db.Close())
	}
}

func TestLongViewIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		db := open(t, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		for _, d := range []time.Duration{slowView, slowView + 1} {
			if log.Len() > 0 {
				t.Errorf("a short view was logged: %s", &log)
			}
			must(t, db.View(t.Context(), func(store.Tx) error {
				time.Sleep(d) //nolint:forbidigo // of the bubble's clock
				return nil
			}))
		}
		if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "took=1.000000001s") {
			t.Errorf("got log %q", &log)
		}
		must(t, db.Close())
	})
}

func TestBackupIsAStore(t *testing.T) {
	db := open(t, Options{})
	must(t, put(t.Context(), db, "a", "1"))
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "node.db"))
	must(t, err)
	must(t, db.Backup(t.Context(), f))
	must(t, f.Close())
	must(t, put(t.Context(), db, "a", "2"))
	if got := contents(t, openAt(t, dir, Options{})); len(got) != 1 || got["a"] != "1" {
		t.Errorf("got %v, want what was there when it was made", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	wantError(t, db.Backup(ctx, writerFunc(func(b []byte) (int, error) { cancel(); return len(b), nil })), context.Canceled)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestMostlyFreeFileIsCompacted(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{NoSync: true})
	must(t, put(t.Context(), db, "kept", "1"))
	must(t, db.Update(t.Context(), func(tx store.Tx) error {
		for i := range byte(6) {
			tx.Put([]byte{i}, make([]byte, 15<<20))
		}
		return nil
	}))
	must(t, db.Update(t.Context(), func(tx store.Tx) error {
		for k := range tx.Scan(nil, []byte{6}, false) {
			tx.Delete(k)
		}
		return nil
	}))
	if s := db.Stats(); s.Size < compactOver || s.Free < s.Size*9/10 {
		t.Errorf("before: %+v, want a large and empty file", s)
	}
	must(t, db.Close())
	db = openAt(t, dir, Options{MinFree: 1 << 62})
	if s := db.Stats(); s.Size < compactOver {
		t.Errorf("without room: %+v, want the file as it was", s)
	}
	must(t, db.Close())
	db = openAt(t, dir, Options{})
	if s := db.Stats(); s.Size > 1<<20 {
		t.Errorf("after: %+v, want a small file", s)
	}
	if got := contents(t, db); len(got) != 1 || got["kept"] != "1" {
		t.Errorf("got %d keys, want the one that was kept", len(got))
	}
}

func TestCheckOfAWholeStore(t *testing.T) {
	db := open(t, Options{})
	must(t, db.Check(t.Context()))
	inParallel(4, func(i int) {
		for j := range 50 {
			if err := put(t.Context(), db, strings.Repeat("k", 1+i*50+j), strings.Repeat("v", j*200)); err != nil {
				t.Error(err)
			}
			if err := db.Check(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantError(t, db.Check(ctx), context.Canceled)
}
