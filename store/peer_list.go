package store

import (
	"encoding/json"
	"iter"
	"time"
)

const (
	tPeerDoc = "dd/" // id -> descriptor, as its lab signed it
	tPeerSeq = "ds/" // seq -> id: of the peers in our list
)

// peerListKey is the setting that holds the PeerList.
const peerListKey = "peer-list"

// PeerList says what is in the list of peers that this node hands on.
type PeerList struct {
	Total   int       `json:"total"`
	Seq     uint64    `json:"seq"` // of the last change
	Digest  Digest    `json:"digest"`
	Updated time.Time `json:"updated,omitzero"`
}

// PeerList returns it; the zero PeerList is that of nothing.
func (t *Txn) PeerList() PeerList {
	var l PeerList
	if b := t.Setting(peerListKey); b != nil {
		mustDecode([]byte(peerListKey), b, &l)
	}
	return l
}

func (t *Txn) putPeerList(l PeerList) {
	l.Updated = stamp(t.now)
	b, err := json.Marshal(l)
	if err != nil {
		panic(err) // numbers and a time
	}
	t.PutSetting(peerListKey, b)
}

// ListPeer puts a peer with its descriptor at the end of the list that is handed on,
// when it says something new. The peer is then still to be put.
func (t *Txn) ListPeer(p *Peer, descriptor []byte, rev Rev) {
	if p.Seq != 0 && p.Rev == rev {
		return
	}
	t.UnlistPeer(p)
	l := t.PeerList()
	l.Total++
	l.Seq++
	l.Digest.Toggle(p.IRI, rev)
	p.Seq, p.Rev = l.Seq, rev
	t.tx.Put(key(tPeerSeq, seqKey(p.Seq)), p.ID.Key())
	t.tx.Put(key(tPeerDoc, p.ID), descriptor)
	t.putPeerList(l)
}

// UnlistPeer takes a peer out of the list, if it is there. The peer is then still to be
// put, or deleted.
func (t *Txn) UnlistPeer(p *Peer) {
	if p.Seq == 0 {
		return
	}
	l := t.PeerList()
	l.Total--
	l.Digest.Toggle(p.IRI, p.Rev)
	t.tx.Delete(key(tPeerSeq, seqKey(p.Seq)))
	t.tx.Delete(key(tPeerDoc, p.ID))
	p.Seq, p.Rev = 0, Rev{}
	t.putPeerList(l)
}

// Descriptor is what a listed peer says of itself, with its proof; nil: it is not
// listed.
func (t *Txn) Descriptor(peer ID) []byte { return t.tx.Get(key(tPeerDoc, peer)) }

// ListedPeers yields the peers whose descriptors changed after a number, in the
// order of their changes.
func (t *Txn) ListedPeers(after uint64) iter.Seq[*Peer] {
	return func(yield func(*Peer) bool) {
		table := []byte(tPeerSeq)
		for _, v := range t.scanRange(table, key(tPeerSeq, seqKey(after+1)), prefixEnd(table), false) {
			if p, err := t.Peer(idFromKey(v)); err == nil && !yield(p) {
				return
			}
		}
	}
}
