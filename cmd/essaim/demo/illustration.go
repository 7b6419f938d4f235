package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
)

// The size that link previews ask for.
const (
	illustrationWidth  = 1200
	illustrationHeight = 630
)

// ramp is the number of shades between the ground and each colour; the first
// shade of every colour is the ground itself.
const ramp = 16

// A scheme is a soft ground and the colours drawn on it, all of them tokens of
// the site's light theme: the lead of the path, its gesture points, the field.
type scheme struct{ ground, lead, gesture, field color.RGBA }

var schemes = []scheme{
	{rgb(0xE1EFEA), rgb(0x0F5B52), rgb(0xB5471B), rgb(0xA9B4AE)},
	{rgb(0xFCE9DF), rgb(0xB5471B), rgb(0x0F5B52), rgb(0xCFC9BC)},
	{rgb(0xE5EEF9), rgb(0x0B5A7A), rgb(0xB5471B), rgb(0x9CC3F2)},
	{rgb(0xF1EEE6), rgb(0x6A3A78), rgb(0x7A5200), rgb(0xCFC9BC)},
	{rgb(0xFFF1CC), rgb(0x7A5200), rgb(0x0F5B52), rgb(0xCFC9BC)},
}

// A canvas is a paletted picture: pixel value = colour*ramp + shade. Drawing
// keeps the stronger shade, which is smooth enough for dots and thin lines.
type canvas struct{ *image.Paletted }

const (
	fieldInk = iota
	leadInk
	gestureInk
)

// Illustration draws a constellation of dots that align into a path, as a
// 1200×630 PNG of some tens of kilobytes. The same seed gives the same picture.
func Illustration(seed string) []byte {
	sum := sha256.Sum256([]byte(seed))
	rng := rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
	c := newCanvas(schemes[rng.IntN(len(schemes))])
	c.scatter(rng)
	c.path(rng)
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&buf, c.Paletted); err != nil {
		panic("encode illustration: " + err.Error()) // a buffer takes everything
	}
	return buf.Bytes()
}

func newCanvas(s scheme) canvas {
	var palette color.Palette
	for _, ink := range []color.RGBA{s.field, s.lead, s.gesture} {
		for i := range ramp {
			palette = append(palette, mix(s.ground, ink, float64(i)/(ramp-1)))
		}
	}
	return canvas{image.NewPaletted(image.Rect(0, 0, illustrationWidth, illustrationHeight), palette)}
}

// scatter strews the pale field: dots that have not found the path.
func (c canvas) scatter(rng *rand.Rand) {
	for range 40 + rng.IntN(40) {
		x, y := rng.Float64()*illustrationWidth, rng.Float64()*illustrationHeight
		c.dot(x, y, 2+5*rng.Float64(), fieldInk)
	}
}

// A station is one dot of the path.
type station struct {
	x, y, radius float64
	ink          int
}

// path draws the dots that align, above the thin links between them.
func (c canvas) path(rng *rand.Rand) {
	stations := align(rng)
	for i, s := range stations[1:] {
		c.line(stations[i].x, stations[i].y, s.x, s.y)
	}
	for _, s := range stations {
		c.dot(s.x, s.y, s.radius, s.ink)
	}
}

// align places seven to twelve stations along a curve; one of them, never an
// end, is the gesture.
func align(rng *rand.Rand) []station {
	n := 7 + rng.IntN(6)
	at := curve(rng)
	gesture := 1 + rng.IntN(n-2)
	stations := make([]station, n)
	for i := range stations {
		x, y := at(float64(i) / float64(n-1))
		x, y = x+(rng.Float64()-0.5)*36, y+(rng.Float64()-0.5)*36
		stations[i] = station{x, y, 10 + 22*rng.Float64(), leadInk}
	}
	stations[gesture].radius, stations[gesture].ink = 40, gestureInk
	return stations
}

// curve picks the walk of the path: t from 0 to 1 gives a point well inside.
func curve(rng *rand.Rand) func(t float64) (x, y float64) {
	flip := 1.0
	if rng.IntN(2) == 0 {
		flip = -1
	}
	across := func(t float64) float64 { return 110 + t*(illustrationWidth-220) }
	const mid = illustrationHeight / 2
	switch rng.IntN(4) {
	case 0: // a wave
		return func(t float64) (float64, float64) {
			return across(t), mid + flip*170*math.Sin(2*math.Pi*t)
		}
	case 1: // a slope
		return func(t float64) (float64, float64) {
			return across(t), mid + flip*400*(t*t*(3-2*t)-0.5)
		}
	case 2: // a bridge
		return func(t float64) (float64, float64) {
			return across(t), mid + flip*(190-380*4*t*(1-t)*0.9)
		}
	default: // a spiral
		return func(t float64) (float64, float64) {
			angle, reach := 3.4*math.Pi*t, 60+210*t
			return illustrationWidth/2 + 1.7*reach*math.Cos(angle), mid + flip*0.95*reach*math.Sin(angle)
		}
	}
}

func (c canvas) dot(x, y, radius float64, ink int) {
	c.fill(x-radius, y-radius, x+radius, y+radius, ink, func(px, py float64) float64 {
		return radius - math.Hypot(px-x, py-y)
	})
}

func (c canvas) line(x1, y1, x2, y2 float64) {
	dx, dy := x2-x1, y2-y1
	length := dx*dx + dy*dy
	box := [4]float64{min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)}
	c.fill(box[0], box[1], box[2], box[3], leadInk, func(px, py float64) float64 {
		t := min(1, max(0, ((px-x1)*dx+(py-y1)*dy)/length))
		return 1.5 - math.Hypot(px-x1-t*dx, py-y1-t*dy)
	})
}

// fill inks the box where depth, the distance inside the shape's edge, is
// positive; half a pixel on both sides of the edge is blended.
func (c canvas) fill(x1, y1, x2, y2 float64, ink int, depth func(x, y float64) float64) {
	box := image.Rect(int(x1)-3, int(y1)-3, int(x2)+4, int(y2)+4).Intersect(c.Rect)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			cover := min(1, max(0, depth(float64(x)+0.5, float64(y)+0.5)+0.5))
			shade := uint8(math.Round(cover * (ramp - 1)))
			pixel := &c.Pix[c.PixOffset(x, y)]
			if shade > 0 && shade >= *pixel%ramp {
				*pixel = uint8(ink*ramp) + shade
			}
		}
	}
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}

// mix is a and b blended, t of b; t = 0 gives a.
func mix(a, b color.RGBA, t float64) color.RGBA {
	one := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + t*(float64(y)-float64(x)))) }
	return color.RGBA{R: one(a.R, b.R), G: one(a.G, b.G), B: one(a.B, b.B), A: 0xFF}
}
