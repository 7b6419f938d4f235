package geo

import "math"

// Point is a position in degrees (WGS 84). The zero Point lies in the Gulf of
// Guinea.
type Point struct{ Lon, Lat float64 }

// earthRadius is the mean one, in kilometres.
const earthRadius = 6371.0088

// Distance is how far two points lie apart, in kilometres along the globe.
func Distance(a, b Point) float64 {
	lat1, lat2 := a.Lat*math.Pi/180, b.Lat*math.Pi/180
	u, v := math.Sin((lat2-lat1)/2), math.Sin((b.Lon-a.Lon)*math.Pi/360)
	h := u*u + math.Cos(lat1)*math.Cos(lat2)*v*v
	return 2 * earthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// KilometresPerDegree of latitude, a little less than it is anywhere.
const KilometresPerDegree = 110.5

// Nearest returns the commune whose position is nearest, and how far that is in
// kilometres. Near a border the point may lie in the commune next to it. A
// point that is none (not a number, out of range) gives the zero Place.
func Nearest(at Point) (Place, float64) {
	if !(math.Abs(at.Lat) <= 90 && math.Abs(at.Lon) <= 180) {
		return Place{}, math.Inf(1)
	}
	c := communes()
	best, least := 0, math.Inf(1)
	for i := range c.today {
		if d := apart(at, c.point(i)); d < least {
			best, least = i, d
		}
	}
	p := c.place(best)
	return p, Distance(at, p.Point)
}

// apart grows with the distance of two points that are near each other, and is
// quick to reckon.
func apart(a, b Point) float64 {
	x := math.Abs(a.Lon - b.Lon)
	x = min(x, 360-x) * math.Cos(a.Lat*math.Pi/180)
	y := a.Lat - b.Lat
	return x*x + y*y
}
