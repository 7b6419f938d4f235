// Package doctor examines a node: from outside, through its public address, as other
// servers see it; what is to be seen from inside, its caller examines.
//
// A finding is a class, not a sentence: the words, with what to do, are the caller's.
// Every check has a limit of its own, and all run at once, so that an examination
// takes no longer than one check may.
package doctor

import (
	"context"
	"time"
)

// Limit is how long a check may take.
const Limit = 8 * time.Second

// State is how bad a finding is.
type State string

// The states, from the best.
const (
	Fine    State = "ok"
	Unknown State = "info" // it could not be told, or there is nothing to examine yet
	Warning State = "warn" // it works, with a drawback
	Bad     State = "err"  // it does not work
)

// Finding is what a check found.
type Finding struct {
	Check string         `json:"check"` // such as "dns"
	State State          `json:"state"`
	Class string         `json:"class"`          // what it is, such as "private"
	Args  map[string]any `json:"args,omitempty"` // for the words
}

// Key is the message key of the finding; that of what to do about it ends in "-do".
func (f Finding) Key() string { return "doctor." + f.Check + "." + f.Class }

// Check examines one thing. Run ends with its context and leaves Finding.Check empty.
type Check struct {
	Name string
	Run  func(ctx context.Context) Finding
}

// Examine runs all checks at once and returns what they found, in their order. A check
// that does not end in time is Unknown, of the class "late".
func Examine(ctx context.Context, checks []Check) []Finding {
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	answers := make([]chan Finding, len(checks))
	for i, c := range checks {
		answers[i] = make(chan Finding, 1)
		// A check that hangs in the system, on a disk that is gone, is not waited for.
		go func() { answers[i] <- c.Run(ctx) }()
	}
	found := make([]Finding, len(checks))
	for i, c := range checks {
		select {
		case found[i] = <-answers[i]:
		case <-ctx.Done():
			found[i] = late(answers[i])
		}
		found[i].Check = c.Name
	}
	return found
}

// late is what a check found at the last moment, or that it found nothing.
func late(answer <-chan Finding) Finding {
	select {
	case f := <-answer:
		return f
	default:
		return Finding{State: Unknown, Class: "late"}
	}
}

// Worst is the worst state of all.
func Worst(found []Finding) State {
	rank := map[State]int{Fine: 0, Unknown: 1, Warning: 2, Bad: 3}
	worst := Fine
	for _, f := range found {
		if rank[f.State] > rank[worst] {
			worst = f.State
		}
	}
	return worst
}
