package federation

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"github.com/essaim/essaim/federation/integrity"
	"github.com/essaim/essaim/federation/nodeinfo"
	"github.com/essaim/essaim/federation/peers"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// sighting is what a peer's own server said.
type sighting struct {
	state      store.PeerState
	actor      *store.Actor
	said       *store.Peer // of itself
	key        store.PublicKey
	software   string
	descriptor []byte // signed by the lab; nil: it has none
	rev        store.Rev
	sketch     []byte   // of what can be found there, signed by the lab; nil: none that is of use
	sketchTag  string   // names its version
	follows    []string // IRIs
	names      []string // those, and who follows it
	told       []vocab.Doc
	read       uint64 // how far its list was read
}

// ask asks the server of a peer what it is, and whom it knows as far as its place
// in the network makes that our business. An error says that the server did not
// answer as it should; parts that are missing are none.
func (n *Node) ask(ctx context.Context, p *store.Peer) (*sighting, error) {
	doc, err := n.dereference(ctx, p.IRI)
	if err != nil {
		return nil, err
	}
	actor, err := vocab.ReadActor(doc)
	switch {
	case errors.Is(err, vocab.ErrUnknownType):
		return &sighting{state: store.PeerOther}, nil
	case err != nil:
		return nil, err
	case actor.Type != store.Group || actor.IRI != p.IRI || actor.MovedTo != "":
		return &sighting{state: store.PeerOther}, nil
	case !wantsToBeFound(doc, actor):
		return &sighting{state: store.PeerHidden}, nil
	}
	s := &sighting{state: store.PeerKnown, actor: actor, said: vocab.PeerOf(actor), read: p.Read}
	if err := n.askDescriptor(ctx, s, doc, actor); err != nil {
		return nil, err
	}
	n.askSketch(ctx, s)
	if s.said.Software+p.Software == "" {
		if info, err := nodeinfo.Software(ctx, n.Fetch, store.HostOf(p.IRI)); err == nil {
			s.software = info.Software + " " + info.Version
		}
	}
	if p.Hop < store.HopLast {
		if err := n.askFollows(ctx, s, actor); err != nil {
			return nil, err
		}
	}
	if p.Hop == store.HopFollowed && s.said.List != "" {
		s.read, err = peers.Read(ctx, n.Fetch, s.said.List, p.Read, func(d vocab.Doc) { s.told = append(s.told, d) })
		if err = temporary(err); errors.Is(err, peers.ErrMalformed) {
			err = nil // what was read of it counts; the lab is still a lab
		}
	}
	return s, err
}

// wantsToBeFound says whether a lab may be told of to others. Silence is a no, as
// FEP-5feb has it.
func wantsToBeFound(doc vocab.Doc, a *store.Actor) bool {
	return a.Discoverable && (!doc.Has("essaim:crawl") || doc.Bool("essaim:crawl"))
}

// askDescriptor reads the descriptor that a lab signed. One that is missing, or that
// the lab's own key did not sign, is none.
func (n *Node) askDescriptor(ctx context.Context, s *sighting, doc vocab.Doc, actor *store.Actor) error {
	address := doc.IRI("essaim:descriptor")
	if !store.SameOrigin(address, actor.IRI) {
		return nil
	}
	d, err := n.dereference(ctx, address)
	if err != nil {
		return temporary(err)
	}
	said, err := vocab.ReadDescriptor(d)
	if err != nil || said.IRI != actor.IRI {
		return nil //nolint:nilerr // what its document says must do
	}
	for _, k := range actor.Keys {
		if rev, ok := n.signed(d, k); ok {
			s.said, s.key, s.descriptor, s.rev = said, k, d.Raw(), rev
		}
	}
	return nil
}

// signed says whether a descriptor bears the proof of this key, and fingerprints
// it.
func (n *Node) signed(d vocab.Doc, k store.PublicKey) (rev store.Rev, ok bool) {
	method, err := integrity.Method(d.Raw())
	if err != nil || method != k.ID {
		return rev, false
	}
	parsed, err := n.keys.parse(k)
	if err != nil {
		return rev, false
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok || integrity.Verify(d.Raw(), key) != nil {
		return rev, false
	}
	return store.RevOf(d.Raw(), d.ID())
}

// askFollows reads whom a lab follows, and who follows it.
func (n *Node) askFollows(ctx context.Context, s *sighting, actor *store.Actor) (err error) {
	if s.follows, err = n.namesIn(ctx, actor.Following, mostFollowing); err != nil {
		return fmt.Errorf("following of %s: %w", actor.IRI, err)
	}
	followers, err := n.namesIn(ctx, actor.Followers, mostFollowers)
	if err != nil {
		return fmt.Errorf("followers of %s: %w", actor.IRI, err)
	}
	s.names = slices.Concat(s.follows, followers)
	return nil
}

// namesIn reads the IRIs in a collection, each once, at most so many. One that is
// hidden or broken has none.
func (n *Node) namesIn(ctx context.Context, address string, most int) ([]string, error) {
	if address == "" {
		return nil, nil
	}
	var iris []string
	seen := map[string]bool{}
	err := n.eachItem(ctx, address, func(item vocab.Ref) (more bool, err error) {
		if store.Origin(item.IRI) != "" && !seen[item.IRI] {
			seen[item.IRI] = true
			iris = append(iris, item.IRI)
		}
		return len(iris) < most, nil
	})
	return iris, temporary(err)
}
