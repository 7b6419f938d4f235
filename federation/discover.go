package federation

import (
	"context"
	"errors"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// Labs find each other without a centre. Our own lab is the root: those that it
// follows are asked whom they follow and who follows them, those in turn the same,
// up to store.HopLast; and the nodes of those that it follows tell whom else they
// know. Every lab that was named is asked itself, once in a while, by a job of its
// own: nobody but its own server is believed about it.

// What discovery costs at most.
const (
	peersInAll    = 5000
	peersADomain  = 50  // below a registered domain
	peersAHost    = 10  // of one server
	peersANamer   = 500 // whom one lab named and who were not asked yet
	newPeersADay  = 200
	mostFollowing = 500 // actors that are read of such a collection
	mostFollowers = 200
	nearEvery     = 24 * time.Hour // our own lab, and those that it follows
	farEvery      = 7 * 24 * time.Hour
	otherEvery    = store.PeerAge // what is no lab, or does not want to be found
)

// lookAround has our own place in the network looked at soon: it changed.
func (n *Node) lookAround(tx *store.Txn) {
	lab, err := tx.Lab()
	if err != nil || !n.Discover {
		return // the node is not set up yet, or keeps to itself
	}
	self, err := tx.PeerByIRI(lab.IRI)
	if err != nil {
		self = &store.Peer{IRI: lab.IRI, State: store.PeerKnown, Hop: store.HopSelf, Domain: registered(lab.IRI)}
	}
	tx.PutPeer(soon(tx, self))
}

// soon plans to ask a peer at once.
func soon(tx *store.Txn, p *store.Peer) *store.Peer {
	next := tx.Now().Truncate(time.Millisecond)
	if next.Equal(p.Next) {
		next = next.Add(time.Millisecond) // not the job that may be at work
	}
	p.Next, p.Visit = next, next
	return p
}

// plan says when a peer is asked again: all of it at its visit, and a lab that is far
// for its sketch alone in between.
func (n *Node) plan(tx *store.Txn, p *store.Peer) {
	p.Next = p.Visit
	if p.Sketch == "" || p.Hop <= store.HopFollowed {
		return
	}
	if renewed := tx.Now().Add(n.scaled(jitter(nearEvery))); renewed.Before(p.Visit) {
		p.Next = renewed
	}
}

// beginDiscovery lets a node that starts look around.
func (n *Node) beginDiscovery(ctx context.Context) error {
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		n.lookAround(tx)
		return nil
	})
}

// visit does the job of a peer: it asks its server, keeps what that says, and plans
// the next visit, all at the end, in one transaction.
func (n *Node) visit(ctx context.Context, id store.ID) error {
	p, err := n.duePeer(ctx, id)
	if err != nil || p == nil {
		return err
	}
	if p.Hop == store.HopSelf {
		return n.survey(ctx)
	}
	if p.State == store.PeerKnown && p.Visit.After(n.Store.Now()) {
		return n.renewSketch(ctx, p)
	}
	found, failed := n.ask(ctx, p)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // stopped in the middle: the job is still there
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		p, err := tx.Peer(id)
		if err != nil {
			return nil //nolint:nilerr // it was forgotten meanwhile
		}
		switch {
		case errors.Is(failed, store.ErrGone), errors.Is(failed, fetch.ErrGone):
			tx.DeletePeer(p)
		case errors.Is(failed, fetch.ErrPaused): // says nothing about the peer
			p.Next = tx.Now().Add(n.scaled(jitter(nearEvery)))
			tx.PutPeer(p)
		case failed != nil:
			n.missed(tx, p, failed)
		default:
			n.met(tx, p, found)
		}
		return nil
	})
}

// duePeer returns a peer that is to be asked now, or nil. One that nobody heard of
// for long, or who is kept away, is forgotten.
func (n *Node) duePeer(ctx context.Context, id store.ID) (due *store.Peer, err error) {
	err = n.Store.Update(ctx, func(tx *store.Txn) error {
		due = nil
		p, err := tx.Peer(id)
		if err != nil || p.Next.IsZero() || p.Next.After(tx.Now()) {
			return nil //nolint:nilerr // a job from before it was put off
		}
		switch {
		case !n.Discover:
			p.Next = tx.Now().Add(nearEvery)
			tx.PutPeer(p)
		case p.Hop == store.HopSelf:
			due = p
		case !n.admits(tx, store.HostOf(p.IRI)), p.Hop > store.HopFollowed && forgotten(tx, p) && !tx.Paused(store.HostOf(p.IRI)):
			tx.DeletePeer(p)
		case p.State == store.PeerHeard && p.Fails == 0 && p.Hop > store.HopFollowed && !spendPeer(tx):
			p.Next = tx.Now().Add(n.scaled(jitter(nearEvery)))
			tx.PutPeer(p)
		default:
			due = p
		}
		return nil
	})
	return due, err
}

// forgotten says whether a peer's own server was silent for too long.
func forgotten(tx *store.Txn, p *store.Peer) bool {
	last := p.Seen
	if last.IsZero() {
		last = p.Known
	}
	return tx.Now().Sub(last) > store.PeerAge
}

// missed notes that a peer could not be asked.
func (n *Node) missed(tx *store.Txn, p *store.Peer, err error) {
	n.Log.Debug("ask peer", "actor", p.IRI, "err", err)
	p.Fails++
	p.Problem = problemOf(err)
	p.Next = tx.Now().Add(n.scaled(jitter(min(farEvery, time.Hour<<(2*min(p.Fails-1, 10))))))
	tx.PutPeer(p)
}

// met keeps what a peer said.
func (n *Node) met(tx *store.Txn, p *store.Peer, s *sighting) {
	if s.state != store.PeerKnown {
		n.hide(tx, p, s.state)
		return
	}
	if p.Hop <= store.HopFollowed+1 {
		if err := n.putRemoteActor(tx, s.actor); err != nil { // it has a page here, and apps can show it
			n.missed(tx, p, err)
			return
		}
	}
	describe(p, s.said)
	p.State, p.Key, p.Seen, p.Fails, p.Problem = s.state, s.key, stamp(tx.Now()), 0, ""
	if p.Software == "" {
		p.Software = s.software
	}
	if s.descriptor == nil {
		tx.UnlistPeer(p)
	} else {
		tx.ListPeer(p, s.descriptor, s.rev)
	}
	every := farEvery
	if p.Hop == store.HopFollowed {
		every, p.Read = nearEvery, s.read
	}
	p.Visit, p.SketchTag = tx.Now().Add(n.scaled(jitter(every))), s.sketchTag
	n.plan(tx, p)
	tx.PutPeer(p)
	tx.SetPeerFollows(p.ID, s.follows)
	tx.SetSketch(p.ID, s.sketch, tx.Now())
	for _, iri := range s.names {
		n.hear(tx, iri, p.Hop+1, p.IRI)
	}
	for _, doc := range s.told {
		n.told(tx, doc, p.IRI)
	}
}

func stamp(at time.Time) time.Time { return at.Truncate(time.Millisecond) }

// hide forgets of a peer all but that it is there.
func (n *Node) hide(tx *store.Txn, p *store.Peer, state store.PeerState) {
	tx.UnlistPeer(p)
	tx.SetPeerFollows(p.ID, nil)
	tx.SetSketch(p.ID, nil, tx.Now())
	tx.PutPeer(&store.Peer{
		ID: p.ID, IRI: p.IRI, State: state, Hop: p.Hop, Domain: p.Domain, Known: p.Known,
		Next: tx.Now().Add(n.scaled(jitter(otherEvery))),
	})
}

// describe takes over what a lab says of itself.
func describe(p, said *store.Peer) {
	p.Handle, p.Host, p.Name, p.Page = said.Handle, said.Host, said.Name, said.Page
	p.Territory, p.Themes, p.Langs = said.Territory, said.Themes, said.Langs
	p.List, p.Sketch, p.Updated = said.List, said.Sketch, said.Updated
	if said.Software != "" {
		p.Software = said.Software
	}
}

// heedWish hides at once a lab that says itself that it no longer wants to be found.
func (n *Node) heedWish(tx *store.Txn, doc vocab.Doc, a *store.Actor) {
	if p, err := tx.PeerByIRI(a.IRI); err == nil && p.State == store.PeerKnown && !wantsToBeFound(doc, a) {
		n.hide(tx, p, store.PeerHidden)
	}
}
