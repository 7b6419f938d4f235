package federation

import (
	"context"
	"fmt"
	"strings"

	"github.com/essaim/essaim/store"
)

// A guest takes part in an event and has no account anywhere. Nothing of that is
// an activity: nobody but the organisers hears of it, and what others see is a
// number. It is a private matter, as an account is.

// TakeSeat gives a guest a place at an event of this node, or asks its organisers
// for one, and says which. The token is the guest's: whoever knows it can give the
// place up. Errors: store.FieldErrors, store.ErrNotFound for an event that viewers
// may not see or cannot join.
func (n *Node) TakeSeat(ctx context.Context, by store.Viewer, event store.ID, guest store.Seat, token string) (state store.FollowState, err error) {
	if err := n.room("Join"); err != nil {
		return "", err
	}
	if errs := guest.CheckGuest(); len(errs) > 0 {
		return "", errs
	}
	err = n.Store.Update(ctx, func(tx *store.Txn) error {
		e, err := openEvent(tx, by, event)
		if err != nil {
			return err
		}
		s := &store.Seat{
			Event: e.ID, Holder: store.GuestHolder(token), Name: strings.TrimSpace(guest.Name), Email: strings.TrimSpace(guest.Email), Asked: tx.Now(),
		}
		if s.State = tx.Admit(e, s.Holder); s.State == store.Refused {
			return store.FieldErrors{{Reason: "error.full"}}
		}
		state = s.State
		if !tx.HasGuests(e.ID) {
			tx.AddJobAt(jobGuests, guestsJob{Event: e.ID}, tx.ForgetGuests(e.ID))
		}
		tx.PutSeat(s)
		return nil
	})
	return state, err
}

type guestsJob struct {
	Event store.ID `json:"event"`
}

// forgetGuests forgets who the guests of an event were, once it is long over.
func (n *Node) forgetGuests(ctx context.Context, j guestsJob) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		if again := tx.ForgetGuests(j.Event); !again.IsZero() {
			tx.AddJobAt(jobGuests, j, again)
		}
		return nil
	})
}

func openEvent(tx *store.Txn, by store.Viewer, id store.ID) (*store.Event, error) {
	it, err := tx.Record(id)
	if err != nil {
		return nil, err
	}
	e, ok := it.(*store.Event)
	if !ok || e.Remote || e.Joins() == "" || !by.CanSee(&e.Record) {
		return nil, fmt.Errorf("event %s: %w", id, store.ErrNotFound)
	}
	return e, nil
}

// LeaveSeat gives up the place of a guest who knows the token.
func (n *Node) LeaveSeat(ctx context.Context, event store.ID, token string) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		tx.DeleteSeat(event, store.GuestHolder(token))
		return nil
	})
}

// AnswerGuest lets a guest in, or not: for those who may change the event.
func (n *Node) AnswerGuest(ctx context.Context, by store.Viewer, event store.ID, holder string, state store.FollowState) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		it, err := tx.Record(event)
		if err != nil {
			return err
		}
		e, ok := it.(*store.Event)
		if !ok || !by.CanEdit(&e.Record) {
			return fmt.Errorf("event %s: %w", event, ErrForbidden)
		}
		s, err := tx.Seat(event, holder)
		if err != nil || s.Actor != "" {
			return fmt.Errorf("guest: %w", store.ErrNotFound)
		}
		return answerSeat(tx, e, s, state)
	})
}
