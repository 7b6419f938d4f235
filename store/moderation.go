package store

import (
	"errors"
	"iter"
	"time"
)

// ModerationAct is what a moderator does about a contribution.
type ModerationAct string

// The acts of moderators.
const (
	Verify  ModerationAct = "verify"  // stands for it: it goes to the network
	Release ModerationAct = "release" // lets a held one be seen, not verified
	Hide    ModerationAct = "hide"    // takes it away, for a reason
	Merge   ModerationAct = "merge"   // takes it away because another tells of the same
	Ask     ModerationAct = "ask"     // asks its author something
	Undo    ModerationAct = "undo"    // takes the last of these back, but for Ask
)

// What moderators do about servers, accounts and records of any node, and about
// complaints.
const (
	SuspendHost   ModerationAct = "suspend-host"
	SilenceHost   ModerationAct = "silence-host"
	LiftHost      ModerationAct = "lift-host"
	SuspendActor  ModerationAct = "suspend-actor"
	LimitActor    ModerationAct = "limit-actor"
	LiftActor     ModerationAct = "lift-actor"
	HideRecord    ModerationAct = "hide-record"
	UpholdReport  ModerationAct = "uphold-report"
	DismissReport ModerationAct = "dismiss-report"
)

// Moderated is a line of the log of moderation. By never leaves the pages of those
// who run the node.
type Moderated struct {
	ID     ID            `json:"id"`
	Act    ModerationAct `json:"act"`
	Kind   string        `json:"kind,omitempty"`
	Record ID            `json:"record,omitempty"`
	Actor  ID            `json:"actor,omitempty"`  // of whom the decision is
	Host   string        `json:"host,omitempty"`   // as everybody may read it
	Note   string        `json:"note,omitempty"`   // for everybody
	Reason string        `json:"reason,omitempty"` // of HideReasons
	By     ID            `json:"by"`               // the actor of a member
	When   time.Time     `json:"when"`
}

// ErrNotNow: the contribution is not in a state for this act.
var ErrNotNow = errors.New("not possible as things stand")

// Moderation is a decision about a contribution.
type Moderation struct {
	Act    ModerationAct
	Record ID
	Reason string // of Hide
	Into   ID     // of Merge
	Text   string // of Ask
}

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
	case Hide:
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
func (c *Contribution) allows(act ModerationAct) bool {
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
	case Ask:
		return true
	}
	return false
}

// Allows are the acts that make sense as things stand, in the order in which they
// are offered.
func (c *Contribution) Allows() []ModerationAct {
	var acts []ModerationAct
	for _, act := range []ModerationAct{Verify, Release, Hide, Merge, Ask, Undo} {
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

// PutModerated appends a line to the log of moderation; it gets its ID here.
func (t *Txn) PutModerated(m *Moderated) {
	m.ID, m.When = t.NewID(), stamp(t.now)
	t.putJSON(key(tModeration, m.ID), m)
}

// Moderations yields the log of moderation, newest first.
func (t *Txn) Moderations() iter.Seq[*Moderated] {
	return func(yield func(*Moderated) bool) {
		for k, v := range t.scan([]byte(tModeration), true) {
			m := new(Moderated)
			mustDecode(k, v, m)
			if !yield(m) {
				return
			}
		}
	}
}
