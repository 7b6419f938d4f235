package colour_test

import (
	"math"
	"testing"

	"github.com/essaim/essaim/web/colour"
)

func TestContrastIsThatOfWCAG(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21}, {"#ffffff", "#ffffff", 1}, {"#767676", "#ffffff", 4.54}, {"#777777", "#ffffff", 4.48}, {"#0f5b52", "#fbfaf6", 7.6},
	} {
		a, _ := colour.Parse(x.a)
		b, _ := colour.Parse(x.b)
		if got := colour.Contrast(a, b); math.Abs(got-x.want) > 0.06 || got != colour.Contrast(b, a) {
			t.Errorf("%s on %s: got %.2f, want %.2f", x.a, x.b, got, x.want)
		}
	}
}

func TestOklabIsThatOfItsSpecification(t *testing.T) {
	for text, want := range map[string]colour.LCH{
		"#ffffff": {1, 0, 0}, "#000000": {0, 0, 0}, "#ff0000": {0.628, 0.2577, 0.5102}, "#0000ff": {0.452, 0.3132, -1.6749},
	} {
		c, _ := colour.Parse(text)
		got := c.LCH()
		if math.Abs(got.L-want.L) > 0.001 || math.Abs(got.C-want.C) > 0.001 || want.C > 0 && math.Abs(got.H-want.H) > 0.01 {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
}

func TestWhatSRGBLacksIsAsStrongAsItCanBe(t *testing.T) {
	red, _ := colour.Parse("#ff0000")
	lch := red.LCH()
	lch.L = 0.9
	if got := lch.Colour().LCH(); math.Abs(got.L-0.9) > 0.01 || math.Abs(got.H-lch.H) > 0.1 || got.C >= lch.C || got.C < 0.02 {
		t.Errorf("got %+v of %+v", got, lch)
	}
	for l, want := range map[float64]string{-1: "#000000", 2: "#ffffff"} {
		if got := (colour.LCH{L: l, C: 0.3}).Colour().String(); got != want {
			t.Errorf("lightness %v: got %s, want %s", l, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"#0f5b52", "0F5B52", "#fff", "", "#+f5b52", "#0f_b52", "##f5b52", "#gggggg", "#0f5b5200"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := colour.Parse(text)
		if !ok {
			return
		}
		if again, ok := colour.Parse(c.String()); !ok || again != c || len(text) > 7 {
			t.Errorf("%q is %s, which is %v", text, c, again)
		}
		near := c.LCH().Colour()
		for _, d := range []int{int(near.R) - int(c.R), int(near.G) - int(c.G), int(near.B) - int(c.B)} {
			if d < -1 || d > 1 {
				t.Errorf("%s becomes %s on the way through Oklab", c, near)
			}
		}
	})
}
