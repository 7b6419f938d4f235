package geo

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

//go:embed regions.geojson.gz
var regionsPacked []byte

//go:embed departements.geojson.gz
var departmentsPacked []byte

// Outline is the drawing of a region or department.
type Outline struct {
	Code     string
	Polygons [][][]Point // each an outer ring and its holes; a ring ends where it starts
}

// GeoJSON is the drawing of all regions, or of all departments, as one
// FeatureCollection (RFC 7946) with "code" and "nom", packed with gzip. The 18
// regions and 101 departments are drawn; the overseas collectivities are not.
// The answer belongs to the package; nobody changes it.
func GeoJSON(k Kind) []byte {
	switch k {
	case Region:
		return regionsPacked
	case Department:
		return departmentsPacked
	}
	return nil
}

// Outlines are the same drawings to draw from, in the order of their codes.
// They are not meant to be changed.
func Outlines(k Kind) []Outline {
	switch k {
	case Region:
		return slices.Clone(regionOutlines())
	case Department:
		return slices.Clone(departmentOutlines())
	}
	return nil
}

var (
	regionOutlines     = sync.OnceValue(func() []Outline { return readOutlines(regionsPacked) })
	departmentOutlines = sync.OnceValue(func() []Outline { return readOutlines(departmentsPacked) })
)

func readOutlines(packed []byte) []Outline {
	var file struct {
		Features []struct {
			Properties struct {
				Code string `json:"code"`
			} `json:"properties"`
			Geometry struct {
				Coordinates [][][][2]float64 `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal([]byte(unpack(packed)), &file); err != nil {
		panic(fmt.Sprintf("geo: embedded data: %v", err))
	}
	var out []Outline
	for _, f := range file.Features {
		o := Outline{Code: f.Properties.Code}
		for _, polygon := range f.Geometry.Coordinates {
			o.Polygons = append(o.Polygons, pointsOf(polygon))
		}
		out = append(out, o)
	}
	return out
}

func pointsOf(polygon [][][2]float64) [][]Point {
	var out [][]Point
	for _, ring := range polygon {
		points := make([]Point, len(ring))
		for i, p := range ring {
			points[i] = Point{p[0], p[1]}
		}
		out = append(out, points)
	}
	return out
}
