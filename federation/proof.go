package federation

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"

	"github.com/essaim/essaim/federation/integrity"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// maxProved bounds an object that is kept for the job that looks at its proof, in
// bytes.
const maxProved = 64 << 10

// bearing returns the object of an activity that somebody passed on, when it bears
// a proof.
func bearing(a *Activity) json.RawMessage {
	raw := a.object().Raw()
	if a.Verb == "Delete" || len(raw) > maxProved {
		return nil
	}
	if _, err := integrity.Method(raw); err != nil {
		return nil
	}
	return raw
}

// proved reads an object that came second-hand. Its author's own proof makes it as
// good as fetched from its origin, for everybody's eyes (FEP-8b32, FEP-fe34): the
// key must be the author's, and the author at home where the object is.
func (n *Node) proved(ctx context.Context, raw []byte) (doc vocab.Doc, err error) {
	if doc, err = vocab.Parse(raw); err != nil {
		return doc, err
	}
	method, err := integrity.Method(raw)
	if err != nil {
		return doc, err
	}
	owner := doc.AttributedTo("")
	if !store.SameOrigin(owner, doc.ID()) || !store.SameOrigin(owner, method) || doc.Visibility() != vocab.Listed {
		return doc, fmt.Errorf("proof of %s by %s: %w", doc.ID(), method, ErrForbidden)
	}
	if err := n.ensureActor(ctx, owner); err != nil {
		return doc, err
	}
	key, err := n.proofKey(ctx, owner, method)
	if err != nil {
		return doc, err
	}
	return doc, integrity.Verify(raw, key)
}

// proofKey is the Ed25519 key that an actor shows under exactly this id.
func (n *Node) proofKey(ctx context.Context, owner, method string) (key ed25519.PublicKey, err error) {
	err = n.Store.View(ctx, func(tx *store.Txn) error {
		actor, k, err := tx.ActorByKey(method)
		if err != nil || actor.IRI != owner || !actor.Deleted.IsZero() {
			return fmt.Errorf("key %s of %s: %w", method, owner, integrity.ErrInvalid)
		}
		parsed, err := n.keys.parse(k)
		if err != nil {
			return err
		}
		var ok bool
		if key, ok = parsed.(ed25519.PublicKey); !ok {
			return fmt.Errorf("key %s is of another kind: %w", method, integrity.ErrInvalid)
		}
		return nil
	})
	return key, err
}
