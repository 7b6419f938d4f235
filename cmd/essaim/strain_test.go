package main

import (
	"math"
	"runtime/debug"
	"testing"
)

// Five nodes in one process may hold what five nodes hold.
func TestStrainIsMeasuredByTheLimitOfTheProcess(t *testing.T) {
	before := debug.SetMemoryLimit(math.MaxInt64)
	defer debug.SetMemoryLimit(before)
	for limit, want := range map[int64]bool{math.MaxInt64: false, 1 << 40: false, 1 << 10: true} {
		debug.SetMemoryLimit(limit)
		if got := strained(); got != want {
			t.Errorf("with %d bytes: got %v", limit, got)
		}
	}
}
