package page

import (
	"strconv"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/atlas"
	"github.com/essaim/essaim/web/frame"
)

// The picture of the map, in pixels; narrow screens show it smaller. Markers are so
// far apart that a finger meets one of them even there (WCAG 2.5.8).
const (
	mapWidth  = 560
	mapHeight = 640
	mapSquare = mapWidth // of an area
	mapApart  = 52
)

// mapPicture is the picture of a map for its template, and what a script makes of
// it: numbers are ready to stand in attributes.
type mapPicture struct {
	ground
	Title   string
	Box     string // what a map that moves begins with
	Markers []marker
	Looks   []look // what the markers mean
	Rough   bool   // some position is rough
	Framed  bool   // it stands in a frame, which a marker leaves
}

// marker is a place in the picture, or several that lie too close.
type marker struct {
	X, Y     string
	Lat, Lon string
	Href     string // to its line of the list, or of several, to the map of them alone
	Page     string // of the one that it stands for
	Label    string // for those who do not see it
	Text     string // its number, or how many
	Look     string // empty: several
	Left     string // where its box begins
	Wide     string
	Rough    bool
	Area     string // of several
}

// look is a line of the legend.
type look struct{ Look, Text string }

func (m *mapped) picture(tx *store.Txn) mapPicture {
	sheet, land := atlas.France(mapWidth, mapHeight), atlas.Regions
	box := atlas.Parts()[0].Box
	if !m.area.IsZero() {
		sheet, box = atlas.Window(m.area, mapSquare, mapSquare), m.area
		if box.East-box.West < detailed {
			land = atlas.Departments
		}
	}
	p := mapPicture{ground: m.ground(sheet, land), Title: m.t("map.picture"), Box: box.String(), Framed: m.path != frame.MapPath}
	var at []atlas.Point
	var of []int // the pin of each point
	for i := range m.pins {
		if place, ok := sheet.Place(m.pins[i].At); ok {
			at, of = append(at, place), append(of, i)
		}
	}
	seen := map[string]bool{}
	for _, g := range atlas.Gather(at, mapApart) {
		for i, member := range g.Members {
			g.Members[i] = of[member]
		}
		k := m.marker(tx, g)
		p.Markers, p.Rough = append(p.Markers, k), p.Rough || k.Rough
		if len(g.Members) == 1 && !seen[k.Look] {
			seen[k.Look] = true
			p.Looks = append(p.Looks, look{k.Look, m.kindText(m.text(g.Members[0]).Kind)})
		}
	}
	return p
}

// detailed is how many degrees an area is wide at most that shows departments.
const detailed = 8

func (m *mapped) marker(tx *store.Txn, g atlas.Group) marker {
	first := g.Members[0]
	k := marker{X: round(g.At.X), Y: round(g.At.Y), Lat: coordinate(m.pins[first].At.Lat), Lon: coordinate(m.pins[first].At.Lon)}
	if len(g.Members) == 1 {
		m.single(tx, &k, first)
	} else {
		m.several(&k, g.Members)
	}
	wide := 16 + 9*len(k.Text)
	if k.Look != "" {
		wide += 14
	}
	k.Wide, k.Left = strconv.Itoa(wide), strconv.Itoa(-wide/2)
	return k
}

func (m *mapped) single(tx *store.Txn, k *marker, n int) {
	l := m.line(tx, n)
	k.Look, k.Text, k.Rough, k.Page = l.Look, l.Number, l.Precision != "", l.Href
	k.Label = m.t("map.marker", "number", l.Number, "kind", l.KindText, "title", l.Title, "place", l.Place)
	k.Href = "#f-" + l.ID
	if page := n/perPage + 1; m.path != frame.MapPath {
		k.Href = l.Href // a frame shows the first places alone
	} else if page != m.page {
		k.Href = m.with("page", strconv.Itoa(page)) + k.Href
	}
}

func (m *mapped) several(k *marker, members []int) {
	points := make([]geo.Point, len(members))
	for i, n := range members {
		points[i] = m.pins[n].At
	}
	k.Text = strconv.Itoa(len(members))
	k.Area = atlas.Around(points...).Grown(0.2, 0.02).String()
	k.Href = m.with(frame.Area, k.Area)
	k.Label = m.t("map.several", "count", len(members), "first", m.text(members[0]).Title)
}

func coordinate(x float64) string { return strconv.FormatFloat(x, 'f', 5, 64) }
