package federation

import (
	"fmt"

	"github.com/essaim/essaim/store"
)

// block keeps two actors apart: their follows end. Our own blocks are not sent,
// as servers hold it with each other: whom we block need not know.
func block(n *Node, tx *store.Txn, a *Activity) error {
	blocked, err := tx.ActorByIRI(a.Object)
	if err != nil || !a.local && !blocked.Local {
		return fmt.Errorf("blocked %s: %w", a.Object, ErrIgnored)
	}
	tx.DeleteFollow(a.actor.ID, blocked.ID)
	tx.DeleteFollow(blocked.ID, a.actor.ID)
	tx.PutBlock(&store.Block{Blocker: a.actor.ID, Blocked: blocked.ID, IRI: a.IRI, Since: a.When})
	return nil
}
