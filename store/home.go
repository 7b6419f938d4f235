package store

import "iter"

// A home is the timeline of one actor of this node: what it publishes, what those
// whom it follows publish or announce, and what has a hashtag that it follows. It is filled by the transactions
// that bring records, announcements and follows, so reading it is one scan.
//
// A member's home is read together with that of the lab: what the lab follows,
// all of its members read.

// homeDepth is how many records of an actor come into the home of a new follower.
const homeDepth = 200

// Home reads the merged homes of actors of this node.
func (t *Txn) Home(by Reader, actors []ID, s Stretch) Strip {
	prefixes := make([][]byte, len(actors))
	for i, a := range actors {
		prefixes[i] = key(tHome, a)
	}
	return t.entries(by, s, prefixes...)
}

// InHome says whether an entry stands in the home of an actor.
func (t *Txn) InHome(actor, id ID) bool { return t.tx.Get(key(tHome, actor, id)) != nil }

// hearers yields the actors of this node that hear of an actor: itself, and who
// follows it.
func (t *Txn) hearers(author ID) iter.Seq[ID] {
	return func(yield func(ID) bool) {
		if author == 0 || t.isLocal(author) && !yield(author) {
			return
		}
		for k, v := range t.scan(key(tFollowers, author), false) {
			follower := idFromKey(k)
			if !t.isLocal(follower) {
				continue
			}
			f := new(Follow)
			mustDecode(k, v, f)
			if f.State == Accepted && !yield(follower) {
				return
			}
		}
	}
}

// placeAtHomes brings a record to those who hear of its author. An answer is for
// those who also hear of whom it answers.
func (t *Txn) placeAtHomes(r *Record) {
	author := t.getID(key(tActorIRI, hash16(r.Lab)))
	for reader := range t.hearers(author) {
		if t.belongsHome(reader, r) {
			t.tx.Put(key(tHome, reader, r.ID), nil)
		}
	}
	for reader := range t.tagReaders(r) {
		t.tx.Put(key(tHome, reader, r.ID), nil)
	}
}

func (t *Txn) belongsHome(reader ID, r *Record) bool {
	answered := t.authorAnswered(r)
	if answered == "" || answered == r.Lab {
		return true
	}
	other := t.getID(key(tActorIRI, hash16(answered)))
	return other != 0 && (other == reader || t.Follows(reader, other))
}

// fillHome brings what an actor published to the home of a new follower of this
// node, emptyHome takes it away again.
func (t *Txn) fillHome(reader, author ID) {
	a, err := t.Actor(author)
	if err != nil || !t.isLocal(reader) {
		return
	}
	n := 0
	for k := range t.scan(key(tByLab, hash16(a.IRI)), true) {
		if it, err := t.Record(idFromKey(k)); err == nil && t.belongsHome(reader, it.Envelope()) {
			t.tx.Put(key(tHome, reader, k), nil)
		}
		if n++; n == homeDepth {
			return
		}
	}
}

func (t *Txn) emptyHome(reader, author ID) {
	a, err := t.Actor(author)
	if err != nil || !t.isLocal(reader) {
		return
	}
	reads := len(t.FollowedTags(reader)) > 0
	for k := range t.scan(key(tByLab, hash16(a.IRI)), false) {
		it, err := t.Record(idFromKey(k))
		if !reads || err != nil || !t.readsTagOf(reader, it.Envelope()) {
			t.tx.Delete(key(tHome, reader, k))
		}
	}
	for k := range t.scan(reactedKey(author, Announced), false) {
		t.tx.Delete(key(tHome, reader, k))
	}
}

// announceAtHomes brings an announcement to those who hear of who made it and do
// not have the record itself.
func (t *Txn) announceAtHomes(r *Reaction) {
	for reader := range t.hearers(r.Actor) {
		if !t.InHome(reader, r.Record) {
			t.tx.Put(key(tHome, reader, r.ID), announced(r.Record, r.Actor))
		}
	}
}

func (t *Txn) unannounceAtHomes(r *Reaction) {
	for reader := range t.hearers(r.Actor) {
		t.tx.Delete(key(tHome, reader, r.ID))
	}
}
