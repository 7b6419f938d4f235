package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// point is a longitude and a latitude, in degrees.
type point [2]float64

// ring is closed: its last point is its first.
type ring []point

// shape is polygons, each an outer ring and its holes.
type shape [][]ring

// feature is one area of a GeoJSON file.
type feature struct {
	Code, Name string
	Shape      shape
}

// readFeatures reads a GeoJSON file out of the repository.
func readFeatures(repository, name string) ([]feature, error) {
	data, err := command(repository, "git", "show", contoursCommit+":"+name)
	if err != nil {
		return nil, err
	}
	var file struct {
		Features []struct {
			Properties struct {
				Code string `json:"code"`
				Name string `json:"nom"`
			} `json:"properties"`
			Geometry struct {
				Type        string          `json:"type"`
				Coordinates json.RawMessage `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var out []feature
	for _, f := range file.Features {
		s, err := readShape(f.Geometry.Type, f.Geometry.Coordinates)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, f.Properties.Code, err)
		}
		out = append(out, feature{f.Properties.Code, f.Properties.Name, s})
	}
	return out, nil
}

func readShape(kind string, coordinates json.RawMessage) (s shape, err error) {
	switch kind {
	case "Polygon":
		s = make(shape, 1)
		err = json.Unmarshal(coordinates, &s[0])
	case "MultiPolygon":
		err = json.Unmarshal(coordinates, &s)
	case "": // a commune without geometry
	default:
		err = fmt.Errorf("geometry %q", kind)
	}
	return s, err
}

// area is that of the ring in square degrees of latitude, positive when it
// turns to the left.
func (r ring) area() float64 {
	sum := 0.0
	for i := 1; i < len(r); i++ {
		sum += r[i-1][0]*r[i][1] - r[i][0]*r[i-1][1]
	}
	return sum / 2 * shrink(r[0][1])
}

// shrink is the length of a degree of longitude at a latitude, in degrees of latitude.
func shrink(lat float64) float64 { return math.Cos(lat * math.Pi / 180) }

// largest is the polygon that holds the most land. The shape has one.
func (s shape) largest() []ring {
	return slices.MaxFunc(s, func(a, b []ring) int { return cmp.Compare(math.Abs(a[0].area()), math.Abs(b[0].area())) })
}

// contains says whether the point lies inside.
func (s shape) contains(p point) bool {
	inside := false
	for _, polygon := range s {
		for _, r := range polygon {
			for i := 1; i < len(r); i++ {
				if x, cuts := cut(r[i-1], r[i], p[1]); cuts && x > p[0] {
					inside = !inside
				}
			}
		}
	}
	return inside
}

// cut is where the line from a to b crosses a latitude.
func cut(a, b point, lat float64) (lon float64, cuts bool) {
	if a[1] > lat == (b[1] > lat) {
		return 0, false
	}
	return a[0] + (lat-a[1])*(b[0]-a[0])/(b[1]-a[1]), true
}
