package store

import "time"

// Actable is a kind of which some may do a thing to a record that they may not
// edit: those who contributed to a lesson validate it.
type Actable interface {
	// Acts are what v may do to the record as it stands. The words of each are
	// "act.<kind>-<name>", those for when it is done "act-done.<kind>-<name>".
	Acts(v Viewer) []string
	// Act does one of Acts.
	Act(name string, v Viewer, now time.Time)
}
