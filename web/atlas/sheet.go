package atlas

import (
	"math"
	"strconv"
	"sync"

	"github.com/essaim/essaim/store/geo"
)

// Frame is a part of a picture that shows a part of the globe.
type Frame struct {
	Code                string // of the region that an inset shows; empty: no inset
	Box                 Box
	X, Y, Width, Height float64 // where it stands in the picture
}

// Sheet is a picture of one frame, or of the mainland and insets.
type Sheet struct {
	Width, Height int
	Frames        []Frame
}

// mainland is the box of metropolitan France, with some sea around it.
var mainland = Box{West: -5.4, South: 41.2, East: 9.8, North: 51.2}

// overseas are the regions of the insets, from the left.
var overseas = [...]string{"region:01", "region:02", "region:03", "region:04", "region:06"}

const (
	inset     = 84 // the side of an inset
	insetName = 22 // room for its name, below
)

// France is a picture of the mainland above a row of insets, in so many pixels.
// What of the width the mainland does not need is left on both sides.
func France(width, height int) Sheet {
	w, h := float64(width), float64(height)
	s := Sheet{Width: width, Height: height, Frames: []Frame{fit(mainland, 0, 0, w, h-inset-insetName)}}
	gap := (w - inset*float64(len(overseas))) / float64(len(overseas)+1)
	for i, code := range overseas {
		f := fit(islands()[code], gap+float64(i)*(inset+gap), h-inset-insetName, inset, inset)
		f.Code = code
		s.Frames = append(s.Frames, f.filled(inset, inset))
	}
	return s
}

// Window is a picture of a part of the globe; around it is shown what there is
// room for.
func Window(b Box, width, height int) Sheet {
	f := fit(b, 0, 0, float64(width), float64(height))
	return Sheet{Width: width, Height: height, Frames: []Frame{f.filled(float64(width), float64(height))}}
}

// Square is the box grown to what a square picture of it shows.
func (b Box) Square() Box {
	square := Window(b, 1, 1).Frames[0].Box
	return Box{max(-180, square.West), max(-85, square.South), min(180, square.East), min(85, square.North)}
}

// fit makes the largest frame that shows a box within a part of a picture, in the
// middle of it.
func fit(b Box, x, y, width, height float64) Frame {
	low, high := Project(geo.Point{Lon: b.West, Lat: b.South}), Project(geo.Point{Lon: b.East, Lat: b.North})
	wide, tall := high.X-low.X, low.Y-high.Y
	scale := min(width/wide, height/tall)
	return Frame{
		Box: b, Width: wide * scale, Height: tall * scale,
		X: x + (width-wide*scale)/2, Y: y + (height-tall*scale)/2,
	}
}

// filled is the frame grown to a size, showing more around the same middle.
func (f Frame) filled(width, height float64) Frame {
	left, top := (width-f.Width)/2, (height-f.Height)/2
	a, b := f.at(Point{X: f.X - left, Y: f.Y - top}), f.at(Point{X: f.X + f.Width + left, Y: f.Y + f.Height + top})
	f.Box = Box{West: a.Lon, South: b.Lat, East: b.Lon, North: a.Lat}
	f.X, f.Y, f.Width, f.Height = f.X-left, f.Y-top, width, height
	return f
}

// place is where a position stands in the picture.
func (f Frame) place(p geo.Point) Point {
	corner, at := Project(geo.Point{Lon: f.Box.West, Lat: f.Box.North}), Project(p)
	return Point{X: f.X + (at.X-corner.X)*f.scale(), Y: f.Y + (at.Y-corner.Y)*f.scale()}
}

// at is the position that stands at a place of the picture.
func (f Frame) at(p Point) geo.Point {
	corner := Project(geo.Point{Lon: f.Box.West, Lat: f.Box.North})
	return Unproject(Point{X: corner.X + (p.X-f.X)/f.scale(), Y: corner.Y + (p.Y-f.Y)/f.scale()})
}

// scale is how many pixels a unit of the drawings has.
func (f Frame) scale() float64 { return f.Width / ((f.Box.East - f.Box.West) * unit) }

// ViewBox is the part of the drawings that the frame shows, as the attribute of
// an SVG element.
func (f Frame) ViewBox() string {
	low, high := Project(geo.Point{Lon: f.Box.West, Lat: f.Box.South}), Project(geo.Point{Lon: f.Box.East, Lat: f.Box.North})
	return number(low.X) + " " + number(high.Y) + " " + number(high.X-low.X) + " " + number(low.Y-high.Y)
}

// Place is where a position stands in the picture; false when no frame shows it.
func (s Sheet) Place(p geo.Point) (Point, bool) {
	for _, f := range s.Frames {
		if f.Box.Has(p) {
			return f.place(p), true
		}
	}
	return Point{}, false
}

// islands are the boxes of the overseas regions, by their code.
var islands = sync.OnceValue(func() map[string]Box {
	boxes := map[string]Box{}
	for _, o := range geo.Outlines(geo.Region) {
		var all []geo.Point
		for _, polygon := range o.Polygons {
			all = append(all, polygon[0]...)
		}
		boxes[o.Code] = Around(all...).Grown(0.06, 0)
	}
	return boxes
})

func number(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

// Part is a part of France that a map can go to: the mainland, whose Code is empty,
// or an overseas region.
type Part struct {
	Code string
	Box  Box
}

// Parts are the parts of France that are drawn, as they stand in a picture of it.
func Parts() []Part {
	parts := []Part{{Box: mainland}}
	for _, code := range overseas {
		parts = append(parts, Part{Code: code, Box: islands()[code]})
	}
	return parts
}
