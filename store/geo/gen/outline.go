package main

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
)

// outlines draws the areas with few points, as GeoJSON (RFC 7946). Neighbours
// keep one common line: it is cut where three areas or an area and two coasts
// meet, and each piece is thinned on its own, whoever it belongs to. A piece
// loses every point whose triangle with its neighbours is smaller than detail,
// and an area loses the islands smaller than islet, in square degrees of
// latitude.
func outlines(areas []feature, prefix string, detail, islet float64) []byte {
	type geometry struct {
		Type        string   `json:"type"`
		Coordinates [][]ring `json:"coordinates"`
	}
	type properties struct {
		Code string `json:"code"`
		Name string `json:"nom"`
	}
	type drawing struct {
		Type       string     `json:"type"`
		Properties properties `json:"properties"`
		Geometry   geometry   `json:"geometry"`
	}
	slices.SortFunc(areas, func(a, b feature) int { return cmp.Compare(a.Code, b.Code) })
	knots := junctions(areas)
	var drawings []drawing
	for _, a := range areas {
		drawings = append(drawings, drawing{"Feature", properties{prefix + a.Code, a.Name}, geometry{"MultiPolygon", a.Shape.thin(knots, detail, islet)}})
	}
	data, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": drawings})
	if err != nil {
		panic(err) // of plain numbers and strings
	}
	return data
}

// junctions are the points that have more than two neighbours.
func junctions(areas []feature) map[point]bool {
	beside := map[point][]point{}
	note := func(at, neighbour point) {
		if !slices.Contains(beside[at], neighbour) {
			beside[at] = append(beside[at], neighbour)
		}
	}
	for _, a := range areas {
		for _, polygon := range a.Shape {
			for _, r := range polygon {
				for i := 1; i < len(r); i++ {
					note(r[i-1], r[i])
					note(r[i], r[i-1])
				}
			}
		}
	}
	knots := map[point]bool{}
	for at, n := range beside {
		knots[at] = len(n) > 2
	}
	return knots
}

// thin draws a shape with few points. Its largest part always stays.
func (s shape) thin(knots map[point]bool, detail, islet float64) [][]ring {
	largest := s.largest()[0]
	var out [][]ring
	for _, polygon := range s {
		var kept []ring
		for i, r := range polygon {
			isLargest := &r[0] == &largest[0]
			if i > 0 && kept == nil || math.Abs(r.area()) < islet && !isLargest {
				continue
			}
			limit := detail
			if isLargest {
				limit = min(detail, math.Abs(r.area())/200)
			}
			if t := r.thin(knots, limit); len(t) >= 4 {
				kept = append(kept, t.turned(i == 0))
			}
		}
		if kept != nil {
			out = append(out, kept)
		}
	}
	return out
}

// turned is the ring turning left, or right for a hole (RFC 7946 §3.1.6).
func (r ring) turned(left bool) ring {
	if r.area() > 0 != left {
		slices.Reverse(r)
	}
	return r
}

// thin thins the pieces of the ring between its junctions. Both sides of a
// line get the same points.
func (r ring) thin(knots map[point]bool, detail float64) ring {
	open := slices.Clone(r[:len(r)-1])
	start := slices.IndexFunc(open, func(p point) bool { return knots[p] })
	if start < 0 { // nothing meets it: a fixed place to begin
		start = slices.IndexFunc(open, func(p point) bool { return p == slices.MinFunc(open, comparePoints) })
	}
	open = slices.Concat(open[start:], open[:start], open[start:start+1])
	var out ring
	from := 0
	for i := 1; i < len(open); i++ {
		if i < len(open)-1 && !knots[open[i]] {
			continue
		}
		piece := thinPiece(open[from:i+1], detail)
		out = append(out, piece[:len(piece)-1]...)
		from = i
	}
	out = slices.Compact(rounded(append(out, open[0])))
	return out
}

func comparePoints(a, b point) int { return slices.Compare(a[:], b[:]) }

func rounded(r ring) ring {
	for i, p := range r {
		r[i] = point{math.Round(p[0]*1e3) / 1e3, math.Round(p[1]*1e3) / 1e3}
	}
	return r
}

// thinPiece removes points by Visvalingam's rule: the one that matters least
// goes first. The ends stay, and of a piece that closes on itself, four points.
func thinPiece(piece ring, detail float64) ring {
	p := slices.Clone(piece)
	backward := comparePoints(p[0], p[len(p)-1]) > 0 || p[0] == p[len(p)-1] && comparePoints(p[1], p[len(p)-2]) > 0
	if backward {
		slices.Reverse(p)
	}
	least := 2
	if p[0] == p[len(p)-1] {
		least = 4
	}
	for len(p) > least {
		at, smallest := 0, detail
		for i := 1; i < len(p)-1; i++ {
			if size := triangle(p[i-1], p[i], p[i+1]); size < smallest {
				at, smallest = i, size
			}
		}
		if at == 0 {
			break
		}
		p = slices.Delete(p, at, at+1)
	}
	if backward {
		slices.Reverse(p)
	}
	return p
}

// triangle is the area between three points, in square degrees of latitude.
func triangle(a, b, c point) float64 {
	return math.Abs((b[0]-a[0])*(c[1]-a[1])-(c[0]-a[0])*(b[1]-a[1])) / 2 * shrink(b[1])
}
