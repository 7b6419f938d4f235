package federation

import (
	"context"
	"fmt"

	"github.com/essaim/essaim/store"
)

// TakeBack takes back a decision of moderators, named by its line in the journal: see
// store.Txn.CanTakeBack. That of a server is LiftBlock's. Errors: ErrForbidden, store.ErrNotFound, store.ErrNotNow.
func (n *Node) TakeBack(ctx context.Context, by store.Viewer, entry store.ID) error {
	var e *store.JournalEntry
	var actor *store.Actor
	err := n.Store.View(ctx, func(tx *store.Txn) (err error) {
		if e, err = tx.JournalEntry(entry); err != nil {
			return err
		}
		if !tx.CanTakeBack(e) {
			return fmt.Errorf("take %s back: %w", e.Deed, store.ErrNotNow)
		}
		if e.Actor != 0 {
			actor, err = tx.Actor(e.Actor)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case e.Host != "":
		return fmt.Errorf("block of %s: %w", e.Host, store.ErrNotNow)
	case e.Deed == store.HideRecord:
		return n.showRecord(ctx, by, e)
	case actor != nil:
		return n.Restrict(ctx, by, actor.IRI, store.LiftActor)
	}
	return n.Moderate(ctx, by, store.Moderation{Act: store.Undo, Record: e.Record}, nil)
}

// showRecord gives a record of this node the audience back that HideRecord took.
func (n *Node) showRecord(ctx context.Context, by store.Viewer, e *store.JournalEntry) error {
	if !by.May(store.Moderate) {
		return fmt.Errorf("show %s by %s: %w", e.Record, by.Actor, ErrForbidden)
	}
	return n.update(ctx, by, func(tx *store.Txn) error {
		if !tx.CanTakeBack(e) {
			return fmt.Errorf("show %s: %w", e.Record, store.ErrNotNow)
		}
		it, err := tx.Record(e.Record)
		if err != nil {
			return err
		}
		r := it.Envelope()
		r.Audience = e.Before
		tx.Note(store.JournalEntry{Deed: store.ShowRecord, Kind: r.Kind, Record: r.ID})
		return n.apply(tx, &Activity{Verb: "Update", Actor: r.Lab, Item: it, local: true})
	})
}
