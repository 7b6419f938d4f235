package federation

import (
	"context"
	"fmt"
	"time"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// A conversation lies with whoever began it, as a collection (FEP-f228): others are sent
// only what those say whom they follow. When somebody says something in a conversation
// that began elsewhere, or looks it up, the rest of it is read there, each part from its
// own origin.

const jobThread = "thread"

type threadJob struct {
	IRI string `json:"iri"` // of the record that began it
}

const (
	threadParts = 30          // that are fetched at once
	threadEvery = time.Minute // of one host, after the first ones
	threadBurst = 10
)

// askThread leaves the job to read the conversation in which a record of somebody else
// stands, or that it began.
func (n *Node) askThread(tx *store.Txn, r *store.Record) {
	root := r
	if r.Root != 0 {
		it, err := tx.Record(r.Root)
		if err != nil {
			return
		}
		root = it.Envelope()
	}
	if root.Remote && root.Audience.Open() {
		tx.AddJob(jobThread, threadJob{IRI: root.IRI})
	}
}

// readThread reads a conversation, unless its host was asked for many lately.
func (n *Node) readThread(ctx context.Context, iri string) error {
	if !n.threads.allow(store.HostOf(iri)) {
		return nil
	}
	began, err := n.dereference(ctx, iri)
	if err != nil {
		return err
	}
	address := began.IRI("context")
	if !store.SameOrigin(address, iri) || address == iri {
		return nil // it has none that lies there
	}
	left := threadParts
	err = n.eachItem(ctx, address, func(item vocab.Ref) (more bool, err error) {
		fetched, err := n.readAnswer(ctx, item.IRI, iri)
		if fetched {
			left--
		}
		return left > 0, err
	})
	return temporary(err)
}

// readAnswer keeps a part of a conversation that is not here yet, when its own origin
// says that it is one. That one of them cannot be had is no reason to give the others up.
func (n *Node) readAnswer(ctx context.Context, iri, root string) (fetched bool, err error) {
	missing := false
	err = n.Store.View(ctx, func(tx *store.Txn) error {
		_, err := tx.RecordByIRI(iri)
		missing = err != nil && tx.Tombstone(iri) == nil && store.Origin(iri) != "" && !n.IsLocal(iri) && n.admits(tx, store.HostOf(iri))
		return nil
	})
	if err != nil || !missing {
		return false, err
	}
	doc, err := n.dereference(ctx, iri)
	if err != nil {
		return true, nil //nolint:nilerr // see above
	}
	err = n.Store.View(ctx, func(tx *store.Txn) error {
		began, err := tx.RecordByIRI(root)
		if err == nil && rootOf(tx, doc.IRI("inReplyTo")) != began.Envelope().ID {
			err = fmt.Errorf("%s is not of the conversation: %w", iri, ErrIgnored)
		}
		return err
	})
	if err == nil {
		err = n.learnRecord(ctx, doc, false)
	}
	if err != nil {
		n.Log.Debug("read a conversation", "object", iri, "err", err)
	}
	return true, nil
}
