package store

import (
	"crypto/sha256"
	"encoding/json"
	"iter"
	"slices"
)

// Relation is a typed edge from a record to another record, or to an actor, of
// any node.
type Relation struct {
	Type   string `json:"relationship"`     // of RelationTypes; the words of ActivityStreams §3.6
	Target string `json:"object"`           // IRI
	Degree string `json:"degree,omitempty"` // of Degrees, for an adoption
	Note   string `json:"note,omitempty"`   // what changed, or why
}

// Replicates is the relation of a record that takes another up, elsewhere.
const Replicates = "replique"

// Back is a relation seen from its target.
type Back struct {
	Relation
	Source Item
}

// relate and unrelate keep the edges of a record, by their target.
func (t *Txn) relate(it Item) {
	for _, k := range edgeKeys(it) {
		t.tx.Put(k, nil)
	}
}

func (t *Txn) unrelate(it Item) {
	for _, k := range edgeKeys(it) {
		t.tx.Delete(k)
	}
}

func edgeKeys(it Item) [][]byte {
	var keys [][]byte
	for _, rel := range Relations(it) {
		keys = append(keys, key(tEdge, hash16(rel.Target), it.Envelope().ID))
	}
	return keys
}

// Relations are all relations of a record: those that its authors listed, and
// those that fields of its kind stand for.
func Relations(it Item) []Relation {
	r := it.Envelope()
	all := slices.Clone([]Relation(r.Relations))
	for i := range KindOf(r.Kind).Fields {
		f := &KindOf(r.Kind).Fields[i]
		if f.Relation == "" || f.IsEmpty(it) {
			continue
		}
		rel := Relation{Type: f.Relation, Target: f.Text(it)}
		if !slices.ContainsFunc(all, func(have Relation) bool { return have.Type == rel.Type && have.Target == rel.Target }) {
			all = append(all, rel)
		}
	}
	return all
}

// Confirm remembers that a record was fetched from its own origin and says what
// its relations say.
func (t *Txn) Confirm(it Item) {
	if rels := Relations(it); it.Envelope().Remote && len(rels) > 0 {
		t.tx.Put(key(tConfirmed, it.Envelope().ID), relationsHash(rels))
	}
}

// Confirmed says whether the relations of a record may be shown on the page of
// their target: those of our own records, and those that were fetched as they are
// now from the origin of the record.
func (t *Txn) Confirmed(it Item) bool {
	r := it.Envelope()
	return !r.Remote || string(t.tx.Get(key(tConfirmed, r.ID))) == string(relationsHash(Relations(it)))
}

func relationsHash(rels []Relation) []byte {
	b, err := json.Marshal(rels)
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
		for _, rel := range Relations(it) {
			if rel.Target == target && len(backs) < limit {
				backs = append(backs, Back{rel, it})
			}
		}
	}
	return backs
}
