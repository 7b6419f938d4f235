package atlas

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestGroupsAreApartAndHaveEverybodyOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	points := make([]Point, 2000)
	for i := range points {
		points[i] = Point{X: r.Float64()*600 - 20, Y: r.Float64()*600 - 20}
	}
	groups := Gather(points, 40)
	seen := map[int]bool{}
	for i, g := range groups {
		if points[g.Members[0]] != g.At || !slices.IsSorted(g.Members) {
			t.Fatalf("group %+v", g)
		}
		for _, m := range g.Members {
			if seen[m] || math.Hypot(points[m].X-g.At.X, points[m].Y-g.At.Y) >= 40 {
				t.Fatalf("%d is in a group at %v", m, g.At)
			}
			seen[m] = true
		}
		for _, other := range groups[:i] {
			if math.Hypot(g.At.X-other.At.X, g.At.Y-other.At.Y) < 40 {
				t.Fatalf("groups at %v and %v", g.At, other.At)
			}
		}
	}
	if len(seen) != len(points) {
		t.Errorf("%d of %d points", len(seen), len(points))
	}
}
