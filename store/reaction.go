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
	ID     ID           `json:"id"` // among the records' ids: an announcement stands in timelines
	Kind   ReactionKind `json:"kind"`
	Record ID           `json:"record"`
	Actor  ID           `json:"actor"`
	IRI    string       `json:"iri"` // of the activity that counts
	When   time.Time    `json:"when"`
}

func reactionKey(record ID, kind ReactionKind, actor ID) []byte {
	return key(tReaction, record, string(kind), byte(0), actor)
}

// PutReaction keeps a reaction and says whether it is a new one, which gets its
// ID here.
func (t *Txn) PutReaction(r *Reaction) bool {
	k := reactionKey(r.Record, r.Kind, r.Actor)
	if t.tx.Get(k) != nil {
		return false
	}
	r.ID = t.RecordID(t.now)
	t.tx.Put(key(tUsed, r.ID), announced(r.Record, r.Actor))
	t.putJSON(k, r)
	t.tx.Put(key("", reactedKey(r.Actor, r.Kind), r.ID), announced(r.Record, r.Actor))
	t.tellOfReaction(r)
	t.change(Updated, "reaction", r.Record)
	if r.Kind == Announced {
		t.announceAtHomes(r)
		t.change(Created, ChangeAnnounce, r.ID)
	}
	return true
}

// reactedKey is before the ids of an actor's reactions of a kind.
func reactedKey(actor ID, kind ReactionKind) []byte {
	return key(tReacted, actor, string(kind), byte(0))
}

// DeleteReaction takes a reaction back, if there is one.
func (t *Txn) DeleteReaction(record ID, kind ReactionKind, actor ID) {
	if r := t.Reaction(record, kind, actor); r != nil {
		t.dropReaction(r)
	}
	t.change(Updated, "reaction", record)
}

func (t *Txn) dropReaction(r *Reaction) {
	t.tx.Delete(reactionKey(r.Record, r.Kind, r.Actor))
	t.tx.Delete(key("", reactedKey(r.Actor, r.Kind), r.ID))
	if r.Kind == Announced {
		t.unannounceAtHomes(r)
		t.change(Deleted, ChangeAnnounce, r.ID)
	}
}

// reactionsBy yields an actor's reactions of a kind, the oldest first.
func (t *Txn) reactionsBy(actor ID, kind ReactionKind) iter.Seq[*Reaction] {
	return func(yield func(*Reaction) bool) {
		for _, v := range t.scan(reactedKey(actor, kind), false) {
			if r := t.Reaction(idFromKey(v), kind, actor); r != nil && !yield(r) {
				return
			}
		}
	}
}

// forgetReactions takes back all that an actor liked and announced.
func (t *Txn) forgetReactions(actor ID) {
	for _, kind := range []ReactionKind{Liked, Announced} {
		for r := range t.reactionsBy(actor, kind) {
			t.DeleteReaction(r.Record, kind, actor)
		}
	}
}

// Reaction returns an actor's reaction of a kind to a record, or nil.
func (t *Txn) Reaction(record ID, kind ReactionKind, actor ID) *Reaction {
	r := new(Reaction)
	if !t.getJSON(reactionKey(record, kind, actor), r) {
		return nil
	}
	return r
}

// Reacted says whether an actor reacted to a record in this way.
func (t *Txn) Reacted(record ID, kind ReactionKind, actor ID) bool {
	return t.tx.Get(reactionKey(record, kind, actor)) != nil
}

// Announcement returns the announcement with this id as it stands in timelines,
// or ErrNotFound.
func (t *Txn) Announcement(id ID) (Entry, error) {
	e, ok := t.entry(id, t.tx.Get(key(tUsed, id)))
	if !ok || e.By == 0 {
		return Entry{}, ErrNotFound
	}
	if r := t.Reaction(e.Item.Envelope().ID, Announced, e.By); r == nil || r.ID != id {
		return Entry{}, ErrNotFound
	}
	return e, nil
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
	for k, v := range t.scan(key(tReaction, record), false) {
		r := new(Reaction)
		mustDecode(k, v, r)
		t.dropReaction(r)
	}
}
