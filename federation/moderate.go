package federation

import (
	"context"
	"fmt"

	"github.com/essaim/essaim/store"
)

// Moderate does what a moderator decided about something that was
// written without an account: the decision, what it changes for everybody else and
// its line in the log, in one transaction. then, which may be nil, is done in it,
// too. Errors: ErrForbidden, store.ErrNotFound, store.ErrNotNow, store.FieldErrors.
func (n *Node) Moderate(ctx context.Context, by store.Viewer, m store.Moderation, then func(*store.Txn, store.Item, *store.Contribution) error) error {
	return n.update(ctx, by, func(tx *store.Txn) error {
		if !by.May(store.Moderate) {
			return fmt.Errorf("%s by %s: %w", m.Act, by.Actor, ErrForbidden)
		}
		by.Runs = true // the lab carries out what its moderators decide
		it, err := tx.Record(m.Record)
		if err != nil {
			return err
		}
		c, err := tx.Contribution(m.Record)
		if err != nil {
			return err
		}
		if err := n.decide(tx, by, m, it, c); err != nil || then == nil {
			return err
		}
		return then(tx, it, c)
	})
}

func (n *Node) decide(tx *store.Txn, by store.Viewer, m store.Moderation, it store.Item, c *store.Contribution) error {
	if m.Act == store.Merge {
		if err := mayMerge(tx, it.Envelope(), m.Into); err != nil {
			return err
		}
	}
	if err := c.Decide(m); err != nil {
		return err
	}
	if m.Act == store.Erase {
		return n.erase(tx, by, it, c)
	}
	if err := n.settle(tx, it, c, &by); err != nil {
		return err
	}
	tx.PutContribution(c)
	tx.Note(store.JournalEntry{Deed: m.Act, Kind: it.Envelope().Kind, Record: m.Record, Reason: c.Reason})
	return nil
}

// erase deletes what was written without an account for ever.
func (n *Node) erase(tx *store.Txn, by store.Viewer, it store.Item, c *store.Contribution) error {
	r := it.Envelope()
	tx.Note(store.JournalEntry{Deed: store.Erase, Kind: r.Kind, Record: r.ID, Reason: c.Reason})
	return n.apply(tx, &Activity{Verb: "Delete", Actor: r.Lab, Object: r.IRI, by: &by, local: true})
}

// mayMerge wants another record of this node, of the same kind, that everybody can
// be sent to.
func mayMerge(tx *store.Txn, r *store.Record, into store.ID) error {
	it, err := tx.Record(into)
	if err != nil || into == r.ID || it.Envelope().Remote || it.Envelope().Kind != r.Kind || !(store.Viewer{}).CanSee(it.Envelope()) {
		return store.FieldErrors{{Field: "into", Reason: "error.merge-into"}}
	}
	return nil
}
