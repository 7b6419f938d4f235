package store

import (
	"cmp"
	"iter"
	"slices"
)

// Talk is a conversation of an actor of this node: the records of one thread that
// are only for those whom they name, and that name it or are its own.
type Talk struct {
	Root   ID   `json:"root"` // of the thread
	Last   ID   `json:"last"` // its newest record
	Unread bool `json:"unread,omitempty"`
}

// Talks are the conversations of an actor, the one with the newest record first.
func (t *Txn) Talks(actor ID) []*Talk {
	all := slices.Collect(rows[Talk](t, key(tTalk, actor)))
	slices.SortFunc(all, func(a, b *Talk) int { return cmp.Compare(b.Last, a.Last) })
	return all
}

// Talk returns a conversation of an actor, or ErrNotFound.
func (t *Txn) Talk(actor, root ID) (*Talk, error) {
	k := new(Talk)
	if !t.getJSON(key(tTalk, actor, root), k) {
		return nil, ErrNotFound
	}
	return k, nil
}

// ReadTalk says that an actor has read a conversation. ErrNotFound: there is none.
func (t *Txn) ReadTalk(actor, root ID) error {
	k, err := t.Talk(actor, root)
	if err == nil && k.Unread {
		k.Unread = false
		t.putJSON(key(tTalk, actor, root), k)
	}
	return err
}

// LeaveTalk takes a conversation out of an actor's list; its records stay. It comes
// back with the next record.
func (t *Txn) LeaveTalk(actor, root ID) {
	t.tx.Delete(key(tTalk, actor, root))
	for k := range t.scan(key(tMessage, actor, root), false) {
		t.tx.Delete(key(tMessage, actor, root, k))
	}
}

// Messages yields the ids of what was said in a conversation, newest first.
func (t *Txn) Messages(actor, root ID) iter.Seq[ID] {
	return func(yield func(ID) bool) {
		for k := range t.scan(key(tMessage, actor, root), true) {
			if !yield(idFromKey(k)) {
				return
			}
		}
	}
}

// converse brings a record into the conversations where it belongs, and takes what
// it was out of those where it does not belong any more; nil is no record.
func (t *Txn) converse(old, now *Record) {
	before, after := t.parties(old), t.parties(now)
	for _, actor := range before {
		if !slices.Contains(after, actor) {
			t.unsay(actor, old)
		}
	}
	for _, actor := range after {
		if !slices.Contains(before, actor) {
			t.say(actor, now)
		}
	}
}

// parties are the actors of this node who wrote a record or are named by it, if it
// is for these alone.
func (t *Txn) parties(r *Record) []ID {
	if r == nil || r.Audience != Named {
		return nil
	}
	var ids []ID
	for _, iri := range append([]string{r.Lab}, r.Addressed...) {
		id := t.getID(key(tActorIRI, hash16(iri)))
		if id != 0 && t.isLocal(id) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func rootOf(r *Record) ID { return cmp.Or(r.Root, r.ID) }

func (t *Txn) say(actor ID, r *Record) {
	root := rootOf(r)
	t.tx.Put(key(tMessage, actor, root, r.ID), nil)
	k, err := t.Talk(actor, root)
	if err == nil && k.Last > r.ID {
		return
	}
	author := t.getID(key(tActorIRI, hash16(r.Lab)))
	t.putJSON(key(tTalk, actor, root), &Talk{Root: root, Last: r.ID, Unread: actor != author})
}

func (t *Txn) unsay(actor ID, r *Record) {
	root := rootOf(r)
	t.tx.Delete(key(tMessage, actor, root, r.ID))
	k, err := t.Talk(actor, root)
	if err != nil || k.Last != r.ID {
		return
	}
	for last := range t.Messages(actor, root) {
		k.Last = last
		t.putJSON(key(tTalk, actor, root), k)
		return
	}
	t.tx.Delete(key(tTalk, actor, root))
}
