package assets

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
)

// dotsInPath is how many labs the motif shows: as many as the logo.
const dotsInPath = 7

const (
	dotsOpen = `<svg class="dots" viewBox="0 0 1600 640" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">`
	sealOpen = `<svg class="dots" viewBox="0 0 640 640" aria-hidden="true" focusable="false">`
)

// Constellation draws the picture of something that has none: seven dots that
// align into a path, and a few stragglers, always the same for the same seed
// (an id, a handle). It is decoration, hidden from assistive software, and takes
// its colours from the style sheet (.dots).
func Constellation(seed string) template.HTML {
	rnd := seeded(seed)
	d := drawing(dotsOpen)
	for range 11 { // those who have not joined yet
		d.circle("far", between(rnd, 0, 1600), between(rnd, 0, 640), between(rnd, 7, 20))
	}
	height, phase, turns := between(rnd, 60, 130), between(rnd, 0, 2*math.Pi), between(rnd, 0.45, 1)
	d.swarm(func(at float64) (x, y float64) {
		return 160 + at*1280 + between(rnd, -40, 40), 320 + height*math.Sin(phase+at*turns*2*math.Pi) + between(rnd, -30, 30)
	}, 18, 44)
	return d.close()
}

// Seal draws the square mark of a lab or member without a picture: seven dots on
// a spiral, always the same for the same seed. See Constellation.
func Seal(seed string) template.HTML {
	rnd := seeded(seed)
	d := drawing(sealOpen)
	start, turn := between(rnd, 0, 2*math.Pi), between(rnd, 0.75, 1.3)*math.Pi*2
	if rnd.IntN(2) == 0 {
		turn = -turn
	}
	d.swarm(func(at float64) (x, y float64) {
		radius := 70 + at*160 + between(rnd, -15, 15)
		return 320 + radius*math.Cos(start+at*turn), 320 + radius*math.Sin(start+at*turn)
	}, 30, 76)
	return d.close()
}

func seeded(seed string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(seed))
	return rand.New(rand.NewPCG(h.Sum64(), dotsInPath)) //nolint:gosec // a picture keeps no secret
}

func between(rnd *rand.Rand, low, high float64) float64 { return low + rnd.Float64()*(high-low) }

// drawing is the text of an SVG, with whole coordinates.
type drawing []byte

// swarm sets the dots along a curve, at running from 0 to 1, and links them.
// They grow from the first radius to the last; the last one is the gesture.
func (d *drawing) swarm(curve func(at float64) (x, y float64), first, last float64) {
	var xs, ys [dotsInPath]float64
	*d = append(*d, `<polyline points="`...)
	for i := range dotsInPath {
		xs[i], ys[i] = curve(float64(i) / (dotsInPath - 1))
		d.number(xs[i], ',')
		d.number(ys[i], ' ')
	}
	*d = append(*d, `"/>`...)
	for i := range dotsInPath {
		class := "dot"
		if i == dotsInPath-1 {
			class = "dot last"
		}
		d.circle(class, xs[i], ys[i], first+(last-first)*float64(i)/(dotsInPath-1))
	}
}

func (d *drawing) circle(class string, x, y, r float64) {
	*d = append(*d, `<circle class="`+class+`" cx="`...)
	d.number(x, '"')
	*d = append(*d, ` cy="`...)
	d.number(y, '"')
	*d = append(*d, ` r="`...)
	d.number(r, '"')
	*d = append(*d, "/>"...)
}

func (d *drawing) close() template.HTML {
	return template.HTML(append(*d, "</svg>"...)) // constants and numbers
}

func (d *drawing) number(n float64, end byte) {
	*d = append(strconv.AppendInt(*d, int64(n), 10), end)
}
