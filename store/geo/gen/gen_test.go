package main

import (
	"encoding/json"
	"slices"
	"testing"
)

// square is a ring around a corner, turning left.
func square(x, y, side float64) ring {
	return ring{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}
}

func TestMiddleLiesInside(t *testing.T) {
	horseshoe := ring{{0, 0}, {9, 0}, {9, 9}, {6, 9}, {6, 1}, {1, 1}, {1, 9}, {0, 9}, {0, 0}}
	for name, s := range map[string]shape{
		"a square":             {{square(10, 20, 2)}},
		"a horseshoe":          {{horseshoe}},
		"islands":              {{square(0, 0, 1)}, {square(5, 5, 3)}},
		"a square with a hole": {{square(0, 0, 9), square(4, 4, 1)}},
	} {
		if m := s.middle(); !s.contains(m) {
			t.Errorf("%s: its middle %v lies outside", name, m)
		}
	}
	if got, want := (shape{{square(10, 20, 2)}}).middle(), (point{11, 21}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Two neighbours whose common line is jagged draw it with the same points.
func TestOutlinesShareTheirLine(t *testing.T) {
	jagged := ring{{5, 0}, {5.001, 1}, {4.999, 2}, {5.5, 3}, {5, 4}}
	west := slices.Concat(ring{{0, 0}}, jagged, ring{{0, 4}, {0, 0}})
	back := slices.Clone(jagged)
	slices.Reverse(back)
	east := slices.Concat(ring{{9, 4}}, back, ring{{9, 0}, {9, 4}})
	islet := square(20, 20, 0.01)
	data := outlines([]feature{{"2", "East", shape{{east}, {islet}}}, {"1", "West", shape{{west}}}}, "dep:", 0.01, 0.001)
	var file struct {
		Features []struct {
			Properties struct {
				Code string `json:"code"`
			} `json:"properties"`
			Geometry struct {
				Coordinates [][]ring `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Features) != 2 || file.Features[0].Properties.Code != "dep:1" || len(file.Features[1].Geometry.Coordinates) != 1 {
		t.Fatalf("got %s", data)
	}
	shared := ring{{5, 0}, {4.999, 2}, {5.5, 3}, {5, 4}}
	for _, f := range file.Features {
		r := f.Geometry.Coordinates[0][0]
		if r.area() <= 0 || r[0] != r[len(r)-1] {
			t.Errorf("%s: %v turns right or stays open", f.Properties.Code, r)
		}
		for _, p := range jagged {
			if slices.Contains(r, p) != slices.Contains(shared, p) {
				t.Errorf("%s: got %v, want the points %v of the common line", f.Properties.Code, r, shared)
			}
		}
	}
}

func TestTidyKeepsWhatLeadsToACommune(t *testing.T) {
	c := cog{}
	for _, one := range []commune{
		{Code: "01015", Name: "Arboys", Type: "commune-actuelle", Department: "01", Former: []string{"01340", "01999"}},
		{Code: "01340", Name: "Saint-Bois", Type: "commune-deleguee", Seat: "01015"},
		{Code: "01015", Name: "Arbignieu", Type: "commune-deleguee", Seat: "01015"},
		{Code: "01015", Name: "Arboys", Type: "commune-deleguee", Seat: "01015"},
		{Code: "01777", Name: "Nulle part", Type: "commune-deleguee", Seat: "01888"},
		{Code: "75101", Name: "Paris 1er", Type: "arrondissement-municipal", City: "01015", Postal: []string{"75001"}},
	} {
		if err := c.add(one); err != nil {
			t.Fatal(err)
		}
	}
	want := []former{
		{"01015", "Arbignieu", "01015", ""},
		{"01340", "Saint-Bois", "01015", ""},
		{"01999", "L'ancienne", "01015", ""},
		{"75101", "Paris 1er", "01015", "75001"},
	}
	if got := c.tidy(map[string]string{"01999": "L'ancienne"}); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := c.add(commune{Code: "02001", Type: "commune-actuelle", Department: "01"}); err == nil {
		t.Error("a commune of another department than its code says was taken")
	}
}

func TestATownCountsOnlyInsideItsCommune(t *testing.T) {
	all := towns{
		"35238": {{"rennes", point{5, 5}, false}, {"ailleurs", point{1, 1}, true}},
		"987":   {{"vaitape", point{-151, -16}, false}},
	}
	for _, c := range []struct {
		name    string
		commune commune
		contour shape
		want    point
		ok      bool
	}{
		{"by name", commune{Code: "35238", Name: "Rennes"}, shape{{square(4, 4, 2)}}, point{5, 5}, true},
		{"outside", commune{Code: "35238", Name: "Rennes"}, shape{{square(6, 6, 2)}}, point{}, false},
		{"its seat", commune{Code: "35238", Name: "Rennes"}, shape{{square(0, 0, 2)}}, point{1, 1}, true},
		{"by hand", commune{Code: "98714", Name: "Bora-Bora", Department: "987"}, nil, point{-151, -16}, true},
		{"unknown", commune{Code: "98799", Name: "Nulle part"}, nil, point{}, false},
	} {
		if got, ok := all.find(c.commune, c.contour); got != c.want || ok != c.ok {
			t.Errorf("%s: got %v %v, want %v %v", c.name, got, ok, c.want, c.ok)
		}
	}
}
