package federation

import (
	"context"
	"fmt"

	"github.com/essaim/essaim/store"
)

// DissolveCircle deletes a circle of this node in the name of a member who runs
// it. What was for the circle is for its team from now on, in one transaction.
// Circles themselves are no shared content: nobody is told. Errors: ErrForbidden,
// store.ErrNotFound.
func (n *Node) DissolveCircle(ctx context.Context, by store.Viewer, id store.ID) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		circle, err := tx.Circle(id)
		if err != nil {
			return err
		}
		if !by.Runs {
			return fmt.Errorf("circle %s: %w", id, ErrForbidden)
		}
		for _, it := range tx.ListCircle(circle.ID, store.Query{Viewer: by, Limit: 1 << 20}).Items {
			if err := n.leaveToTeam(tx, by, it); err != nil {
				return err
			}
		}
		tx.DeleteCircle(circle.ID)
		return nil
	})
}

// leaveToTeam narrows a record. One that a later version would not save any more
// stays as it is: a circle that is no more means the team.
func (n *Node) leaveToTeam(tx *store.Txn, by store.Viewer, it store.Item) error {
	r := it.Envelope()
	if invalid := store.KindOf(r.Kind).Check(it); invalid != nil {
		return nil //nolint:nilerr // see above
	}
	r.Audience = store.Team
	a := &Activity{Verb: "Update", Actor: r.Lab, Item: it, by: &by, local: true}
	if err := n.apply(tx, a); err != nil {
		return fmt.Errorf("leave %s to its team: %w", r.IRI, err)
	}
	return nil
}
