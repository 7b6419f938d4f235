package store

import (
	"slices"
	"time"
)

const (
	// troubleAfter is for how long a host takes nothing until somebody is told.
	troubleAfter = 3 * 24 * time.Hour
	// toldMatches bounds the matches of one record that anybody is told of.
	toldMatches = 10
)

// tellOfChange tells what a record that is kept means to others than those whom it
// answers or names: it is there for everybody now, or an event is another.
func (t *Txn) tellOfChange(old, it Item) {
	if e, ok := it.(*Event); ok {
		t.tellOfEvent(old, e)
	}
	if !t.appears(old, it.Envelope()) {
		return
	}
	t.arrive(it.Envelope().ID, "")
	switch it := it.(type) {
	case *Need, *Resource:
		t.tellOfMatches(it)
	case *Adoption:
		t.tellOfAdoption(it)
	}
}

// appears says whether a record is news: everybody may see it now, and could not
// before. What is fetched from somebody's past is not.
func (t *Txn) appears(old Item, r *Record) bool {
	if r.Audience != Public || r.Remote && t.now.Sub(r.Created) > noticeable {
		return false
	}
	return old == nil || old.Envelope().Audience != Public
}

// tellOfMatches tells both sides, as far as they are of this node.
func (t *Txn) tellOfMatches(it Item) {
	for _, m := range t.Matches(it, Viewer{}, toldMatches) {
		t.tellOfMatch(it.Envelope(), m.Item.Envelope())
		t.tellOfMatch(m.Item.Envelope(), it.Envelope())
	}
}

// tellOfMatch tells those whom own concerns that there is other.
func (t *Txn) tellOfMatch(own, other *Record) {
	if by := t.getID(key(tActorIRI, hash16(other.Lab))); by != 0 && !own.Remote {
		t.Tell(Notice{Kind: Matched, Actor: by, Record: other.ID, About: own.ID}, t.concerned(own)...)
	}
}

func (t *Txn) tellOfAdoption(a *Adoption) {
	by := t.getID(key(tActorIRI, hash16(a.Lab)))
	of, err := t.RecordByIRI(a.Of)
	if by != 0 && err == nil {
		t.Tell(Notice{Kind: TakenUp, Actor: by, Record: a.ID, About: of.Envelope().ID}, t.concerned(of.Envelope())...)
	}
}

// tellOfEvent tells those who have a place and an account here, and those who
// subscribed to the event.
func (t *Txn) tellOfEvent(old Item, e *Event) {
	was, ok := old.(*Event)
	if _, to := e.When(); !ok || to.Before(t.now) {
		return
	}
	change := e.ChangeSince(was)
	if change == "" {
		return
	}
	var seated []ID
	for s := range t.Seats(e.ID) {
		if id := t.getID(key(tActorIRI, hash16(s.Actor))); s.Actor != "" && s.State != Refused && !slices.Contains(seated, id) {
			seated = append(seated, id)
		}
	}
	if by := t.getID(key(tActorIRI, hash16(e.Lab))); by != 0 {
		t.Tell(Notice{Kind: EventChanged, Actor: by, Record: e.ID}, seated...)
	}
	if e.Audience == Public {
		t.arrive(e.ID, change)
		t.hurry(e.ID)
	}
}

// tellStaff tells those of this node who may do something.
func (t *Txn) tellStaff(may Act, n Notice) {
	lab, err := t.Lab()
	if err != nil {
		return
	}
	if n.Actor == 0 {
		n.Actor = lab.ID
	}
	var staff []ID
	for a := range t.Accounts() {
		if a.Role.May(may) && !a.Suspended {
			staff = append(staff, a.Actor)
		}
	}
	t.Tell(n, staff...)
}

// TellOfMember tells those who may invite that somebody became a member by a RoleRule.
func (t *Txn) TellOfMember(member ID) { t.tellStaff(Invite, Notice{Kind: Joined, Actor: member}) }

// tellOfTrouble tells once that a host takes nothing, until it does again.
func (t *Txn) tellOfTrouble(l *Lane) {
	if l.State == Healthy {
		l.Told = false
		return
	}
	if l.Told || l.State != Lost && (l.Since.IsZero() || t.now.Sub(l.Since) < troubleAfter) {
		return
	}
	l.Told = true
	t.tellStaff(RunLab, Notice{Kind: Undelivered, Host: l.Host})
}
