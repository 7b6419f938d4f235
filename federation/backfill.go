package federation

import (
	"context"
	"errors"
	"fmt"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// What is read of a followed actor's past: other servers never send it.
const (
	backfillPages   = 5
	backfillItems   = 200
	backfillFetches = 20 // items that come by name only
)

// backfill reads the newest posts of an actor that this node begins to follow,
// from its outbox.
func (n *Node) backfill(ctx context.Context, iri string) error {
	var actor *store.Actor
	err := n.Store.View(ctx, func(tx *store.Txn) (err error) {
		actor, err = tx.ActorByIRI(iri)
		return err
	})
	if err != nil {
		return err
	}
	if actor.Outbox == "" {
		return fmt.Errorf("outbox of %s: %w", iri, store.ErrNotFound)
	}
	root, err := n.dereference(ctx, actor.Outbox)
	if err != nil {
		return err
	}
	b := backfiller{n: n, actor: actor}
	return b.collection(ctx, root)
}

type backfiller struct {
	n              *Node
	actor          *store.Actor
	items, fetches int
}

// collection reads a collection page by page. Every page lies on the actor's own
// origin, so what it embeds from there is as good as fetched (FEP-fe34).
func (b *backfiller) collection(ctx context.Context, page vocab.Doc) error {
	seen := map[string]bool{}
	for range backfillPages {
		for _, item := range page.Items() {
			if b.items++; b.items > backfillItems {
				return nil
			}
			if err := b.item(ctx, item); err != nil {
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
		if next == "" || seen[next] || !store.SameOrigin(next, b.actor.IRI) {
			return nil
		}
		seen[next] = true
		var err error
		if page, err = b.n.dereference(ctx, next); err != nil {
			return err
		}
	}
	return nil
}

// item keeps one post. What is not the actor's own, or of no use here, is left
// out; only what says that trying again helps is an error.
func (b *backfiller) item(ctx context.Context, item vocab.Ref) error {
	doc := item.Doc
	if doc.Verb() == "Create" {
		item = vocab.Ref{IRI: doc.IRI("object"), Doc: doc.Doc("object")}
		doc = item.Doc
	}
	if doc.Verb() == "Announce" || !store.SameOrigin(item.IRI, b.actor.IRI) {
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
	return temporary(b.n.learnRecord(ctx, doc, false))
}

// temporary keeps only those errors that another try may cure.
func temporary(err error) error {
	if err == nil || hopeless(err) || errors.Is(err, vocab.ErrMalformed) {
		return nil
	}
	return err
}
