package media

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// age makes all files of a folder older than Sweep spares.
func age(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-orphanAge - time.Minute)
	for _, e := range entries {
		if err := os.Chtimes(filepath.Join(dir, e.Name()), old, old); err != nil {
			t.Fatal(err)
		}
	}
}

// naming says that the files of these addresses are named.
func naming(addresses ...string) func(context.Context) (map[string]bool, error) {
	names := map[string]bool{}
	for _, a := range addresses {
		file, _, _ := strings.Cut(strings.TrimPrefix(a, Path), "/")
		names[file] = true
	}
	return func(context.Context) (map[string]bool, error) { return names, nil }
}

func sweep(t *testing.T, m *Media, named func(context.Context) (map[string]bool, error), want int) {
	t.Helper()
	if got, err := m.Sweep(t.Context(), named); got != want || err != nil {
		t.Errorf("removed %d %v, want %d", got, err, want)
	}
}

func TestSweepRemovesOldFilesThatNothingNames(t *testing.T) {
	m, dir := open(t)
	named, _ := put(t, m, asJPEG(t, photo(900, 20)))
	file := putFile(t, m, "a.pdf", []byte("%PDF-1"))
	put(t, m, asJPEG(t, photo(850, 20))) // three files
	putFile(t, m, "b.pdf", []byte("%PDF-2"))
	wantFiles(t, dir, 8)
	keep := naming(named.URL, named.Small, named.Medium, file.URL)
	sweep(t, m, keep, 0) // young
	age(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "LISEZ-MOI.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	sweep(t, m, keep, 4)
	for _, u := range []string{named.URL, named.Small, named.Medium, file.URL} {
		wantStatus(t, m, "GET", u, 200)
	}
	wantFiles(t, dir, 5) // a file that it did not make is nobody's to remove
	sweep(t, m, keep, 0)
}

// What a form carries along is kept, and what is uploaded again begins anew.
func TestSweepSparesWhatWasAskedForMeanwhile(t *testing.T) {
	m, dir := open(t)
	data := asJPEG(t, photo(40, 20))
	kept, _ := put(t, m, data)
	file := putFile(t, m, "a.pdf", []byte("%PDF-1"))
	for what, again := range map[string]func(){
		"Keep and File": func() {
			if _, err := m.File(file.URL); err != nil || !m.Keep(kept.URL) {
				t.Errorf("they are not there: %v", err)
			}
		},
		"Put and PutFile": func() {
			put(t, m, data)
			putFile(t, m, "b.pdf", []byte("%PDF-1"))
		},
	} {
		t.Run(what, func(t *testing.T) {
			age(t, dir)
			sweep(t, m, func(context.Context) (map[string]bool, error) {
				again()
				return nil, nil
			}, 0)
			wantFiles(t, dir, 2)
		})
	}
}

func TestSweepRemovesNothingWithoutAnAnswer(t *testing.T) {
	m, dir := open(t)
	put(t, m, frames(t, 1))
	age(t, dir)
	_, err := m.Sweep(t.Context(), func(context.Context) (map[string]bool, error) { return nil, store.ErrClosed })
	if !errors.Is(err, store.ErrClosed) {
		t.Errorf("got %v", err)
	}
	wantFiles(t, dir, 1)
}

func TestKeepKnowsOnlyWhatIsThere(t *testing.T) {
	m, _ := open(t)
	kept, _ := put(t, m, frames(t, 1))
	hash := strings.Repeat("0", 64)
	for _, address := range []string{
		"", "/media/", "/media/" + hash + ".png", kept.URL + "/", kept.URL + "/a/b", strings.TrimPrefix(kept.URL, "/"),
		kept.URL + "%", "/media/../" + kept.URL, "/media/" + hash + ".exe",
	} {
		if m.Keep(address) {
			t.Errorf("%q is there", address)
		}
		if _, err := m.File(address); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: got %v", address, err)
		}
	}
}

// To copy the files, then the store, then the new files, gives a node whose
// every file is there, whatever happens meanwhile.
func TestCopyIsComplete(t *testing.T) {
	m, dir := open(t)
	first := putFile(t, m, "a.txt", []byte("a"))
	age(t, dir)
	to := filepath.Join(t.TempDir(), "copy")
	copyFiles(t, dir, to)
	second := putFile(t, m, "b.txt", []byte("b"))
	named := []string{first.URL, second.URL} // the store is copied now, and then it forgets them
	sweep(t, m, naming(), 1)
	copyFiles(t, dir, to)
	restored, err := Open(to, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	for _, address := range named {
		wantStatus(t, restored, "GET", address, 200)
	}
	age(t, to)
	sweep(t, restored, naming(named...), 0)
}

// copyFiles copies the files of a folder; those that never change are the same again.
func copyFiles(t *testing.T, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err == nil {
		err = os.MkdirAll(to, 0o700)
	}
	for _, e := range entries {
		data, readErr := os.ReadFile(filepath.Join(from, e.Name()))
		err = errors.Join(err, readErr, os.WriteFile(filepath.Join(to, e.Name()), data, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}
