package page

import "math"

// The schematic map is drawn in a box of 880 by 640: metropolitan France above,
// with room for names on both sides, the overseas regions in a row of insets
// below.
const (
	chartWidth  = 880
	chartHeight = 640
	chartMiddle = 445 // of the mainland, from the left
	landLeft    = 190 // of the westernmost cape
	insetTop    = 524
	insetSize   = 84
	insetGap    = 64
)

// point is a place of the drawing.
type point struct{ X, Y float64 }

// spot is where a region stands, in degrees; overseas regions have an inset, from
// the left, instead.
type spot struct {
	lon, lat float64
	inset    int // from 1
}

// spots are about the middles of the regions, by their code. They are there to
// tell regions apart, not to measure.
var spots = map[string]spot{
	"region:11": {lon: 2.5, lat: 48.7}, "region:24": {lon: 1.6, lat: 47.5}, "region:27": {lon: 4.8, lat: 47.2},
	"region:28": {lon: 0.1, lat: 49.1}, "region:32": {lon: 2.8, lat: 50.0}, "region:44": {lon: 5.6, lat: 48.7},
	"region:52": {lon: -0.8, lat: 47.4}, "region:53": {lon: -2.8, lat: 48.2}, "region:75": {lon: 0.2, lat: 45.2},
	"region:76": {lon: 2.1, lat: 43.7}, "region:84": {lon: 4.5, lat: 45.5}, "region:93": {lon: 6.0, lat: 43.9},
	"region:94": {lon: 9.1, lat: 42.2},
	"region:01": {inset: 1}, "region:02": {inset: 2}, "region:03": {inset: 3}, "region:04": {inset: 4}, "region:06": {inset: 5},
}

// coast and corsica are rough outlines, in degrees.
var (
	coast = [][2]float64{
		{2.4, 51.05},
		{1.6, 50.85},
		{1.5, 50.2},
		{0.1, 49.6},
		{-1.1, 49.35},
		{-1.3, 49.7},
		{-1.9, 49.7},
		{-1.6, 48.65},
		{-2.9, 48.8},
		{-4.7, 48.5},
		{-4.6, 47.9},
		{-2.9, 47.5},
		{-2.2, 47.1},
		{-1.2, 46.1},
		{-1.2, 44.7},
		{-1.7, 43.35},
		{0.7, 42.75},
		{1.7, 42.5},
		{3.1, 42.45},
		{3.1, 43.1},
		{4.2, 43.5},
		{5.2, 43.3},
		{6.2, 43.05},
		{7.5, 43.75},
		{6.9, 44.4},
		{7.0, 45.6},
		{6.8, 46.4},
		{6.1, 46.3},
		{7.0, 47.45},
		{7.6, 47.6},
		{8.2, 48.95},
		{6.4, 49.45},
		{4.9, 49.8},
		{4.2, 50.1},
		{3.2, 50.7},
	}
	corsica = [][2]float64{{9.4, 43.0}, {9.55, 42.1}, {9.2, 41.4}, {8.6, 41.9}, {8.6, 42.4}, {9.3, 42.7}}
)

// overseas are the regions of the insets, from the left.
var overseas = [...]string{"region:01", "region:02", "region:03", "region:04", "region:06"}

// project draws degrees flat, with the proportions of 46.5° north.
func project(lon, lat float64) point {
	const scale = 49 // of a degree of latitude
	return point{X: landLeft + (lon+4.8)*math.Cos(46.5*math.Pi/180)*scale, Y: 16 + (51.2-lat)*scale}
}

// place is where a region stands in the drawing; false for what is no region.
func place(code string) (point, bool) {
	s, ok := spots[code]
	switch {
	case !ok:
		return point{}, false
	case s.inset > 0:
		return point{X: insetLeft(s.inset) + insetSize/2, Y: insetTop + insetSize/2 - 6}, true
	}
	return project(s.lon, s.lat), true
}

func insetLeft(n int) float64 { return 102 + float64(n-1)*(insetSize+insetGap) }

// onMainland says whether a place lies in the box of metropolitan France.
func onMainland(lon, lat float64) bool { return lon > -5.5 && lon < 10 && lat > 41 && lat < 51.5 }
