package atlas

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/essaim/essaim/store/geo"
)

// The drawings of the land: SVG files whose one group, of this name, is shown with
// <use>, and whose style is that of the <use> element.
const (
	Regions     = "regions"
	Departments = "departements"
)

// Drawing is the outlines of the regions or departments as an SVG file, in units
// of Project: a group, and in it a path for each, whose id is its code.
func Drawing(k geo.Kind) []byte {
	name := Regions
	if k == geo.Department {
		name = Departments
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\"><g id=%q>\n", name)
	for _, o := range geo.Outlines(k) {
		fmt.Fprintf(&b, "<path id=%q vector-effect=\"non-scaling-stroke\" d=%q/>\n", o.Code, path(o.Polygons))
	}
	b.WriteString("</g></svg>\n")
	return []byte(b.String())
}

// path draws polygons: of every ring its first point, then the steps from each to
// the next, in whole units.
func path(polygons [][][]geo.Point) string {
	var b strings.Builder
	for _, polygon := range polygons {
		for _, ring := range polygon {
			drawRing(&b, ring[:len(ring)-1])
		}
	}
	return b.String()
}

func drawRing(b *strings.Builder, ring []geo.Point) {
	x, y := whole(ring[0])
	b.WriteString("M" + strconv.Itoa(x) + apart(y) + "l")
	first := true
	for _, p := range ring[1:] {
		toX, toY := whole(p)
		if toX == x && toY == y {
			continue
		}
		step := apart(toX - x)
		if first {
			step = strings.TrimPrefix(step, " ")
		}
		b.WriteString(step + apart(toY-y))
		x, y, first = toX, toY, false
	}
	b.WriteString("z")
}

func whole(p geo.Point) (x, y int) {
	at := Project(p)
	return int(math.Round(at.X)), int(math.Round(at.Y))
}

// apart writes a number so that it can follow another: its sign is enough.
func apart(n int) string {
	if n < 0 {
		return strconv.Itoa(n)
	}
	return " " + strconv.Itoa(n)
}
