package store

import (
	"errors"
	"time"
)

// What moderators do about contributions.
const (
	Verify  Deed = "verify"  // stands for it: it goes to the network
	Release Deed = "release" // lets a held one be seen, not verified
	Hide    Deed = "hide"    // takes it away, for a reason
	Merge   Deed = "merge"   // takes it away because another tells of the same
	Ask     Deed = "ask"     // asks its author something
	Undo    Deed = "undo"    // takes the last of these back, but for Ask
	Erase   Deed = "erase"   // deletes it for ever, for a reason: nothing takes that back
)

// What moderators do about servers, accounts and records of any node, and about
// complaints.
const (
	SuspendHost   Deed = "suspend-host"
	SilenceHost   Deed = "silence-host"
	LiftHost      Deed = "lift-host"
	SuspendActor  Deed = "suspend-actor"
	LimitActor    Deed = "limit-actor"
	LiftActor     Deed = "lift-actor"
	HideRecord    Deed = "hide-record"
	ShowRecord    Deed = "show-record" // takes that back
	UpholdReport  Deed = "uphold-report"
	DismissReport Deed = "dismiss-report"
)

// ErrNotNow: the contribution is not in a state for this act.
var ErrNotNow = errors.New("not possible as things stand")

// Moderation is a decision about a contribution.
type Moderation struct {
	Act    Deed
	Record ID
	Reason string // of Hide and Erase
	Into   ID     // of Merge
	Text   string // of Ask
}

// Questions are ready ones, for moderators to choose and to change: their words are the
// messages "question.", in the language of whoever is asked.
var Questions = Vocabulary{Name: "question", Slugs: []string{"lieu", "dates", "contact", "description", "actuel", "accord"}}

const maxQuestion = 1000 // characters

// Decide does to the contribution what a moderator decided. Errors: ErrNotNow,
// FieldErrors.
func (c *Contribution) Decide(m Moderation) error {
	if !c.allows(m.Act) {
		return ErrNotNow
	}
	switch m.Act {
	case Verify:
		c.become(Verified)
	case Release:
		c.become(Fresh)
	case Hide, Erase:
		if !HideReasons.Has(m.Reason) {
			return FieldErrors{{Field: "reason", Reason: "error.required"}}
		}
		c.become(Hidden)
		c.Reason = m.Reason
	case Merge:
		c.become(Merged)
		c.Into = m.Into
	case Undo:
		c.State, c.Before, c.Reason, c.Into = c.Before, "", "", 0
	case Ask:
		return c.ask(m.Text)
	}
	c.Edited = time.Time{}
	return nil
}

// allows says whether an act makes sense in the state of the contribution.
func (c *Contribution) allows(act Deed) bool {
	gone := c.State == Hidden || c.State == Merged
	switch act {
	case Verify:
		return !gone && (c.State != Verified || !c.Edited.IsZero())
	case Release:
		return c.State == Held
	case Hide, Merge:
		return !gone
	case Undo:
		return c.Before != ""
	case Ask, Erase:
		return true
	}
	return false
}

// Allows are the acts that make sense as things stand, in the order in which they
// are offered.
func (c *Contribution) Allows() []Deed {
	var acts []Deed
	for _, act := range []Deed{Verify, Release, Hide, Merge, Ask, Undo, Erase} {
		if c.allows(act) {
			acts = append(acts, act)
		}
	}
	return acts
}

func (c *Contribution) become(s ContributionState) {
	if c.State != s {
		c.Before, c.State = c.State, s
	}
	c.Suspect = nil
}

func (c *Contribution) ask(question string) error {
	switch n := len([]rune(question)); {
	case n == 0:
		return FieldErrors{{Field: "question", Reason: "error.required"}}
	case n > maxQuestion:
		return FieldErrors{{Field: "question", Reason: "error.too-long", Args: map[string]any{"max": maxQuestion, "have": n}}}
	}
	c.Question, c.Answer = question, ""
	return nil
}
