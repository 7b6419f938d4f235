package federation

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// keyCache keeps parsed public keys by their text.
type keyCache struct {
	parsed *otter.Cache[string, crypto.PublicKey]
}

func newKeyCache() keyCache {
	return keyCache{otter.Must(&otter.Options[string, crypto.PublicKey]{MaximumSize: 4096})}
}

func (c keyCache) parse(k store.PublicKey) (crypto.PublicKey, error) {
	text := k.PEM + k.Multibase
	if key, ok := c.parsed.GetIfPresent(text); ok {
		return key, nil
	}
	var key crypto.PublicKey
	var err error
	if k.Multibase != "" {
		key, err = httpsig.ParseMultikey(k.Multibase)
	} else {
		key, err = httpsig.ParsePublicKey(k.PEM)
	}
	if err != nil {
		return nil, err
	}
	c.parsed.Set(text, key)
	return key, nil
}

// A host's actors are fetched again because a signature did not fit this often: a
// stranger could ask for it with every request.
const (
	refreshBurst = 5
	refreshEvery = 10 * time.Second
)

// hostLimit bounds how often the requests of a host make this node fetch.
type hostLimit struct {
	every time.Duration
	burst int
	hosts *otter.Cache[string, *rate.Limiter]
}

func newHostLimit(every time.Duration, burst int) hostLimit {
	return hostLimit{every, burst, otter.Must(&otter.Options[string, *rate.Limiter]{MaximumSize: 4096})}
}

func (h hostLimit) allow(host string) bool { return h.allowMany(host, 1) }

// allowMany is allow for so many at once.
func (h hostLimit) allowMany(host string, many int) bool {
	l, ok := h.hosts.GetIfPresent(host)
	if !ok {
		l = rate.NewLimiter(rate.Every(h.every), h.burst)
		h.hosts.Set(host, l)
	}
	return l.AllowN(time.Now(), many)
}

// Verify finds the key that a signature names and verifies it. It returns the
// actor whose own document shows that key. When the signature does not fit, the
// actor may have changed its key: it is fetched again, once. Errors:
// httpsig.ErrSignature and ErrKey; ErrBlocked; fetch.ErrTemporary when the key
// cannot be had now.
func (n *Node) Verify(ctx context.Context, s *httpsig.Signature) (*store.Actor, error) {
	if err := n.checkKeyHost(ctx, s.KeyID); err != nil {
		return nil, err
	}
	actor, key, fresh, err := n.key(ctx, s.KeyID)
	if err != nil {
		return nil, err
	}
	if err := n.verifyWith(s, actor, key); err == nil || fresh || !n.refresh.allow(store.HostOf(s.KeyID)) {
		return actor, err
	}
	if err := n.learnSigner(ctx, actor.IRI); err != nil {
		return nil, fmt.Errorf("fetch key %s again: %w", s.KeyID, keyError(err))
	}
	actor, key, err = n.storedKey(ctx, s.KeyID)
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", s.KeyID, httpsig.ErrSignature)
	}
	return actor, n.verifyWith(s, actor, key)
}

func (n *Node) checkKeyHost(ctx context.Context, keyID string) error {
	return n.Store.View(ctx, func(tx *store.Txn) error {
		if host := store.HostOf(keyID); host == "" || !n.admits(tx, host) {
			return fmt.Errorf("key %s: %w", keyID, ErrBlocked)
		}
		return nil
	})
}

func (n *Node) verifyWith(s *httpsig.Signature, actor *store.Actor, k store.PublicKey) error {
	key, err := n.keys.parse(k)
	if err != nil {
		return fmt.Errorf("key %s of %s: %w", k.ID, actor.IRI, err)
	}
	return s.Verify(key)
}

func (n *Node) storedKey(ctx context.Context, keyID string) (a *store.Actor, k store.PublicKey, err error) {
	err = n.Store.View(ctx, func(tx *store.Txn) (err error) {
		a, k, err = tx.ActorByKey(keyID)
		return err
	})
	return a, k, err
}

// key returns a key and its owner, from the store or from its origin; fresh says
// that it was fetched just now.
func (n *Node) key(ctx context.Context, keyID string) (a *store.Actor, k store.PublicKey, fresh bool, err error) {
	if a, k, err = n.storedKey(ctx, keyID); err == nil {
		return a, k, false, nil
	}
	if n.knowsOwner(ctx, keyID) && !n.refresh.allow(store.HostOf(keyID)) {
		return nil, k, false, fmt.Errorf("its owner did not show key %s a moment ago: %w", keyID, httpsig.ErrSignature)
	}
	if err := n.fetchKey(ctx, keyID); err != nil {
		return nil, k, false, fmt.Errorf("fetch key %s: %w", keyID, keyError(err))
	}
	if a, k, err = n.storedKey(ctx, keyID); err != nil {
		return nil, k, false, fmt.Errorf("its owner does not show key %s: %w", keyID, httpsig.ErrSignature)
	}
	return a, k, true, nil
}

// knowsOwner says whether the actor whose key this is by its address is here.
func (n *Node) knowsOwner(ctx context.Context, keyID string) bool {
	iri, _, _ := strings.Cut(keyID, "#")
	return n.Store.View(ctx, func(tx *store.Txn) error {
		_, err := tx.ActorByIRI(iri)
		return err
	}) == nil
}

// fetchKey fetches the owner of a key. The key's address is the owner's with a
// fragment, or a document of its own that names the owner (GoToSocial).
func (n *Node) fetchKey(ctx context.Context, keyID string) error {
	iri, _, _ := strings.Cut(keyID, "#")
	doc, err := n.read(ctx, iri, n.Fetch.Key)
	if err != nil {
		return err
	}
	actor, err := vocab.ReadActor(doc)
	if err == nil {
		return n.learnActor(ctx, actor)
	}
	owner := doc.IRI("owner")
	if owner == "" {
		owner = doc.IRI("controller")
	}
	if owner == "" {
		owner = doc.Doc("publicKey").IRI("owner")
	}
	if owner == iri || !store.SameOrigin(owner, iri) {
		return fmt.Errorf("no owner: %w", httpsig.ErrSignature)
	}
	return n.learnSigner(ctx, owner)
}

// learnSigner fetches an actor to see its keys, of a host that is paused, too: what
// comes from there is still taken.
func (n *Node) learnSigner(ctx context.Context, iri string) error {
	doc, err := n.read(ctx, iri, n.Fetch.Key)
	if err != nil {
		return err
	}
	actor, err := vocab.ReadActor(doc)
	if err != nil {
		return err
	}
	return n.learnActor(ctx, actor)
}

// keyError says whose fault it is that a key was not found: a temporary failure
// stays one, so that the sender tries again; all else is a bad signature.
func keyError(err error) error {
	if errors.Is(err, fetch.ErrTemporary) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, store.ErrBusy) || errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrClosed) {
		return err
	}
	return fmt.Errorf("%w: %w", httpsig.ErrSignature, err)
}
