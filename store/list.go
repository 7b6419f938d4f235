package store

import (
	"iter"
	"slices"
)

// List is a choice of actors whose records somebody reads together.
type List struct {
	ID        ID     `json:"id"`
	Title     string `json:"title"`
	Replies   string `json:"replies"` // whose answers show: "followed", "list", "none"
	Exclusive bool   `json:"exclusive,omitempty"`
	Actors    []ID   `json:"actors,omitempty"`
}

// PutList creates or replaces a list of an actor; a new one gets its ID here.
func (t *Txn) PutList(actor ID, l *List) {
	if l.ID == 0 {
		l.ID = t.NewID()
	}
	t.putJSON(key(tList, actor, l.ID), l)
}

// List returns a list of an actor, or ErrNotFound.
func (t *Txn) List(actor, id ID) (*List, error) {
	l := new(List)
	if !t.getJSON(key(tList, actor, id), l) {
		return nil, ErrNotFound
	}
	return l, nil
}

// DeleteList removes a list of an actor.
func (t *Txn) DeleteList(actor, id ID) { t.tx.Delete(key(tList, actor, id)) }

// Lists yields the lists of an actor, oldest first.
func (t *Txn) Lists(actor ID) iter.Seq[*List] { return rows[List](t, key(tList, actor)) }

// Has says whether an actor is on the list.
func (l *List) Has(actor ID) bool { return slices.Contains(l.Actors, actor) }
