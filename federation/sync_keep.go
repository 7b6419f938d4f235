package federation

import (
	"context"
	"errors"
	"time"

	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// keep takes objects of a catalogue over, by the same rules as everything that
// comes from elsewhere, and notes how far the copy is: all in one transaction.
// asked is when its origin was asked for them: what it deleted since stays
// deleted. With more than is copied of one actor none of them is kept.
func (c *copying) keep(ctx context.Context, items []catalog.Item, asked time.Time, note func(*store.Txn, *store.Sync)) error {
	return c.save(ctx, func(tx *store.Txn, s *store.Sync) error {
		for _, it := range items {
			if err := c.keepItem(tx, s, it, asked); err != nil {
				return err
			}
		}
		note(tx, s)
		if have := tx.Catalogue(c.lab.IRI); have != nil && have.Public.Total()+have.Restricted.Total() > maxCopied {
			return errTooLarge
		}
		return nil
	})
}

// keepItem takes one object over. What is listed and cannot be shown here, or is
// not wanted, is known by its fingerprint alone, so that the whole can be compared.
// What is not at home with the lab is left out altogether (FEP-fe34).
func (c *copying) keepItem(tx *store.Txn, s *store.Sync, item catalog.Item, asked time.Time) error {
	if !store.SameOrigin(item.IRI, c.lab.IRI) {
		s.Foreign++
		return nil
	}
	if item.Deleted {
		return c.dropItem(tx, item.IRI, asked)
	}
	old := tx.Listed(c.lab.IRI, item.IRI)
	if old != nil && old.Rev == item.Rev && (old.Kind == store.MemberKind || c.isKept(tx, s, old)) {
		return nil
	}
	if actor, err := vocab.ReadActor(item.Doc); err == nil {
		return c.keepMember(tx, s, item, actor)
	}
	err := c.keepRecord(tx, s, item, asked)
	if err == nil || !hopeless(err) {
		return err
	}
	if !errors.Is(err, errUnwanted) {
		s.Refused++
	}
	tx.PutListed(c.lab.IRI, &store.Listed{
		IRI: item.IRI, Kind: kindOf(item.Doc), Rev: item.Rev,
		Restricted: item.Doc.Str("essaim:audience") == string(store.FollowedLabs),
	}, false)
	return nil
}

// isKept says whether a listed object is here as it should be. One that is no
// longer among what was chosen is taken away.
func (c *copying) isKept(tx *store.Txn, s *store.Sync, e *store.Listed) bool {
	it, err := tx.Record(e.Record)
	if err != nil {
		return false
	}
	if s.Wants.Has(it.Envelope()) || c.n.needed(tx, it) {
		return true
	}
	tx.ForgetRecord(it)
	return false
}

// skipped notes a record that a lab sent and that is none of those that were
// chosen of it.
func skipped(tx *store.Txn, lab *store.Actor, it store.Item, doc vocab.Doc) bool {
	r := it.Envelope()
	if s := tx.Sync(lab.ID); s == nil || s.Wants.Has(r) || len(r.Addressed) > 0 || r.Root != 0 {
		return false
	}
	if rev, ok := store.RevOf(doc.Raw(), r.IRI); ok && r.Audience != store.Unlisted {
		tx.PutListed(lab.IRI, &store.Listed{IRI: r.IRI, Kind: r.Kind, Rev: rev, Restricted: r.Audience == store.FollowedLabs}, false)
	}
	return true
}

// errUnwanted: the record is none of those that were chosen.
var errUnwanted = errors.Join(ErrIgnored, errors.New("not among what was chosen"))

// keepRecord keeps the copy of a record, under the fingerprint that its origin
// gives it.
func (c *copying) keepRecord(tx *store.Txn, s *store.Sync, item catalog.Item, asked time.Time) error {
	if tx.BlockedHere(c.lab.ID) {
		return ErrBlocked
	}
	it, err := c.n.readMirror(tx, item.Doc, c.lab)
	if err != nil {
		return err
	}
	r := it.Envelope()
	if !s.Wants.Has(r) {
		return errUnwanted
	}
	if err := revive(tx, r.IRI, c.lab.IRI, asked); err != nil {
		return err
	}
	if old, err := tx.Record(r.ID); err == nil && r.Updated.Before(old.Envelope().Updated) {
		return nil // an Update overtook the page
	}
	if err := c.n.putMirror(tx, it, item.Doc.Raw()); err != nil {
		return err
	}
	tx.Confirm(it)
	if e := tx.Listed(c.lab.IRI, r.IRI); e != nil && e.Rev != item.Rev {
		e.Rev = item.Rev
		tx.PutListed(c.lab.IRI, e, false)
	}
	return nil
}

// keepMember keeps the copy of a member of the lab.
func (c *copying) keepMember(tx *store.Txn, s *store.Sync, item catalog.Item, actor *store.Actor) error {
	tx.PutListed(c.lab.IRI, &store.Listed{IRI: item.IRI, Kind: store.MemberKind, Rev: item.Rev}, false)
	if err := c.checkMember(tx, actor); err != nil {
		s.Refused++
	}
	return nil
}

func (c *copying) checkMember(tx *store.Txn, actor *store.Actor) error {
	if actor.Lab != c.lab.IRI || actor.Type != store.Person || actor.IRI == c.lab.IRI {
		return ErrForbidden
	}
	if old, err := tx.ActorByIRI(actor.IRI); err == nil && actor.Updated.Before(old.Updated) {
		return nil // an Update overtook the page
	}
	return c.n.putRemoteActor(tx, actor)
}

// dropItem removes what left the catalogue: it was deleted, or is no longer for
// us.
func (c *copying) dropItem(tx *store.Txn, iri string, asked time.Time) error {
	if m, err := tx.ActorByIRI(iri); err == nil && !m.Local && m.Lab == c.lab.IRI {
		m.Discoverable, m.Indexable = false, false
		if err := tx.PutActor(m); err != nil {
			return err
		}
	}
	if it, err := tx.RecordByIRI(iri); err == nil && it.Envelope().Lab == c.lab.IRI && it.Envelope().Remote {
		r := it.Envelope()
		if r.Fetched.After(asked) {
			return nil // it came while the origin answered
		}
		tx.DeleteRecord(it, &store.Tombstone{IRI: r.IRI, Type: r.Type, Owner: r.Lab, Deleted: tx.Now(), Public: r.Audience.Open()})
	}
	tx.DeleteListed(c.lab.IRI, iri, false)
	return nil
}

// kindOf is the kind of an object that is not kept here.
func kindOf(doc vocab.Doc) string {
	if k := store.KindOf(doc.Str("essaim:kind")); k != nil {
		return k.Name
	}
	return "news" // as everything is taken that is of no kind
}
