package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A node whose store was damaged does not run. It says which file it is and what
// to do, and leaves the file as it found it, for whoever wants to rescue it.
func TestDamagedStoreIsNotServed(t *testing.T) {
	t.Parallel()
	l := newLab(t, "estran")
	l.start()
	for _, title := range []string{"essai-1", "essai-2", "essai-3"} {
		l.publish(experimentDraft(title))
	}
	l.stop()
	file := filepath.Join(l.dir, storeName)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pages := whole[2*os.Getpagesize():] // all that hangs on the first two
	for name, image := range map[string][]byte{
		"cut short":                whole[:16*os.Getpagesize()],
		"emptied":                  {},
		"written over":             bytes.Repeat([]byte("texte\n"), len(whole)/6),
		"nothing behind its start": slices.Concat(whole[:len(whole)-len(pages)], make([]byte, len(pages))),
	} {
		refuses(t, l, name, image)
	}

	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	l.start()
	wantAll(t, "restored", l.listed("/experimentations"), []string{"essai-1", "essai-2", "essai-3"})
	l.stop()
}

// refuses has a node run on these bytes, and check them, in vain.
func refuses(t *testing.T, l *labProcess, name string, image []byte) {
	t.Helper()
	file := filepath.Join(l.dir, storeName)
	if err := os.WriteFile(file, image, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "check"} {
		out, said, err := l.try(command)
		if err == nil || out != "" {
			t.Errorf("%s: %s: got %q, %v, want an error", name, command, out, err)
		}
		for _, want := range []string{file, "damaged", "restore the data directory from a backup"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %s: got %q, want %q in it", name, command, said, want)
			}
		}
		if strings.Contains(said, "goroutine ") {
			t.Errorf("%s: %s: it panicked:\n%s", name, command, said)
		}
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, image) {
		t.Errorf("%s: the file was changed (%v)", name, err)
	}
}
