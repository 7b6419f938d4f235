package store

import (
	"encoding/hex"
	"encoding/json"
	"iter"
	"strings"
	"time"
)

// Seat is somebody's place at an event: of an actor, or of a guest without an
// account. Who has one is for the organisers alone; others see how many there are.
type Seat struct {
	Event    ID              `json:"event"`
	Holder   string          `json:"holder"`          // of HolderOf or GuestHolder
	Actor    string          `json:"actor,omitempty"` // IRI; empty: a guest
	Name     string          `json:"name,omitempty"`  // of a guest
	Email    string          `json:"email,omitempty"` // of a guest
	Lang     string          `json:"lang,omitempty"`  // of a guest, for letters
	Until    time.Time       `json:"until,omitzero"`  // when a guest's place is given up unless it is confirmed before; zero: it stands
	State    FollowState     `json:"state"`
	IRI      string          `json:"iri,omitempty"`      // of the Join that counts, verbatim
	Activity json.RawMessage `json:"activity,omitempty"` // that Join as it came, for the answer
	Asked    time.Time       `json:"asked"`
	Answered time.Time       `json:"answered,omitzero"`
}

// HolderOf names the seats of an actor, GuestHolder those of whoever knows a
// token: the token itself is kept nowhere.
func HolderOf(actor string) string { return hex.EncodeToString(hash16(actor)) }

// GuestHolder names the seat of a guest by the token of its link.
func GuestHolder(token string) string { return hex.EncodeToString(hash16("guest " + token)) }

// Seat returns a place at an event, or ErrNotFound.
func (t *Txn) Seat(event ID, holder string) (*Seat, error) {
	s := new(Seat)
	if !t.getJSON(seatKey(event, holder), s) {
		return nil, ErrNotFound
	}
	return s, nil
}

func seatKey(event ID, holder string) []byte { return key(tSeat, event, holder) }

// PutSeat creates or replaces a place, and counts it.
func (t *Txn) PutSeat(s *Seat) {
	old, err := t.Seat(s.Event, s.Holder)
	taken := 0
	if err == nil && old.State == Accepted {
		taken--
	}
	if s.State == Accepted {
		taken++
	}
	t.putJSON(seatKey(s.Event, s.Holder), s)
	if s.Actor != "" {
		t.tx.Put(key(tSeatOf, hash16(s.Actor), s.Event), nil)
	}
	t.countSeats(s.Event, taken)
}

// DeleteSeat gives a place up, if there is one.
func (t *Txn) DeleteSeat(event ID, holder string) {
	s, err := t.Seat(event, holder)
	if err != nil {
		return
	}
	t.tx.Delete(seatKey(event, holder))
	t.tx.Delete(key(tSeatOf, hash16(s.Actor), event))
	taken := 0
	if s.State == Accepted {
		taken = -1
	}
	t.countSeats(event, taken)
}

// countSeats keeps the count of an event of this node; of another's, its origin
// does.
func (t *Txn) countSeats(event ID, more int) {
	t.local = true
	t.change(Updated, "seat", event)
	it, err := t.Record(event)
	if e, ok := it.(*Event); err == nil && ok && !e.Remote && more != 0 {
		e.Participants = max(0, e.Participants+more)
		t.putJSON(key(tRecord, event), e)
	}
}

// recount puts the count of an event of this node right that is saved as somebody
// else had it.
func (t *Txn) recount(it Item) {
	e, ok := it.(*Event)
	if !ok || e.Remote {
		return
	}
	e.Participants = 0
	for s := range t.Seats(e.ID) {
		if s.State == Accepted {
			e.Participants++
		}
	}
}

// Seats yields the places at an event, in no order that means anything.
func (t *Txn) Seats(event ID) iter.Seq[*Seat] { return rows[Seat](t, key(tSeat, event)) }

// seatsOf yields the events at which an actor has a place.
func (t *Txn) seatsOf(actor string) iter.Seq[ID] {
	return func(yield func(ID) bool) {
		for k := range t.scan(key(tSeatOf, hash16(actor)), false) {
			if !yield(idFromKey(k)) {
				return
			}
		}
	}
}

// giveUpSeats gives up the places of an actor that goes for ever.
func (t *Txn) giveUpSeats(actor string) {
	for event := range t.seatsOf(actor) {
		t.DeleteSeat(event, HolderOf(actor))
	}
}

// guestsKept is how long after an event its organisers may reach its guests.
const guestsKept = 30 * 24 * time.Hour

// ForgetGuests takes the names and addresses off the places of guests at an event
// that has been over for a month; the places stay counted. Before that it says
// when to come again. A zero again: there is nothing more to do.
func (t *Txn) ForgetGuests(event ID) (again time.Time) {
	it, err := t.Record(event)
	e, ok := it.(*Event)
	if err != nil || !ok {
		return time.Time{}
	}
	if _, to := e.When(); t.now.Before(to.Add(guestsKept)) {
		return to.Add(guestsKept)
	}
	for s := range t.Seats(event) {
		if s.Name != "" || s.Email != "" {
			s.Name, s.Email = "", ""
			t.PutSeat(s)
		}
	}
	return time.Time{}
}

// GuestSeat is the place at an event that was taken with an e-mail address, or
// ErrNotFound.
func (t *Txn) GuestSeat(event ID, email string) (*Seat, error) {
	for s := range t.Seats(event) {
		if s.Email != "" && strings.EqualFold(s.Email, email) {
			return s, nil
		}
	}
	return nil, ErrNotFound
}

// Told are the guests of an event who hear of a change: those who confirmed their
// places and were not refused, until it is over.
func (t *Txn) Told(e *Event) (guests []*Seat) {
	if _, to := e.When(); e.Remote || to.Before(t.now) {
		return nil
	}
	for s := range t.Seats(e.ID) {
		if s.Email != "" && s.Until.IsZero() && s.State != Refused {
			guests = append(guests, s)
		}
	}
	return guests
}

// HasGuests says whether the names of guests are kept for an event.
func (t *Txn) HasGuests(event ID) bool {
	for s := range t.Seats(event) {
		if s.Email != "" {
			return true
		}
	}
	return false
}

// Admit decides on a place that is asked for at an event of this node: refused
// when it is over or full, asked when its organisers choose, else accepted. Who
// has a place keeps it.
func (t *Txn) Admit(e *Event, holder string) FollowState {
	if s, err := t.Seat(e.ID, holder); err == nil && s.State == Accepted {
		return Accepted
	}
	_, to := e.When()
	switch {
	case !to.IsZero() && to.Before(t.now), e.Capacity > 0 && e.Participants >= e.Capacity:
		return Refused
	case e.Joins() == "restricted":
		return Asked
	}
	return Accepted
}

// dropSeats forgets all places at an event that is no more.
func (t *Txn) dropSeats(event ID) {
	for s := range t.Seats(event) {
		t.tx.Delete(seatKey(event, s.Holder))
		t.tx.Delete(key(tSeatOf, hash16(s.Actor), event))
	}
}

// leaveAll gives up all places of an actor that is no more.
func (t *Txn) leaveAll(actor string) {
	for k := range t.scan(key(tSeatOf, hash16(actor)), false) {
		t.DeleteSeat(idFromKey(k), HolderOf(actor))
	}
}

// CheckGuest says what is wrong with what a guest wrote.
func (s *Seat) CheckGuest() FieldErrors {
	var errs FieldErrors
	if lineOf(s.Name, 100) == "" {
		errs = append(errs, &FieldError{Field: "name", Reason: "error.required"})
	}
	switch email := lineOf(s.Email, 254); {
	case email == "":
		errs = append(errs, &FieldError{Field: "email", Reason: "error.required"})
	case validEmail(email) != "":
		errs = append(errs, &FieldError{Field: "email", Reason: "error.email"})
	}
	return errs
}
