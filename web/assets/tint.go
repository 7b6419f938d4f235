package assets

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"github.com/essaim/essaim/web/colour"
)

// Shades are the tokens of the style sheet that follow from the colour of a lab, in one
// of the two modes.
type Shades struct {
	Brand colour.Colour
	Hover colour.Colour // under a pointer
	On    colour.Colour // text on Brand and Hover
	Soft  colour.Colour // a ground for text
}

// Tint is the look in the colour of a lab.
type Tint struct {
	Light, Dark Shades
	Contrasts   []Contrast
}

// Contrast is the least of some pairs of colours in the two modes. Name ends the message
// key "colour.pair-".
type Contrast struct {
	Name        string
	Light, Dark float64
}

const (
	// Enough is the contrast that text needs (WCAG 2.2 §1.4.3); borders need less (§1.4.11).
	Enough = 4.5
	// ample is that of §1.4.6.
	ample = 7
)

// Readable says whether all text in these colours can be read.
func (t Tint) Readable() bool { return t.least() >= Enough }

func (t Tint) least() float64 {
	least := 21.0
	for _, c := range t.Contrasts {
		least = min(least, c.Light, c.Dark)
	}
	return least
}

// tokens are the colours of the style sheet by name: light, dark.
type tokens map[string][2]colour.Colour

var tokenLine = regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)`)

// readTokens reads the colours of a style sheet that are not for special needs.
func readTokens(css string) tokens {
	all := tokens{}
	normal, _, _ := strings.Cut(css, "@media")
	for _, m := range tokenLine.FindAllStringSubmatch(normal, -1) {
		light, _ := colour.Parse(m[2])
		dark, _ := colour.Parse(m[3])
		all[m[1]] = [2]colour.Colour{light, dark}
	}
	return all
}

// Token is a colour of the style sheet by its name, such as "paper": on light pages and
// on dark ones.
func (s *Static) Token(name string) [2]colour.Colour { return s.tokens[name] }

// Brand is the colour of the pages of a lab that has none of its own.
func (s *Static) Brand() colour.Colour { return s.Token("brand")[0] }

// Tint is the look in a colour. On light grounds Brand is the colour itself, on dark
// ones the light colour of the same hue.
func (s *Static) Tint(c colour.Colour) Tint {
	t := Tint{Light: s.shades(0), Dark: s.shades(1)}
	if c != s.Brand() {
		t.Light, t.Dark = derived(c, t.Light.On)
	}
	t.Contrasts = []Contrast{
		s.onGrounds(t),
		{"button", t.Light.onBrand(), t.Dark.onBrand()},
		{"soft", s.onSoft(t.Light, 0), s.onSoft(t.Dark, 1)},
	}
	return t
}

// shades are those of the style sheet.
func (s *Static) shades(mode int) Shades {
	return Shades{s.Token("brand")[mode], s.Token("brand-hover")[mode], s.Token("on-brand")[mode], s.Token("brand-soft")[mode]}
}

// derived are the shades that follow from a colour, about as light and as strong as
// those of the style sheet.
func derived(c, white colour.Colour) (light, dark Shades) {
	own := c.LCH()
	shade := func(lightness, chroma float64) colour.Colour {
		return colour.LCH{L: lightness, C: min(own.C, chroma), H: own.H}.Colour()
	}
	light = Shades{Brand: c, Hover: shade(max(own.L-0.08, 0.15), own.C), On: white, Soft: shade(0.94, 0.02)}
	dark = Shades{Brand: shade(0.79, 0.1), Hover: shade(0.86, 0.08), On: shade(0.23, 0.03), Soft: shade(0.32, 0.045)}
	return light, dark
}

func (s Shades) onBrand() float64 {
	return min(colour.Contrast(s.On, s.Brand), colour.Contrast(s.On, s.Hover))
}

// onGrounds is the colour as text on the grounds of pages.
func (s *Static) onGrounds(t Tint) Contrast {
	c := Contrast{"text", 21, 21}
	for _, ground := range []string{"paper", "surface", "sunk"} {
		c.Light = min(c.Light, colour.Contrast(t.Light.Brand, s.tokens[ground][0]))
		c.Dark = min(c.Dark, colour.Contrast(t.Dark.Brand, s.tokens[ground][1]))
	}
	return c
}

// onSoft is text on the soft ground, in the colour itself and in those of the rest.
func (s *Static) onSoft(x Shades, mode int) float64 {
	least := colour.Contrast(x.Brand, x.Soft)
	for _, text := range []string{"ink", "muted", "link", "visited"} {
		least = min(least, colour.Contrast(s.tokens[text][mode], x.Soft))
	}
	return least
}

// Nearest are colours of the same hue that can be read, where c cannot: the nearest,
// then one that is comfortable to read.
func (s *Static) Nearest(c colour.Colour) []colour.Colour {
	var list []colour.Colour
	darker := c.LCH()
	for _, least := range []float64{Enough, ample} {
		for ; s.Tint(darker.Colour()).Contrasts[0].Light < least || !s.Tint(darker.Colour()).Readable(); darker.L -= 0.005 {
			if darker.L <= 0 {
				return list
			}
		}
		if found := darker.Colour(); len(list) == 0 || list[0] != found {
			list = append(list, found)
		}
	}
	return list
}

// maxTints bounds how many files in other colours are remembered.
const maxTints = 16

// TintedURL is the address of a file, such as "app.css", in the colour of a lab
// ("#0f5b52"); the plain one for any other text.
func (s *Static) TintedURL(name, accent string) string {
	if c, ok := colour.Parse(accent); ok {
		return StaticPrefix + s.tinted(name, c).path
	}
	return s.URL(name)
}

// tint is a file in another colour, and its path below StaticPrefix.
type tint struct {
	path string
	file
}

type tintKey struct {
	name string
	c    colour.Colour
}

// tinted makes a file in a colour, or remembers it. Every process of a node makes the
// same, so that each answers for the pages of the others.
func (s *Static) tinted(name string, c colour.Colour) tint {
	key := tintKey{name, c}
	s.tintsMu.Lock()
	defer s.tintsMu.Unlock()
	if t, ok := s.tints[key]; ok {
		return t
	}
	t := s.repaint(name, c)
	if len(s.tints) == maxTints {
		clear(s.tints)
	}
	s.tints[key] = t
	return t
}

// repaint puts the shades of a colour where those of the style sheet stand.
func (s *Static) repaint(name string, c colour.Colour) tint {
	now := s.Tint(c)
	pairs := append(replaced(s.shades(0), now.Light), replaced(s.shades(1), now.Dark)...)
	plain := s.files[strings.TrimPrefix(s.URL(name), StaticPrefix)]
	text, _ := io.ReadAll(plain.plain()) // which lies in memory
	data := []byte(strings.NewReplacer(pairs...).Replace(string(text)))
	path, f := newFile(name, "."+strings.TrimPrefix(c.String(), "#"), data, bytes.NewReader(data))
	return tint{path, f}
}

// replaced are the old and new texts of shades, for strings.NewReplacer.
func replaced(was, now Shades) (pairs []string) {
	for _, x := range [][2]colour.Colour{{was.Brand, now.Brand}, {was.Hover, now.Hover}, {was.On, now.On}, {was.Soft, now.Soft}} {
		old, fresh := x[0].String(), x[1].String()
		pairs = append(pairs, old, fresh, strings.ToUpper(old), fresh)
	}
	return pairs
}

// tintedFile finds "app.0123456789ab.0f5b52.css".
func (s *Static) tintedFile(path string) (file, bool) {
	parts := strings.Split(path, ".")
	if len(parts) != 4 {
		return file{}, false
	}
	c, ok := colour.Parse("#" + parts[2])
	name := parts[0] + "." + parts[3]
	if _, there := s.urls[name]; !ok || !there || name != "app.css" && name != "mark.svg" {
		return file{}, false
	}
	t := s.tinted(name, c)
	return t.file, t.path == path
}
