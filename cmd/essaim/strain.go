package main

import "runtime/metrics"

// memoryShort is where a node takes nothing more in, in bytes that its process holds
// of the system beside its code and what it has mapped: well below what a small
// machine has, and above memoryWanted, which the collector keeps to.
const memoryShort = memoryWanted + memoryWanted/5

// strained says that the process is short of memory.
func strained() bool {
	held := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(held)
	return held[0].Value.Uint64()-held[1].Value.Uint64() > memoryShort
}
