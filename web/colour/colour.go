// Package colour measures colours and changes their lightness as people see them.
//
// Contrast follows WCAG 2.2 ("relative luminance", "contrast ratio"), lightness, chroma
// and hue are those of Oklab (CSS Color 4 §9.2). Which contrasts a page needs, and which
// colours follow from which, is left to web/assets.
package colour

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Colour is opaque and in sRGB. The zero Colour is black.
type Colour struct{ R, G, B uint8 }

// Parse reads "#0f5b52", in capitals or not, also without its first character. It
// answers false for anything else.
func Parse(text string) (Colour, bool) {
	digits := strings.TrimPrefix(text, "#")
	n, err := strconv.ParseUint(digits, 16, 24)
	if err != nil || len(digits) != 6 || strings.ContainsAny(digits, "+_") {
		return Colour{}, false
	}
	return Colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, true
}

// String is the colour as CSS has it: "#0f5b52".
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// Contrast is the ratio of two colours, 1 to 21.
func Contrast(a, b Colour) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is relative, 0 to 1.
func (c Colour) luminance() float64 {
	r, g, b := c.linear()
	return 0.2126*r + 0.7152*g + 0.0722*b
}

func (c Colour) linear() (r, g, b float64) { return linear(c.R), linear(c.G), linear(c.B) }

// linear takes away the curve of sRGB.
func linear(v uint8) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

// encoded puts the curve back. What lies outside of sRGB by more than half a step is
// false.
func encoded(x float64) (uint8, bool) {
	v := 12.92 * x
	if x > 0.0031308 {
		v = 1.055*math.Pow(x, 1/2.4) - 0.055
	}
	v = math.Round(v * 255)
	return uint8(max(0, min(255, v))), v >= 0 && v <= 255
}

// LCH is a colour in Oklab, by lightness (0 to 1), chroma (0 for a grey, seldom more
// than 0.3) and hue (radians).
type LCH struct{ L, C, H float64 }

// LCH is how people see the colour.
func (c Colour) LCH() LCH {
	r, g, b := c.linear()
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	x := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	y := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	return LCH{0.2104542553*l + 0.7936177850*m - 0.0040720468*s, math.Hypot(x, y), math.Atan2(y, x)}
}

// Colour is the colour of sRGB that comes near: where sRGB has none so strong, it is as
// strong as it can be.
func (c LCH) Colour() Colour {
	const steps = 64
	for n := range steps {
		if rgb, ok := (LCH{c.L, c.C * float64(steps-n) / steps, c.H}).exact(); ok {
			return rgb
		}
	}
	grey, _ := LCH{L: c.L}.exact()
	return grey
}

func (c LCH) exact() (Colour, bool) {
	x, y := c.C*math.Cos(c.H), c.C*math.Sin(c.H)
	l := cube(c.L + 0.3963377774*x + 0.2158037573*y)
	m := cube(c.L - 0.1055613458*x - 0.0638541728*y)
	s := cube(c.L - 0.0894841775*x - 1.2914855480*y)
	r, inR := encoded(4.0767416621*l - 3.3077115913*m + 0.2309699292*s)
	g, inG := encoded(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s)
	b, inB := encoded(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s)
	return Colour{r, g, b}, inR && inG && inB
}

func cube(x float64) float64 { return x * x * x }
