package enginetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/essaim/essaim/store"
)

// testModel does random things to an engine and to a map, and compares. The
// few short keys meet often, and their bytes are the ones that hurt.
func testModel(t *testing.T, open Open) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			dir := t.TempDir()
			m := &model{t: t, rand: rand.New(rand.NewPCG(seed, 1)), kept: map[string]string{}}
			for range 3 {
				e := open(t, dir)
				m.run(e, 40)
				m.run(Twice(e), 10)
				closeEngine(t, e)
			}
		})
	}
}

type model struct {
	t    *testing.T
	rand *rand.Rand
	kept map[string]string // what was committed
}

// run makes n updates, one in four of which fails.
func (m *model) run(e store.Engine, n int) {
	for range n {
		seed, fail := m.rand.Uint64(), m.rand.IntN(4) == 0
		var now map[string]string
		err := e.Update(context.Background(), func(tx store.Tx) error {
			now = maps.Clone(m.kept)
			m.change(tx, now, rand.New(rand.NewPCG(seed, 2)))
			if fail {
				return errOwn
			}
			return nil
		})
		if errors.Is(err, errOwn) != fail || err != nil && !fail {
			m.t.Fatalf("update: %v", err)
		}
		if !fail {
			m.kept = now
		}
		view(m.t, e, func(tx store.Tx) { m.compare(tx, m.kept, m.rand) })
	}
}

// change writes the same to tx and to now, and reads in between.
func (m *model) change(tx store.Tx, now map[string]string, r *rand.Rand) {
	for range r.IntN(40) {
		key := randomKey(r)
		switch r.IntN(8) {
		case 0, 1, 2, 3:
			value := string(bytes.Repeat([]byte{byte(r.IntN(256))}, r.IntN(3)*r.IntN(1000)))
			tx.Put(key, []byte(value))
			now[string(key)] = value
		case 4, 5:
			tx.Delete(key)
			delete(now, string(key))
		case 6:
			m.deleteRange(tx, now, r)
		default:
			m.compare(tx, now, r)
		}
	}
}

func (m *model) deleteRange(tx store.Tx, now map[string]string, r *rand.Rand) {
	from, to := randomKey(r), randomKey(r)
	for k := range tx.Scan(from, to, r.IntN(2) == 0) {
		tx.Delete(k)
		delete(now, string(k))
	}
	for k := range now {
		if k >= string(from) && k < string(to) {
			m.t.Fatalf("the scan from %q to %q left out %q", from, to, k)
		}
	}
}

// compare reads a random range and a few keys.
func (m *model) compare(tx store.Tx, now map[string]string, r *rand.Rand) {
	from, to, reverse := randomKey(r), randomKey(r), r.IntN(2) == 0
	if r.IntN(3) == 0 {
		from, to = nil, nil
	}
	var want, got []string
	for _, k := range slices.Sorted(maps.Keys(now)) {
		if k >= string(from) && (to == nil || k < string(to)) {
			want = append(want, k+"="+now[k])
		}
	}
	if reverse {
		slices.Reverse(want)
	}
	for k, v := range tx.Scan(from, to, reverse) {
		got = append(got, string(k)+"="+string(v))
	}
	if !slices.Equal(got, want) {
		m.t.Fatalf("scan from %q to %q, reverse %v:\ngot  %.200q\nwant %.200q", from, to, reverse, got, want)
	}
	keys := [][]byte{randomKey(r), randomKey(r), randomKey(r)}
	for i, got := range tx.GetMany(keys) {
		want, ok := now[string(keys[i])]
		if string(got) != want || (got != nil) != ok {
			m.t.Fatalf("get %q: got %.20q, want %.20q (%v)", keys[i], got, want, ok)
		}
	}
}

func randomKey(r *rand.Rand) []byte {
	key := make([]byte, 1+r.IntN(3))
	for i := range key {
		key[i] = "\x00ab\xfe\xff"[r.IntN(5)]
	}
	return key
}
