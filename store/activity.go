package store

import (
	"encoding/json"
	"iter"
	"time"
)

// Activity is what the log keeps of an activity, published here or received:
// who did what to what. Raw holds its bytes, except for a Create or an Update
// of a record, whose bytes lie with the record (Txn.Raw), and of a profile, which
// is written as it is today.
type Activity struct {
	ID     ID              `json:"id"`
	IRI    string          `json:"iri"`
	Verb   string          `json:"verb"`
	Actor  ID              `json:"actor"`
	Object string          `json:"object,omitempty"` // IRI
	Record ID              `json:"record,omitempty"` // when the object is a record
	Open   bool            `json:"open,omitempty"`   // everybody may see it
	Local  bool            `json:"local,omitempty"`
	To     []string        `json:"to,omitempty"`
	Cc     []string        `json:"cc,omitempty"`
	When   time.Time       `json:"when"`
	Raw    json.RawMessage `json:"raw,omitempty"`
}

// PutActivity appends an activity to the log; a new one gets its ID here. A
// local one also stands in its actor's outbox.
func (t *Txn) PutActivity(a *Activity) {
	if a.ID == 0 {
		a.ID = t.NewID()
	}
	t.putJSON(key(tActivity, a.ID), a)
	t.tx.Put(key(tActivityIRI, hash16(a.IRI)), a.ID.Key())
	if a.Local {
		t.local = true
		open := byte(0)
		if a.Open {
			open = 1
		}
		t.tx.Put(key(tOutbox, a.Actor, a.ID), key("", open, a.Record))
	}
}

// Seen says whether an activity with exactly this id on the wire was applied.
func (t *Txn) Seen(iri string) bool { return t.tx.Get(key(tActivityIRI, hash16(iri))) != nil }

// Activity returns an activity of the log, or ErrNotFound.
func (t *Txn) Activity(id ID) (*Activity, error) {
	a := new(Activity)
	if id == 0 || !t.getJSON(key(tActivity, id), a) {
		return nil, ErrNotFound
	}
	return a, nil
}

// ActivityByIRI returns the activity with exactly this id on the wire, or
// ErrNotFound.
func (t *Txn) ActivityByIRI(iri string) (*Activity, error) {
	return t.Activity(t.getID(key(tActivityIRI, hash16(iri))))
}

// Outbox yields what an actor published for everybody, newest first, from before
// an id on; zero begins with the newest.
func (t *Txn) Outbox(actor, before ID) iter.Seq[*Activity] {
	return func(yield func(*Activity) bool) {
		prefix := key(tOutbox, actor)
		to := prefixEnd(prefix)
		if before != 0 {
			to = key(tOutbox, actor, before)
		}
		for k, v := range t.scanRange(prefix, prefix, to, true) {
			if v[0] == 0 {
				continue
			}
			if a, err := t.Activity(idFromKey(k)); err == nil && !yield(a) {
				return
			}
		}
	}
}

// Published yields everything that an actor of this node published, oldest first,
// also what its outbox does not show.
func (t *Txn) Published(actor ID) iter.Seq[*Activity] {
	return func(yield func(*Activity) bool) {
		for k := range t.scan(key(tOutbox, actor), false) {
			if a, err := t.Activity(idFromKey(k)); err == nil && !yield(a) {
				return
			}
		}
	}
}

// CountOutbox counts what Outbox yields.
func (t *Txn) CountOutbox(actor ID) int {
	n := 0
	for _, v := range t.scan(key(tOutbox, actor), false) {
		n += int(v[0])
	}
	return n
}

// HideFromOutbox takes what was published about a record out of the outbox.
// Nothing of that is older than the record.
func (t *Txn) HideFromOutbox(actor, record ID) {
	prefix := key(tOutbox, actor)
	born := ID(record.Time().Add(-time.Second).UnixMilli()) << 16
	for k, v := range t.scanRange(prefix, key(tOutbox, actor, born), prefixEnd(prefix), false) {
		if v[0] == 1 && idFromKey(v[1:]) == record {
			t.tx.Put(key(tOutbox, actor, k), key("", byte(0), record))
		}
	}
}

// forgetOutbox removes what an actor of this node published from the log.
func (t *Txn) forgetOutbox(actor ID) {
	for k := range t.scan(key(tOutbox, actor), false) {
		if a, err := t.Activity(idFromKey(k)); err == nil {
			t.tx.Delete(key(tActivity, a.ID))
			t.tx.Delete(key(tActivityIRI, hash16(a.IRI)))
		}
		t.tx.Delete(key(tOutbox, actor, k))
	}
}

// ForgetActivities removes received activities older than before from the log,
// at most limit at a time, and says how many. Their effects stay.
func (t *Txn) ForgetActivities(before time.Time, limit int) int {
	n := 0
	to := key(tActivity, ID(before.UnixMilli())<<16)
	for k, v := range t.scanRange([]byte(tActivity), []byte(tActivity), to, false) {
		a := new(Activity)
		mustDecode(k, v, a)
		if a.Local {
			continue
		}
		t.tx.Delete(key(tActivity, a.ID))
		t.tx.Delete(key(tActivityIRI, hash16(a.IRI)))
		if n++; n == limit {
			break
		}
	}
	return n
}
