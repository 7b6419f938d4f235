// Package atlas puts France on a flat picture: the one projection of all maps,
// the mainland and the insets of the overseas regions, what lies too close to be
// told apart, and the drawings of the land.
//
// The projection is Mercator's (EPSG:3857), as maps on the web have it, so that a
// picture and a map that moves show the same shapes and tiles of others fit under
// both. Its unit is that of the drawings: see Project.
//
// The outlines come from store/geo, and so do the names that must stand beside
// every picture that shows them: the message "geo.sources".
package atlas

//go:generate go run ./gen ../assets/static

import (
	"math"
	"strconv"
	"strings"

	"github.com/essaim/essaim/store/geo"
)

// Point is a place of a picture: to the right and down.
type Point struct{ X, Y float64 }

// unit is how many units of the drawings make a degree of longitude: one is
// about 200 m in France.
const unit = 400

// Project lays a position flat, in units of the drawings. The poles lie
// infinitely far away.
func Project(p geo.Point) Point {
	return Point{X: p.Lon * unit, Y: -math.Asinh(math.Tan(p.Lat*math.Pi/180)) * 180 / math.Pi * unit}
}

// Unproject is the position that Project lays at a point.
func Unproject(p Point) geo.Point {
	return geo.Point{Lon: p.X / unit, Lat: math.Atan(math.Sinh(-p.Y/unit*math.Pi/180)) * 180 / math.Pi}
}

// Box is a part of the globe, in degrees. It does not cross the 180th meridian.
type Box struct{ West, South, East, North float64 }

// IsZero says whether it is the zero Box, which stands for no limits.
func (b Box) IsZero() bool { return b == Box{} }

// Has says whether a position lies in the box.
func (b Box) Has(p geo.Point) bool {
	return p.Lon >= b.West && p.Lon <= b.East && p.Lat >= b.South && p.Lat <= b.North
}

// Middle is the middle of the box, as degrees go.
func (b Box) Middle() geo.Point {
	return geo.Point{Lon: (b.West + b.East) / 2, Lat: (b.South + b.North) / 2}
}

// with is the smallest box that has b and p.
func (b Box) with(p geo.Point) Box {
	return Box{min(b.West, p.Lon), min(b.South, p.Lat), max(b.East, p.Lon), max(b.North, p.Lat)}
}

// Around is the smallest box that has all of the positions; of none, the zero Box.
func Around(points ...geo.Point) Box {
	if len(points) == 0 {
		return Box{}
	}
	b := Box{points[0].Lon, points[0].Lat, points[0].Lon, points[0].Lat}
	for _, p := range points[1:] {
		b = b.with(p)
	}
	return b
}

// Grown is the box with a margin on every side, a part of its size and no less
// than some degrees.
func (b Box) Grown(part, least float64) Box {
	x, y := max((b.East-b.West)*part, least), max((b.North-b.South)*part, least)
	return Box{max(-180, b.West-x), max(-85, b.South-y), min(180, b.East+x), min(85, b.North+y)}
}

// leastBox is how many degrees a box that somebody asks for has at least.
const leastBox = 0.005

// ParseBox reads a box as String writes it: west, south, east and north with
// commas between them; false for what is none, or lies near a pole.
func ParseBox(s string) (Box, bool) {
	parts := strings.Split(s, ",")
	if len(parts) != 4 {
		return Box{}, false
	}
	var n [4]float64
	for i, p := range parts {
		var err error
		if n[i], err = strconv.ParseFloat(p, 64); err != nil {
			return Box{}, false
		}
	}
	b := Box{n[0], n[1], n[2], n[3]}
	ok := b.West >= -180 && b.East <= 180 && b.South >= -85 && b.North <= 85 &&
		b.East-b.West >= leastBox && b.North-b.South >= leastBox
	return b, ok
}

// String is the box to about a metre.
func (b Box) String() string {
	degrees := func(x float64) string { return strconv.FormatFloat(math.Round(x*1e5)/1e5, 'f', -1, 64) }
	return degrees(b.West) + "," + degrees(b.South) + "," + degrees(b.East) + "," + degrees(b.North)
}
