package store_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
)

// located is an initiative at a position.
func located(lab, id string, lon, lat float64) *store.Initiative {
	return &store.Initiative{Record: store.Record{
		IRI: id, Kind: "initiative", Type: "Article", Lab: lab, Host: store.HostOf(id), Remote: store.HostOf(id) != home,
		Title: id, Audience: store.Public, Territory: []string{"region:53"}, Created: noon, Updated: noon,
		Place: store.Place{Commune: "Concarneau", Lon: lon, Lat: lat, Precision: store.AtBourg},
	}}
}

func pinTitles(p store.Pins) []string {
	list := []string{}
	for i := range p.List {
		list = append(list, p.List[i].Text().Title)
	}
	return list
}

func TestPinsAreWhatLiesSomewhere(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", home)
		at := located(lab.IRI, iri(home, "at"), -3.9, 47.9)
		putRecord(t, tx, at)
		territory := located(lab.IRI, iri(home, "territory"), 0, 0)
		territory.Place, territory.Territory = store.Place{}, []string{"dep:29"}
		putRecord(t, tx, territory)
		for i, p := range []struct {
			place     store.Place
			territory []string
		}{
			{territory: []string{"region:53", "region:52"}},
			{territory: []string{"region:99"}},
			{place: store.Place{Lon: math.MaxFloat64, Lat: 3, Precision: store.Exact}},
			{place: store.Place{Lat: 90, Precision: store.Exact}},
		} {
			nowhere := located(lab.IRI, iri(home, fmt.Sprint("nowhere", i)), 0, 0)
			nowhere.Place, nowhere.Territory = p.place, p.territory
			putRecord(t, tx, nowhere)
		}
		note := newNews(lab.IRI, iri(home, "note"))
		note.Territory = []string{"region:53"}
		putRecord(t, tx, note)
	})
	view(t, s, func(tx *store.Txn) {
		p := tx.Pins(store.Query{Counts: true}, nil)
		if got, want := pinTitles(p), []string{iri(home, "territory"), iri(home, "at")}; !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		text := p.List[1].Text()
		if p.List[1].At != (geo.Point{Lon: -3.9, Lat: 47.9}) || text.Precision != store.AtBourg || text.Place != "Concarneau" || text.Kind != "initiative" {
			t.Errorf("got %+v, %+v", p.List[1].At, text)
		}
		if text := p.List[0].Text(); text.Precision != store.AtTerritory || text.Place != "Finistère" {
			t.Errorf("got %+v", text)
		}
		if p.Counts[store.PinKind]["initiative"] != 2 || p.Counts["territory"]["dep:29"] != 1 {
			t.Errorf("counts %v", p.Counts)
		}
	})
}

func TestPinsAreNarrowedAndCounted(t *testing.T) {
	s, _ := open(t)
	var lab *store.Actor
	update(t, s, func(tx *store.Txn) {
		lab = putActor(t, tx, store.Group, "lab", home)
		for i := range 4 {
			putRecord(t, tx, located(lab.IRI, iri(home, fmt.Sprint(i)), float64(i), 47))
		}
		away := located(iri(other, "lab"), iri(other, "away"), 1, 47)
		away.Territory = []string{"region:52"}
		putRecord(t, tx, away)
	})
	view(t, s, func(tx *store.Txn) {
		west := func(p geo.Point) bool { return p.Lon < 2 }
		for name, c := range map[string]struct {
			q    store.Query
			want int
		}{
			"all":       {store.Query{}, 3},
			"kind":      {store.Query{Facets: map[string]string{store.PinKind: "initiative"}}, 3},
			"no kind":   {store.Query{Facets: map[string]string{store.PinKind: "need"}}, 0},
			"lab":       {store.Query{Facets: map[string]string{store.PinLab: lab.ID.String()}}, 2},
			"territory": {store.Query{Facets: map[string]string{"territory": "region:52"}}, 1},
			"home":      {store.Query{Home: true}, 2},
			"away":      {store.Query{Away: true}, 1},
		} {
			if got := tx.Pins(c.q, west); len(got.List) != c.want {
				t.Errorf("%s: got %v, want %d", name, pinTitles(got), c.want)
			}
		}
		counts := tx.Pins(store.Query{Counts: true, Facets: map[string]string{"territory": "region:52"}}, west).Counts
		if counts["territory"]["region:53"] != 2 || counts[store.PinKind]["initiative"] != 1 {
			t.Errorf("counts %v", counts)
		}
	})
}

func TestPinsFollowTheirRecords(t *testing.T) {
	s, _ := open(t)
	var it *store.Initiative
	update(t, s, func(tx *store.Txn) {
		it = located(putActor(t, tx, store.Group, "lab", home).IRI, iri(home, "it"), 1, 47)
		putRecord(t, tx, it)
	})
	see := func(want int) {
		t.Helper()
		view(t, s, func(tx *store.Txn) {
			if got := tx.Pins(store.Query{}, nil); len(got.List) != want {
				t.Errorf("got %v, want %d", pinTitles(got), want)
			}
		})
	}
	see(1)
	for _, audience := range []store.Audience{store.Team, store.LabOnly, store.Unlisted, store.FollowedLabs} {
		it.Audience = audience
		update(t, s, func(tx *store.Txn) { putRecord(t, tx, it) })
		see(0)
	}
	it.Audience = store.Public
	update(t, s, func(tx *store.Txn) { putRecord(t, tx, it) })
	see(1)
	it.Place, it.Territory = store.Place{}, nil
	update(t, s, func(tx *store.Txn) { putRecord(t, tx, it) })
	see(0)
	it.Territory = []string{"region:53"}
	update(t, s, func(tx *store.Txn) { putRecord(t, tx, it) })
	see(1)
	update(t, s, func(tx *store.Txn) { tx.DeleteRecord(it, &store.Tombstone{IRI: it.IRI, Deleted: noon}) })
	see(0)
}

func TestLabsOfTheNetworkArePins(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab := newActor(store.Group, "lab", home)
		lab.Local, lab.Territory = true, []string{"region:53"}
		must(t, tx.PutActor(lab))
		for i, shown := range []bool{true, false} {
			peer := newActor(store.Group, fmt.Sprint("peer", i), other)
			peer.Territory, peer.Discoverable = []string{"region:04", "bad\x00=x"}, shown
			must(t, tx.PutActor(peer))
			tx.PutFollow(&store.Follow{Follower: peer.ID, Followed: lab.ID, State: store.Accepted, IRI: peer.IRI + "#f"})
		}
	})
	view(t, s, func(tx *store.Txn) {
		p := tx.Pins(store.Query{Counts: true}, nil)
		if len(p.List) != 2 || p.Counts[store.PinKind][store.KindLab] != 2 || p.Counts["territory"]["region:04"] != 1 {
			t.Errorf("got %v, %v", pinTitles(p), p.Counts)
		}
		if got := tx.Pins(store.Query{Away: true}, nil); len(got.List) != 1 || got.List[0].Text().Kind != store.KindLab {
			t.Errorf("away: got %v", pinTitles(got))
		}
	})
}

func TestAStoreOfSchema4GetsItsPins(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		putRecord(t, tx, located(putActor(t, tx, store.Group, "lab", home).IRI, iri(home, "it"), 1, 47))
		tx.LosePins()
		must(t, store.RecordsPinned(tx))
		if got := tx.Pins(store.Query{}, nil); len(got.List) != 1 {
			t.Errorf("got %v", pinTitles(got))
		}
	})
}

// BenchmarkPins narrows and counts a map of 5,000 places.
func BenchmarkPins(b *testing.B) {
	s, _ := open(b)
	for batch := range 10 {
		update(b, s, func(tx *store.Txn) {
			lab := putActor(b, tx, store.Group, "lab", home)
			for i := range 500 {
				putRecord(b, tx, located(lab.IRI, iri(home, fmt.Sprint(batch, "/", i)), float64(i%10), 43+float64(i%7)))
			}
		})
	}
	for b.Loop() {
		view(b, s, func(tx *store.Txn) {
			if got := tx.Pins(store.Query{Counts: true}, nil); len(got.List) != 5000 {
				b.Fatalf("got %d", len(got.List))
			}
		})
	}
}
