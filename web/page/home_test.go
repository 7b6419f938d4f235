package page

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// The home page draws the network once there is one, and is short: three cards, then
// lines.
func TestHomeShowsTheNetworkAndIsShort(t *testing.T) {
	s := newSite(t)
	visitor := s.Visitor(t)
	if home := visitor.Get("/"); home.Has(`id="map-title"`) {
		t.Error("a lab without neighbours has a map of them")
	}
	other := s.neighbour(t, "calanques")
	s.follow(t, s.node.Lab, other, store.Accepted)
	s.follow(t, s.neighbour(t, "demande"), s.node.Lab, store.Asked)
	for range 5 {
		s.publish(t, s.node.Admin, experiment("Essai", store.Public))
		s.publish(t, s.node.Admin, &store.Need{Mutual: store.Mutual{Means: "machine"}, Record: store.Record{
			Kind: "need", Title: "Une presse", Pitch: "Une accroche.", Audience: store.Public, Lang: "fr", Territory: []string{"region:53"},
		}})
	}
	home := visitor.Get("/")
	if !home.Has(`id="map-title"`, `<a href="/reseau">Voir le réseau</a>`) || !strings.Contains(text(home.Body), "Besoins : tout voir (5)") {
		t.Errorf("got\n%s", home.Body)
	}
	if n := strings.Count(home.Body, `<circle class="node`); n != 2 {
		t.Errorf("%d labs are drawn, want 2", n)
	}
	if cards, needs := strings.Count(home.Body, `<article class="sheet`), strings.Count(home.Body, ">Une presse</a>"); cards != onShelf || needs != onShelf {
		t.Errorf("%d cards and %d needs, want %d of each", cards, needs, onShelf)
	}
}

// A long sheet lists its parts, folds those for whoever wants to know more, and
// writes days and numbers as the language does.
func TestLongSheetIsFoldedAndListsItsParts(t *testing.T) {
	s := newSite(t)
	e := experiment("Longue", store.Public)
	e.Hypothesis, e.Results, e.Budget, e.Panel, e.Mode = "Si, alors.", "Oui.", 1234.5, "Douze personnes.", "services-usagers"
	e.Tests = store.Entries[store.TestSession]{{Date: "2026-03-14", Subject: "Le guichet"}}
	e.Body = "Il était une fois."
	path := federation.PagePath(s.publish(t, s.node.Admin, e))
	page := text(s.Visitor(t).Get(path).Body)
	for _, want := range []string{
		`<nav class="screen-only" aria-label="Sur cette page"`, `<a href="#part-panel">Tests et jalons</a>`, "14 mars 2026", "1 234,5",
		`<details class="part"><summary><h2 id="part-panel">`, `<dt>Sur quoi porte-t-elle ?</dt>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page:\n%s", want, page)
		}
	}
	if page := s.Visitor(t).Get("/en" + path); !page.Has("1,234.5", "On this page") {
		t.Error("the English page does not write numbers as English does")
	}
	short := federation.PagePath(s.publish(t, s.node.Admin, experiment("Courte", store.Public)))
	if s.Visitor(t).Get(short).Has("Sur cette page") {
		t.Error("a short sheet lists its parts")
	}
}

var blockID = regexp.MustCompile(`id="(?:shelf-experiment|shelf-need|home-news)"`)

// The blocks of the home page stand as those who run the lab chose; a shelf that
// follows another block has a heading of its own.
func TestHomeFollowsTheOrderOfItsBlocks(t *testing.T) {
	s := newSite(t)
	visitor := s.Visitor(t)
	s.publish(t, s.node.Admin, experiment("Essai", store.Public))
	s.publish(t, s.node.Admin, &store.Need{Mutual: store.Mutual{Means: "machine"}, Record: store.Record{
		Kind: "need", Title: "Une presse", Pitch: "Une accroche.", Audience: store.Public, Lang: "fr", Territory: []string{"region:53"},
	}})
	const experiments, needs, news = `id="shelf-experiment"`, `id="shelf-need"`, `id="home-news"`
	for _, x := range []struct {
		front store.Front
		want  []string
	}{
		{store.Front{}, []string{experiments, needs, news}},
		{store.Front{Shown: []string{"need", store.FrontNews, "experiment"}}, []string{needs, news, experiments}},
		{store.Front{Shown: []string{store.FrontNews, "need"}, Hidden: []string{"experiment", "event"}}, []string{news, needs}},
		{store.Front{Hidden: store.FrontBlocks()}, nil},
	} {
		s.update(t, func(tx *store.Txn) error { return tx.PutFront(&x.front) })
		home := visitor.Get("/").Body
		got := blockID.FindAllString(home, -1)
		if !slices.Equal(got, x.want) || strings.Contains(home, `id="home-empty"`) {
			t.Errorf("%+v: got %v, want %v", x.front, got, x.want)
		}
	}
}
