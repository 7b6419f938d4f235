package store

// SetPeerFollows keeps whom a peer follows, by its own word.
func (t *Txn) SetPeerFollows(peer ID, iris []string) {
	if len(iris) == 0 {
		t.tx.Delete(key(tPeerFollows, peer))
		return
	}
	t.putJSON(key(tPeerFollows, peer), iris)
}

// PeerFollows returns whom a peer said it follows, known here or not.
func (t *Txn) PeerFollows(peer ID) []string {
	var iris []string
	t.getJSON(key(tPeerFollows, peer), &iris)
	return iris
}

// Neighbourhood is a part of the network: labs, the nearest first, and who follows
// whom among them, as those who follow say.
type Neighbourhood struct {
	Labs  []*Peer // the first is our own
	Edges []Edge
}

// Edge says that a lab follows another; both are IRIs of Neighbourhood.Labs.
type Edge struct{ From, To string }

// Neighbourhood returns the labs up to so many follows away, at most limit of them.
// Those that do not want to be found or are kept away are not among them. It is
// empty before the node looked around for the first time.
func (t *Txn) Neighbourhood(hops, limit int) Neighbourhood {
	var n Neighbourhood
	known := map[string]bool{}
	for p := range t.KnownPeers() {
		if p.Hop > hops || len(n.Labs) == limit {
			break
		}
		if !t.HostBlocked(HostOf(p.IRI)) {
			n.Labs, known[p.IRI] = append(n.Labs, p), true
		}
	}
	for _, p := range n.Labs {
		for _, to := range t.PeerFollows(p.ID) {
			if known[to] {
				n.Edges = append(n.Edges, Edge{From: p.IRI, To: to})
			}
		}
	}
	return n
}
