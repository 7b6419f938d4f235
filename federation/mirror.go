package federation

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// maxObjects bounds the records that one activity brings.
const maxObjects = 20

// createMirror takes the records of another node in, when somebody here has to do
// with them. There is nearly always one; GoToSocial sends several votes at once.
func (n *Node) createMirror(tx *store.Txn, a *Activity) error {
	refs := a.Doc.Refs("object")
	if len(refs) == 0 || len(refs) > maxObjects {
		return fmt.Errorf("%d objects: %w", len(refs), ErrMalformed)
	}
	var ignored error
	taken := false
	for _, ref := range refs {
		err := n.mirror(tx, a, ref)
		switch {
		case err == nil:
			taken = true
		case errors.Is(err, ErrIgnored):
			ignored = err
		default:
			return err
		}
	}
	if taken {
		return nil
	}
	return ignored
}

// mirror takes one record in. One that was deleted comes back only if it was
// published again after that.
func (n *Node) mirror(tx *store.Txn, a *Activity, ref vocab.Ref) error {
	if ref.Doc.IsZero() {
		return n.mirrorLater(tx, a, ref.IRI)
	}
	if speaksForGroup(tx, a, ref.Doc) {
		tx.AddJob(jobFetch, fetchJob{IRI: ref.Doc.ID()})
		return nil
	}
	it, err := n.readMirror(tx, ref.Doc, a.actor)
	if err != nil {
		return err
	}
	r := it.Envelope()
	if r.ID != 0 {
		return n.updateMirror(tx, a, it)
	}
	if skipped(tx, a.actor, it, ref.Doc) {
		return nil
	}
	if !n.concerns(tx, a, r) {
		return fmt.Errorf("record %s of %s: %w", r.IRI, a.Actor, ErrIgnored)
	}
	if !r.Audience.Open() && len(r.Addressed) == 0 && n.reaches(tx, a.actor)(a.Inbox) {
		r.Addressed = []string{a.Inbox} // named in bto or bcc, which nobody shows
	}
	when := a.When
	if !a.Doc.Has("published") {
		when = r.Updated // a late Create without a time must not count as new
	}
	if err := revive(tx, r.IRI, a.Actor, when); err != nil {
		return err
	}
	if err := n.putMirror(tx, it, a.Doc.Raw()); err != nil {
		return err
	}
	tx.TellMentioned(r, ref.Doc.Mentions())
	a.record = r.ID
	checkRelations(tx, it)
	if r.Root != 0 {
		n.askThread(tx, r)
	}
	return nil
}

// speaksForGroup says whether somebody brings what a group of the same server
// publishes, and that is followed here: in Mobilizon a person signs for a group.
// What the group says is asked of its origin.
func speaksForGroup(tx *store.Txn, a *Activity, doc vocab.Doc) bool {
	owner := doc.AttributedTo(a.Actor)
	if owner == a.Actor || !store.SameOrigin(owner, a.Actor) || !store.SameOrigin(doc.ID(), owner) {
		return false
	}
	group, err := tx.ActorByIRI(owner)
	return err == nil && group.Type == store.Group && tx.FollowedHere(group.ID)
}

// mirrorLater leaves the job to fetch a record that was only named.
func (n *Node) mirrorLater(tx *store.Txn, a *Activity, iri string) error {
	switch {
	case store.Origin(iri) == "":
		return fmt.Errorf("object %q: %w", iri, ErrIgnored)
	case !store.SameOrigin(iri, a.Actor):
		return fmt.Errorf("object %s is not at home with %s: %w", iri, a.Actor, ErrForbidden)
	case !tx.FollowedHere(a.actor.ID) && !n.namesUs(tx, a):
		return fmt.Errorf("object %s: %w", iri, ErrIgnored)
	}
	tx.AddJob(jobFetch, fetchJob{IRI: iri})
	return nil
}

// revive forgets the deletion of a record that its owner published again after
// it. A deletion that was told of a record which was never here binds only the
// actor who told it: another one of its server may own the record.
func revive(tx *store.Txn, iri, owner string, when time.Time) error {
	ts := tx.Tombstone(iri)
	switch {
	case ts == nil:
		return nil
	case ts.Owner == owner && when.Before(ts.Deleted), ts.Owner != owner && ts.Type != "":
		return fmt.Errorf("record %s was deleted: %w", iri, ErrIgnored)
	}
	tx.DropTombstone(iri)
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
	reaches := n.reaches(tx, owner)
	r.Addressed = slices.DeleteFunc(r.Addressed, func(iri string) bool { return !reaches(iri) })
	if r.Audience == store.FollowedLabs && !tx.FollowedHere(owner.ID) {
		r.Audience = store.Named // for followers, of whom nobody is here: only for those whom it names
	}
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
	return n.namesUs(tx, a)
}

// namesUs says whether an activity is for an actor of this node.
func (n *Node) namesUs(tx *store.Txn, a *Activity) bool {
	return slices.ContainsFunc(append(a.Doc.Recipients(), a.Inbox), n.reaches(tx, a.actor))
}

// reaches says of an IRI whether it is an actor of this node who does not keep
// the author away.
func (n *Node) reaches(tx *store.Txn, author *store.Actor) func(iri string) bool {
	return func(iri string) bool {
		if !n.IsLocal(iri) {
			return false
		}
		actor, err := tx.ActorByIRI(iri)
		return err == nil && actor.Local && actor.Deleted.IsZero() && !tx.Blocks(actor.ID, author.ID)
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
	r.Created, a.record = old.Envelope().Created, r.ID
	if err := n.putMirror(tx, it, a.Doc.Raw()); err != nil {
		return err
	}
	checkRelations(tx, it)
	return nil
}
