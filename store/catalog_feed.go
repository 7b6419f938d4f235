package store

import (
	"encoding/binary"
	"iter"
	"time"
)

// FeedRow is the last change of an object of this node's catalogue. An object
// has one row at most: what it was in between is nobody's business.
type FeedRow struct {
	Seq    uint64
	IRI    string
	When   time.Time
	Listed *Listed // as it is now; nil: it left the catalogue
	Known  bool    // everybody may know that it was there
}

// advance numbers a change of an object, old being its entry before, or nil.
func (t *Txn) advance(lab string, c *Catalogue, iri string, old *Listed) {
	known := false
	if old != nil {
		k := key(tFeed, hash16(lab), seqKey(old.Seq))
		row := t.tx.Get(k)
		known = !old.Restricted || len(row) > 0 && row[0] == 1
		t.tx.Delete(k)
	}
	c.Seq++
	flags := byte(0)
	if known {
		flags = 1
	}
	b := binary.BigEndian.AppendUint64([]byte{flags}, uint64(t.now.UnixMilli()))
	t.tx.Put(key(tFeed, hash16(lab), seqKey(c.Seq)), append(b, iri...))
	t.local = true
}

const feedHead = 1 + 8

// Feed yields the changes of a catalogue of this node after a number, oldest
// first.
func (t *Txn) Feed(lab string, after uint64) iter.Seq[FeedRow] {
	prefix := key(tFeed, hash16(lab))
	return func(yield func(FeedRow) bool) {
		from := key(tFeed, hash16(lab), seqKey(after+1))
		for k, v := range t.scanRange(prefix, from, prefixEnd(prefix), false) {
			row := decodeRow(k, v)
			row.Listed = t.Listed(lab, row.IRI)
			if row.Listed != nil && row.Listed.Seq != row.Seq {
				continue // it left, and came back later
			}
			if !yield(row) {
				return
			}
		}
	}
}

func decodeRow(k, v []byte) FeedRow {
	return FeedRow{
		Seq: binary.BigEndian.Uint64(k), IRI: string(v[feedHead:]), Known: v[0] == 1,
		When: time.UnixMilli(int64(binary.BigEndian.Uint64(v[1:]))).UTC(),
	}
}

// TrimFeeds is TrimFeed for the lab of this node, if there is one.
func (t *Txn) TrimFeeds(before time.Time, limit int) int {
	lab, err := t.Lab()
	if err != nil {
		return 0
	}
	return t.TrimFeed(lab.IRI, before, limit)
}

// TrimFeed forgets what left the catalogue of a lab before a moment, at most
// limit at a time, and says how many. Readers that are further back compare
// buckets instead.
func (t *Txn) TrimFeed(lab string, before time.Time, limit int) int {
	c := t.Catalogue(lab)
	if c == nil {
		return 0
	}
	n := 0
	for row := range t.Feed(lab, 0) {
		if n == limit || !row.When.Before(before) {
			break
		}
		if row.Listed == nil {
			t.tx.Delete(key(tFeed, hash16(lab), seqKey(row.Seq)))
			c.MinSeq = row.Seq + 1
			n++
		}
	}
	if n > 0 {
		t.putJSON(key(tCatalogue, hash16(lab)), c)
	}
	return n
}

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }
