package page

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/atlas"
)

// lone is a request without a server.
func lone(t *testing.T) *ask {
	t.Helper()
	s := newSite(t)
	return New(Config{Frame: s.frame, Node: s.node.Node}).ask(request(t, "/reseau", nil))
}

func group(id store.ID, territory ...string) *store.Actor {
	return &store.Actor{ID: id, IRI: fmt.Sprint("https://lab.example/", id), Type: store.Group, Name: fmt.Sprint("Labo ", id), Territory: territory}
}

func TestLabsStandAtTheirTerritories(t *testing.T) {
	sheet := atlas.France(chartWidth, chartHeight)
	m := newSketch(group(1, "com:35238"), 0)
	for i, code := range append([]string{"dep:29"}, store.Territories.Slugs...) {
		m.follows(group(store.ID(i+2), code), 0, true)
	}
	m.settle(sheet)
	seen := map[string]bool{}
	for _, l := range m.labs {
		p := l.at
		if p.X < 0 || p.X > chartWidth || p.Y < 0 || p.Y > chartHeight || p.X == chartWidth-60 {
			t.Errorf("%v is at %v", l.actor.Territory, p)
		}
		if seen[pair(p)] {
			t.Errorf("%v is where another is", l.actor.Territory)
		}
		seen[pair(p)] = true
	}
}

func TestALabOfNoTerritoryStandsAtTheEdge(t *testing.T) {
	m := newSketch(group(1), 0)
	m.follows(group(2, "region:99"), 0, true)
	m.settle(atlas.France(chartWidth, chartHeight))
	for _, l := range m.labs {
		if l.at.X != chartWidth-60 {
			t.Errorf("it is at %v", l.at)
		}
	}
}

func TestFollowsAreArcsPerDirection(t *testing.T) {
	m := newSketch(group(1, "region:53"), 3)
	m.follows(group(2, "region:93"), 0, true)
	m.followedBy(group(2, "region:93"), 0, true)
	m.follows(group(3, "region:04"), 0, false)
	m.followedBy(group(4), 0, true)
	c := m.draw(lone(t))
	if len(c.Dots) != 4 || len(c.Arcs) != 4 || !c.Dots[0].Home {
		t.Fatalf("got %d dots and %d arcs", len(c.Dots), len(c.Arcs))
	}
	if c.Arcs[0].Path == c.Arcs[1].Path || c.Arcs[0].Asked || !c.Arcs[2].Asked {
		t.Errorf("arcs are %+v", c.Arcs)
	}
	if !strings.Contains(c.Text, "4 labos") || !strings.Contains(c.Text, "4 abonnements") {
		t.Errorf("the text says %q", c.Text)
	}
}

func TestManyLabsOfOneRegionLieApart(t *testing.T) {
	m := newSketch(group(1, "region:53"), 0)
	for id := store.ID(2); id < 60; id++ {
		m.follows(group(id, "region:53"), 5, true)
	}
	c := m.draw(lone(t))
	seen := map[string]bool{}
	for _, d := range c.Dots {
		if seen[d.X+" "+d.Y] {
			t.Fatalf("two dots at %s %s", d.X, d.Y)
		}
		seen[d.X+" "+d.Y] = true
		if !d.Home && d.Label != nil {
			t.Fatal("names of many labs would cover each other")
		}
	}
	if strings.Contains(fmt.Sprint(c.Arcs), "NaN") {
		t.Error("an arc leads nowhere")
	}
}

func TestNamesDoNotCoverEachOther(t *testing.T) {
	m := newSketch(group(1, "region:53"), 0)
	m.follows(group(2, "region:53"), 0, true)
	m.follows(group(3, "region:53"), 0, true)
	c := m.draw(lone(t))
	for i, a := range c.Dots {
		for _, b := range c.Dots[:i] {
			if gap := a.Label.at.Y - b.Label.at.Y; a.Label.Anchor == b.Label.Anchor && gap > -lineHeight && gap < lineHeight {
				t.Errorf("%s and %s are %.1f apart", a.Label.Text, b.Label.Text, gap)
			}
		}
	}
}

func TestLinksAreAsWideAsWhatIsSaidAlongThem(t *testing.T) {
	m := newSketch(group(1, "region:53"), 0)
	m.now = time.Now()
	for i, said := range []store.Exchanges{{Count: 3, Last: m.now}, {Count: 300, Last: m.now}, {Count: 3, Last: m.now.Add(-2 * silence)}, {}} {
		m.follows(group(store.ID(i+2), "region:93"), 0, true)
		m.labs[i+1].said = &said
	}
	arcs := m.draw(lone(t)).Arcs
	if arcs[0].Width >= arcs[1].Width || arcs[0].Asked || arcs[1].Asked || !arcs[2].Asked || !arcs[3].Asked {
		t.Errorf("arcs are %+v", arcs)
	}
}

func TestLabsAroundOurNeighboursArePale(t *testing.T) {
	m := newSketch(group(1, "region:53"), 0)
	m.follows(group(2, "region:93"), 0, true)
	iri := func(n int) string { return fmt.Sprint("https://lab.example/", n) }
	m.farther(store.Neighbourhood{
		Labs:  []*store.Peer{{IRI: iri(1)}, {IRI: iri(2)}, {IRI: iri(3), Name: "Loin", Territory: []string{"region:04"}}},
		Edges: []store.Edge{{From: iri(1), To: iri(2)}, {From: iri(2), To: iri(3)}},
	})
	c := m.draw(lone(t))
	if len(c.Dots) != 3 || !c.Dots[2].Far || c.Dots[1].Far || len(c.Arcs) != 2 || !c.Arcs[0].Far || c.Arcs[1].Far {
		t.Errorf("got %+v", c)
	}
}
