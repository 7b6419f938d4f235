package federation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
)

// A guest takes part in an event and has no account anywhere. Nothing of that is
// an activity: nobody but the organisers hears of it, and what others see is a
// number. It is a private matter, as an account is.

// ConfirmWithin is how long a guest has to confirm a place by the letter that was
// sent.
const ConfirmWithin = 12 * time.Hour

// Guest is somebody without an account who asks for a place.
type Guest struct {
	Name, Email string
	Lang        string // of letters
	Token       string // whoever knows it can confirm the place and give it up
	// Letter sends the token, in the transaction that keeps the place, to the address
	// that the place was first taken with; the place stands once it is confirmed. Nil:
	// no letters are sent, and the address is believed.
	Letter func(tx *store.Txn, e *store.Event, to string) error
}

// TakeSeat gives a guest a place at an event of this node, or asks its organisers
// for one, and says which. With letters an address has one place: who asks again
// gets a new token for the same place, by letter alone. Errors: store.FieldErrors,
// store.ErrNotFound for an event that viewers may not see or cannot join, and those
// of Letter.
func (n *Node) TakeSeat(ctx context.Context, by store.Viewer, event store.ID, g Guest) (state store.FollowState, err error) {
	if err := n.room("Join"); err != nil {
		return "", err
	}
	asked := store.Seat{Event: event, Holder: store.GuestHolder(g.Token), Name: strings.TrimSpace(g.Name), Email: strings.TrimSpace(g.Email), Lang: g.Lang}
	if errs := asked.CheckGuest(); len(errs) > 0 {
		return "", errs
	}
	err = n.Store.Update(ctx, func(tx *store.Txn) error {
		s := asked // the transaction may run again
		e, err := openEvent(tx, by, event)
		if err != nil {
			return err
		}
		if err := takeSeat(tx, e, &s, g.Letter != nil); err != nil {
			return err
		}
		state = s.State
		if g.Letter == nil {
			return nil
		}
		return g.Letter(tx, e, s.Email)
	})
	return state, err
}

// takeSeat keeps the place of a guest. byLetter: it has to be confirmed.
func takeSeat(tx *store.Txn, e *store.Event, s *store.Seat, byLetter bool) error {
	old, err := tx.GuestSeat(e.ID, s.Email)
	if again := err == nil && byLetter; again {
		tx.DeleteSeat(e.ID, old.Holder)
		old.Holder = s.Holder
		*s = *old
	} else {
		if s.State = tx.Admit(e, s.Holder); s.State == store.Refused {
			return store.FieldErrors{{Reason: "error.full"}}
		}
		s.Asked = tx.Now()
		if byLetter {
			s.Until = tx.Now().Add(ConfirmWithin)
		}
	}
	if !s.Until.IsZero() {
		tx.AddJobAt(jobSeat, seatJob{e.ID, s.Holder}, s.Until)
	}
	if !tx.HasGuests(e.ID) {
		tx.AddJobAt(jobGuests, guestsJob{Event: e.ID}, tx.ForgetGuests(e.ID))
	}
	tx.PutSeat(s)
	return nil
}

// ConfirmSeat lets the place of a guest who knows the token stand. Once it was given
// up it is store.ErrNotFound.
func (n *Node) ConfirmSeat(ctx context.Context, event store.ID, token string) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		s, err := tx.Seat(event, store.GuestHolder(token))
		if err != nil || s.Until.IsZero() {
			return err
		}
		s.Until = time.Time{}
		tx.PutSeat(s)
		return nil
	})
}

type seatJob struct {
	Event  store.ID `json:"event"`
	Holder string   `json:"holder"`
}

// releaseSeat gives up a place that was not confirmed.
func (n *Node) releaseSeat(ctx context.Context, j seatJob) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		if s, err := tx.Seat(j.Event, j.Holder); err == nil && !s.Until.IsZero() && !s.Until.After(tx.Now()) {
			tx.DeleteSeat(j.Event, j.Holder)
		}
		return nil
	})
}

// tellGuests writes to the guests of an event of this node that was moved or called
// off. it is the event as it is now, or was when it is deleted: then old is nil.
func (n *Node) tellGuests(tx *store.Txn, it, old store.Item) error {
	e, ok := it.(*store.Event)
	if !ok || n.TellGuests == nil {
		return nil
	}
	change := store.CalledOff
	if before, ok := old.(*store.Event); ok {
		change = e.ChangeSince(before)
	} else if e.State == "annule" {
		return nil // they were told
	}
	if change == "" {
		return nil
	}
	for _, s := range tx.Told(e) {
		if err := n.TellGuests(tx, e, s, change); err != nil {
			return err
		}
	}
	return nil
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
