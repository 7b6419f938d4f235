package federation

import (
	"errors"
	"fmt"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// remove deletes a record, or the actor itself with all that is its own.
func remove(n *Node, tx *store.Txn, a *Activity) error {
	if a.Object == "" {
		return fmt.Errorf("no object: %w", ErrMalformed)
	}
	if a.Object == a.Actor {
		return n.removeActor(tx, a)
	}
	it, err := tx.RecordByIRI(a.Object)
	switch {
	case err == nil && a.local:
		return n.removeItem(tx, a, it)
	case err == nil:
		return n.removeMirror(tx, a, it)
	case a.local:
		return err
	case errors.Is(err, store.ErrGone) && wasHere(tx, a):
		return fmt.Errorf("record %s: %w", a.Object, errSeen)
	case !store.SameOrigin(a.Object, a.Actor):
		return fmt.Errorf("record %s is not at home with %s: %w", a.Object, a.Actor, ErrForbidden)
	case !tx.FollowedHere(a.actor.ID):
		return fmt.Errorf("record %s was never here: %w", a.Object, ErrIgnored) // strangers could fill the store
	}
	// Not here, or not yet: it shall not come late.
	tx.DeleteListed(a.Actor, a.Object, false)
	tx.PutTombstone(&store.Tombstone{IRI: a.Object, Owner: a.Actor, Deleted: a.When})
	return nil
}

// wasHere says whether a deleted record was one of this node's copies, or its
// deletion was told by the same actor.
func wasHere(tx *store.Txn, a *Activity) bool {
	ts := tx.Tombstone(a.Object)
	return ts.Type != "" || ts.Owner == a.Actor
}

func (n *Node) removeItem(tx *store.Txn, a *Activity, it store.Item) error {
	r := it.Envelope()
	if r.Remote || r.Lab != a.Actor || a.by != nil && !a.by.CanEdit(r) {
		return fmt.Errorf("record %s: %w", r.IRI, ErrForbidden)
	}
	a.to = n.recipients(tx, a.actor.ID, it)
	a.body = n.deletion(a, a.IRI, r)
	a.open = false // an outbox shows what there is
	tx.HideFromOutbox(a.actor.ID, r.ID)
	news := newsOf(tx, r)
	if err := n.tellGuests(tx, it, nil); err != nil {
		return err
	}
	tx.DeleteRecord(it, &store.Tombstone{
		IRI: r.IRI, Type: r.Type, Owner: r.Lab, Deleted: a.When, Public: r.Audience.Open(),
	})
	for _, note := range news { // they tell of what is no more
		a.cause(&Activity{Verb: "Delete", Actor: a.Actor, Object: note.Envelope().IRI})
	}
	return nil
}

func (n *Node) removeMirror(tx *store.Txn, a *Activity, it store.Item) error {
	r := it.Envelope()
	if r.Lab != a.Actor {
		return fmt.Errorf("record %s is of another actor: %w", r.IRI, ErrForbidden)
	}
	tx.DeleteRecord(it, &store.Tombstone{IRI: r.IRI, Type: r.Type, Owner: r.Lab, Deleted: a.When, Public: r.Audience.Open()})
	return nil
}

// removeActor forgets an actor: its records, follows and profile. Its id stays
// taken for ever.
func (n *Node) removeActor(tx *store.Txn, a *Activity) error {
	if a.local && a.actor.Type != store.Person || a.by != nil && a.by.Role != "" && a.by.Actor != a.Actor {
		return fmt.Errorf("only a member can leave, and nobody for another: %w", ErrForbidden)
	}
	if a.local {
		a.To, a.Cc = []string{vocab.Public}, []string{a.actor.Followers}
		a.to = n.acquainted(tx, a)
	}
	tx.EraseActor(a.actor, a.When)
	return nil
}

// acquainted are those who may hold something of a member who leaves: who follows it or
// its lab, whom it follows, and who heard of what it published.
func (n *Node) acquainted(tx *store.Txn, a *Activity) []store.Recipient {
	heard := []store.ID{a.actor.ID}
	if lab, err := tx.ActorByIRI(a.actor.Lab); err == nil {
		heard = append(heard, lab.ID)
	}
	var to []store.Recipient
	for _, actor := range heard {
		for f := range tx.Followers(actor) {
			to = append(to, store.Recipient{Actor: f.Follower, Inbox: f.Inbox})
		}
	}
	for f := range tx.Following(a.actor.ID) {
		if followed, err := tx.Actor(f.Followed); err == nil {
			to = append(to, recipient(followed))
		}
	}
	for it := range tx.RecordsOf(a.actor, store.Viewer{Actor: a.actor.IRI, Local: true}) {
		if it.Envelope().Lab == a.actor.IRI {
			to = append(to, n.recipients(tx, a.actor.ID, it)...)
		}
	}
	return to
}
