package store

import (
	"iter"
	"time"
)

// Op is what happened to a row.
type Op string

// The operations of the change log.
const (
	Created Op = "c"
	Updated Op = "u"
	Deleted Op = "d"
)

// Change is an entry of the change log, written in the transaction that made
// the change. Search, live streams and other processes read it; each remembers
// how far it is.
type Change struct {
	ID    ID     `json:"-"`
	Op    Op     `json:"o"`
	Table string `json:"t"` // a kind of record, or ChangeActor, "follow", "reaction", "announce", "notice", "snapshot"
	Row   ID     `json:"r"`
}

// Tables of changes that are no kinds and whose rows others look up.
const (
	ChangeActor    = "actor"    // row: the id of the actor
	ChangeAnnounce = "announce" // row: the id of the announcement
	ChangeNotice   = "notice"   // row: the id of the notice
)

func (t *Txn) change(op Op, table string, row ID) {
	t.putJSON(key(tChange, t.NewID()), Change{Op: op, Table: table, Row: row})
	t.changed = true
}

// Changes yields the changes after an id, oldest first.
func (t *Txn) Changes(after ID) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		for k, v := range t.scanRange([]byte(tChange), key(tChange, after+1), prefixEnd([]byte(tChange)), false) {
			c := Change{ID: idFromKey(k)}
			mustDecode(k, v, &c)
			if !yield(c) {
				return
			}
		}
	}
}

// ChangedHere says whether anything of this node itself changed after an entry of the
// change log: its actors, what they publish, or what is gone since, whose it was.
func (t *Txn) ChangedHere(after ID) bool {
	for c := range t.Changes(after) {
		if c.Table == ChangeActor {
			if t.isLocal(c.Row) {
				return true
			}
			continue
		}
		if KindOf(c.Table) == nil {
			continue
		}
		if l := listing(t.tx.Get(key(tByKind, c.Table, byte(0), c.Row))); l == nil || !l.remote() {
			return true
		}
	}
	return false
}

// TrimChanges removes changes older than before, at most limit at a time, and
// says how many.
func (t *Txn) TrimChanges(before time.Time, limit int) int {
	n := 0
	for k := range t.scanRange([]byte(tChange), []byte(tChange), key(tChange, ID(before.UnixMilli())<<16), false) {
		t.tx.Delete(key(tChange, k))
		if n++; n == limit {
			break
		}
	}
	return n
}
