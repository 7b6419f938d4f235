package federation

import (
	"fmt"
	"slices"

	"github.com/essaim/essaim/store"
)

// act does to a record what its kind lets who asks do (store.Actable), whether they
// may edit it or not: a contributor validates a lesson. The record changes as by
// an edit of its authors.
func (n *Node) act(tx *store.Txn, a *Activity) error {
	it, err := tx.RecordByIRI(a.Object)
	if err != nil {
		return err
	}
	kind, able := it.(store.Actable)
	if !able || it.Envelope().Remote || a.by == nil || !a.by.CanSee(it.Envelope()) || !slices.Contains(kind.Acts(*a.by), a.Act) {
		return fmt.Errorf("%s record %s: %w", a.Act, a.Object, ErrForbidden)
	}
	kind.Act(a.Act, *a.by, tx.Now())
	a.Item, a.by = it, nil // the kind allowed it
	return n.updateItem(tx, a)
}
