package store_test

import (
	"slices"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestMatchesAreOfTheSameMeansAndHaveAReason(t *testing.T) {
	s, _ := open(t)
	put := func(it store.Item, title, means string, change func(r *store.Record)) store.Item {
		t.Helper()
		r := it.Envelope()
		r.Title, r.Lang, r.Audience, r.Lab = title, "fr", store.Public, "https://estran.example/actors/estran"
		r.IRI, r.Host = "https://estran.example/o/"+title, "estran.example"
		switch x := it.(type) {
		case *store.Need:
			r.Kind, x.Means = "need", means
		case *store.Resource:
			r.Kind, x.Means = "resource", means
		}
		if change != nil {
			change(r)
		}
		update(t, s, func(tx *store.Txn) { must(t, tx.PutRecord(it, nil)) })
		return it
	}
	rennes := func(r *store.Record) {
		r.Place = store.Place{Code: "com:35238", Lat: 48.11, Lon: -1.68, Precision: store.AtCommune}
	}
	need := put(new(store.Need), "presse", "machine", func(r *store.Record) {
		rennes(r)
		r.Themes = []string{"sante", "mobilite"}
	})
	put(new(store.Resource), "theme", "machine", func(r *store.Record) { r.Themes = []string{"sante"} })
	put(new(store.Resource), "region", "machine", func(r *store.Record) { r.Territory = []string{"dep:29"} })
	put(new(store.Resource), "near", "machine", rennes)
	put(new(store.Resource), "no-reason", "machine", nil)
	put(new(store.Resource), "other-means", "espace", rennes)
	put(new(store.Resource), "hidden", "machine", func(r *store.Record) {
		rennes(r)
		r.Audience = store.Team
	})
	taken := new(store.Resource)
	taken.State = "affectee"
	put(taken, "taken", "machine", rennes)
	over := new(store.Resource)
	over.Expires = "2001-01-01"
	put(over, "over", "machine", rennes)

	view(t, s, func(tx *store.Txn) {
		var got []string
		for _, m := range tx.Matches(need, store.Viewer{}, 9) {
			got = append(got, m.Item.Envelope().Title)
			if m.Item.Envelope().Title == "near" && (!m.Near || m.Region != "region:53") {
				t.Errorf("near: got %+v", m)
			}
		}
		if want := []string{"near", "region", "theme"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if m := tx.Matches(over, store.Viewer{}, 9); len(m) != 0 {
			t.Errorf("what is over: got %v", m)
		}
	})
}

func TestWhatBecomesPublicArrivesOnce(t *testing.T) {
	s, _ := open(t)
	n := &store.News{Record: store.Record{
		Kind: "news", IRI: "https://estran.example/o/1", Host: "estran.example", Lab: "https://estran.example/actors/estran", Title: "Une", Lang: "fr",
	}}
	for _, step := range []store.Audience{store.Team, store.Public, store.Team, store.Public} {
		n.Audience = step
		update(t, s, func(tx *store.Txn) { must(t, tx.PutRecord(n, nil)) })
		view(t, s, func(tx *store.Txn) {
			arrived := 0
			for range tx.Arrivals(0) {
				arrived++
			}
			if want := map[store.Audience]int{store.Public: 1}[step]; arrived != want {
				t.Errorf("at %s: got %d arrivals, want %d", step, arrived, want)
			}
		})
	}
}
