package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestRecordIsKeptWhole(t *testing.T) {
	s, _ := open(t)
	want := newExperiment(iri(home, "lab"), "https://home.example/o/1")
	want.Themes, want.Image = []string{"mobilite"}, &store.Image{URL: "/media/x.jpg", Alt: "x"}
	want.Problems = []store.Problem{{Statement: "late", Date: noon}}
	update(t, s, func(tx *store.Txn) { putRecord(t, tx, want) })
	view(t, s, func(tx *store.Txn) {
		it, err := tx.RecordByIRI(want.IRI)
		must(t, err)
		got, ok := it.(*store.Experiment)
		if !ok || got.Title != want.Title || got.Stage != "idees" || got.Wording() != "late" || *got.Image != *want.Image {
			t.Errorf("got %+v", it)
		}
		if string(tx.Raw(got.ID)) != want.IRI {
			t.Errorf("raw: got %q", tx.Raw(got.ID))
		}
	})
}

func TestPutRecordAgainKeepsItsIDAndBytes(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		first := newNews(iri(other, "lab"), "https://other.example/o/1")
		putRecord(t, tx, first)
		again := newNews(iri(other, "lab"), "https://other.example/o/1")
		must(t, tx.PutRecord(again, nil))
		if again.ID != first.ID || string(tx.Raw(first.ID)) != first.IRI {
			t.Errorf("got %v with %q, want %v", again.ID, tx.Raw(again.ID), first.ID)
		}
		_, err := tx.Record(0)
		wantErr(t, "no id", err, store.ErrNotFound)
	})
}

func TestDeleteRecordLeavesATombstone(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", home)
		n := newNews(lab.IRI, "https://home.example/o/1")
		putRecord(t, tx, n)
		tx.AddToRiver(n)
		tx.Pin(lab.ID, n.ID, true)
		tx.PutReaction(&store.Reaction{Kind: store.Liked, Record: n.ID, Actor: lab.ID})
		n.Authors = []string{iri(home, "ana")} // not as it was stored
		tx.DeleteRecord(n, &store.Tombstone{IRI: n.IRI, Type: "Note", Owner: n.Lab, Deleted: noon})

		_, err := tx.RecordByIRI(n.IRI)
		wantErr(t, "by IRI", err, store.ErrGone)
		_, err = tx.Record(n.ID)
		wantErr(t, "by id", err, store.ErrNotFound)
		if got := tx.Tombstone(n.IRI); got == nil || got.Type != "Note" || got.Owner != lab.IRI || !got.Deleted.Equal(noon) {
			t.Errorf("tombstone: got %+v", got)
		}
		if tx.Raw(n.ID) != nil || tx.CountReactions(n.ID, store.Liked) != 0 {
			t.Error("its bytes or reactions stayed")
		}
		for range tx.Pinned(lab.ID) {
			t.Error("still pinned")
		}
		wantErr(t, "put it again", tx.PutRecord(newNews(lab.IRI, n.IRI), nil), store.ErrGone)
	})
}

func TestRecordComesBackWhenItsTombstoneIsDropped(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		id := "https://other.example/o/1"
		tx.PutTombstone(&store.Tombstone{IRI: id}) // deleted before it ever came
		wantErr(t, "late Create", tx.PutRecord(newNews(iri(other, "lab"), id), nil), store.ErrGone)
		count := 0
		for ts := range tx.Tombstones() {
			count++
			if ts.IRI != id {
				t.Errorf("got %q", ts.IRI)
			}
		}
		tx.DropTombstone(id)
		putRecord(t, tx, newNews(iri(other, "lab"), id))
		if _, err := tx.RecordByIRI(id); err != nil || count != 1 {
			t.Errorf("got %v, %d tombstones", err, count)
		}
	})
}

func TestListsFollowAnUpdate(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", home)
		ana := putActor(t, tx, store.Person, "ana", home)
		bob := putActor(t, tx, store.Person, "bob", home)
		root := newNews(lab.IRI, "https://home.example/o/root")
		putRecord(t, tx, root)
		e := newExperiment(lab.IRI, "https://home.example/o/1")
		e.Authors, e.Root, e.Themes = []string{ana.IRI}, root.ID, []string{"mobilite"}
		putRecord(t, tx, e)
		tx.AddToRiver(e)

		e.Authors, e.Root, e.Themes, e.Audience = []string{bob.IRI}, 0, []string{"logement"}, store.Team
		must(t, tx.PutRecord(e, nil))
		team := store.Query{Viewer: store.Viewer{Actor: bob.IRI, Local: true}, Limit: 9}
		for what, c := range map[string]struct {
			page store.Page
			want bool
		}{
			"old author":   {tx.ListAuthor(ana.ID, team), false},
			"new author":   {tx.ListAuthor(bob.ID, team), true},
			"thread":       {tx.ListThread(root.ID, team), false},
			"old facet":    {tx.ListKind("experiment", with(team, "themes", "mobilite")), false},
			"new facet":    {tx.ListKind("experiment", with(team, "themes", "logement")), true},
			"river":        {tx.ListRiver(team), true},
			"for visitors": {tx.ListKind("experiment", store.Query{Limit: 9}), false},
			"their river":  {tx.ListRiver(store.Query{Limit: 9}), false},
		} {
			if got := slices.Contains(iris(c.page), e.IRI); got != c.want || got != (c.page.Total == 1) {
				t.Errorf("%s: got %v of %d, want %v", what, got, c.page.Total, c.want)
			}
		}
	})
}

func with(q store.Query, field, slug string) store.Query {
	q.Facets = map[string]string{field: slug}
	return q
}

func TestRecordsOfUnknownActorsAreListedOnceTheyAreKnown(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		e := newExperiment(iri(other, "lab"), "https://other.example/o/1")
		e.Authors = []string{iri(other, "ana")}
		putRecord(t, tx, e)
		lab := putActor(t, tx, store.Group, "lab", other)
		ana := putActor(t, tx, store.Person, "ana", other)
		for range 2 {
			if a, b := tx.ListLab(lab.ID, store.Query{}).Total, tx.ListAuthor(ana.ID, store.Query{Lab: lab.ID}).Total; a != 1 || b != 1 {
				t.Errorf("got %d and %d, want 1 and 1", a, b)
			}
			putRecord(t, tx, e)
		}
		tx.EraseActor(lab, noon)
		if got := tx.ListAuthor(ana.ID, store.Query{}).Total; got != 0 {
			t.Errorf("got %d, want 0", got)
		}
	})
}

func TestExperimentKeepsItsHistory(t *testing.T) {
	later := noon.Add(time.Hour)
	first := &store.Experiment{Stage: "signal", Problem: "late", StageNote: "seen"}
	first.Revise(nil, noon)
	same := &store.Experiment{Stage: "signal", Problem: "late"}
	same.Revise(first, later)
	if len(same.Stages) != 1 || len(same.Problems) != 1 || same.Announce(first) != nil {
		t.Errorf("nothing changed: got %v, %v", same.Stages, same.Problems)
	}
	next := &store.Experiment{Stage: "idees", Problem: "lost", ProblemWhy: "asked them"}
	next.Revise(same, later)
	wantStages := []store.StageChange{{Stage: "signal", Date: noon, Note: "seen"}, {Stage: "idees", Date: later}}
	wantProblems := []store.Problem{{Statement: "late", Date: noon}, {Statement: "lost", Date: later, Why: "asked them"}}
	if !slices.Equal(next.Stages, wantStages) || !slices.Equal(next.Problems, wantProblems) || next.Announce(same) == nil {
		t.Errorf("got %v, %v", next.Stages, next.Problems)
	}
	if len(same.Stages) != 1 || next.Wording() != "lost" || new(store.Experiment).Wording() != "" {
		t.Error("an older version changed, or the problem of today is not the last")
	}
	forged := &store.Experiment{Stage: "idees", Stages: []store.StageChange{{Stage: "essaimage"}}}
	forged.Revise(next, later)
	if !slices.Equal(forged.Stages, wantStages) {
		t.Errorf("history was rewritten: %v", forged.Stages)
	}
}
