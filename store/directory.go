package store

import (
	"iter"
	"strings"
)

// Actors yields all actors, the newest here first.
func (t *Txn) Actors() iter.Seq[*Actor] {
	return func(yield func(*Actor) bool) {
		for k, v := range t.scan([]byte(tActor), true) {
			a := new(Actor)
			mustDecode(k, v, a)
			if !yield(a) {
				return
			}
		}
	}
}

// RecordByPage returns the record whose page people see at an address of this
// node ("…-{id}" at its end), or ErrNotFound.
func (t *Txn) RecordByPage(url string) (Item, error) {
	at := strings.LastIndexAny(url, "-/")
	id, err := ParseID(url[at+1:])
	if err != nil {
		return nil, ErrNotFound
	}
	it, err := t.Record(id)
	if err != nil || it.Envelope().URL != url {
		return nil, ErrNotFound
	}
	return it, nil
}
