package atlas

import "math"

// Group is a place of a picture where something stands, or several that lie too
// close to be told apart.
type Group struct {
	At      Point
	Members []int // indexes of the points, in their order; the first stands at At
}

// Gather groups the points that lie closer than so many pixels: each joins the
// nearest group that began before it, or begins its own. Groups are at least that
// far apart, and stand in the order of their first points.
func Gather(points []Point, apart float64) []Group {
	var groups []Group
	cells := map[[2]int][]int{} // groups, by the square of the picture that they stand in
	for i, p := range points {
		x, y := int(math.Floor(p.X/apart)), int(math.Floor(p.Y/apart))
		nearest, least := -1, apart
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				for _, g := range cells[[2]int{x + dx, y + dy}] {
					if d := math.Hypot(groups[g].At.X-p.X, groups[g].At.Y-p.Y); d < least {
						nearest, least = g, d
					}
				}
			}
		}
		if nearest < 0 {
			nearest = len(groups)
			groups = append(groups, Group{At: p})
			cells[[2]int{x, y}] = append(cells[[2]int{x, y}], nearest)
		}
		groups[nearest].Members = append(groups[nearest].Members, i)
	}
	return groups
}
