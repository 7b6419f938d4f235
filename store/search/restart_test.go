package search_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/blevesearch/bleve/v2/index/scorch"

	"github.com/essaim/essaim/store"
)

func TestNothingIsOpenedBeforeItIsNeeded(t *testing.T) {
	w := newWorld(t)
	w.close()
	if _, err := os.Stat(w.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is an index already: %v", err)
	}
	w.open()
}

func TestRestartGoesOn(t *testing.T) {
	w := newWorld(t)
	w.record(w.lab, "Avant", nil)
	w.want(text("avant"), "Avant")
	w.close()
	w.record(w.lab, "Pendant", nil)
	marker := filepath.Join(w.dir, "mine") // gone, had the index been built afresh
	w.must(os.WriteFile(marker, nil, 0o600))
	w.open()
	w.want(text("pendant"), "Pendant")
	w.want(text("avant"), "Avant")
	if _, err := os.Stat(marker); err != nil {
		t.Errorf("the index was built afresh: %v", err)
	}
}

// Whatever became of the files, the index is as it should be afterwards.
func TestDamage(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, dir string) error{
		"missing":         func(_ *testing.T, dir string) error { return os.RemoveAll(dir) },
		"an empty folder": func(_ *testing.T, dir string) error { return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)) },
		"a file": func(_ *testing.T, dir string) error {
			return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, []byte("x"), 0o600))
		},
		"without its facts": func(_ *testing.T, dir string) error { return os.Remove(filepath.Join(dir, "root.bolt")) },
		"cut segments":      func(t *testing.T, dir string) error { return cutAll(t, filepath.Join(dir, "*.zap")) },
		"without segments":  removeSegments,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.record(w.lab, "Un", nil)
			w.record(w.lab, "Deux", nil)
			w.want(text("deux"), "Deux")
			w.close()
			w.must(harm(t, w.dir))
			w.open()
			w.want(text("deux"), "Deux")
			w.want(text("un"), "Un")
		})
	}
}

func removeSegments(t *testing.T, dir string) error {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.zap"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no files: %w", err)
	}
	for _, f := range files {
		err = errors.Join(err, os.Remove(f))
	}
	return err
}

// cutAll leaves the first bytes of each file.
func cutAll(t *testing.T, pattern string) error {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no files: %w", err)
	}
	for _, f := range files {
		err = errors.Join(err, os.Truncate(f, 10))
	}
	return err
}

// A rebuild that was stopped in its middle begins again, and loses nothing.
func TestRebuildStoppedInItsMiddle(t *testing.T) {
	w := newWorld(t)
	const n = 1200
	w.update(func(tx *store.Txn) {
		for i := range n {
			w.put(tx, w.lab, fmt.Sprint("Fiche ", i), nil)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	err := w.index.Rebuild(ctx, func(done, total int) {
		if done > total || total < n {
			t.Errorf("%d of %d", done, total)
		}
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want %v", err, context.Canceled)
	}
	w.close()
	w.open()
	if got := w.find(text("fiche")).Total; got != n {
		t.Errorf("got %d, want %d", got, n)
	}
}

func TestRebuildKeepsUpWithWhatChanges(t *testing.T) {
	w := newWorld(t)
	e := w.record(w.lab, "Secret", nil)
	w.want(text("secret"), "Secret")
	narrowed := false
	w.must(w.index.Rebuild(t.Context(), func(int, int) {
		if !narrowed {
			narrowed = true
			e.Audience = store.Team
			w.save(e)
			w.record(w.lab, "Nouveau", nil)
		}
	}))
	if got := w.find(text("secret")).Total; got != 0 {
		t.Errorf("what was narrowed meanwhile is in the index")
	}
	w.want(text("nouveau"), "Nouveau")
}

// Several nodes may live in one process, as in the demonstration: what one index
// writes down of itself is not the other's. The race detector would tell.
func TestIndexesDoNotShareTheirSettings(t *testing.T) {
	var all []*world
	for range 4 {
		w := newWorld(t) // nothing is opened yet
		w.record(w.lab, "Un", nil)
		all = append(all, w)
	}
	done := make(chan error)
	for _, w := range all {
		go func() { done <- w.index.Rebuild(t.Context(), nil) }()
	}
	for range all {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// When a goroutine of bleve's own fails, writes do not wait for it for ever, and the
// index is built afresh.
func TestBleveFailsInTheBackground(t *testing.T) {
	w := newWorld(t)
	w.record(w.lab, "Un", nil)
	w.want(text("un"), "Un")
	failed := scorch.NewScorchError("merger", "panic: out of range", scorch.ErrAsyncPanic)
	scorch.RegistryAsyncErrorCallbacks["essaim"](failed, w.dir)
	marker := filepath.Join(w.dir, "mine") // gone, when the index was built afresh
	w.must(os.WriteFile(marker, nil, 0o600))
	w.record(w.lab, "Deux", nil)
	w.want(text("deux"), "Deux")
	w.want(text("un"), "Un")
	if _, err := os.Stat(marker); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the index goes on as if nothing had happened: %v", err)
	}
}
