package store

import (
	"bytes"
	"encoding/binary"
	"iter"
	"slices"
	"time"
)

// whenKey is the entry of a record that takes place, or nil: what is over lies
// before what is not.
func whenKey(it Item) []byte {
	d, ok := it.(Dated)
	if !ok {
		return nil
	}
	from, to := d.When()
	if from.IsZero() {
		return nil
	}
	r := it.Envelope()
	return key(tWhen, r.Kind, byte(0), instant(to), instant(from), r.ID)
}

// instant is a moment in a key, in whole seconds; moments sort as their bytes do.
func instant(t time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(t.Unix())^1<<63)
}

// Upcoming lists the records of a kind that are not over at the moment now, by
// when they begin.
func (t *Txn) Upcoming(kind string, now time.Time, q Query) Page {
	type entry struct {
		key     []byte // from the start on
		listing listing
	}
	prefix := key(tWhen, kind, byte(0))
	var entries []entry
	for k, v := range t.scanRange(prefix, key(tWhen, kind, byte(0), instant(now)), prefixEnd(prefix), false) {
		entries = append(entries, entry{bytes.Clone(k[8:]), listing(bytes.Clone(v))})
	}
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	return t.collect(q, func(yield func(ID, listing) bool) {
		for _, e := range entries {
			if !yield(idFromKey(e.key[8:]), e.listing) {
				return
			}
		}
	})
}

// Past lists the records of a kind that are over at the moment now, the last
// first.
func (t *Txn) Past(kind string, now time.Time, q Query) Page {
	prefix := key(tWhen, kind, byte(0))
	return t.collect(q, whenIDs(t.scanRange(prefix, prefix, key(tWhen, kind, byte(0), instant(now)), true)))
}

func whenIDs(entries iter.Seq2[[]byte, []byte]) iter.Seq2[ID, listing] {
	return func(yield func(ID, listing) bool) {
		for k, v := range entries {
			if !yield(idFromKey(k[16:]), v) {
				return
			}
		}
	}
}
