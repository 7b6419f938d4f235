package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func outbox(tx *store.Txn, actor, before store.ID) []string {
	list := []string{}
	for a := range tx.Outbox(actor, before) {
		list = append(list, a.IRI)
	}
	return list
}

func TestOutboxShowsWhatIsOpen(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		const lab, record = 3, 9
		var ids []store.ID
		for i := range 4 {
			a := &store.Activity{IRI: fmt.Sprintf("a%d", i), Actor: lab, Local: true, Open: i != 1, Record: record}
			tx.PutActivity(a)
			ids = append(ids, a.ID)
		}
		tx.PutActivity(&store.Activity{IRI: "received", Actor: lab, Open: true})
		tx.PutActivity(&store.Activity{IRI: "neighbour", Actor: lab + 1, Local: true, Open: true, Record: record + 1})
		if got, want := outbox(tx, lab, 0), []string{"a3", "a2", "a0"}; !slices.Equal(got, want) || tx.CountOutbox(lab) != 3 {
			t.Errorf("got %v of %d, want %v", got, tx.CountOutbox(lab), want)
		}
		if got, want := outbox(tx, lab, ids[2]), []string{"a0"}; !slices.Equal(got, want) {
			t.Errorf("before a2: got %v, want %v", got, want)
		}
	})
}

func TestHideFromOutbox(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", home)
		first, second := newNews(lab.IRI, "https://home.example/o/1"), newNews(lab.IRI, "https://home.example/o/2")
		first.Created, second.Created = noon, noon // of this very moment
		for i, n := range []*store.News{first, second, first} {
			putRecord(t, tx, n)
			tx.PutActivity(&store.Activity{IRI: fmt.Sprintf("a%d", i), Actor: lab.ID, Local: true, Open: true, Record: n.ID})
		}
		tx.HideFromOutbox(lab.ID, first.ID)
		if got, want := outbox(tx, lab.ID, 0), []string{"a1"}; !slices.Equal(got, want) || tx.CountOutbox(lab.ID) != 1 {
			t.Errorf("got %v of %d, want %v", got, tx.CountOutbox(lab.ID), want)
		}
		if a, err := tx.ActivityByIRI("a0"); err != nil || a.Record != first.ID {
			t.Errorf("the log lost it: %v, %v", a, err)
		}
	})
	c.pass(-time.Hour) // activities do not go backwards with the clock
	update(t, s, func(tx *store.Txn) {
		lab, err := tx.Lab()
		must(t, err)
		n := newNews(lab.IRI, "https://home.example/o/3")
		putRecord(t, tx, n)
		tx.PutActivity(&store.Activity{IRI: "a3", Actor: lab.ID, Local: true, Open: true, Record: n.ID})
		tx.HideFromOutbox(lab.ID, n.ID)
		if got := outbox(tx, lab.ID, 0); !slices.Equal(got, []string{"a1"}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestActivityIsSeenOnce(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		if tx.Seen("https://other.example/1") {
			t.Error("seen before it came")
		}
		tx.PutActivity(&store.Activity{IRI: "https://other.example/1", Verb: "Like", Raw: []byte(`{"x":1}`)})
		if !tx.Seen("https://other.example/1") || tx.Seen("https://other.example/1/") {
			t.Error("the id decides, to the letter")
		}
		if a, err := tx.ActivityByIRI("https://other.example/1"); err != nil || string(a.Raw) != `{"x":1}` {
			t.Errorf("got %v, %v", a, err)
		}
		_, err := tx.Activity(0)
		wantErr(t, "no id", err, store.ErrNotFound)
	})
}

func TestForgetActivitiesKeepsOursAndTheNew(t *testing.T) {
	s, c := open(t)
	put := func(tx *store.Txn, iri string, local bool) {
		tx.PutActivity(&store.Activity{IRI: iri, Actor: 1, Local: local, Open: true})
	}
	update(t, s, func(tx *store.Txn) {
		put(tx, "ours", true)
		for i := range 5 {
			put(tx, fmt.Sprintf("old%d", i), false)
		}
	})
	c.pass(time.Hour)
	update(t, s, func(tx *store.Txn) {
		put(tx, "new", false)
		if a, b := tx.ForgetActivities(c.at, 3), tx.ForgetActivities(c.at, 3); a != 3 || b != 2 {
			t.Errorf("got %d and %d, want 3 and 2", a, b)
		}
		if tx.Seen("old0") || !tx.Seen("ours") || !tx.Seen("new") || tx.CountOutbox(1) != 1 {
			t.Error("forgot the wrong ones")
		}
	})
}

func TestChangesAreReadOn(t *testing.T) {
	s, c := open(t)
	read := func(tx *store.Txn, after store.ID) (list []string, last store.ID) {
		for ch := range tx.Changes(after) {
			list = append(list, string(ch.Op)+" "+ch.Table)
			last = ch.ID
		}
		return list, last
	}
	var first store.ID
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", home)
		n := newNews(lab.IRI, "https://home.example/o/1")
		putRecord(t, tx, n)
		putRecord(t, tx, n)
		var got []string
		got, first = read(tx, 0)
		if want := []string{"c actor", "c news", "u news"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	c.pass(time.Hour)
	update(t, s, func(tx *store.Txn) {
		it, err := tx.RecordByIRI("https://home.example/o/1")
		must(t, err)
		tx.PutReaction(&store.Reaction{Kind: store.Liked, Record: it.Envelope().ID, Actor: 1})
		tx.PutReaction(&store.Reaction{Kind: store.Liked, Record: it.Envelope().ID, Actor: 1})
		tx.PutFollow(&store.Follow{Follower: 1, Followed: 2})
		tx.DeleteFollow(1, 2)
		tx.DeleteRecord(it, &store.Tombstone{IRI: it.Envelope().IRI})
		got, _ := read(tx, first)
		if want := []string{"c notice", "u reaction", "u follow", "d follow", "d news"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	update(t, s, func(tx *store.Txn) {
		if a, b := tx.TrimChanges(c.at, 2), tx.TrimChanges(c.at, 2); a != 2 || b != 1 {
			t.Errorf("got %d and %d, want 2 and 1", a, b)
		}
		if got, _ := read(tx, 0); len(got) != 5 {
			t.Errorf("got %v", got)
		}
	})
}
