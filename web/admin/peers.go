package admin

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const (
	peersPath = "/admin/reseau"
	mostPeers = 500 // that are shown
)

// peersPage is "admin-peers.html": the servers with which the lab exchanges, and the labs
// that the node has heard of.
type peersPage struct {
	top
	Hosts []hostLine
	Peers []peerRow
	Total string // what is handed on
	More  string // not all are shown; empty: they are
	Off   bool   // nothing is looked for
	Empty assets.Empty
}

// peerRow is what is known of a peer.
type peerRow struct {
	Name, Href, Address, Software, Via string
	Distance                           string
	State                              assets.Badge
	Problem, Fails                     string // of the last tries; empty: it answered
	Seen, Known, Next                  time.Time
}

func (p *Pages) peerRoutes(r *mux.Router) {
	p.runs(r, peersPath, p.peers)
	p.hostRoutes(r)
	p.listRoutes(r)
}

// peers is /admin/reseau.
func (p *Pages) peers(w http.ResponseWriter, r *http.Request) error {
	page := peersPage{
		top: p.admin(r, p.t(r, "peers.title"), peersPath), Off: !p.Node.Discover,
		Empty: assets.Empty{
			Title: p.t(r, "peers.empty"), Text: p.t(r, "peers.empty-text"),
			Actions: []assets.Link{{Text: p.t(r, "follow.title"), Href: "/reseau/suivre"}},
		},
	}
	err := p.view(r, func(tx *store.Txn) (err error) {
		if page.Hosts, err = p.hostLines(r, tx); err != nil {
			return err
		}
		all := nearest(tx)
		if len(all) > mostPeers {
			page.More = p.t(r, "peers.more", "count", mostPeers)
			all = all[:mostPeers]
		}
		for _, peer := range all {
			page.Peers = append(page.Peers, p.peerRow(r, tx, peer))
		}
		page.Total = p.t(r, "peers.total", "count", tx.PeerList().Total)
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-peers.html", page)
}

// nearest are the peers but for our own lab, the nearest first.
func nearest(tx *store.Txn) []*store.Peer {
	var all []*store.Peer
	for p := range tx.Peers() {
		if p.Hop != store.HopSelf {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *store.Peer) int {
		return cmp.Or(cmp.Compare(a.Hop, b.Hop), cmp.Compare(b.State, a.State), strings.Compare(a.IRI, b.IRI))
	})
	return all
}

func (p *Pages) peerRow(r *http.Request, tx *store.Txn, peer *store.Peer) peerRow {
	row := peerRow{
		Name: peer.DisplayName(), Href: peer.Page, Address: peer.Address(), Software: peer.Software,
		Seen: peer.Seen, Known: peer.Known, Next: peer.Next,
	}
	if row.Name == "" {
		row.Name = store.HostOf(peer.IRI) // nobody else is believed about its name
	}
	switch {
	case peer.Hop == store.HopFollowed:
		row.Distance = p.t(r, "peers.followed")
	case peer.Hop == store.HopFar:
		row.Distance = p.t(r, "peers.far")
	default:
		row.Distance = p.t(r, "peers.hops", "count", peer.Hop)
	}
	row.State = assets.Badge{Tone: peerTones[peer.State], Text: p.t(r, "peers."+peerWords[peer.State])}
	if peer.Fails > 0 {
		row.State = assets.Badge{Tone: "warn", Text: p.t(r, "peers.silent")}
		row.Problem, row.Fails = p.t(r, "peers.problem."+string(peer.Problem)), p.t(r, "peers.fails", "count", peer.Fails)
	}
	var via []string
	for _, iri := range peer.Via {
		if by, err := tx.PeerByIRI(iri); err == nil && by.Name != "" {
			via = append(via, by.DisplayName())
		}
	}
	row.Via = strings.Join(via, ", ")
	return row
}

// peerWords and peerTones show the states.
var (
	peerWords = map[store.PeerState]string{store.PeerKnown: "known", store.PeerHeard: "heard", store.PeerHidden: "hidden", store.PeerOther: "not-a-lab"}
	peerTones = map[store.PeerState]string{store.PeerKnown: "ok", store.PeerHeard: "info", store.PeerHidden: "plain", store.PeerOther: "plain"}
)
