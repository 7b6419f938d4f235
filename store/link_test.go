package store_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// naming keeps a record of this node whose text names addresses.
func naming(tx *store.Txn, t *testing.T, n int, audience store.Audience, text string) store.ID {
	t.Helper()
	r := store.Record{Kind: "event", IRI: fmt.Sprintf("https://estran.example/o/%d", n), Lab: "https://estran.example/actors/estran", Title: "Visite", Audience: audience, Body: text}
	it := &store.Event{Record: r}
	if err := tx.PutRecord(it, nil); err != nil {
		t.Fatal(err)
	}
	return it.ID
}

// next looks at the addresses that are due, and finds nothing at those that are gone.
func next(t *testing.T, s *store.Store, limit int, gone ...string) (looked []string) {
	t.Helper()
	update(t, s, func(tx *store.Txn) {
		looked = nil
		for _, c := range tx.NextLinks(limit) {
			looked = append(looked, c.Address)
			if slices.Contains(gone, c.Address) {
				tx.KeepLink(*c, http.StatusNotFound)
			} else {
				tx.FoundLink(*c)
			}
		}
	})
	return looked
}

func TestAddressesAreLookedAtInRounds(t *testing.T) {
	s, c := open(t)
	var last store.ID
	update(t, s, func(tx *store.Txn) {
		naming(tx, t, 1, store.Public, "Voir https://a.example/1, [là](https://a.example/2) et <https://a.example/3>.")
		naming(tx, t, 2, store.Team, "https://a.example/secret")
		last = naming(tx, t, 3, store.Public, "ftp://a.example https://a.example/4 https://a.example/4")
	})
	for i, want := range [][]string{
		{"https://a.example/1", "https://a.example/2"}, {"https://a.example/3", "https://a.example/4"}, nil, nil,
	} {
		if got := next(t, s, 2, "https://a.example/4"); !slices.Equal(got, want) {
			t.Errorf("look %d: got %q, want %q", i, got, want)
		}
	}
	broken := func() (n int) {
		view(t, s, func(tx *store.Txn) {
			for range tx.BrokenLinks() {
				n++
			}
		})
		return n
	}
	if broken() != 0 {
		t.Error("one look is enough to be broken")
	}
	c.at = c.at.Add(25 * time.Hour)
	if got := next(t, s, 9, "https://a.example/4"); !slices.Equal(got, []string{"https://a.example/4"}) || broken() != 1 {
		t.Errorf("a day later: got %q, %d broken", got, broken())
	}
	c.at = c.at.Add(25 * time.Hour)
	if got := next(t, s, 9); got != nil {
		t.Errorf("what is broken is asked for %q every day", got)
	}
	update(t, s, func(tx *store.Txn) {
		if err := tx.HurryLink(last, "https://a.example/4"); err != nil {
			t.Error(err)
		}
	})
	if got := next(t, s, 9, "https://a.example/4"); len(got) != 1 || broken() != 1 {
		t.Errorf("at once: got %q, %d broken", got, broken())
	}
	c.at = c.at.Add(8 * 24 * time.Hour)
	if got := next(t, s, 9); len(got) != 4 || broken() != 0 {
		t.Errorf("a week later: got %q, %d broken", got, broken())
	}
}

func TestAnAddressThatNobodyNamesIsNotBroken(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		id := naming(tx, t, 1, store.Public, "Rien.")
		tx.KeepLink(store.LinkCheck{Record: id, Address: "https://a.example/1", Fails: 4}, 0)
		for c := range tx.BrokenLinks() {
			t.Errorf("got %+v", c)
		}
		tx.NextLinks(1)
		if tx.HurryLink(id, "https://a.example/1") == nil {
			t.Error("it is kept for ever")
		}
	})
}
