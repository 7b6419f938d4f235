package federation

import (
	"fmt"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// join asks for a place at an event. Events of this node answer at once, unless
// their organisers choose; where nobody can join, the answer is Ignore (FEP-8a8e).
func join(n *Node, tx *store.Txn, a *Activity) error {
	e, err := joined(tx, a)
	if err != nil {
		return err
	}
	a.record = e.ID
	s := &store.Seat{Event: e.ID, Holder: store.HolderOf(a.Actor), Actor: a.Actor, IRI: a.IRI, State: store.Asked, Asked: a.When}
	switch {
	case e.Remote && !a.local:
		return fmt.Errorf("event %s is not of this node: %w", e.IRI, ErrIgnored)
	case e.Joins() == "" && a.local:
		return fmt.Errorf("event %s: %w", e.IRI, ErrForbidden)
	case e.Joins() == "":
		a.cause(&Activity{Verb: "Ignore", Actor: e.Lab, Object: a.IRI})
		return nil
	case e.Remote:
		if err := n.toOrganizers(tx, a, e); err != nil {
			return err
		}
		tx.PutSeat(s)
		return nil
	}
	return n.seat(tx, a, e, s)
}

// seat gives a place at an event of this node, or not, and tells whoever asked
// from elsewhere.
func (n *Node) seat(tx *store.Txn, a *Activity, e *store.Event, s *store.Seat) error {
	s.State = tx.Admit(e, s.Holder)
	if a.local && s.State == store.Refused {
		return store.FieldErrors{{Reason: "error.full"}}
	}
	if !a.local {
		s.Activity = a.Doc.Raw()
	}
	tx.PutSeat(s)
	answer := map[store.FollowState]string{store.Accepted: "Accept", store.Refused: "Reject"}[s.State]
	if answer != "" && !a.local {
		a.cause(&Activity{Verb: answer, Actor: e.Lab, Object: a.Actor, Target: e.IRI})
	}
	return nil
}

// joined is the event that an activity is about, if its actor may see it.
func joined(tx *store.Txn, a *Activity) (*store.Event, error) {
	it, err := tx.RecordByIRI(a.Object)
	e, ok := it.(*store.Event)
	if err != nil || !ok {
		return nil, fmt.Errorf("event %s: %w", a.Object, ErrIgnored)
	}
	by := store.Viewer{Actor: a.Actor, Node: true}
	if a.by != nil {
		by = *a.by
	}
	if !by.CanSee(&e.Record) {
		return nil, fmt.Errorf("event %s: %w", a.Object, ErrIgnored)
	}
	return e, nil
}

// toOrganizers addresses an activity to those who publish an event elsewhere.
func (n *Node) toOrganizers(tx *store.Txn, a *Activity, e *store.Event) error {
	lab, err := tx.ActorByIRI(e.Lab)
	if err != nil {
		return err
	}
	a.To, a.to = []string{lab.IRI}, []store.Recipient{recipient(lab)}
	if e.Speaker != "" {
		a.To = append(a.To, e.Speaker)
	}
	a.body = n.encode(a)
	return nil
}

// leave gives a place up.
func leave(n *Node, tx *store.Txn, a *Activity) error {
	it, err := tx.RecordByIRI(a.Object)
	e, ok := it.(*store.Event)
	if err != nil || !ok {
		return fmt.Errorf("event %s: %w", a.Object, ErrIgnored)
	}
	a.record = e.ID
	tx.DeleteSeat(e.ID, store.HolderOf(a.Actor))
	if a.local && e.Remote {
		return n.toOrganizers(tx, a, e)
	}
	return nil
}

// ignore answers what cannot be joined here; of others, it says that the place
// that was asked for is not to be had.
func ignore(n *Node, tx *store.Txn, a *Activity) error {
	if !a.local {
		s, err := n.askedFor(tx, a)
		if err != nil {
			return err
		}
		s.State, s.Answered = store.Refused, a.When
		tx.PutSeat(s)
		return nil
	}
	row, err := tx.ActivityByIRI(a.Object)
	if err != nil {
		return err
	}
	asked, err := tx.Actor(row.Actor)
	if err != nil {
		return err
	}
	return answerWith(a, row.Raw, asked)
}

// answerJoin is an Accept or a Reject of a place that somebody asked for at an
// event: of this node's organisers, Object names who asked and Target the event.
func (n *Node) answerJoin(tx *store.Txn, a *Activity, state store.FollowState) error {
	it, err := tx.RecordByIRI(a.Target)
	e, ok := it.(*store.Event)
	if err != nil || !ok || e.Remote || e.Lab != a.Actor {
		return fmt.Errorf("event %s: %w", a.Target, store.ErrNotFound)
	}
	if a.by != nil && !a.by.CanEdit(&e.Record) {
		return fmt.Errorf("event %s: %w", e.IRI, ErrForbidden)
	}
	s, err := tx.Seat(e.ID, store.HolderOf(a.Object))
	if err != nil {
		return err
	}
	if err := answerSeat(tx, e, s, state); err != nil {
		return err
	}
	asked, err := tx.ActorByIRI(s.Actor)
	if err != nil || asked.Local {
		return err
	}
	return answerWith(a, s.Activity, asked)
}

// answerSeat keeps what organisers decided, as long as there is room.
func answerSeat(tx *store.Txn, e *store.Event, s *store.Seat, state store.FollowState) error {
	if state == store.Accepted && s.State != store.Accepted && e.Capacity > 0 && e.Participants >= e.Capacity {
		return store.FieldErrors{{Reason: "error.full"}}
	}
	s.State, s.Answered = state, tx.Now()
	tx.PutSeat(s)
	return nil
}

// answerWith sends back what somebody asked, as it came, since peers match it by
// its parts.
func answerWith(a *Activity, raw []byte, to *store.Actor) error {
	asked, err := vocab.Parse(raw)
	if err != nil {
		return fmt.Errorf("kept activity of %s: %w", to.IRI, err)
	}
	out := vocab.Answer(a.Verb, a.IRI, asked)
	out.Actor, out.To, out.Published = a.Actor, []string{to.IRI}, a.When
	a.Object, a.To = asked.ID(), out.To
	a.body, a.to = out.Encode(), []store.Recipient{recipient(to)}
	return nil
}

// joinAnswered keeps the answer of another node to a Join of ours.
func (n *Node) joinAnswered(tx *store.Txn, a *Activity, state store.FollowState) error {
	s, err := n.askedFor(tx, a)
	if err != nil {
		return err
	}
	s.State, s.Answered = state, a.When
	tx.PutSeat(s)
	return nil
}

// answersJoin says whether a received answer is one to a Join.
func answersJoin(tx *store.Txn, a *Activity) bool {
	if row, err := tx.ActivityByIRI(a.Object); err == nil {
		return row.Verb == "Join"
	}
	return a.object().Type() == "Join"
}

// askedFor finds the place that an answer is about: by the id of our Join, or by
// its parts. Only whoever publishes the event can answer.
func (n *Node) askedFor(tx *store.Txn, a *Activity) (*store.Seat, error) {
	who, event := a.object().IRI("actor"), a.object().IRI("object")
	if row, err := tx.ActivityByIRI(a.Object); err == nil && row.Verb == "Join" {
		if actor, err := tx.Actor(row.Actor); err == nil {
			who, event = actor.IRI, row.Object
		}
	}
	it, err := tx.RecordByIRI(event)
	e, ok := it.(*store.Event)
	switch {
	case err != nil || !ok || !e.Remote || !n.IsLocal(who):
		return nil, fmt.Errorf("answer to a Join that was never sent: %w", ErrIgnored)
	case a.Actor != e.Lab && a.Actor != e.Speaker:
		return nil, fmt.Errorf("%s does not publish %s: %w", a.Actor, e.IRI, ErrForbidden)
	}
	return tx.Seat(e.ID, store.HolderOf(who))
}
