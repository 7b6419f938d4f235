package page

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/atlas"
)

// chart is the picture of the network: labs as dots at their territories, follows
// as arcs. It is made for its template; numbers are ready to stand in attributes.
type chart struct {
	ground
	Title, Text string // for those who do not see it
	Arcs        []arc
	Dots        []dot
}

// point is a place of the drawing.
type point = atlas.Point

// arc is a follow: a curve and the head of its arrow.
type arc struct {
	Path, Head string
	Width      string
	Asked      bool // or silent
	Far        bool // between two others
}

type dot struct {
	X, Y, R string
	Home    bool
	Far     bool
	Label   *label
}

// label is a lab's name beside its dot; Anchor is the SVG property text-anchor.
type label struct {
	Text, X, Y, Anchor string
	at                 point
}

// sketch gathers the labs of the picture.
type sketch struct {
	labs  []*lab
	index map[string]*lab // by IRI
	far   [][2]*lab       // who follows whom among others
	now   time.Time
	mute  bool // without names: it is shown small
}

// lab is a lab in the picture.
type lab struct {
	actor     *store.Actor
	place     store.Place // where to show it, when that is known better than its territory
	published int
	at        point
	radius    float64
	out, in   bool // home follows it; it follows home
	outAsked  bool
	inAsked   bool
	said      *store.Exchanges // nil: not known
	far       bool             // we neither follow it, nor it us
}

func newSketch(home *store.Actor, published int) *sketch {
	first := &lab{actor: home, published: published}
	return &sketch{labs: []*lab{first}, index: map[string]*lab{home.IRI: first}}
}

func (s *sketch) add(actor *store.Actor, published int) *lab {
	l := s.index[actor.IRI]
	if l == nil {
		l = &lab{actor: actor, published: published}
		s.index[actor.IRI] = l
		s.labs = append(s.labs, l)
	}
	return l
}

func (s *sketch) follows(actor *store.Actor, published int, accepted bool) {
	l := s.add(actor, published)
	l.out, l.outAsked = true, !accepted
}

func (s *sketch) followedBy(actor *store.Actor, published int, accepted bool) {
	l := s.add(actor, published)
	l.in, l.inAsked = true, !accepted
}

// farther adds what is known of the labs around our neighbours.
func (s *sketch) farther(n store.Neighbourhood) {
	home := s.labs[0]
	for _, p := range n.Labs {
		if s.index[p.IRI] == nil {
			s.add(&store.Actor{IRI: p.IRI, Name: p.DisplayName(), Territory: p.Territory}, 0).far = true
		}
	}
	for _, e := range n.Edges {
		if from, to := s.index[e.From], s.index[e.To]; from != home && to != home {
			s.far = append(s.far, [2]*lab{from, to})
		}
	}
}

// The picture has room for names on both sides of the mainland.
const (
	chartWidth  = 880
	chartHeight = 640
	chartMiddle = chartWidth / 2
)

const maxLabels = 16 // beyond, names would cover each other: the table has them

// draw places the labs and joins them.
func (s *sketch) draw(a *ask) chart {
	sheet := atlas.France(chartWidth, chartHeight)
	if s.mute {
		sheet = atlas.France(chartWidth/2, chartHeight/2)
	}
	c := chart{ground: a.ground(sheet, atlas.Regions), Title: a.t("network.picture")}
	s.settle(sheet)
	insets := sheet.Frames[1].Y
	for i, l := range s.labs {
		d := dot{X: round(l.at.X), Y: round(l.at.Y), R: round(l.radius), Home: i == 0, Far: l.far}
		if !s.mute && (i == 0 || len(s.labs) <= maxLabels) {
			d.Label = l.label(insets)
		}
		c.Dots = append(c.Dots, d)
	}
	spread(c.Dots)
	for _, e := range s.far {
		far := curve(e[0], e[1], false)
		far.Far = true
		c.Arcs = append(c.Arcs, far)
	}
	for _, l := range s.labs[1:] {
		c.Arcs = append(c.Arcs, s.arcs(l)...)
	}
	c.Text = a.t("network.picture-text", "labs", len(s.labs), "arcs", len(c.Arcs))
	return c
}

// settle gives every lab its place: at its territory, beside those who are there
// already, or at the edge when the picture does not show it.
func (s *sketch) settle(sheet atlas.Sheet) {
	taken := map[string]int{}
	for _, l := range s.labs {
		code, position := l.position()
		at, ok := sheet.Place(position)
		if code == "" || !ok {
			code, at, ok = "", point{X: float64(sheet.Width) - 60, Y: 40}, false
		}
		l.at = beside(at, taken[code], ok)
		l.radius = 8 + math.Min(10, 2*math.Sqrt(float64(l.published)))
		if l.far {
			l.radius = 6
		}
		taken[code]++
	}
}

// position is where a lab is: its place, or the first of its territories. The code
// is empty when that is not known.
func (l *lab) position() (code string, at geo.Point) {
	if l.place.Located() {
		return l.place.Code, geo.Point{Lon: l.place.Lon, Lat: l.place.Lat}
	}
	for _, code := range l.actor.Territory {
		if p, ok := geo.Lookup(code); ok {
			return code, p.Point
		}
	}
	return "", geo.Point{}
}

// beside is the n-th place at a spot: on a spiral round a region, one below the
// other at the edge.
func beside(at point, n int, round bool) point {
	if !round {
		return point{X: at.X - 40*float64(n/12), Y: at.Y + 38*float64(n%12)}
	}
	if n == 0 {
		return at
	}
	angle, far := float64(n)*2.4, 20*math.Sqrt(float64(n))
	return point{X: at.X + far*math.Cos(angle), Y: at.Y + far*math.Sin(angle)}
}

// label stands outwards of the dot: left of it in the west, right of it in the
// east, above its inset overseas.
func (l *lab) label(insets float64) *label {
	n := &label{Text: l.actor.DisplayName(), Anchor: "start", at: point{X: l.at.X + l.radius + 7, Y: l.at.Y + 5}}
	switch {
	case l.at.Y > insets:
		n.Anchor, n.at = "middle", point{X: l.at.X, Y: insets - 6}
	case l.at.X < chartMiddle:
		n.Anchor, n.at.X = "end", l.at.X-l.radius-7
	}
	return n
}

const lineHeight = 19

// spread moves names down that would cover another of the same side, then writes
// all of them out.
func spread(dots []dot) {
	var set []*label
	for _, d := range dots {
		if d.Label != nil {
			set = append(set, d.Label)
		}
	}
	slices.SortStableFunc(set, func(a, b *label) int { return cmp.Compare(a.at.Y, b.at.Y) })
	for i, n := range set {
		for _, above := range set[:i] {
			if above.Anchor == n.Anchor && n.Anchor != "middle" && n.at.Y-above.at.Y < lineHeight {
				n.at.Y = above.at.Y + lineHeight
			}
		}
	}
	for _, n := range set {
		n.X, n.Y = round(n.at.X), round(n.at.Y)
	}
}

// arcs are the follows between home and l, one per direction.
func (s *sketch) arcs(l *lab) []arc {
	var list []arc
	home := s.labs[0]
	if l.out {
		list = append(list, s.flow(curve(home, l, l.outAsked), l.said))
	}
	if l.in {
		list = append(list, s.flow(curve(l, home, l.inAsked), home.said))
	}
	return list
}

// silence is after how long without a word a link is drawn as silent.
const silence = 30 * 24 * time.Hour

// flow makes an arc as wide as what comes along it: what the followed one said.
func (s *sketch) flow(c arc, said *store.Exchanges) arc {
	if said == nil {
		return c
	}
	c.Width = round(min(6, 1+math.Log2(float64(1+said.Count))*0.7))
	c.Asked = c.Asked || s.now.Sub(said.Last) > silence
	return c
}

// curve bends to the left of its direction, so that two follows of one pair lie
// apart.
func curve(from, to *lab, asked bool) arc {
	dx, dy := to.at.X-from.at.X, to.at.Y-from.at.Y
	far := math.Hypot(dx, dy)
	if far < 1 {
		return arc{}
	}
	bend := math.Min(60, far*0.18)
	mid := point{X: (from.at.X+to.at.X)/2 + dy/far*bend, Y: (from.at.Y+to.at.Y)/2 - dx/far*bend}
	start, end := towards(from.at, mid, from.radius+3), towards(to.at, mid, to.radius+5)
	return arc{Path: "M" + pair(start) + " Q" + pair(mid) + " " + pair(end), Head: arrowhead(end, mid), Width: "1.8", Asked: asked}
}

// towards is the place at a distance from one point in the direction of another.
func towards(from, to point, distance float64) point {
	far := math.Hypot(to.X-from.X, to.Y-from.Y)
	return point{X: from.X + (to.X-from.X)/far*distance, Y: from.Y + (to.Y-from.Y)/far*distance}
}

// arrowhead is a triangle whose tip is at end, coming from a point.
func arrowhead(end, from point) string {
	const long, wide = 9, 4.5
	base := towards(end, from, long)
	dx, dy := (end.X-base.X)/long*wide, (end.Y-base.Y)/long*wide
	tip := towards(end, from, -2)
	return "M" + pair(tip) + " L" + pair(point{X: base.X - dy, Y: base.Y + dx}) + " L" + pair(point{X: base.X + dy, Y: base.Y - dx}) + " Z"
}

func pair(p point) string { return round(p.X) + " " + round(p.Y) }

func round(n float64) string { return strconv.FormatFloat(n, 'f', 1, 64) }
