package search_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/store/search"
)

// The size of a large network.
const (
	benchRecords = 100_000
	benchWords   = 150 // of a body
	benchQueries = 1000
)

// vocabulary is words of French length and frequency: the nth comes up half as
// often as the n/2nd.
func vocabulary(r *rand.Rand) func() string {
	syllables := strings.Fields("an bre ca dé es for gé hu in jou ko lé mé nu or pé qui ré so té u vi xa yo zé tion ment eur able")
	list := make([]string, 8000)
	for i := range list {
		for range 2 + r.IntN(3) {
			list[i] += syllables[r.IntN(len(syllables))]
		}
	}
	zipf := rand.NewZipf(r, 1.1, 4, uint64(len(list)-1))
	return func() string { return list[zipf.Uint64()] }
}

// fill writes records into the store and says how many bytes of text they have.
func (w *world) fill(r *rand.Rand, word func() string) (size int) {
	for n := 0; n < benchRecords; n += 500 {
		w.update(func(tx *store.Txn) {
			for range 500 {
				e := w.put(tx, w.away, word()+" "+word()+" "+word(), func(e *store.Experiment) {
					e.Stage = store.Stages.Slugs[r.IntN(len(store.Stages.Slugs))]
					e.Themes = []string{store.Themes.Slugs[r.IntN(len(store.Themes.Slugs))]}
					e.Place = store.Place{Lon: -4 + 11*r.Float64(), Lat: 43 + 7*r.Float64(), Precision: store.AtCommune}
					e.Pitch = sentence(word, 20)
					e.HTML = sentence(word, benchWords)
				})
				size += len(e.Title) + len(e.Pitch) + len(e.HTML)
			}
		})
	}
	return size
}

func sentence(word func() string, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = word()
	}
	return strings.Join(list, " ")
}

// BenchmarkIndex builds the index of a large network, and searches it: with two
// facets and a distance, and with two words more. It says how many records a second
// are indexed, the size of the index as a share of its text, what a person waits at
// the 99th percentile (p99-ms and text-p99-ms), and the memory beside the files of
// index and store, which the system may take back: the most while it builds
// (build-MB), and after the searches (search-MB). It takes about a minute on two
// quiet processors, and 600 MB of the disk:
//
//	go test -run '^$' -bench Index -benchtime 1x ./store/search/
func BenchmarkIndex(b *testing.B) {
	w := newWorld(b)
	w.stop() // nothing follows the store: Rebuild does it all
	w.must(<-w.running)
	w.running <- nil
	r := rand.New(rand.NewPCG(1, 2))
	word := vocabulary(r)
	size := w.fill(r, word)
	debug.FreeOSMemory()
	most := 0.0
	for b.Loop() {
		begun, busy := time.Now(), cpuTime()
		w.must(w.index.Rebuild(b.Context(), func(int, int) { most = max(most, memory("RssAnon")) }))
		b.ReportMetric(benchRecords/time.Since(begun).Seconds(), "records/s")
		b.ReportMetric(benchRecords/(cpuTime()-busy).Seconds(), "records/cpu-s")
	}
	b.ReportMetric(float64(w.diskSize())/float64(size), "index/text")
	w.measure(b, "", func() search.Query { return narrowed(r, "") })
	w.measure(b, "text-", func() search.Query { return narrowed(r, word()+" "+word()) })
	b.ReportMetric(most, "build-MB")
	b.ReportMetric(memory("RssAnon"), "search-MB")
	b.Logf("%d records, %d MB of text", benchRecords, size>>20)
}

// narrowed asks for two facets and a distance.
func narrowed(r *rand.Rand, text string) search.Query {
	return search.Query{
		Text: text, Limit: 20, Within: 100, Sort: search.ByDistance,
		Near:   &geo.Point{Lon: -4 + 11*r.Float64(), Lat: 43 + 7*r.Float64()},
		Facets: map[string]string{search.FacetKind: "experiment", "themes": store.Themes.Slugs[r.IntN(len(store.Themes.Slugs))]},
	}
}

// measure says what a person waits for an answer, cards included.
func (w *world) measure(b *testing.B, name string, next func() search.Query) {
	b.Helper()
	took, busy := make([]time.Duration, benchQueries), cpuTime()
	for i := range took {
		q, begun := next(), time.Now()
		w.show(w.find(q), store.Viewer{})
		took[i] = time.Since(begun)
	}
	b.ReportMetric((cpuTime()-busy).Seconds()*1000/benchQueries, name+"cpu-ms")
	slices.Sort(took)
	b.ReportMetric(took[benchQueries*99/100].Seconds()*1000, name+"p99-ms")
	b.ReportMetric(took[benchQueries/2].Seconds()*1000, name+"p50-ms")
}

// cpuTime is what this process used of the processors. On a busy machine it says
// more than the clock.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// memory is a line of the memory of this process, in megabytes; 0 where the system
// does not say.
func memory(line string) float64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), line+":")
	var kB float64
	_, _ = fmt.Sscan(rest, &kB)
	return kB / 1024
}

// diskSize is how many bytes the index has on the disk.
func (w *world) diskSize() (size int64) {
	w.must(filepath.WalkDir(w.dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return nil
	}))
	return size
}
