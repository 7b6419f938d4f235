package store_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// body is as long as most are.
var body = strings.Repeat("On a essayé, *et voilà* ce que ça donne.\n", 50)

// library opens a store with n experiments of a lab, each published; every
// fifth is of another step of the ladder.
func library(b *testing.B, n int) (*store.Store, *store.Actor) {
	b.Helper()
	s := openStore(b, openBolt(b, filepath.Join(b.TempDir(), "store")), &clock{noon})
	b.Cleanup(func() { s.Close() })
	var lab *store.Actor
	update(b, s, func(tx *store.Txn) {
		putActor(b, tx, store.Application, "node", home)
		lab = putActor(b, tx, store.Group, "lab", home)
		for i := range n {
			e := newExperiment(lab.IRI, fmt.Sprintf("https://home.example/o/%d", i))
			e.Audience, e.Authors = ladder[i%len(ladder)], []string{iri(home, "ana")}
			e.Created = noon.Add(-time.Duration(i) * time.Hour)
			e.Themes = []string{store.Themes.Slugs[i%20]}
			e.Body = body
			putRecord(b, tx, e)
			tx.PutActivity(&store.Activity{IRI: e.IRI + "#a", Actor: lab.ID, Local: true, Open: true, Record: e.ID})
		}
	})
	return s, lab
}

func BenchmarkListKind(b *testing.B) {
	s, _ := library(b, 5000)
	for _, c := range []struct {
		name string
		q    store.Query
	}{
		{"visitor", store.Query{}},
		{"last page", store.Query{Offset: 980}},
		{"facet", with(store.Query{}, "themes", store.Themes.Slugs[4])},
		{"animator", store.Query{Viewer: store.Viewer{Actor: iri(home, "bob"), Local: true, Runs: true}}},
		{"contributor", store.Query{Viewer: store.Viewer{Actor: iri(home, "bob"), Local: true}}},
		{"followed lab", store.Query{Viewer: store.Viewer{Actor: iri(other, "lab")}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.q.Limit = 20
			for b.Loop() {
				view(b, s, func(tx *store.Txn) {
					if p := tx.ListKind("experiment", c.q); len(p.Items) != 20 {
						b.Fatalf("got %d of %d", len(p.Items), p.Total)
					}
				})
			}
		})
	}
}

func BenchmarkCount(b *testing.B) {
	s, _ := library(b, 5000)
	for b.Loop() {
		view(b, s, func(tx *store.Txn) { tx.Count() })
	}
}

func BenchmarkPutRecord(b *testing.B) {
	s, lab := library(b, 100)
	e := newExperiment(lab.IRI, "https://home.example/o/new")
	e.Themes, e.Body = store.Themes.Slugs[:3], body
	for b.Loop() {
		update(b, s, func(tx *store.Txn) { putRecord(b, tx, e) })
	}
}

func BenchmarkOutbox(b *testing.B) {
	s, lab := library(b, 5000)
	b.Run("page of 40", func(b *testing.B) {
		for b.Loop() {
			view(b, s, func(tx *store.Txn) {
				left := 40
				for range tx.Outbox(lab.ID, 0) {
					if left--; left == 0 {
						break
					}
				}
			})
		}
	})
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			view(b, s, func(tx *store.Txn) { tx.CountOutbox(lab.ID) })
		}
	})
	b.Run("hide", func(b *testing.B) {
		for b.Loop() {
			update(b, s, func(tx *store.Txn) {
				it, err := tx.RecordByIRI("https://home.example/o/0")
				must(b, err)
				tx.HideFromOutbox(lab.ID, it.Envelope().ID)
			})
		}
	})
}

func BenchmarkEnqueue(b *testing.B) {
	s, lab := library(b, 1)
	var recipients []store.Recipient
	for i := range 1000 {
		recipients = append(recipients, store.Recipient{Actor: lab.ID, Inbox: fmt.Sprintf("https://host%d.example/inbox", i)})
	}
	o := store.Outgoing{Actor: lab.ID, Verb: "Create", Body: make([]byte, 2000)}
	b.Run("1000 inboxes", func(b *testing.B) {
		for b.Loop() {
			update(b, s, func(tx *store.Txn) { tx.Enqueue(o, recipients) })
		}
	})
}
