package federation

import (
	"context"
	"slices"

	"github.com/essaim/essaim/store"
)

// forgetBatch bounds the records that one transaction removes.
const forgetBatch = 200

// forget removes the copies of what an actor publishes that nobody here needs
// since nobody here follows it.
func (n *Node) forget(ctx context.Context, actor store.ID) error {
	for from := store.ID(1); from != 0; {
		err := n.Store.Update(ctx, func(tx *store.Txn) (err error) {
			from, err = n.forgetSome(tx, actor, from)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetSome goes through a batch of records and says where the next one begins;
// zero: that was the last.
func (n *Node) forgetSome(tx *store.Txn, actor, from store.ID) (store.ID, error) {
	a, err := tx.Actor(actor)
	if err != nil || a.Local || tx.FollowedHere(actor) {
		return 0, nil
	}
	looked := 0
	for id := range tx.ByLab(a.IRI, from) {
		if looked++; looked > forgetBatch {
			return id, nil
		}
		if it, err := tx.Record(id); err == nil && !n.needed(tx, it) {
			tx.ForgetRecord(it)
		}
	}
	tx.DropCatalogue(a.IRI)
	return 0, nil
}

// needed says whether a copy is anybody's business here although nobody follows
// its author: it names somebody of this node, somebody of this node reacted to it
// or wrote below it, or a record of this node relates to it.
func (n *Node) needed(tx *store.Txn, it store.Item) bool {
	r := it.Envelope()
	if n.IsLocal(r.InReplyTo) || slices.ContainsFunc(r.Addressed, n.IsLocal) {
		return true
	}
	if root, err := tx.Record(r.Root); err == nil && !root.Envelope().Remote {
		return true
	}
	for who := range tx.LocalActors() {
		if tx.HasBookmark(who.ID, r.ID) || tx.Reacted(r.ID, store.Liked, who.ID) || tx.Reacted(r.ID, store.Announced, who.ID) {
			return true
		}
	}
	for source := range tx.Sources(r.IRI) {
		if !source.Envelope().Remote {
			return true
		}
	}
	everything := store.Query{Viewer: store.Viewer{Local: true, Runs: true, Actor: n.BaseURL + "/actor"}, Home: true}
	return tx.ListThread(r.ID, everything).Total > 0
}
