package store

import (
	"iter"
	"time"
)

// Arrival says when everybody could see a record first or, for an event that
// everybody may see, when it was moved or called off. It is kept for a month or so,
// for letters on what is new.
type Arrival struct {
	ID     ID          `json:"-"` // of the moment
	Record ID          `json:"record"`
	Change EventChange `json:"change,omitempty"` // empty: it is new
}

func (t *Txn) arrive(record ID, change EventChange) {
	if change == "" {
		if t.tx.Get(key(tArrived, record)) != nil {
			return // it was there before
		}
		t.tx.Put(key(tArrived, record), []byte{1})
	}
	t.putJSON(key(tArrival, t.NewID()), Arrival{Record: record, Change: change})
}

// Arrivals yields the arrivals after an id, oldest first, of what is still there
// for everybody.
func (t *Txn) Arrivals(after ID) iter.Seq2[Arrival, Item] {
	return func(yield func(Arrival, Item) bool) {
		for k, v := range t.scanRange([]byte(tArrival), key(tArrival, after+1), prefixEnd([]byte(tArrival)), false) {
			a := Arrival{ID: idFromKey(k)}
			mustDecode(k, v, &a)
			it, err := t.Record(a.Record)
			if err == nil && it.Envelope().Audience == Public && !yield(a, it) {
				return
			}
		}
	}
}

// TrimArrivals forgets arrivals from before a moment, at most limit at a time, and
// says how many.
func (t *Txn) TrimArrivals(before time.Time, limit int) int {
	n := 0
	for k := range t.scanRange([]byte(tArrival), []byte(tArrival), key(tArrival, IDAt(before)), false) {
		t.tx.Delete(key(tArrival, k))
		if n++; n == limit {
			break
		}
	}
	return n
}

// IDAt is the first id of a moment.
func IDAt(at time.Time) ID { return ID(at.UnixMilli()) << 16 }

// Fits says whether a record belongs to the list that q asks for. q.Lab does not
// count.
func (t *Txn) Fits(it Item, q Query) bool {
	l := listingOf(it)
	missed, _ := q.misses(l, nil)
	return missed == 0 && t.mayList(q.Viewer, l, it.Envelope().ID)
}
