package store

import (
	"iter"
	"time"
)

const (
	tMember     = "am/" // actor id -> nothing: of a person who names a lab
	tMembership = "ac/" // actor id -> membership
)

// membership is what a lab answered when it was asked about somebody.
type membership struct {
	Lab   string    `json:"lab"`
	Yes   bool      `json:"yes,omitempty"`
	Asked time.Time `json:"asked"`
}

// askAgain is how long the answer of a lab stands.
const askAgain = 24 * time.Hour

// indexMember keeps the list of those who say that they belong to a lab.
func (t *Txn) indexMember(a *Actor) {
	if a.Type == Person && a.Lab != "" && a.Deleted.IsZero() {
		t.tx.Put(key(tMember, a.ID), nil)
		return
	}
	t.forgetMember(a.ID)
}

func (t *Txn) forgetMember(actor ID) {
	t.tx.Delete(key(tMember, actor))
	t.tx.Delete(key(tMembership, actor))
}

// IsMember says whether a belongs to the lab that it names: a member of this node
// does, and of others whom their lab names, too: in the catalogue that was copied
// from it, or when it was asked.
func (t *Txn) IsMember(a *Actor) bool {
	if a.Type != Person || a.Lab == "" {
		return false
	}
	if e := t.Listed(a.Lab, a.IRI); a.Local || e != nil {
		return a.Local || e.Kind == MemberKind
	}
	m := t.membership(a.ID)
	return m.Yes && m.Lab == a.Lab
}

// AskLab says whether the lab that a names should be asked about a: nothing of it
// is known, or the answer is a day old.
func (t *Txn) AskLab(a *Actor) bool {
	if a.Local || a.Type != Person || a.Lab == "" || t.Listed(a.Lab, a.IRI) != nil {
		return false
	}
	m := t.membership(a.ID)
	return m.Lab != a.Lab || t.now.Sub(m.Asked) >= askAgain
}

// LabSaid keeps what the lab that a names answered about a.
func (t *Txn) LabSaid(a *Actor, yes bool) {
	t.putJSON(key(tMembership, a.ID), membership{Lab: a.Lab, Yes: yes, Asked: stamp(t.now)})
	t.change(Updated, "actor", a.ID)
}

func (t *Txn) membership(actor ID) (m membership) {
	t.getJSON(key(tMembership, actor), &m)
	return m
}

// allMembers yields the persons who name a lab, confirmed or not, oldest first.
func (t *Txn) allMembers() iter.Seq[*Actor] {
	return func(yield func(*Actor) bool) {
		for k := range t.scan([]byte(tMember), false) {
			if a, err := t.Actor(idFromKey(k)); err == nil && !yield(a) {
				return
			}
		}
	}
}

// membersIndexed lists those who name a lab (schema 3).
func membersIndexed(t *Txn) error {
	for k, v := range t.scan([]byte(tActor), false) {
		a := new(Actor)
		mustDecode(k, v, a)
		t.indexMember(a)
	}
	return nil
}
