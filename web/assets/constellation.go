package assets

import (
	"fmt"
	"hash/fnv"
	"html/template"
	"math"
	"math/rand/v2"
	"strings"
)

// dotsInPath is how many labs the motif shows: as many as the logo.
const dotsInPath = 7

// Constellation draws the picture of something that has none: seven dots that
// align into a path, and a few stragglers, always the same for the same seed
// (an id, a handle). It is decoration, hidden from assistive software, and takes
// its colours from the style sheet (.dots).
func Constellation(seed string) template.HTML {
	h := fnv.New64a()
	h.Write([]byte(seed))
	rnd := rand.New(rand.NewPCG(h.Sum64(), 27))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="dots dots-%d" viewBox="0 0 160 100" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">`, rnd.IntN(4))
	stragglers(&b, rnd)
	swarm(&b, rnd)
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// stragglers are the dots that have not joined yet.
func stragglers(b *strings.Builder, rnd *rand.Rand) {
	for range 9 {
		fmt.Fprintf(b, `<circle class="far" cx="%.1f" cy="%.1f" r="%.1f"/>`, rnd.Float64()*160, rnd.Float64()*100, 1+rnd.Float64()*2)
	}
}

// swarm sets the dots along a sine from left to right, growing, and links them;
// the last one is the gesture.
func swarm(b *strings.Builder, rnd *rand.Rand) {
	height, phase, turns := 12+rnd.Float64()*22, rnd.Float64()*2*math.Pi, 0.5+rnd.Float64()*0.6
	var line, circles strings.Builder
	for i := range dotsInPath {
		at := float64(i) / (dotsInPath - 1)
		x := 18 + at*124 + (rnd.Float64()-0.5)*8
		y := 50 + height*math.Sin(phase+at*turns*2*math.Pi) + (rnd.Float64()-0.5)*6
		fmt.Fprintf(&line, "%.1f,%.1f ", x, y)
		class := "dot"
		if i == dotsInPath-1 {
			class = "dot last"
		}
		fmt.Fprintf(&circles, `<circle class="%s" cx="%.1f" cy="%.1f" r="%.1f"/>`, class, x, y, 2.6+at*4.4)
	}
	fmt.Fprintf(b, `<polyline points="%s"/>%s`, strings.TrimSpace(line.String()), circles.String())
}
