// Package keyring makes the keys of this node's actors and signs with them.
//
// Every local actor has two: RSA-2048, which everybody understands, and Ed25519
// (FEP-521a), which costs a fortieth and goes to nodes that announce it. The
// private halves lie in the store; parsed ones are kept in memory.
package keyring

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"sync"

	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/store"
)

const (
	rsaBits    = 2048
	rsaFrag    = "#main-key"
	ed25519Tag = "#ed25519-1"
)

// Pair is a signer of each sort for one actor.
type Pair struct {
	RSA     httpsig.Signer
	Ed25519 httpsig.Signer
}

// New makes the keys of an actor: the private halves to keep, and the public
// ones to put into its document.
func New(actor string) (*store.Keypair, []store.PublicKey, error) {
	priv, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		return nil, nil, fmt.Errorf("make RSA key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(priv)
	if err != nil {
		return nil, nil, fmt.Errorf("encode RSA key: %w", err)
	}
	pub, edPriv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make Ed25519 key: %w", err)
	}
	text, err := httpsig.EncodePublicKey(priv.Public())
	if err != nil {
		return nil, nil, err
	}
	return &store.Keypair{
		RSA:     string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		Ed25519: edPriv.Seed(),
	}, []store.PublicKey{
		{ID: actor + rsaFrag, PEM: text},
		{ID: actor + ed25519Tag, Multibase: httpsig.EncodeMultikey(pub)},
	}, nil
}

// Ring gives out signers. It is safe for concurrent use.
type Ring struct {
	store *store.Store
	mu    sync.Mutex
	pairs map[store.ID]*Pair
}

// Of returns the ring of a store.
func Of(s *store.Store) *Ring { return &Ring{store: s, pairs: map[store.ID]*Pair{}} }

// Pair returns the signers of a local actor; store.ErrNotFound when it has no
// keys.
func (r *Ring) Pair(ctx context.Context, actor store.ID) (*Pair, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.pairs[actor]; p != nil {
		return p, nil
	}
	p, err := r.load(ctx, actor)
	if err != nil {
		return nil, fmt.Errorf("keys of actor %s: %w", actor, err)
	}
	r.pairs[actor] = p
	return p, nil
}

func (r *Ring) load(ctx context.Context, id store.ID) (*Pair, error) {
	var a *store.Actor
	var k *store.Keypair
	err := r.store.View(ctx, func(tx *store.Txn) (err error) {
		if a, err = tx.Actor(id); err != nil {
			return err
		}
		k, err = tx.Keypair(id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return Parse(a.IRI, k)
}

// Parse reads the keys that New made for an actor.
func Parse(actor string, k *store.Keypair) (*Pair, error) {
	block, _ := pem.Decode([]byte(k.RSA))
	if block == nil {
		return nil, fmt.Errorf("RSA key is not PEM")
	}
	priv, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	if len(k.Ed25519) != ed25519.SeedSize {
		return nil, fmt.Errorf("Ed25519 seed of %d bytes", len(k.Ed25519))
	}
	return &Pair{
		RSA:     httpsig.Signer{KeyID: actor + rsaFrag, Key: priv.(crypto.Signer)},
		Ed25519: httpsig.Signer{KeyID: actor + ed25519Tag, Key: ed25519.NewKeyFromSeed(k.Ed25519)},
	}, nil
}
