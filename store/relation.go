package store

import (
	"crypto/sha256"
	"encoding/json"
	"iter"
)

// Relation is a typed edge from a record to another record, or to an actor, of
// any node.
type Relation struct {
	Type   string `json:"relationship"`     // of RelationTypes; the words of ActivityStreams §3.6
	Target string `json:"object"`           // IRI
	Degree string `json:"degree,omitempty"` // of Degrees, for an adoption
	Note   string `json:"note,omitempty"`   // what changed, or why
}

// Back is a relation seen from its target.
type Back struct {
	Relation
	Source Item
}

// relate and unrelate keep the edges of a record, by their target.
func (t *Txn) relate(it Item) {
	for _, k := range edgeKeys(it.Envelope()) {
		t.tx.Put(k, nil)
	}
}

func (t *Txn) unrelate(it Item) {
	for _, k := range edgeKeys(it.Envelope()) {
		t.tx.Delete(k)
	}
}

func edgeKeys(r *Record) [][]byte {
	keys := make([][]byte, len(r.Relations))
	for i, rel := range r.Relations {
		keys[i] = key(tEdge, hash16(rel.Target), r.ID)
	}
	return keys
}

// Confirm remembers that a record was fetched from its own origin and says what
// its relations say.
func (t *Txn) Confirm(it Item) {
	if r := it.Envelope(); r.Remote && len(r.Relations) > 0 {
		t.tx.Put(key(tConfirmed, r.ID), relationsHash(r))
	}
}

// Confirmed says whether the relations of a record may be shown on the page of
// their target: those of our own records, and those that were fetched as they are
// now from the origin of the record.
func (t *Txn) Confirmed(it Item) bool {
	r := it.Envelope()
	return !r.Remote || string(t.tx.Get(key(tConfirmed, r.ID))) == string(relationsHash(r))
}

func relationsHash(r *Record) []byte {
	b, err := json.Marshal(r.Relations)
	if err != nil {
		panic(err) // texts
	}
	h := sha256.Sum256(b)
	return h[:16]
}

// Sources yields the records that name target in a relation, confirmed or not,
// whoever may see them, oldest first.
func (t *Txn) Sources(target string) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for k := range t.scan(key(tEdge, hash16(target)), false) {
			if it, err := t.Record(idFromKey(k)); err == nil && !yield(it) {
				return
			}
		}
	}
}

// Backs are the relations that others have to target: those that are confirmed,
// and whose record v may meet in a list. At most limit of them.
func (t *Txn) Backs(target string, v Viewer, limit int) []Back {
	var backs []Back
	for it := range t.Sources(target) {
		if !t.Confirmed(it) || !v.CanList(it.Envelope()) {
			continue
		}
		for _, rel := range it.Envelope().Relations {
			if rel.Target == target && len(backs) < limit {
				backs = append(backs, Back{rel, it})
			}
		}
	}
	return backs
}
