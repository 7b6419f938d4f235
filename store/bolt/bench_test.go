package bolt

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/essaim/essaim/store"
)

func BenchmarkUpdate(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			db := open(b, Options{})
			var left, seq atomic.Int64
			left.Store(int64(b.N))
			value := make([]byte, 300)
			b.ResetTimer()
			inParallel(writers, func(int) {
				for left.Add(-1) >= 0 {
					key := binary.BigEndian.AppendUint64(nil, uint64(seq.Add(1)))
					err := db.Update(b.Context(), func(tx store.Tx) error {
						tx.Put(key, value)
						return nil
					})
					if err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
			b.ReportMetric(float64(b.N)/float64(db.Stats().Commits), "updates/commit")
		})
	}
}

// filled answers a store of n keys of 8 bytes with values of 300.
func filled(b *testing.B, n int) *DB {
	db := open(b, Options{})
	must(b, db.Update(b.Context(), func(tx store.Tx) error {
		for i := range n {
			tx.Put(binary.BigEndian.AppendUint64(nil, uint64(i)), make([]byte, 300))
		}
		return nil
	}))
	return db
}

func BenchmarkGet(b *testing.B) {
	const n = 100_000
	db := filled(b, n)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		must(b, db.View(b.Context(), func(tx store.Tx) error {
			tx.Get(binary.BigEndian.AppendUint64(nil, uint64(i*7919%n)))
			return nil
		}))
	}
}

func BenchmarkScan(b *testing.B) {
	db := filled(b, 100_000)
	for _, reverse := range []bool{false, true} {
		b.Run(fmt.Sprintf("reverse=%v", reverse), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(b, db.View(b.Context(), func(tx store.Tx) error {
					n := 0
					for range tx.Scan(nil, nil, reverse) {
						if n++; n == 1000 {
							return nil
						}
					}
					return nil
				}))
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	db := filled(b, 1_000_000)
	path, size := db.Path(), db.Stats().Size
	must(b, db.Close())
	b.SetBytes(size)
	for b.Loop() {
		db, err := Open(path, Options{})
		must(b, err)
		must(b, db.Close())
	}
}
