package assets

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/essaim/essaim/web/colour"
)

// TestStyleSheetTakesTheColourOfALab: the shades change, all of them, and nothing else.
func TestStyleSheetTakesTheColourOfALab(t *testing.T) {
	s := newStatic(t)
	plain := get(s, http.MethodGet, s.URL("app.css")).Body.String()
	url := s.TintedURL("app.css", "#6a1b9a")
	w := get(s, http.MethodGet, url)
	css := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.Contains(css, "--brand: light-dark(#6a1b9a, ") {
		t.Fatalf("%s: got %d, %v", url, w.Code, w.Header())
	}
	c, _ := colour.Parse("#6a1b9a")
	x := s.Tint(c)
	for mode, shades := range []Shades{x.Light, x.Dark} {
		own := s.shades(mode)
		for _, pair := range [][2]colour.Colour{{own.Brand, shades.Brand}, {own.Hover, shades.Hover}, {own.Soft, shades.Soft}} {
			if strings.Count(plain, pair[0].String()) != 1 || strings.Contains(css, pair[0].String()) || !strings.Contains(css, pair[1].String()) {
				t.Errorf("%s does not become %s, or stands for something else, too", pair[0], pair[1])
			}
		}
	}
	hex := regexp.MustCompile(`#\w{6}`)
	if hex.ReplaceAllString(plain, "") != hex.ReplaceAllString(css, "") {
		t.Error("more than colours changed")
	}
	if !strings.Contains(css, "--brand: CanvasText") {
		t.Error("the colours of the system do not win any more")
	}
	if mark := get(s, http.MethodGet, s.TintedURL("mark.svg", "#6a1b9a")).Body.String(); strings.Count(mark, "#6a1b9a") != 2 || strings.Contains(mark, "#0F5B52") {
		t.Errorf("got %s", mark)
	}
}

func TestTintedFilesHaveOneAddress(t *testing.T) {
	s := newStatic(t)
	if s.TintedURL("app.css", "") != s.URL("app.css") || s.TintedURL("app.css", "url(x)") != s.URL("app.css") {
		t.Error("without a colour the address is another")
	}
	url := s.TintedURL("app.css", "#6a1b9a")
	for n := range 3 * maxTints {
		s.TintedURL("app.css", colour.Colour{R: uint8(n)}.String())
	}
	if len(s.tints) > maxTints {
		t.Errorf("%d files are kept", len(s.tints))
	}
	if w := get(newStatic(t), http.MethodGet, url); w.Code != http.StatusOK {
		t.Errorf("another process of the node: got %d", w.Code)
	}
	hash := strings.Split(url, ".")[1]
	for _, wrong := range []string{
		"app." + hash + ".6a1b9b.css", "app.000000000000.6a1b9a.css", "app." + hash + ".6a1b9.css", "app." + hash + ".6A1B9A.css",
		"atkinson-latin." + hash + ".6a1b9a.woff2", "app." + hash + ".6a1b9a.js", "..6a1b9a.",
	} {
		if w := get(s, http.MethodGet, StaticPrefix+wrong); w.Code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", wrong, w.Code)
		}
	}
}

// FuzzNearestCanBeRead: what is offered instead of any colour can be read, in both modes,
// and the look that the software has by itself as well.
func FuzzNearestCanBeRead(f *testing.F) {
	s, err := NewStatic()
	if err != nil {
		f.Fatal(err)
	}
	if !s.Tint(s.Brand()).Readable() {
		f.Error("the colour of the software cannot be read")
	}
	for _, c := range [][3]uint8{{}, {255, 255, 255}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 212, 0}, {118, 118, 118}, {15, 91, 82}, {255, 0, 255}, {1, 1, 0}} {
		f.Add(c[0], c[1], c[2])
	}
	f.Fuzz(func(t *testing.T, r, g, b uint8) {
		c := colour.Colour{R: r, G: g, B: b}
		if own := s.Tint(c); own.Readable() {
			if own.Light.Brand != c {
				t.Errorf("%s becomes %s", c, own.Light.Brand)
			}
			return
		}
		near := s.Nearest(c)
		if len(near) == 0 {
			t.Fatalf("nothing is offered for %s", c)
		}
		for _, n := range near {
			if x := s.Tint(n); !x.Readable() {
				t.Errorf("%s, offered for %s, cannot be read: %+v", n, c, x.Contrasts)
			}
		}
		if was, is := c.LCH(), near[0].LCH(); is.L > was.L {
			t.Errorf("%s is lighter than %s, which is too light", near[0], c)
		}
	})
}
