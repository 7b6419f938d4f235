package store_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// said is what a record said before, as its bodies.
func said(tx *store.Txn, id store.ID) []string {
	var all []string
	for e := range tx.Editions(id) {
		all = append(all, e.Read().Envelope().Body+string(e.Raw))
	}
	return all
}

// edit saves news again a minute later.
func edit(t *testing.T, tx *store.Txn, c *clock, n *store.News, body string, audience store.Audience) {
	t.Helper()
	c.pass(time.Minute)
	n.Body, n.Audience, n.Updated = body, audience, c.at
	must(t, tx.PutRecord(n, []byte(" "+body)))
}

func TestEditionsAreOfWhatEverybodyCouldRead(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		putActor(t, tx, store.Application, "node", home)
		lab := putActor(t, tx, store.Group, "lab", home)
		n := newNews(lab.IRI, "https://home.example/o/n")
		for _, step := range []struct {
			body     string
			audience store.Audience
			want     []string
		}{
			{"a", store.LabOnly, nil},
			{"b", store.Public, nil},
			{"c", store.Public, []string{"b b"}},
			{"c", store.Public, []string{"b b"}},
			{"d", store.Unlisted, []string{"b b", "c c"}},
			{"e", store.FollowedLabs, nil},
			{"f", store.Public, nil},
			{"g", store.Public, []string{"f f"}},
		} {
			edit(t, tx, c, n, step.body, step.audience)
			if got := said(tx, n.ID); !slices.Equal(got, step.want) {
				t.Errorf("after %s for %s: got %q, want %q", step.body, step.audience, got, step.want)
			}
		}
		tx.DeleteRecord(n, &store.Tombstone{IRI: n.IRI})
		if got := said(tx, n.ID); len(got) > 0 {
			t.Errorf("deleted: got %q", got)
		}
		if wrong := tx.Check(); len(wrong) > 0 {
			t.Error(wrong)
		}
	})
}

func TestEditionsAreBounded(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		putActor(t, tx, store.Application, "node", home)
		lab := putActor(t, tx, store.Group, "lab", home)
		n := newNews(lab.IRI, "https://home.example/o/n")
		for i := range 25 {
			edit(t, tx, c, n, strconv.Itoa(i), store.Public)
		}
		got := said(tx, n.ID)
		if len(got) != 20 || got[0] != "4 4" || got[19] != "23 23" {
			t.Errorf("got %q, want the last 20 before the present one", got)
		}
		edit(t, tx, c, n, fmt.Sprintf("%070000d", 0), store.Public)
		edit(t, tx, c, n, "short", store.Public)
		if got := said(tx, n.ID); got[19] != "24 24" {
			t.Errorf("got %.20q, want that nothing long is kept", got[19])
		}
	})
}

func TestNothingIsKeptOfWhatSomebodyWithoutAnAccountTookBack(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		putActor(t, tx, store.Application, "node", home)
		lab := putActor(t, tx, store.Group, "lab", home)
		n := newNews(lab.IRI, "https://home.example/o/n")
		edit(t, tx, c, n, "06 12 34 56 78", store.Public)
		tx.PutContribution(&store.Contribution{Record: n.ID})
		edit(t, tx, c, n, "", store.Public)
		if got := said(tx, n.ID); len(got) > 0 {
			t.Errorf("got %q", got)
		}
	})
}
