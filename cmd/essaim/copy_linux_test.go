package main

import (
	"testing"
	"time"
)

// benchCatalogue is the size of the catalogue that is copied.
const benchCatalogue = 10_000

// BenchmarkCopy has a node, as it is released, copy a catalogue from another one
// over the loopback. Beside the time it tells what the node holds afterwards:
// rss-MB; anon-MB, without what it has mapped of the store and of itself; peak-MB.
func BenchmarkCopy(b *testing.B) {
	binary := buildRelease(b)
	origin := newLabAt(b, labProcess{handle: "calanques", binary: binary})
	origin.fill(benchCatalogue)
	origin.start()
	for b.Loop() {
		b.StopTimer()
		follower := newLabAt(b, labProcess{handle: "estran", binary: binary})
		follower.start()
		b.StartTimer()
		follower.essaim("follow", origin.address())
		eventually(b, "all of it is here", 20*time.Millisecond, func() bool { return follower.copied(origin).Same })
		b.ReportMetric(follower.memory("VmRSS"), "rss-MB")
		b.ReportMetric(follower.memory("RssAnon"), "anon-MB")
		b.ReportMetric(follower.memory("VmHWM"), "peak-MB")
	}
}
