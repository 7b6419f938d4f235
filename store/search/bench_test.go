package search_test

import (
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/store/search"
)

// The size of a large network, as far as a benchmark can wait for it.
const (
	benchRecords = 20_000
	benchWords   = 150 // of a body
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

// BenchmarkIndex builds the index of a large network and looks for two words in
// it, with two facets and a distance: records/s, the size of the index as a share
// of its text, and the 99th percentile of what a person waits, p99-ms.
func BenchmarkIndex(b *testing.B) {
	w := newWorld(b)
	r := rand.New(rand.NewPCG(1, 2))
	word := vocabulary(r)
	size := w.fill(r, word)
	w.want(search.Query{Text: "rien de tel"})
	for b.Loop() {
		begun := time.Now()
		w.must(w.index.Rebuild(b.Context(), nil))
		b.ReportMetric(benchRecords/time.Since(begun).Seconds(), "records/s")
	}
	b.ReportMetric(float64(w.diskSize())/float64(size), "index/text")
	var took []time.Duration
	for range 1000 {
		q := search.Query{
			Text: word() + " " + word(), Limit: 20, Within: 100, Sort: search.ByDistance,
			Near:   &geo.Point{Lon: -4 + 11*r.Float64(), Lat: 43 + 7*r.Float64()},
			Facets: map[string]string{search.FacetKind: "experiment", "themes": store.Themes.Slugs[r.IntN(len(store.Themes.Slugs))]},
		}
		begun := time.Now()
		w.show(w.find(q), store.Viewer{})
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(took[990].Seconds()*1000, "p99-ms")
	b.ReportMetric(took[500].Seconds()*1000, "p50-ms")
	b.Logf("%d records, %d MB of text", benchRecords, size>>20)
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
