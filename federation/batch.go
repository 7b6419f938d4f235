package federation

import (
	"context"
	"errors"
	"fmt"

	"github.com/essaim/essaim/store"
)

// PublishAll applies many activities of this node on behalf of a member, all or
// none: gather gives them to publish, one after the other, and sees in tx what
// those before did. It may be called again, so it changes nothing else. publish
// answers as Publish does; when it does, gather returns that error, or goes on if
// it is of store.FieldErrors, which leave nothing behind. Verbs that need the
// network first are not for here.
func (n *Node) PublishAll(ctx context.Context, by store.Viewer, gather func(tx *store.Txn, publish func(*Activity) error) error) error {
	if err := n.room("Create"); err != nil {
		return err
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		return gather(tx, func(a *Activity) error {
			a.by, a.local = &by, true
			err := n.apply(tx, a)
			if err == nil || errors.Is(err, errSeen) {
				return nil
			}
			return fmt.Errorf("apply %s %s: %w", a.Verb, a.IRI, err)
		})
	})
}
