package store

import "iter"

// WalkKind yields the records of a kind that q leaves, newest first, from those
// that are older than before (zero: from the newest). Offset, Limit and Counts of
// q mean nothing here. Who needs all of a long list asks again from the last id
// in another transaction: a long one makes the store grow.
func (t *Txn) WalkKind(kind string, q Query, before ID) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		var lab []byte
		if q.Lab != 0 {
			a, err := t.Actor(q.Lab)
			if err != nil {
				return
			}
			lab = hash16(a.IRI)
		}
		prefix := key(tByKind, kind, byte(0))
		end := prefixEnd(prefix)
		if before != 0 {
			end = key(tByKind, kind, byte(0), before)
		}
		for k, v := range t.scanRange(prefix, prefix, end, true) {
			id := idFromKey(k)
			if missed, _ := q.misses(listing(v), lab); missed > 0 || !t.mayList(q.Viewer, listing(v), id) {
				continue
			}
			if it, err := t.Record(id); err == nil && !yield(it) {
				return
			}
		}
	}
}

// LastChange is the id of the newest change that the log knows of; zero when it
// is empty.
func (t *Txn) LastChange() ID {
	for k := range t.scanRange([]byte(tChange), []byte(tChange), prefixEnd([]byte(tChange)), true) {
		return idFromKey(k)
	}
	return 0
}
