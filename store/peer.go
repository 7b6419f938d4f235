package store

import (
	"encoding/json"
	"iter"
	"slices"
	"time"
)

// PeerState is what is known of a peer.
type PeerState string

// The states of a peer.
const (
	PeerHeard  PeerState = ""       // somebody named it; its own server was not asked yet
	PeerKnown  PeerState = "known"  // a lab, by the word of its own server
	PeerHidden PeerState = "hidden" // it does not want to be found: nothing else of it is kept
	PeerOther  PeerState = "other"  // no lab: a person, a server
)

// How many follows away a peer is.
const (
	HopSelf     = 0 // this node's lab
	HopFollowed = 1 // our lab follows it
	HopLast     = 3 // no further is looked by ourselves
	HopFar      = 4 // others told us of it
)

// Peer is a lab of another node that was heard of, and what is known of it. There
// is one per IRI; our own lab is one, too, the root of the tree. What a peer that
// is only heard of is called or does is not known: nobody but its own server is
// believed.
type Peer struct {
	ID     ID        `json:"id"`
	IRI    string    `json:"iri"` // of the actor
	State  PeerState `json:"state,omitempty"`
	Hop    int       `json:"hop"`
	Domain string    `json:"domain"`        // the part of its host that somebody registered
	Via    []string  `json:"via,omitempty"` // IRIs of labs that named it, the first ones

	Handle    string      `json:"handle,omitempty"`
	Host      string      `json:"host,omitempty"` // of its address @handle@host
	Name      string      `json:"name,omitempty"`
	Page      string      `json:"page,omitempty"`
	Territory []string    `json:"territory,omitempty"`
	Themes    []string    `json:"themes,omitempty"` // of the vocabulary
	Langs     []string    `json:"langs,omitempty"`
	Software  string      `json:"software,omitempty"`
	Key       PublicKey   `json:"key,omitzero"`        // Ed25519: proves its descriptors
	List      string      `json:"list,omitempty"`      // address of the peers that its node knows
	Sketch    string      `json:"sketch,omitempty"`    // address of the sketch of what can be found there
	SketchTag string      `json:"sketchTag,omitempty"` // ETag of the one that was read last
	Read      uint64      `json:"read,omitempty"`      // how far that list was read
	Updated   time.Time   `json:"updated,omitzero"`    // of the descriptor
	Seq       uint64      `json:"seq,omitempty"`       // of the descriptor in our own list; zero: it is not there
	Rev       Rev         `json:"rev,omitzero"`        // of the same
	Known     time.Time   `json:"known,omitzero"`      // since when it is a peer
	Seen      time.Time   `json:"seen,omitzero"`       // last word of its own server
	Visit     time.Time   `json:"visit,omitzero"`      // when to ask it everything again
	Next      time.Time   `json:"next,omitzero"`       // when to ask it again, or for its sketch; zero: not by itself
	Fails     int         `json:"fails,omitempty"`     // tries in a row that ended badly
	Problem   SyncProblem `json:"problem,omitempty"`   // of the last try
}

// DisplayName is the name, or the handle of those who have none.
func (p *Peer) DisplayName() string {
	return (&Actor{Name: p.Name, Handle: p.Handle}).DisplayName()
}

// Address is the handle that people type, @handle@host; empty: not known yet.
func (p *Peer) Address() string {
	if p.Handle == "" {
		return ""
	}
	return "@" + p.Handle + "@" + p.Host
}

// maxVia is how many of those who named a peer are kept.
const maxVia = 8

// NamedBy notes who named the peer.
func (p *Peer) NamedBy(iri string) {
	if len(p.Via) < maxVia && !slices.Contains(p.Via, iri) {
		p.Via = append(p.Via, iri)
	}
}

const (
	tPeer        = "dp/" // id -> Peer
	tPeerIRI     = "di/" // iri -> id
	tPeerHop     = "dh/" // hop, id -> nothing: of those that are known
	tPeerCount   = "dn/" // "a" for all, "d" domain, "h" host, "v" who named those that are only heard of -> how many
	tPeerFollows = "df/" // id -> the IRIs that it follows, as it says itself
	tPeerSketch  = "dk/" // id -> milliseconds, the sketch of what can be found there
)

// PeerJob is the kind of the jobs that ask a peer. Each is of the peer whose id it
// bears; PutPeer keeps it.
const PeerJob = "peer"

func (p *Peer) job() *Job {
	data, err := json.Marshal(p.ID)
	if err != nil {
		panic(err)
	}
	return &Job{ID: p.ID, Kind: PeerJob, Data: data, Due: p.Next}
}

// Peer returns a peer, or ErrNotFound.
func (t *Txn) Peer(id ID) (*Peer, error) {
	p := new(Peer)
	if id == 0 || !t.getJSON(key(tPeer, id), p) {
		return nil, ErrNotFound
	}
	return p, nil
}

// PeerByIRI returns the peer that is this actor, or ErrNotFound.
func (t *Txn) PeerByIRI(iri string) (*Peer, error) {
	return t.Peer(t.getID(key(tPeerIRI, hash16(iri))))
}

// PutPeer keeps a peer, with the job for Next. A new one gets its ID and the day
// since when it is known here.
func (t *Txn) PutPeer(p *Peer) {
	if p.ID == 0 {
		p.ID, p.Known = t.NewID(), stamp(t.now)
	}
	was := t.unindexPeer(p.ID)
	if !p.Next.IsZero() {
		p.Next = stamp(p.Next)
		j := p.job()
		t.putJSON(jobKey(j), j)
		t.wake = t.wake || !p.Next.Equal(was)
	}
	t.putJSON(key(tPeer, p.ID), p)
	t.tx.Put(key(tPeerIRI, hash16(p.IRI)), p.ID.Key())
	if p.State == PeerKnown {
		t.tx.Put(key(tPeerHop, byte(p.Hop), p.ID), nil)
	}
	t.countPeer(p, 1)
}

// unindexPeer removes what is kept beside a peer, and says for when its job was.
func (t *Txn) unindexPeer(id ID) time.Time {
	old, err := t.Peer(id)
	if err != nil {
		return time.Time{}
	}
	if !old.Next.IsZero() {
		t.DeleteJob(old.job())
	}
	t.tx.Delete(key(tPeerHop, byte(old.Hop), id))
	t.countPeer(old, -1)
	return old.Next
}

// DeletePeer forgets a peer, if there is one.
func (t *Txn) DeletePeer(p *Peer) {
	t.unindexPeer(p.ID)
	t.UnlistPeer(p)
	t.tx.Delete(key(tPeer, p.ID))
	t.tx.Delete(key(tPeerIRI, hash16(p.IRI)))
	t.tx.Delete(key(tPeerFollows, p.ID))
	t.tx.Delete(key(tPeerSketch, p.ID))
}

// Peers yields all peers, whatever their state, the newest here first.
func (t *Txn) Peers() iter.Seq[*Peer] {
	return func(yield func(*Peer) bool) {
		for k, v := range t.scan([]byte(tPeer), true) {
			p := new(Peer)
			mustDecode(k, v, p)
			if !yield(p) {
				return
			}
		}
	}
}

// KnownPeers yields the peers that are known, the nearest first, our own lab at
// their head.
func (t *Txn) KnownPeers() iter.Seq[*Peer] {
	return func(yield func(*Peer) bool) {
		for k := range t.scan([]byte(tPeerHop), false) {
			if p, err := t.Peer(idFromKey(k[1:])); err == nil && !yield(p) {
				return
			}
		}
	}
}

// PeersAll counts all peers, PeersOf those below a registered domain, PeersOn those
// of one host, PeersNamed those of which nothing is known but that a lab named them.
func (t *Txn) PeersAll() int { return t.peerCount("a", "") }

// PeersOf is described at PeersAll.
func (t *Txn) PeersOf(domain string) int { return t.peerCount("d", domain) }

// PeersOn is described at PeersAll.
func (t *Txn) PeersOn(host string) int { return t.peerCount("h", host) }

// PeersNamed is described at PeersAll.
func (t *Txn) PeersNamed(by string) int { return t.peerCount("v", by) }

func (t *Txn) peerCount(of, name string) (n int) {
	t.getJSON(peerCountKey(of, name), &n)
	return n
}

func peerCountKey(of, name string) []byte { return key(tPeerCount, of, hash16(name)) }

func (t *Txn) countPeer(p *Peer, by int) {
	t.addPeers("a", "", by)
	t.addPeers("d", p.Domain, by)
	t.addPeers("h", HostOf(p.IRI), by)
	if p.State == PeerHeard && len(p.Via) > 0 {
		t.addPeers("v", p.Via[0], by)
	}
}

func (t *Txn) addPeers(of, name string, by int) {
	k, n := peerCountKey(of, name), t.peerCount(of, name)+by
	if n <= 0 {
		t.tx.Delete(k)
		return
	}
	t.putJSON(k, n)
}
