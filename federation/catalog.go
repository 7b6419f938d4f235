package federation

import (
	"context"
	"fmt"
	"time"

	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/federation/integrity"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/store"
)

// Catalog writes a document of the catalogue of this node's lab, for whoever
// signed the request. write is one of catalog.Source's methods.
func (n *Node) Catalog(ctx context.Context, lab *store.Actor, v store.Viewer, write func(*catalog.Source, *store.Txn) ([]byte, error)) (doc []byte, err error) {
	err = n.Store.View(ctx, func(tx *store.Txn) (err error) {
		s := &catalog.Source{
			Lab: lab, Viewer: v, Document: n.provedObject,
			Seal: func(doc []byte) ([]byte, error) { return Prove(tx, doc, lab, catalogChanged(tx, lab)) },
		}
		doc, err = write(s, tx)
		return err
	})
	return doc, err
}

func catalogChanged(tx *store.Txn, lab *store.Actor) time.Time {
	if c := tx.Catalogue(lab.IRI); c != nil {
		return c.Updated
	}
	return lab.Created
}

// provedObject is a record or a member of this node as others may hand it on.
func (n *Node) provedObject(tx *store.Txn, e *store.Listed) ([]byte, error) {
	if e.Kind == store.MemberKind {
		m, err := tx.ActorByIRI(e.IRI)
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", e.IRI, err)
		}
		return Prove(tx, n.ActorDocument(tx, m), m, m.Updated)
	}
	it, err := tx.Record(e.Record)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", e.IRI, err)
	}
	return ProvedRecord(tx, it)
}

// ProvedRecord is the document of a record of this node with the proof of who
// publishes it (FEP-8b32).
func ProvedRecord(tx *store.Txn, it store.Item) ([]byte, error) {
	r := it.Envelope()
	author, err := tx.ActorByIRI(r.Lab)
	if err != nil {
		return nil, fmt.Errorf("author %s: %w", r.Lab, err)
	}
	return Prove(tx, tx.Raw(r.ID), author, r.Updated)
}

// Prove signs a document of an actor of this node, as of the moment at.
func Prove(tx *store.Txn, doc []byte, by *store.Actor, at time.Time) ([]byte, error) {
	keys, err := tx.Keypair(by.ID)
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", by.IRI, err)
	}
	signer, err := keyring.Prover(by.IRI, keys)
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", by.IRI, err)
	}
	return integrity.Sign(doc, signer, at)
}
