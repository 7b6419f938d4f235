package federation

import (
	"errors"
	"fmt"
	"slices"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// createMirror takes a record of another node in, when somebody here has to do
// with it. A record that was deleted comes back only if it was published again
// after that.
func (n *Node) createMirror(tx *store.Txn, a *Activity) error {
	if len(a.Objects) == 0 {
		return fmt.Errorf("no object: %w", ErrMalformed)
	}
	if a.object().IsZero() {
		tx.AddJob(jobFetch, fetchJob{IRI: a.Object})
		return nil
	}
	it, err := n.readMirror(tx, a.object(), a.actor)
	if err != nil {
		return err
	}
	r := it.Envelope()
	if a.record = r.ID; r.ID != 0 {
		return n.updateMirror(tx, a, it)
	}
	if !n.concerns(tx, a, r) {
		return fmt.Errorf("record %s of %s: %w", r.IRI, a.Actor, ErrIgnored)
	}
	if ts := tx.Tombstone(r.IRI); ts != nil {
		if ts.Owner != a.Actor || a.When.Before(ts.Deleted) {
			return fmt.Errorf("record %s was deleted: %w", r.IRI, ErrIgnored)
		}
		tx.DropTombstone(r.IRI)
	}
	if err := n.putMirror(tx, it, a.Doc.Raw()); err != nil {
		return err
	}
	a.record = r.ID
	return nil
}

// readMirror reads an object that owner sent or serves. The object must be
// owner's own and at home with it (FEP-fe34). The ID is that of the copy that is
// already here, or zero.
func (n *Node) readMirror(tx *store.Txn, doc vocab.Doc, owner *store.Actor) (store.Item, error) {
	if doc.ID() == "" {
		return nil, fmt.Errorf("object without id: %w", ErrMalformed)
	}
	if !store.SameOrigin(doc.ID(), owner.IRI) || n.IsLocal(doc.ID()) {
		return nil, fmt.Errorf("object %s is not at home with %s: %w", doc.ID(), owner.IRI, ErrForbidden)
	}
	if doc.AttributedTo(owner.IRI) != owner.IRI {
		return nil, fmt.Errorf("object %s is not by %s: %w", doc.ID(), owner.IRI, ErrForbidden)
	}
	it, err := vocab.ReadRecord(doc, owner, tx.Now())
	if errors.Is(err, vocab.ErrUnknownType) {
		return nil, fmt.Errorf("%w: %w", err, ErrIgnored)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrMalformed)
	}
	r := it.Envelope()
	r.Root = rootOf(tx, r.InReplyTo)
	r.Addressed = slices.DeleteFunc(r.Addressed, func(iri string) bool { return !n.IsLocal(iri) })
	if old, err := tx.RecordByIRI(r.IRI); err == nil {
		if old.Envelope().Lab != owner.IRI {
			return nil, fmt.Errorf("record %s is of another actor: %w", r.IRI, ErrForbidden)
		}
		r.ID = old.Envelope().ID
	}
	return it, nil
}

// concerns says whether a record is anybody's business here: an actor of this
// node follows its author, is addressed, or published what it answers.
func (n *Node) concerns(tx *store.Txn, a *Activity, r *store.Record) bool {
	followed := tx.FollowedHere(a.actor.ID)
	switch {
	case r.Audience.Open() && (followed || r.Root != 0):
		return true
	case r.Audience == store.FollowedLabs && followed:
		return true
	case len(r.Addressed) > 0:
		return true
	}
	return slices.ContainsFunc(append(a.Doc.Recipients(), a.Inbox), n.isLocalActor(tx))
}

func (n *Node) isLocalActor(tx *store.Txn) func(iri string) bool {
	return func(iri string) bool {
		if !n.IsLocal(iri) {
			return false
		}
		actor, err := tx.ActorByIRI(iri)
		return err == nil && actor.Local
	}
}

// putMirror stores a mirrored record. What a followed actor says of itself, and
// not in somebody else's thread, is in the river.
func (n *Node) putMirror(tx *store.Txn, it store.Item, raw []byte) error {
	if err := tx.PutRecord(it, raw); err != nil {
		return err
	}
	r := it.Envelope()
	author, err := tx.ActorByIRI(r.Lab)
	if err == nil && tx.FollowedHere(author.ID) && n.ownThread(tx, r) {
		tx.AddToRiver(it)
	}
	return nil
}

// ownThread says whether a record begins a thread or goes on in one of its own
// author.
func (n *Node) ownThread(tx *store.Txn, r *store.Record) bool {
	if r.InReplyTo == "" {
		return true
	}
	parent, err := tx.RecordByIRI(r.InReplyTo)
	return err == nil && parent.Envelope().Lab == r.Lab
}

// updateMirror replaces the copy of a record by a newer one.
func (n *Node) updateMirror(tx *store.Txn, a *Activity, it store.Item) error {
	r := it.Envelope()
	old, err := tx.Record(r.ID)
	if err != nil {
		return err
	}
	if r.Updated.Before(old.Envelope().Updated) {
		return fmt.Errorf("record %s is older than the copy here: %w", r.IRI, ErrIgnored)
	}
	r.Created = old.Envelope().Created
	return n.putMirror(tx, it, a.Doc.Raw())
}
