package main

import "slices"

// middle is the centre of gravity of the largest part, or, where that lies
// outside, the middle of the widest stretch of land at its latitude.
func (s shape) middle() point {
	polygon := s.largest()
	c := polygon[0].centroid()
	if s.contains(c) {
		return c
	}
	var xs []float64
	for _, r := range polygon {
		for i := 1; i < len(r); i++ {
			if x, cuts := cut(r[i-1], r[i], c[1]); cuts {
				xs = append(xs, x)
			}
		}
	}
	slices.Sort(xs)
	widest := 0.0
	for i := 1; i < len(xs); i += 2 {
		if width := xs[i] - xs[i-1]; width > widest {
			widest, c[0] = width, xs[i-1]+width/2
		}
	}
	return c
}

// centroid is the centre of gravity. It reckons from the first point, where
// the numbers are small.
func (r ring) centroid() point {
	var x, y, sum float64
	o := r[0]
	for i := 1; i < len(r); i++ {
		a, b := point{r[i-1][0] - o[0], r[i-1][1] - o[1]}, point{r[i][0] - o[0], r[i][1] - o[1]}
		w := a[0]*b[1] - b[0]*a[1]
		x, y, sum = x+(a[0]+b[0])*w, y+(a[1]+b[1])*w, sum+w
	}
	return point{o[0] + x/(3*sum), o[1] + y/(3*sum)}
}
