package federation

import (
	"fmt"

	"github.com/essaim/essaim/store"
)

// pin and unpin put a record of the actor into its featured collection, and take
// it out (Add and Remove). Other collections are of no interest here.
func pin(n *Node, tx *store.Txn, a *Activity) error { return n.feature(tx, a, true) }

func unpin(n *Node, tx *store.Txn, a *Activity) error { return n.feature(tx, a, false) }

func (n *Node) feature(tx *store.Txn, a *Activity, pinned bool) error {
	if a.local {
		a.Target = a.actor.Featured
	}
	if a.Target == "" || a.Target != a.actor.Featured {
		return fmt.Errorf("collection %s: %w", a.Target, ErrIgnored)
	}
	it, err := tx.RecordByIRI(a.Object)
	if err != nil || it.Envelope().Lab != a.Actor {
		return fmt.Errorf("record %s of %s: %w", a.Object, a.Actor, ErrIgnored)
	}
	r := it.Envelope()
	tx.Pin(a.actor.ID, r.ID, pinned)
	if !a.local || !r.Audience.Open() {
		return nil
	}
	a.To, a.to = []string{a.actor.Followers}, n.recipients(tx, a.actor.ID, it)
	return nil
}
