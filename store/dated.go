package store

import "time"

// Stamped is a kind with a badge that depends on the day: it ran out, it is open.
type Stamped interface {
	// Stamp says which one it has at the moment now, or no slug. The vocabulary is
	// the same at all times.
	Stamp(now time.Time) (v *Vocabulary, slug string)
}
