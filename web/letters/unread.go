package letters

import (
	"context"

	"github.com/essaim/essaim/store"
)

// mostUnread is how far unread notices are counted.
const mostUnread = 20

// Unread counts the notices that a member did not read, up to a few: it is asked
// for with every page. What cannot be counted is none.
func (d *Desk) Unread(ctx context.Context, viewer store.Viewer, member store.ID) (n int) {
	err := d.Store.View(ctx, func(tx *store.Txn) error {
		n = 0
		for notice := range tx.Notices(Told(tx, viewer, member), store.Stretch{After: Seen(tx, member)}) {
			if _, ok := d.Describe(tx, "fr", viewer, member, notice); ok {
				n++
			}
			if n == mostUnread {
				break
			}
		}
		return nil
	})
	if err != nil {
		return 0
	}
	return n
}
