package store

import (
	"iter"
	"time"
)

// ReactionKind is what an actor does with a record without words.
type ReactionKind string

// The reactions.
const (
	Liked     ReactionKind = "like"
	Announced ReactionKind = "announce"
)

// Reaction is one actor's like or announcement of one record; there is one per
// kind, whatever the number of activities that said so.
type Reaction struct {
	Kind   ReactionKind `json:"kind"`
	Record ID           `json:"record"`
	Actor  ID           `json:"actor"`
	IRI    string       `json:"iri"` // of the activity that counts
	When   time.Time    `json:"when"`
}

func reactionKey(record ID, kind ReactionKind, actor ID) []byte {
	return key(tReaction, record, string(kind), byte(0), actor)
}

// PutReaction keeps a reaction and says whether it is a new one.
func (t *Txn) PutReaction(r *Reaction) bool {
	k := reactionKey(r.Record, r.Kind, r.Actor)
	if t.tx.Get(k) != nil {
		return false
	}
	t.putJSON(k, r)
	t.change(Updated, "reaction", r.Record)
	return true
}

// DeleteReaction takes a reaction back, if there is one.
func (t *Txn) DeleteReaction(record ID, kind ReactionKind, actor ID) {
	t.tx.Delete(reactionKey(record, kind, actor))
	t.change(Updated, "reaction", record)
}

// Reactions yields the reactions of a kind to a record.
func (t *Txn) Reactions(record ID, kind ReactionKind) iter.Seq[*Reaction] {
	return func(yield func(*Reaction) bool) {
		for k, v := range t.scan(key(tReaction, record, string(kind), byte(0)), false) {
			r := new(Reaction)
			mustDecode(k, v, r)
			if !yield(r) {
				return
			}
		}
	}
}

// CountReactions counts the reactions of a kind to a record.
func (t *Txn) CountReactions(record ID, kind ReactionKind) int {
	n := 0
	for range t.scan(key(tReaction, record, string(kind), byte(0)), false) {
		n++
	}
	return n
}

func (t *Txn) dropReactions(record ID) {
	for k := range t.scan(key(tReaction, record), false) {
		t.tx.Delete(key(tReaction, record, k))
	}
}
