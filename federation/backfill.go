package federation

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// What is read of an actor that has no catalogue: other servers never send the
// past.
const (
	backfillPages   = 20 // of each collection
	backfillItems   = 1000
	backfillFetches = 100 // items that come by name only
)

// backfill reads the collections of an actor that has no catalogue: those of a
// Mobilizon group, then what everybody has, and what it pinned when there is
// nothing else.
func (c *copying) backfill(ctx context.Context) error {
	b := backfiller{n: c.n, actor: c.lab}
	failed := fmt.Errorf("collections of %s: %w", c.lab.IRI, store.ErrNotFound)
	for _, address := range append(slices.Clone(c.lab.Shelves), c.lab.Outbox, c.lab.Featured) {
		if address == "" || address == c.lab.Featured && b.items > 0 {
			continue
		}
		err := b.read(ctx, address)
		switch {
		case err == nil:
			failed = nil
		case temporary(err) != nil:
			return err
		case failed != nil:
			failed = err
		}
	}
	if failed != nil && b.items == 0 {
		return failed
	}
	return c.save(ctx, func(tx *store.Txn, s *store.Sync) error {
		s.Theirs, s.Seen, s.Checked = nil, b.items, tx.Now()
		return nil
	})
}

type backfiller struct {
	n              *Node
	actor          *store.Actor
	items, fetches int
}

// read reads a collection. Every page lies on the actor's own origin, so what it
// embeds from there is as good as fetched (FEP-fe34).
func (b *backfiller) read(ctx context.Context, address string) error {
	return b.n.eachItem(ctx, address, func(item vocab.Ref) (more bool, err error) {
		if b.items++; b.items > backfillItems {
			return false, nil
		}
		return true, b.item(ctx, item)
	})
}

// eachItem calls what for the items of a collection, page by page, until it wants
// no more or fails. All pages lie on the origin of the collection.
func (n *Node) eachItem(ctx context.Context, address string, what func(vocab.Ref) (more bool, err error)) error {
	page, err := n.dereference(ctx, address)
	if err != nil {
		return err
	}
	seen := map[string]bool{address: true}
	for range backfillPages {
		for _, item := range page.Items() {
			if more, err := what(item); err != nil || !more {
				return err
			}
		}
		next := page.IRI("next")
		if first := page.Doc("first"); !first.IsZero() {
			page = first
			continue
		}
		if next == "" {
			next = page.IRI("first")
		}
		if next == "" || seen[next] || !store.SameOrigin(next, address) {
			return nil
		}
		seen[next] = true
		if page, err = n.dereference(ctx, next); err != nil {
			return err
		}
	}
	return nil
}

// item keeps one post. What is not the actor's own, or of no use here, is left
// out; only what says that trying again helps is an error.
func (b *backfiller) item(ctx context.Context, item vocab.Ref) error {
	doc := item.Doc
	switch doc.Verb() {
	case "Create":
		item = vocab.Ref{IRI: doc.IRI("object"), Doc: doc.Doc("object")}
	case "Announce": // a PeerTube channel passes on its own films
		item = vocab.Ref{IRI: doc.IRI("object")}
	}
	if doc = item.Doc; !store.SameOrigin(item.IRI, b.actor.IRI) {
		return nil
	}
	if doc.IsZero() {
		if b.fetches++; b.fetches > backfillFetches {
			return nil
		}
		var err error
		if doc, err = b.n.dereference(ctx, item.IRI); err != nil {
			return temporary(err)
		}
	}
	if doc.AttributedTo(b.actor.IRI) != b.actor.IRI {
		return nil
	}
	return temporary(b.n.learnOf(ctx, doc, b.actor.IRI, false))
}

// temporary keeps only those errors that another try may cure.
func temporary(err error) error {
	if err == nil || hopeless(err) || errors.Is(err, vocab.ErrMalformed) {
		return nil
	}
	return err
}
