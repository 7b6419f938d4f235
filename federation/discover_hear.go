package federation

import (
	"encoding/json"
	"fmt"
	"net"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// hear notes that a lab named an actor, which is so many follows away. It takes
// nothing over but the name, and only as long as there is room: for all, for the
// domain, for the host, and for who names it.
func (n *Node) hear(tx *store.Txn, iri string, hop int, by string) {
	host := store.HostOf(iri)
	if host == "" || n.IsLocal(iri) || !n.admits(tx, host) {
		return
	}
	hop = min(hop, store.HopFar)
	if p, err := tx.PeerByIRI(iri); err == nil {
		n.hearAgain(tx, p, hop, by)
		return
	}
	domain := registered(iri)
	if tx.PeersAll() >= peersInAll || tx.PeersOf(domain) >= peersADomain || tx.PeersOn(host) >= peersAHost || tx.PeersNamed(by) >= peersANamer {
		return
	}
	tx.PutPeer(&store.Peer{IRI: iri, Hop: hop, Domain: domain, Via: []string{by}, Next: tx.Now()})
}

// hearAgain notes who else named a peer, and when it is nearer than was known.
func (n *Node) hearAgain(tx *store.Txn, p *store.Peer, hop int, by string) {
	if p.State == store.PeerHidden || p.State == store.PeerOther {
		return
	}
	named := len(p.Via)
	p.NamedBy(by)
	nearer := hop < p.Hop
	if !nearer && len(p.Via) == named {
		return
	}
	if nearer && p.State == store.PeerKnown && p.Fails == 0 {
		soon(tx, p) // whom it knows is our business now
	}
	p.Hop = min(p.Hop, hop)
	tx.PutPeer(p)
}

// told takes a descriptor that another node passed on. Of a lab that was asked once
// it counts when it is newer and signed with the key that the lab showed then; of
// any other, only its name does.
func (n *Node) told(tx *store.Txn, doc vocab.Doc, by string) {
	said, err := vocab.ReadDescriptor(doc)
	if err != nil || n.IsLocal(said.IRI) {
		return
	}
	n.hear(tx, said.IRI, store.HopFar, by)
	p, err := tx.PeerByIRI(said.IRI)
	if err != nil || p.State != store.PeerKnown || !said.Updated.After(p.Updated) || said.Updated.After(tx.Now().Add(time.Hour)) {
		return
	}
	rev, ok := n.signed(doc, p.Key)
	if !ok {
		return
	}
	describe(p, said)
	if said.Updated.After(p.Seen) {
		p.Seen = said.Updated
	}
	tx.ListPeer(p, doc.Raw(), rev)
	tx.PutPeer(p)
}

// registered is the part of a host that somebody registered, or all of it: an
// address, a name of one word.
func registered(iri string) string {
	host := store.HostOf(iri)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// spentKey is the setting that counts the peers that were new today.
const spentKey = "peers-spent"

type spent struct {
	Day   string `json:"day"`
	Peers int    `json:"peers"`
}

// spendPeer says whether one more peer may be asked for the first time today.
func spendPeer(tx *store.Txn) bool {
	var s spent
	if b := tx.Setting(spentKey); b != nil {
		if err := json.Unmarshal(b, &s); err != nil {
			panic(fmt.Errorf("setting %s is damaged: %w", spentKey, err))
		}
	}
	if day := tx.Now().Format(time.DateOnly); s.Day != day {
		s = spent{Day: day}
	}
	if s.Peers++; s.Peers > newPeersADay {
		return false
	}
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a day and a number
	}
	tx.PutSetting(spentKey, b)
	return true
}
