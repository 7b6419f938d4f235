package store_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func keep(t *testing.T, s *store.Store, data ...string) *store.Snapshot {
	t.Helper()
	var files []store.SnapshotData
	for i, text := range data {
		files = append(files, store.SnapshotData{Name: string(rune('a'+i)) + ".csv", Rows: i, Data: []byte(text)})
	}
	kept, err := s.KeepSnapshot(t.Context(), files)
	must(t, err)
	return kept
}

func fileOf(t *testing.T, s *store.Store, f *store.SnapshotFile) (whole []byte) {
	t.Helper()
	must(t, s.View(t.Context(), func(tx *store.Txn) error {
		for n := 0; ; n++ {
			piece := tx.SnapshotPiece(f, n)
			if piece == nil {
				return nil
			}
			whole = append(whole, piece...)
		}
	}))
	return whole
}

func TestSnapshotsOfADayAreNamedApartOnlyWhenTheyDiffer(t *testing.T) {
	s, c := open(t)
	first := keep(t, s, "un", "deux")
	if again := keep(t, s, "un", "deux"); again.Name != first.Name {
		t.Errorf("nothing changed: got %s after %s", again.Name, first.Name)
	}
	second := keep(t, s, "un", "trois")
	back := keep(t, s, "un", "deux")
	if second.Name != first.Name+".2" || back.Name != first.Name+".3" {
		t.Errorf("got %s, %s after %s", second.Name, back.Name, first.Name)
	}
	for range 8 {
		back = keep(t, s, "un", back.Name)
	}
	if back.Name != first.Name+".11" {
		t.Errorf("got %s, want the eleventh of the day", back.Name)
	}
	c.pass(24 * time.Hour)
	if next := keep(t, s, "un", "deux"); next.Name == first.Name || next.Name[:8] != first.Name[:8] || !slices.Equal(next.Files, first.Files) {
		t.Errorf("a day later: got %+v", next)
	}
}

func TestSnapshotsGiveBackTheirBytes(t *testing.T) {
	s, _ := open(t)
	large := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	kept := keep(t, s, string(large), "")
	if got := fileOf(t, s, kept.File("a.csv")); !bytes.Equal(got, large) || kept.Files[0].Size != len(large) {
		t.Errorf("got %d bytes, want %d", len(got), len(large))
	}
	if got := fileOf(t, s, kept.File("b.csv")); len(got) != 0 || kept.File("c.csv") != nil {
		t.Errorf("got %q", got)
	}
}

// What should never have been published goes, and nothing that others hold.
func TestAWithdrawnSnapshotIsGone(t *testing.T) {
	s, c := open(t)
	first := keep(t, s, "partagé", "secret")
	c.pass(24 * time.Hour)
	second := keep(t, s, "partagé", "corrigé")
	for range 2 {
		update(t, s, func(tx *store.Txn) { must(t, tx.WithdrawSnapshot(first.Name)) })
	}
	must(t, s.View(t.Context(), func(tx *store.Txn) error {
		if _, err := tx.Snapshot(first.Name); !errors.Is(err, store.ErrGone) {
			t.Errorf("got %v, want %v", err, store.ErrGone)
		}
		if _, err := tx.Snapshot("2020-01-01"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("got %v, want %v", err, store.ErrNotFound)
		}
		return nil
	}))
	if got := fileOf(t, s, first.File("b.csv")); got != nil {
		t.Errorf("still there: %q", got)
	}
	if got := fileOf(t, s, second.File("a.csv")); string(got) != "partagé" {
		t.Errorf("what the other holds too: got %q", got)
	}
	if again := keep(t, s, "partagé", "secret"); again.Name != second.Name+".2" || string(fileOf(t, s, again.File("b.csv"))) != "secret" {
		t.Errorf("taken again: %+v", again)
	}
}
