package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// fill puts ten experiments of a lab of this node, the oldest first, and a
// mirrored one.
func fill(t *testing.T, tx *store.Txn) (lab, foreign *store.Actor) {
	t.Helper()
	lab, foreign = putActor(t, tx, store.Group, "lab", home), putActor(t, tx, store.Group, "lab", other)
	for i := range 10 {
		e := newExperiment(lab.IRI, fmt.Sprintf("https://home.example/o/%d", i))
		e.Created = noon.Add(time.Duration(i-20) * time.Minute)
		e.Themes = []string{"mobilite", store.Themes.Slugs[i]}
		if i%2 == 1 {
			e.Stage = "essaimage"
		}
		putRecord(t, tx, e)
	}
	putRecord(t, tx, newExperiment(foreign.IRI, "https://other.example/o/0"))
	putRecord(t, tx, newNews(lab.IRI, "https://home.example/o/news"))
	return lab, foreign
}

func TestListsAreNarrowedAndPaged(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) { fill(t, tx) })
	own := func(numbers ...int) []string {
		l := []string{}
		for _, n := range numbers {
			l = append(l, fmt.Sprintf("https://home.example/o/%d", n))
		}
		return l
	}
	view(t, s, func(tx *store.Txn) {
		lab, err := tx.ActorByHandle("lab", home)
		must(t, err)
		cases := []struct {
			name  string
			q     store.Query
			want  []string
			total int
		}{
			{"newest first", store.Query{Limit: 3}, own(9, 8, 7), 11},
			{"a page", store.Query{Offset: 3, Limit: 2}, own(6, 5), 11},
			{"the last page", store.Query{Offset: 10, Limit: 5}, []string{"https://other.example/o/0"}, 11},
			{"past the end", store.Query{Offset: 11, Limit: 5}, own(), 11},
			{"counted only", store.Query{}, own(), 11},
			{"of this node", store.Query{Home: true, Offset: 9, Limit: 9}, own(0), 10},
			{"of other nodes", store.Query{Away: true, Limit: 9}, []string{"https://other.example/o/0"}, 1},
			{"of a lab", store.Query{Lab: lab.ID, Limit: 1}, own(9), 10},
			{"of nobody", store.Query{Lab: 12345, Limit: 1}, own(), 0},
			{"a stage", with(store.Query{Limit: 2}, "stage", "essaimage"), own(9, 7), 5},
			{"one theme of two", with(store.Query{Limit: 1}, "themes", "mobilite"), own(9), 10},
			{"the other", with(store.Query{Limit: 2}, "themes", store.Themes.Slugs[3]), own(3), 1},
			{"two facets", store.Query{Facets: map[string]string{"themes": store.Themes.Slugs[3], "stage": "idees"}, Limit: 1}, own(), 0},
			{"part of a slug", with(store.Query{Limit: 1}, "themes", "mobil"), own(), 0},
			{"no facet", with(store.Query{Limit: 1}, "title", "x"), own(), 0},
			{"odd bytes", with(store.Query{Limit: 1}, "stage", "essaimage\x00themes=mobilite\x00"), own(), 0},
		}
		for _, c := range cases {
			if p := tx.ListKind("experiment", c.q); !slices.Equal(iris(p), c.want) || p.Total != c.total {
				t.Errorf("%s: got %v of %d, want %v of %d", c.name, iris(p), p.Total, c.want, c.total)
			}
		}
		if got := tx.ListKind("exp", store.Query{}).Total; got != 0 {
			t.Errorf("a kind that is a prefix: got %d", got)
		}
		if got := tx.ListLab(lab.ID, store.Query{}).Total; got != 11 {
			t.Errorf("lab: got %d, want 11", got)
		}
		if got := tx.Count().Records; got != 11 {
			t.Errorf("count: got %d, want 11", got)
		}
	})
}

func TestThreadsAreOldestFirst(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		root := newNews(iri(home, "lab"), "https://home.example/o/1")
		putRecord(t, tx, root)
		for i := range 3 {
			n := newNews(iri(other, "ana"), fmt.Sprintf("https://other.example/o/%d", i))
			n.Root, n.Created = root.ID, noon.Add(time.Duration(i-20)*time.Minute)
			putRecord(t, tx, n)
		}
		got := iris(tx.ListThread(root.ID, store.Query{Limit: 9}))
		if want := []string{"https://other.example/o/0", "https://other.example/o/1", "https://other.example/o/2"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// A mirrored record carries whatever its node says; it must not stand under a
// facet that it has not, nor stop a list.
func TestOddSlugsOfMirroredRecords(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		for i, slugs := range [][]string{
			{"x\x00stage=essaimage"}, {"=stage=essaimage"}, {""}, {"é\xff"}, {"x\x00"}, {"\x00stage=essaimage\x00"},
		} {
			e := newExperiment(iri(other, "lab"), fmt.Sprintf("https://other.example/o/%d", i))
			e.Stage, e.Themes, e.Audience = "", slugs, store.Public
			putRecord(t, tx, e)
		}
		odd := newExperiment(iri(other, "lab"), "https://other.example/o/audience")
		odd.Audience = "everybody!"
		putRecord(t, tx, odd)
		if got := tx.ListKind("experiment", with(store.Query{}, "stage", "essaimage")).Total; got != 0 {
			t.Errorf("got %d under a stage that none has", got)
		}
		if got := tx.ListKind("experiment", store.Query{}).Total; got != 6 {
			t.Errorf("got %d, want 6: an unknown audience is the narrowest", got)
		}
	})
}

func TestTotalsAreTheViewers(t *testing.T) {
	s, _ := open(t)
	lab, ana, bob := iri(home, "lab"), iri(home, "ana"), iri(home, "bob")
	peer := iri(other, "lab")
	update(t, s, func(tx *store.Txn) {
		for i, step := range ladder {
			e := newExperiment(lab, fmt.Sprintf("https://home.example/o/%d", i))
			e.Audience, e.Authors = step, []string{ana}
			if step == store.FollowedLabs || step == store.Named {
				e.Addressed = []string{peer}
			}
			putRecord(t, tx, e)
		}
	})
	cases := []struct {
		name   string
		viewer store.Viewer
		want   int
	}{
		{"visitor", store.Viewer{}, 1},
		{"author", store.Viewer{Actor: ana, Local: true}, 7},
		{"member", store.Viewer{Actor: bob, Local: true}, 3},
		{"member of the circle", store.Viewer{Actor: bob, Local: true, Circles: []store.ID{circle}}, 4},
		{"member of another circle", store.Viewer{Actor: bob, Local: true, Circles: []store.ID{70}}, 3},
		{"animator", store.Viewer{Actor: bob, Local: true, Runs: true}, 6},
		{"followed lab", store.Viewer{Actor: peer}, 3},
		{"its node", store.Viewer{Actor: iri(other, "node"), Node: true}, 2},
		{"another node", store.Viewer{Actor: iri("third.example", "node"), Node: true}, 1},
	}
	view(t, s, func(tx *store.Txn) {
		for _, c := range cases {
			p := tx.ListKind("experiment", store.Query{Viewer: c.viewer, Limit: 9})
			if p.Total != c.want || len(p.Items) != c.want {
				t.Errorf("%s: got %d of %d, want %d", c.name, len(p.Items), p.Total, c.want)
			}
		}
	})
}

func TestPinnedRecords(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab, _ := fill(t, tx)
		var pinned []string
		for _, i := range []int{2, 7, 7, 4} {
			it, err := tx.RecordByIRI(fmt.Sprintf("https://home.example/o/%d", i))
			must(t, err)
			tx.Pin(lab.ID, it.Envelope().ID, true)
			if i == 4 {
				tx.Pin(lab.ID, it.Envelope().ID, false)
			}
		}
		for it := range tx.Pinned(lab.ID) {
			pinned = append(pinned, it.Envelope().IRI)
		}
		if want := []string{"https://home.example/o/7", "https://home.example/o/2"}; !slices.Equal(pinned, want) {
			t.Errorf("got %v, want %v", pinned, want)
		}
	})
}

// A facet counts what its values would leave beside the other facets, and only
// what the viewer may see.
func TestFacetsAreCountedBesideEachOther(t *testing.T) {
	s, _ := open(t)
	lab := iri(home, "lab")
	add := func(tx *store.Txn, n int, stage, theme string, audience store.Audience) {
		e := newExperiment(lab, fmt.Sprintf("https://home.example/o/%d", n))
		e.Stage, e.Themes, e.Audience = stage, []string{theme}, audience
		putRecord(t, tx, e)
	}
	update(t, s, func(tx *store.Txn) {
		add(tx, 1, "signal", "mobilite", store.Public)
		add(tx, 2, "signal", "logement", store.Public)
		add(tx, 3, "idees", "mobilite", store.Public)
		add(tx, 4, "idees", "mobilite", store.Team)
	})
	counts := func(facets map[string]string) map[string]map[string]int {
		var p store.Page
		view(t, s, func(tx *store.Txn) {
			p = tx.ListKind("experiment", store.Query{Facets: facets, Counts: true})
		})
		return p.Counts
	}
	for _, c := range []struct {
		facets      map[string]string
		field, slug string
		want        int
	}{
		{nil, "stage", "signal", 2},
		{nil, "themes", "mobilite", 2},
		{map[string]string{"stage": "signal"}, "stage", "idees", 1},
		{map[string]string{"stage": "signal"}, "themes", "mobilite", 1},
		{map[string]string{"stage": "signal", "themes": "mobilite"}, "stage", "idees", 1},
		{map[string]string{"stage": "signal", "themes": "mobilite"}, "themes", "logement", 1},
		{map[string]string{"stage": "signal", "themes": "mobilite"}, "licence", "etalab-2.0", 0},
	} {
		if got := counts(c.facets)[c.field][c.slug]; got != c.want {
			t.Errorf("%v: %s=%s: got %d, want %d", c.facets, c.field, c.slug, got, c.want)
		}
	}
	view(t, s, func(tx *store.Txn) {
		if p := tx.ListKind("experiment", store.Query{}); p.Counts != nil {
			t.Errorf("counted without being asked: %v", p.Counts)
		}
	})
}
