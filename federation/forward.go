package federation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// Servers pass on to the followers of somebody what others answer him
// (ActivityPub §7.1.2). Such an activity is signed by him and not by its actor, so
// nothing in it is believed: it names an object, and what the object's own origin
// says of it counts.

// One host may name this many objects at once, and one more every few seconds.
const (
	forwardBurst = 20
	forwardEvery = 5 * time.Second
)

// forwardable says whether an activity is one that servers pass on. All else in
// another's name is forged.
func (n *Node) forwardable(a *Activity) bool {
	switch a.Verb {
	case "Create", "Update", "Delete":
		if !store.SameOrigin(a.Object, a.Actor) || a.Object == a.Actor {
			return false
		}
	case "Announce":
	default:
		return false
	}
	return store.SameOrigin(a.IRI, a.Actor) && !n.IsLocal(a.Actor) && store.Origin(a.Object) != "" && !n.IsLocal(a.Object)
}

// receiveForwarded leaves the job to look what became of an object that somebody
// who is followed here passes on. From anybody else it is a forgery:
// ErrForbidden. The activity is not kept: under its id its actor may send it yet.
func (n *Node) receiveForwarded(ctx context.Context, a *Activity, signer string) error {
	if err := n.room(a.Verb); err != nil {
		return err
	}
	if err := n.Store.View(ctx, func(tx *store.Txn) error { return checkForwarded(tx, a, signer) }); err != nil {
		return err
	}
	if !n.forwards.allow(store.HostOf(signer)) {
		return fmt.Errorf("%s passes on too much: %w", signer, ErrIgnored)
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		tx.AddJob(jobFetch, fetchJob{IRI: a.Object, Forwarded: true, Deleted: a.Verb == "Delete", Doc: bearing(a)})
		return nil
	})
}

func checkForwarded(tx *store.Txn, a *Activity, signer string) error {
	by, err := tx.ActorByIRI(signer)
	if err != nil || !tx.FollowedHere(by.ID) || tx.BlockedHere(by.ID) {
		return fmt.Errorf("%s speaks for %s: %w", signer, a.Actor, ErrForbidden)
	}
	if _, err := openCopy(tx, a.Object); a.Verb == "Delete" && err != nil {
		return fmt.Errorf("deletion of %s: %w", a.Object, ErrIgnored)
	}
	return nil
}

// openCopy finds a copy of somebody else's record that its origin shows to
// everybody. Of others a 404 says nothing.
func openCopy(tx *store.Txn, iri string) (store.Item, error) {
	it, err := tx.RecordByIRI(iri)
	if err == nil && (!it.Envelope().Remote || !it.Envelope().Audience.Open()) {
		return nil, store.ErrNotFound
	}
	return it, err
}

// learnForwarded keeps what the origin of a forwarded object says of it: that it
// is gone, if that is what was told; or the object, if it concerns anybody here.
// An object with its author's proof needs not be asked for.
func (n *Node) learnForwarded(ctx context.Context, j fetchJob) error {
	doc, err := n.proved(ctx, j.Doc)
	if err != nil || doc.ID() != j.IRI {
		doc, err = n.dereference(ctx, j.IRI)
	}
	if j.Deleted && (errors.Is(err, fetch.ErrGone) || errors.Is(err, fetch.ErrNotFound)) {
		return n.forgetCopy(ctx, j.IRI)
	}
	if err != nil {
		return err
	}
	err = n.Store.View(ctx, func(tx *store.Txn) error {
		if !continues(tx, doc) {
			return fmt.Errorf("forwarded %s: %w", j.IRI, ErrIgnored)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return n.learnRecord(ctx, doc, false)
}

// continues says whether a record is known here, is by somebody who is followed
// here, or belongs to a thread of which something is here.
func continues(tx *store.Txn, doc vocab.Doc) bool {
	if _, err := tx.RecordByIRI(doc.ID()); err == nil {
		return true
	}
	if author, err := tx.ActorByIRI(doc.AttributedTo("")); err == nil && tx.FollowedHere(author.ID) {
		return true
	}
	return rootOf(tx, doc.IRI("inReplyTo")) != 0
}

// forgetCopy deletes the copy of a record that is no more at its origin.
func (n *Node) forgetCopy(ctx context.Context, iri string) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		it, err := openCopy(tx, iri)
		if err != nil {
			return err
		}
		r := it.Envelope()
		tx.DeleteRecord(it, &store.Tombstone{IRI: r.IRI, Type: r.Type, Owner: r.Lab, Deleted: tx.Now(), Public: true})
		return nil
	})
}
