package atlas

import (
	"bytes"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/essaim/essaim/store/geo"
)

func TestProjectionGoesBothWays(t *testing.T) {
	for _, p := range []geo.Point{{}, {Lon: -1.68, Lat: 48.11}, {Lon: 55.5, Lat: -21.1}, {Lon: -179.9, Lat: 84}} {
		back := Unproject(Project(p))
		if math.Abs(back.Lon-p.Lon) > 1e-9 || math.Abs(back.Lat-p.Lat) > 1e-9 {
			t.Errorf("%v comes back as %v", p, back)
		}
	}
}

func TestProjectionIsMercators(t *testing.T) {
	// EPSG:3857 of 48.11° N, in metres; a degree of longitude has 111,319.49.
	if got, want := Project(geo.Point{Lat: 48.11}).Y, -6125276.0/111319.49*unit; math.Abs(got-want) > 1 {
		t.Errorf("got %.1f, want %.1f", got, want)
	}
}

func TestDrawingsAreThoseOfTheOutlines(t *testing.T) {
	for name, kind := range map[string]geo.Kind{Regions: geo.Region, Departments: geo.Department} {
		have, err := os.ReadFile("../assets/static/" + name + ".svg")
		if err != nil {
			t.Fatal(err)
		}
		drawn := Drawing(kind)
		if !bytes.Equal(have, drawn) {
			t.Errorf("%s.svg is not what go generate ./web/atlas makes", name)
		}
		if got, want := bytes.Count(drawn, []byte("<path")), len(geo.Outlines(kind)); got != want {
			t.Errorf("%s has %d paths, want %d", name, got, want)
		}
	}
}

func TestEveryAreaHasItsPlace(t *testing.T) {
	s := France(880, 640)
	for _, kind := range []geo.Kind{geo.Region, geo.Department} {
		for _, o := range geo.Outlines(kind) {
			for _, polygon := range o.Polygons {
				for _, p := range polygon[0] {
					if at, ok := s.Place(p); !ok || at.X < 0 || at.Y < 0 || at.X > 880 || at.Y > 640 {
						t.Fatalf("a point of %s is at %v, %v", o.Code, at, ok)
					}
				}
			}
		}
	}
	if _, ok := s.Place(geo.Point{Lon: -56.2, Lat: 46.8}); ok {
		t.Error("Saint-Pierre is drawn")
	}
}

func TestFramesDoNotCoverEachOther(t *testing.T) {
	frames := France(560, 640).Frames
	for i, a := range frames {
		for _, b := range frames[:i] {
			if a.X < b.X+b.Width && b.X < a.X+a.Width && a.Y < b.Y+b.Height && b.Y < a.Y+a.Height {
				t.Errorf("%q and %q overlap", a.Code, b.Code)
			}
		}
	}
}

func TestAWindowShowsAllOfItsBoxAndIsFull(t *testing.T) {
	box := Box{West: -2, South: 47, East: -1, North: 49}
	s := Window(box, 560, 400)
	f := s.Frames[0]
	if f.Width != 560 || f.Height != 400 || f.X != 0 || f.Y != 0 {
		t.Errorf("the frame is %+v", f)
	}
	for _, p := range []geo.Point{{Lon: -2, Lat: 47}, {Lon: -1, Lat: 49}} {
		at, ok := s.Place(p)
		if !ok || at.Y < -0.01 || at.Y > 400.01 {
			t.Errorf("%v is at %v, %v", p, at, ok)
		}
		back := f.at(at)
		if math.Abs(back.Lon-p.Lon) > 1e-9 || math.Abs(back.Lat-p.Lat) > 1e-9 {
			t.Errorf("%v comes back as %v", p, back)
		}
	}
	if n := len(strings.Fields(f.ViewBox())); n != 4 {
		t.Errorf("view box %q", f.ViewBox())
	}
}

func TestBoxesThatPeopleAskFor(t *testing.T) {
	for _, s := range []string{"", "1,2,3", "1,2,3,x", "2,47,1,48", "1,48,2,47", "1,47,1.001,48", "NaN,47,2,48", "-Inf,47,2,48", "1,47,2,89", "-200,47,2,48", "1,47,2,48,5"} {
		if b, ok := ParseBox(s); ok {
			t.Errorf("%q is %v", s, b)
		}
	}
	b, ok := ParseBox("-1.5,47,2.123456789,48")
	if !ok || b.String() != "-1.5,47,2.12346,48" {
		t.Errorf("got %v, %v", b, ok)
	}
	sq := b.Square()
	low, high := Project(geo.Point{Lon: sq.West, Lat: sq.South}), Project(geo.Point{Lon: sq.East, Lat: sq.North})
	if math.Abs((high.X-low.X)-(low.Y-high.Y)) > 1e-6 || !sq.Has(geo.Point{Lon: -1.5, Lat: 47.5}) || !sq.Has(geo.Point{Lon: 0, Lat: 48}) {
		t.Errorf("the square is %v", sq)
	}
}

func TestBoxes(t *testing.T) {
	if !Around().IsZero() {
		t.Error("the box of nothing is somewhere")
	}
	b := Around(geo.Point{Lon: 2, Lat: 47}, geo.Point{Lon: 1, Lat: 48})
	if want := (Box{1, 47, 2, 48}); b != want {
		t.Errorf("got %v, want %v", b, want)
	}
	if got, want := b.Grown(0.5, 0.1), (Box{0.5, 46.5, 2.5, 48.5}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := Around(geo.Point{Lon: 1, Lat: 1}).Grown(1, 0.5), (Box{0.5, 0.5, 1.5, 1.5}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
