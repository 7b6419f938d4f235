package federation

import (
	"fmt"

	"github.com/essaim/essaim/store"
)

// move says that an actor goes on under another id. Nothing is believed here: a
// job fetches both and follows only when each names the other (FEP-7628).
func move(n *Node, tx *store.Txn, a *Activity) error {
	if a.Object != a.Actor || a.Target == "" || a.Target == a.Actor {
		return fmt.Errorf("a move of oneself to another id: %w", ErrMalformed)
	}
	if a.local {
		return fmt.Errorf("move from this node: %w", ErrForbidden)
	}
	if !tx.FollowedHere(a.actor.ID) {
		return fmt.Errorf("move of %s: %w", a.Actor, ErrIgnored)
	}
	tx.AddJob(jobMove, moveJob{From: a.Actor, To: a.Target})
	return nil
}
