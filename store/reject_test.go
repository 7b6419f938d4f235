package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// Strangers neither fill the store with names nor hide a host that is known.
func TestRejectsNameFewHosts(t *testing.T) {
	known := func(host string) bool { return host == other }
	r := store.Rejects{}
	for i := range 1000 {
		r.Add(store.RejectSignature, fmt.Sprintf("h%d.example", i), 1, known)
	}
	r.Add(store.RejectSignature, other, 3, known)
	r.Add(store.RejectUnsigned, "", 2, known)
	if n := len(r[store.RejectSignature]); n > 22 {
		t.Errorf("%d hosts are named", n)
	}
	if got := r[store.RejectSignature][other]; got != 3 {
		t.Errorf("a known host: got %d", got)
	}
	if got := r.Total(store.RejectSignature); got != 1003 {
		t.Errorf("in all: got %d", got)
	}
}

func TestRejectsAreKeptForAWeek(t *testing.T) {
	s, c := open(t)
	for range 2 {
		update(t, s, func(tx *store.Txn) { tx.AddRejects(store.Rejects{store.RejectTooLarge: {other: 1}}) })
	}
	want := func(n int) {
		t.Helper()
		view(t, s, func(tx *store.Txn) {
			if got := tx.Rejects().Total(store.RejectTooLarge); got != n {
				t.Errorf("got %d, want %d", got, n)
			}
		})
	}
	want(2)
	c.pass(6 * 24 * time.Hour)
	want(2)
	update(t, s, func(tx *store.Txn) { tx.AddRejects(store.Rejects{store.RejectTooLarge: {other: 1}}) })
	want(3)
	c.pass(24 * time.Hour)
	want(1)
	update(t, s, func(tx *store.Txn) {
		if n := tx.TrimRejects(10); n != 1 {
			t.Errorf("%d days were forgotten, want 1", n)
		}
	})
	want(1)
}
