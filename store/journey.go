package store

import (
	"slices"
	"time"
)

// Staged is a kind whose records go through stages.
type Staged interface {
	Journey() Journey
}

// Reframer is a kind that keeps how its problem was put on the way, oldest first.
type Reframer interface {
	Wordings() []Problem
}

// Journey is how far a record got. The zero Journey is at no stage.
type Journey struct {
	Stage   string // message key of where it stands
	Stages  *Vocabulary
	Steps   []Step // in their order
	Current int    // index in Steps; -1: at none
	Stopped string // message key when it was given up; empty: it was not
	Changes []StageChange
}

// Step is a part of the journey. Level chooses glyph and colour: 0 is an idea, 4
// adopted by all.
type Step struct {
	Key     string // message key
	Level   int
	Reached time.Time // when first; zero: not known, or never
}

// firstReached is when a record first came to one of some stages.
func firstReached(changes []StageChange, stages []string) time.Time {
	for _, c := range changes {
		if slices.Contains(stages, c.Stage) {
			return c.Date
		}
	}
	return time.Time{}
}
