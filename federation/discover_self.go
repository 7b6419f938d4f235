package federation

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// survey looks at our own place in the network: whom our lab follows and who follows
// it, how far away all others are, and what we say of ourselves.
func (n *Node) survey(ctx context.Context) error {
	var hops map[store.ID]int
	err := n.Store.View(ctx, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err == nil {
			hops = distances(tx, lab)
		}
		return err
	})
	if err != nil {
		return err
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		for id, hop := range hops {
			if p, err := tx.Peer(id); err == nil && p.Hop != hop && p.Hop != store.HopSelf {
				p.Hop = hop
				tx.PutPeer(p)
			}
		}
		self, err := tx.PeerByIRI(lab.IRI)
		if err != nil {
			return err
		}
		tx.SetPeerFollows(self.ID, n.acquaintances(tx, lab))
		return n.present(tx, lab, self)
	})
}

// acquaintances makes peers of the labs that ours follows, and of those that follow
// it, and returns the former.
func (n *Node) acquaintances(tx *store.Txn, lab *store.Actor) []string {
	followed := neighbours(tx, tx.Following(lab.ID), func(f *store.Follow) store.ID { return f.Followed })
	for _, iri := range followed {
		p, err := tx.PeerByIRI(iri)
		switch {
		case err != nil:
			tx.PutPeer(&store.Peer{IRI: iri, Hop: store.HopFollowed, Domain: registered(iri), Via: []string{lab.IRI}, Next: tx.Now()})
		case p.Hop != store.HopFollowed:
			p.Hop = store.HopFollowed
			tx.PutPeer(soon(tx, p))
		}
	}
	for _, iri := range neighbours(tx, tx.Followers(lab.ID), func(f *store.Follow) store.ID { return f.Follower }) {
		n.hear(tx, iri, store.HopFollowed+1, lab.IRI)
	}
	return followed
}

// neighbours are the labs of other nodes at the other end of accepted follows.
func neighbours(tx *store.Txn, follows func(func(*store.Follow) bool), whom func(*store.Follow) store.ID) []string {
	var iris []string
	for f := range follows {
		a, err := tx.Actor(whom(f))
		if err == nil && f.State == store.Accepted && a.Type == store.Group && !a.Local && a.Deleted.IsZero() {
			iris = append(iris, a.IRI)
		}
	}
	return iris
}

// distances says how many follows away from our lab the known peers are, whoever of
// two follows the other. Those that cannot be reached any more are far.
func distances(tx *store.Txn, lab *store.Actor) map[store.ID]int {
	hops, ids := map[store.ID]int{}, map[string]store.ID{}
	for p := range tx.KnownPeers() {
		if p.Hop != store.HopSelf {
			hops[p.ID], ids[p.IRI] = store.HopFar, p.ID
		}
	}
	near := map[store.ID][]store.ID{}
	for id := range hops {
		for _, iri := range tx.PeerFollows(id) {
			if other := ids[iri]; other != 0 {
				near[id], near[other] = append(near[id], other), append(near[other], id)
			}
		}
	}
	reach := func(hop int, whom ...store.ID) {
		for _, id := range whom {
			if h, known := hops[id]; known && hop < h {
				hops[id] = hop
			}
		}
	}
	for _, iri := range neighbours(tx, tx.Followers(lab.ID), func(f *store.Follow) store.ID { return f.Follower }) {
		reach(store.HopFollowed+1, ids[iri])
	}
	for _, iri := range neighbours(tx, tx.Following(lab.ID), func(f *store.Follow) store.ID { return f.Followed }) {
		reach(store.HopFollowed, ids[iri])
	}
	for hop := store.HopFollowed; hop < store.HopLast; hop++ {
		for id, h := range maps.Clone(hops) {
			if h == hop {
				reach(hop+1, near[id]...)
			}
		}
	}
	return hops
}

// mostThemes is how many themes a lab names as its own.
const mostThemes = 5

// present writes our own descriptor when there is something new to say, or when a
// week has passed: its date tells others that we live. A lab that does not want to
// be found has none.
func (n *Node) present(tx *store.Txn, lab *store.Actor, self *store.Peer) error {
	self.Next = tx.Now().Add(n.scaled(jitter(nearEvery)))
	said := n.ownPeer(tx, lab)
	same := self.Seq != 0 && tx.Now().Sub(self.Updated) < farEvery && alike(self, said)
	self.Seen = stamp(tx.Now())
	switch {
	case !lab.Discoverable:
		describe(self, said)
		tx.UnlistPeer(self)
	case !same:
		describe(self, said)
		self.Updated = self.Seen
		d := vocab.Descriptor{Peer: self, Catalog: lab.IRI + "/catalog"}
		if c := tx.Catalogue(lab.IRI); c != nil {
			d.Seq, d.Digest = c.Seq, c.Public.Digest
		}
		doc, err := Prove(tx, d.Encode(), lab, self.Updated)
		if err != nil {
			return err
		}
		rev, ok := store.RevOf(doc, lab.IRI+vocab.DescriptorPath)
		if !ok {
			return fmt.Errorf("own descriptor: %w", ErrMalformed)
		}
		tx.ListPeer(self, doc, rev)
	}
	tx.PutPeer(self)
	return nil
}

// ownPeer is our lab as others shall know it.
func (n *Node) ownPeer(tx *store.Txn, lab *store.Actor) *store.Peer {
	p := vocab.PeerOf(lab)
	p.Themes, p.Software, p.List, p.Sketch = ownThemes(tx, lab), n.Software, n.PeersIRI(), lab.IRI+SketchPath
	return p
}

func alike(a, b *store.Peer) bool {
	return a.Name == b.Name && a.Page == b.Page && a.Software == b.Software && a.Sketch == b.Sketch && slices.Equal(a.Territory, b.Territory) &&
		slices.Equal(a.Themes, b.Themes) && slices.Equal(a.Langs, b.Langs)
}

// ownThemes are the themes of most of what our lab publishes for everybody.
func ownThemes(tx *store.Txn, lab *store.Actor) []string {
	counts := tx.ListLab(lab.ID, store.Query{Viewer: store.Viewer{Away: true}, Home: true, Counts: true}).Counts["themes"]
	themes := slices.DeleteFunc(slices.Sorted(maps.Keys(counts)), func(t string) bool { return !store.Themes.Has(t) })
	slices.SortStableFunc(themes, func(a, b string) int { return counts[b] - counts[a] })
	return themes[:min(mostThemes, len(themes))]
}

// PeersIRI is the list of the labs that this node knows.
func (n *Node) PeersIRI() string { return n.BaseURL + "/peers" }
