package federation

import (
	"context"
	"fmt"

	"github.com/essaim/essaim/store"
)

// SaveCircle creates a circle of this node, or replaces one, in the name of a member:
// whoever runs the node, or manages the circle as it is kept now. It returns the
// circle as it was kept. Errors: ErrForbidden, store.ErrNotFound, store.FieldErrors.
func (n *Node) SaveCircle(ctx context.Context, by store.Viewer, c store.Circle) (*store.Circle, error) {
	var saved store.Circle
	err := n.update(ctx, by, func(tx *store.Txn) error {
		saved = c // the transaction may run again
		now := &store.Circle{}
		if c.ID != 0 {
			var err error
			if now, err = tx.Circle(c.ID); err != nil {
				return err
			}
			saved.Created = now.Created
		}
		if !now.ManagedBy(by) {
			return fmt.Errorf("circle %s: %w", c.ID, ErrForbidden)
		}
		tx.Note(store.JournalEntry{Deed: store.SaveCircle, What: saved.Name})
		return tx.PutCircle(&saved)
	})
	return &saved, err
}

// DissolveCircle deletes a circle of this node in the name of a member who runs
// it. What was for the circle is for its team from now on, in one transaction.
// Circles themselves are no shared content: nobody is told. Errors: ErrForbidden,
// store.ErrNotFound.
func (n *Node) DissolveCircle(ctx context.Context, by store.Viewer, id store.ID) error {
	return n.update(ctx, by, func(tx *store.Txn) error {
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
		tx.Note(store.JournalEntry{Deed: store.DissolveCircle, What: circle.Name})
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
