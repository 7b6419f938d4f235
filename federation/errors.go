package federation

import (
	"errors"
	"fmt"
)

var (
	// ErrForbidden: whoever asks may not do this. HTTP 403.
	ErrForbidden = errors.New("forbidden")
	// ErrBlocked: the actor or its host is kept away from this node. HTTP 403.
	ErrBlocked = errors.New("blocked")
	// ErrMalformed: the activity lacks what its verb needs. HTTP 400.
	ErrMalformed = errors.New("malformed activity")
	// ErrIgnored: well formed, and of no interest to anybody here. Nothing was
	// changed; a peer is told 202, for it did nothing wrong.
	ErrIgnored = errors.New("ignored")
	// ErrEnough: others have said, or been asked, too much lately. HTTP 429: later it
	// is welcome.
	ErrEnough = errors.New("enough for now")
	// ErrUnreachable: another node did not answer, or not with what was asked for.
	ErrUnreachable = errors.New("unreachable")
	// ErrPaused: those who run the node want nothing of this host for now. It is an
	// ErrUnreachable.
	ErrPaused = fmt.Errorf("paused: %w", ErrUnreachable)
	// ErrNotActor: what was found is not somebody who can be followed.
	ErrNotActor = errors.New("not an actor")
)

// errSeen: the activity was applied before. Doing it again is a success that
// changes nothing.
var errSeen = errors.New("applied before")
