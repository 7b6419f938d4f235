package main

import (
	"math"
	"runtime/debug"
	"runtime/metrics"
)

// strained says that the process is short of memory: it holds a fifth more of the
// system, beside its code and what it has mapped, than the collector was told to
// keep to. A process without such a limit, as that of the demonstration with its
// five nodes, is never short of it.
func strained() bool {
	limit := debug.SetMemoryLimit(-1)
	if limit == math.MaxInt64 {
		return false
	}
	held := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(held)
	return float64(held[0].Value.Uint64()-held[1].Value.Uint64()) > 1.2*float64(limit)
}
