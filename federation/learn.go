package federation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/federation/webfinger"
	"github.com/essaim/essaim/store"
)

// Learn fetches a document from its own origin and keeps the copy: an actor, or a
// record with the actor that publishes it, and later what others said about it. It touches only what is at home there.
// It is the small door for what another node says about itself without having
// sent it.
func (n *Node) Learn(ctx context.Context, iri string) error {
	doc, err := n.dereference(ctx, iri)
	if err != nil {
		return err
	}
	if actor, err := vocab.ReadActor(doc); err == nil {
		return n.learnActor(ctx, actor)
	}
	if err := n.learnRecord(ctx, doc, false); err != nil {
		return err
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		it, err := tx.RecordByIRI(doc.ID())
		if err == nil {
			n.askThread(tx, it.Envelope())
		}
		return err
	})
}

// dereference fetches and parses a document of another node: what is at home here
// and not in the store is nowhere.
func (n *Node) dereference(ctx context.Context, iri string) (vocab.Doc, error) {
	return n.read(ctx, iri, n.Fetch.Object)
}

func (n *Node) read(ctx context.Context, iri string, get func(context.Context, string) (*fetch.Document, error)) (vocab.Doc, error) {
	if n.IsLocal(iri) {
		return vocab.Doc{}, fmt.Errorf("%s of this node: %w", iri, store.ErrNotFound)
	}
	got, err := get(ctx, iri)
	if err != nil {
		return vocab.Doc{}, err
	}
	return vocab.Parse(got.Body)
}

func (n *Node) learnActor(ctx context.Context, actor *store.Actor) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error { return n.putRemoteActor(tx, actor) })
}

// putRemoteActor replaces the copy of an actor of another node. Its address
// keeps the account domain that was verified for it.
func (n *Node) putRemoteActor(tx *store.Txn, actor *store.Actor) error {
	if n.IsLocal(actor.IRI) {
		return fmt.Errorf("actor %s is of this node: %w", actor.IRI, ErrForbidden)
	}
	if old, err := tx.ActorByIRI(actor.IRI); err == nil {
		if !old.Deleted.IsZero() {
			return fmt.Errorf("actor %s: %w", actor.IRI, store.ErrGone)
		}
		actor.ID = old.ID
		if old.Handle == actor.Handle {
			actor.Host = old.Host
		}
	}
	actor.Fetched = tx.Now()
	if err := tx.PutActor(actor); err != nil {
		return err
	}
	checkMembership(tx, actor)
	return nil
}

// learnRecord keeps a record that was fetched from its own origin, after the
// actor that publishes it. announced puts it into the river whoever wrote it.
func (n *Node) learnRecord(ctx context.Context, doc vocab.Doc, announced bool) error {
	return n.learnOf(ctx, doc, doc.AttributedTo(""), announced)
}

// learnOf is learnRecord for one of several to whom the record is attributed.
func (n *Node) learnOf(ctx context.Context, doc vocab.Doc, owner string, announced bool) error {
	if !store.SameOrigin(owner, doc.ID()) {
		return fmt.Errorf("record %s of %s: %w", doc.ID(), owner, ErrForbidden)
	}
	if err := n.room("copy"); err != nil {
		return err
	}
	if err := n.ensureActor(ctx, owner); err != nil {
		return err
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error { return n.keepCopy(tx, doc, owner, announced) })
}

func (n *Node) keepCopy(tx *store.Txn, doc vocab.Doc, owner string, announced bool) error {
	author, err := tx.ActorByIRI(owner)
	switch {
	case err != nil:
		return err
	case !author.Deleted.IsZero():
		return fmt.Errorf("author %s: %w", owner, store.ErrGone)
	case !n.admits(tx, author.Host) || tx.BlockedHere(author.ID):
		return fmt.Errorf("author %s: %w", owner, ErrBlocked)
	}
	it, err := n.readMirror(tx, doc, author)
	if err != nil {
		return err
	}
	r := it.Envelope()
	if err := revive(tx, r.IRI, owner, time.Time{}); err != nil {
		return err
	}
	if old, err := tx.Record(r.ID); err == nil && r.Updated.Before(old.Envelope().Updated) {
		it = old // an Update overtook the fetch
	} else if err := n.putMirror(tx, it, doc.Raw()); err != nil {
		return err
	} else {
		tx.Confirm(it)
	}
	if announced && it.Envelope().Audience == store.Public {
		tx.AddToRiver(it)
	}
	return nil
}

// ensureActor fetches an actor that is not here yet.
func (n *Node) ensureActor(ctx context.Context, iri string) error {
	err := n.Store.View(ctx, func(tx *store.Txn) error {
		_, err := tx.ActorByIRI(iri)
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	doc, err := n.dereference(ctx, iri)
	if err != nil {
		return err
	}
	actor, err := vocab.ReadActor(doc)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotActor, err)
	}
	return n.learnActor(ctx, actor)
}

// Resolve finds the actor that somebody typed or pasted: a handle, the address
// of its page, or a link to something that it published. Errors:
// webfinger.ErrInvalid, ErrNotActor, ErrUnreachable, ErrBlocked; store.ErrNotFound
// and store.ErrGone when its server answers that there is nobody, or no longer.
func (n *Node) Resolve(ctx context.Context, text string) (*store.Actor, error) {
	address, err := webfinger.ParseHandle(text, n.Fetch.BaseURL)
	if err != nil {
		return nil, err
	}
	if a := n.localByAddress(ctx, address); a != nil {
		return a, nil
	}
	iri, host := address.URL, ""
	if address.User != "" {
		id, err := webfinger.Lookup(ctx, n.Fetch, address.User, address.Host)
		if err != nil {
			return nil, unreachable(err)
		}
		iri, host = id.Actor, id.Host
	}
	return n.resolveIRI(ctx, iri, host)
}

func (n *Node) localByAddress(ctx context.Context, address webfinger.Address) (a *store.Actor) {
	_ = n.Store.View(ctx, func(tx *store.Txn) error { // not found is nil
		if address.Host == n.Host() {
			a, _ = tx.ActorByHandle(address.User, address.Host)
		} else if n.IsLocal(address.URL) {
			if a, _ = tx.ActorByIRI(address.URL); a == nil {
				a, _ = tx.Lab() // any page of ours stands for the lab
			}
		}
		return nil
	})
	return a
}

// resolveIRI fetches an actor by its id, its page, or something it published.
// host is the account domain that named it, or empty.
func (n *Node) resolveIRI(ctx context.Context, iri, host string) (*store.Actor, error) {
	doc, err := n.dereference(ctx, iri)
	if errors.Is(err, fetch.ErrContentType) || errors.Is(err, fetch.ErrNotFound) {
		if iri, err = webfinger.LookupURL(ctx, n.Fetch, iri); err == nil {
			doc, err = n.dereference(ctx, iri)
		}
	}
	if err != nil {
		return nil, unreachable(err)
	}
	actor, err := vocab.ReadActor(doc)
	if owner := doc.AttributedTo(""); errors.Is(err, vocab.ErrUnknownType) && store.SameOrigin(owner, doc.ID()) {
		if doc, err = n.dereference(ctx, owner); err != nil {
			return nil, unreachable(err)
		}
		actor, err = vocab.ReadActor(doc)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotActor, err)
	}
	if err := n.learnActor(ctx, actor); err != nil {
		return nil, err
	}
	return actor, n.verifyHost(ctx, actor, host)
}

// verifyHost gives an actor the account domain that named it, when the actor's
// own server says the same of it.
func (n *Node) verifyHost(ctx context.Context, actor *store.Actor, host string) error {
	if host == "" || host == actor.Host {
		return nil
	}
	if id, err := webfinger.Verify(ctx, n.Fetch, actor.IRI, actor.Handle); err != nil || id.Host != host {
		return nil //nolint:nilerr // it is shown under the name of its server
	}
	actor.Host = host
	return n.Store.Update(ctx, func(tx *store.Txn) error { return tx.PutActor(actor) })
}

func unreachable(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNotActor):
		return err
	case errors.Is(err, fetch.ErrBlocked):
		return fmt.Errorf("%w: %w", ErrBlocked, err)
	case errors.Is(err, fetch.ErrPaused):
		return fmt.Errorf("%w: %w", ErrPaused, err)
	case errors.Is(err, fetch.ErrGone):
		return fmt.Errorf("%w: %w", store.ErrGone, err)
	case errors.Is(err, fetch.ErrNotFound), errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("%w: %w", store.ErrNotFound, err)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// gather does what an activity of this node needs from the network before its
// transaction begins.
func (n *Node) gather(ctx context.Context, a *Activity) error {
	if a.Item != nil && !a.byForm() {
		return n.gatherMentions(ctx, a)
	}
	if a.Verb != "Follow" || n.IsLocal(a.Object) {
		return nil
	}
	if err := n.ensureActor(ctx, a.Object); err != nil {
		return unreachable(err)
	}
	return nil
}
