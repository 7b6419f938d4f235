package store

import "time"

// Dated is a kind whose records take place at a time.
type Dated interface {
	// When is from when to when, on the clocks of the place; a zero from is not
	// known yet. to is never before from. It changes only when the record is saved.
	When() (from, to time.Time)
}

// Stamped is a kind with a badge that depends on the day: it ran out, it is open.
type Stamped interface {
	// Stamp says which one it has at the moment now, or no slug. The vocabulary is
	// the same at all times.
	Stamp(now time.Time) (v *Vocabulary, slug string)
}

// Bound is a kind with rules that bind it to other records. The door asks when it
// stores one.
type Bound interface {
	// CheckWith says what is wrong. find returns the record of an IRI, or nil when
	// it is not here.
	CheckWith(find func(iri string) Item) FieldErrors
}

// Timely is a kind that the open form takes for a while only.
type Timely interface {
	// CheckInTime says why a new record is not taken at the moment now. find is that
	// of CheckWith.
	CheckInTime(find func(iri string) Item, now time.Time) FieldErrors
}
