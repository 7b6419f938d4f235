package store

import (
	"encoding/json"
	"iter"
	"time"
)

// Scheduled is a record that a member of this node wants to be published later.
type Scheduled struct {
	ID    ID              `json:"id"`
	Actor ID              `json:"actor"`
	Due   time.Time       `json:"due"`
	Kind  string          `json:"kind"`
	Item  json.RawMessage `json:"item"` // of that kind, as Item writes it
}

// PutScheduled keeps what is to be published; a new one gets its ID here.
func (t *Txn) PutScheduled(s *Scheduled) {
	if s.ID == 0 {
		s.ID = t.NewID()
	}
	s.Due = stamp(s.Due)
	t.putJSON(key(tScheduled, s.Actor, s.ID), s)
}

// Scheduled returns what an actor is to publish, or ErrNotFound.
func (t *Txn) Scheduled(actor, id ID) (*Scheduled, error) {
	s := new(Scheduled)
	if !t.getJSON(key(tScheduled, actor, id), s) {
		return nil, ErrNotFound
	}
	return s, nil
}

// AllScheduled yields what an actor is to publish, in the order in which it was
// written.
func (t *Txn) AllScheduled(actor ID) iter.Seq[*Scheduled] {
	return rows[Scheduled](t, key(tScheduled, actor))
}

// DeleteScheduled forgets what was to be published.
func (t *Txn) DeleteScheduled(actor, id ID) { t.tx.Delete(key(tScheduled, actor, id)) }

// Read is the record that is to be published.
func (s *Scheduled) Read() (Item, error) {
	it := KindOf(s.Kind).New()
	return it, json.Unmarshal(s.Item, it)
}
