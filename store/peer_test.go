package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// neighbours are a lab here, and labs elsewhere that it knows.
type neighbours struct {
	t   *testing.T
	s   *store.Store
	c   *clock
	lab *store.Actor
}

const own = "https://estran.example/actors/estran"

func newNeighbours(t *testing.T) *neighbours {
	t.Helper()
	s, c := open(t)
	n := &neighbours{t: t, s: s, c: c, lab: &store.Actor{
		IRI: own, Type: store.Group, Local: true, Handle: "estran", Host: "estran.example", Territory: []string{"region:53"},
	}}
	update(t, s, func(tx *store.Txn) {
		must(t, tx.PutActor(n.lab))
		tx.PutPeer(&store.Peer{IRI: own, State: store.PeerKnown, Themes: []string{"mobilite", "logement"}, Seen: tx.Now()})
	})
	return n
}

func iriOf(name string) string { return "https://" + name + ".example/actors/" + name }

// knows keeps a lab of another node; it follows those that are named.
func (n *neighbours) knows(name string, hop int, change func(*store.Peer), follows ...string) *store.Peer {
	n.t.Helper()
	p := &store.Peer{
		IRI: iriOf(name), State: store.PeerKnown, Hop: hop, Domain: name + ".example", Handle: name, Host: name + ".example", Seen: n.c.now(),
	}
	if change != nil {
		change(p)
	}
	update(n.t, n.s, func(tx *store.Txn) {
		tx.PutPeer(p)
		tx.SetPeerFollows(p.ID, follows)
	})
	return p
}

// follows makes one of the two follow the other.
func (n *neighbours) follows(from, to string, state store.FollowState) {
	n.t.Helper()
	update(n.t, n.s, func(tx *store.Txn) {
		var ids []store.ID
		for _, iri := range []string{from, to} {
			a := &store.Actor{IRI: iri, Type: store.Group, Host: store.HostOf(iri), Handle: iri[len(iri)-4:], Local: iri == own}
			if old, err := tx.ActorByIRI(iri); err == nil {
				a = old
			}
			must(n.t, tx.PutActor(a))
			ids = append(ids, a.ID)
		}
		tx.PutFollow(&store.Follow{Follower: ids[0], Followed: ids[1], State: state})
	})
}

func (n *neighbours) suggestions() (names []string, list []store.Suggestion) {
	n.t.Helper()
	view(n.t, n.s, func(tx *store.Txn) {
		for _, s := range tx.Suggestions(10) {
			names, list = append(names, s.Lab.Handle), append(list, s)
		}
	})
	return names, list
}

func TestSuggestionsAreRankedByTheirReasons(t *testing.T) {
	n := newNeighbours(t)
	for _, name := range []string{"aaaa", "bbbb", "cccc"} {
		n.knows(name, 1, nil, iriOf("well"), own)
		n.follows(own, iriOf(name), store.Accepted)
	}
	n.knows("dddd", 2, nil, iriOf("once")) // who is not followed here vouches for nobody
	n.knows("well", 2, nil)
	n.knows("once", 3, nil)
	n.knows("near", 3, func(p *store.Peer) { p.Territory = []string{"region:84", "region:53"} })
	n.knows("same", 3, func(p *store.Peer) { p.Themes = []string{"sante", "logement", "mobilite"} })
	n.knows("fans", 2, nil)
	n.follows(iriOf("fans"), own, store.Accepted)

	names, list := n.suggestions()
	if want := []string{"well", "fans", "near", "same"}; !slices.Equal(names, want) {
		t.Fatalf("got %v, want %v", names, want)
	}
	if got := list[0]; len(got.Followers) != 3 || got.Followers[0].Name != "" || got.Region != "" {
		t.Errorf("well: got %+v", got)
	}
	if !list[1].FollowsUs || list[2].Region != "region:53" || !slices.Equal(list[3].Themes, []string{"logement", "mobilite"}) {
		t.Errorf("got %+v", list)
	}
}

func TestSomeLabsAreNeverSuggested(t *testing.T) {
	n := newNeighbours(t)
	near := func(change func(*store.Peer)) func(*store.Peer) {
		return func(p *store.Peer) {
			p.Territory = []string{"region:53"}
			change(p)
		}
	}
	nothing := near(func(*store.Peer) {})
	n.knows("heard", 2, near(func(p *store.Peer) { p.State = store.PeerHeard }))
	n.knows("hidden", 2, near(func(p *store.Peer) { p.State = store.PeerHidden }))
	n.knows("other", 2, near(func(p *store.Peer) { p.State = store.PeerOther }))
	n.knows("asked", 2, nothing)
	n.follows(own, iriOf("asked"), store.Asked)
	n.knows("mine", 2, nothing)
	n.follows(own, iriOf("mine"), store.Accepted)
	n.knows("away", 2, nothing)
	n.knows("foe", 2, nothing)
	n.follows(iriOf("foe"), own, store.Accepted)
	n.knows("refused", 2, nothing)
	n.follows(own, iriOf("refused"), store.Refused)
	update(t, n.s, func(tx *store.Txn) {
		tx.PutDomainBlock(&store.DomainBlock{Host: "away.example"})
		foe, err := tx.ActorByIRI(iriOf("foe"))
		must(t, err)
		tx.PutBlock(&store.Block{Blocker: n.lab.ID, Blocked: foe.ID})
	})
	n.knows("silent", 2, near(func(p *store.Peer) { p.Seen = n.c.now().Add(-store.PeerAge - time.Hour) }))
	if names, _ := n.suggestions(); !slices.Equal(names, []string{"refused"}) {
		t.Errorf("got %v, want only the lab that refused once", names)
	}
}

func TestNeighbourhoodHasWhoFollowsWhom(t *testing.T) {
	n := newNeighbours(t)
	n.knows("far", 3, nil, iriOf("b"))
	n.knows("b", 2, nil, iriOf("far"), iriOf("a"))
	n.knows("a", 1, nil, iriOf("b"), iriOf("far"), own, iriOf("unknown"))
	n.knows("blocked", 2, nil, own)
	update(t, n.s, func(tx *store.Txn) { tx.PutDomainBlock(&store.DomainBlock{Host: "blocked.example"}) })
	view(t, n.s, func(tx *store.Txn) {
		got := tx.Neighbourhood(2, 10)
		var labs []string
		for _, p := range got.Labs {
			labs = append(labs, p.IRI)
		}
		if want := []string{own, iriOf("a"), iriOf("b")}; !slices.Equal(labs, want) {
			t.Errorf("labs: got %v, want %v", labs, want)
		}
		want := []store.Edge{{From: iriOf("a"), To: iriOf("b")}, {From: iriOf("a"), To: own}, {From: iriOf("b"), To: iriOf("a")}}
		if !slices.Equal(got.Edges, want) {
			t.Errorf("edges: got %v, want %v", got.Edges, want)
		}
		if few := tx.Neighbourhood(3, 2); len(few.Labs) != 2 || len(few.Edges) != 1 {
			t.Errorf("two at most: got %d, %v", len(few.Labs), few.Edges)
		}
	})
}

func TestPeersAreCounted(t *testing.T) {
	n := newNeighbours(t)
	var peers []*store.Peer
	for i := range 3 {
		peers = append(peers, n.knows(fmt.Sprint("x", i), 2, func(p *store.Peer) {
			p.State, p.Domain, p.Via = store.PeerHeard, "x.example", []string{own, iriOf("a")}
		}))
	}
	counts := func(want ...int) {
		t.Helper()
		view(t, n.s, func(tx *store.Txn) {
			got := []int{tx.PeersOf("x.example"), tx.PeersOn("x0.example"), tx.PeersNamed(own), tx.PeersNamed(iriOf("a"))}
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	counts(3, 1, 3, 0)
	update(t, n.s, func(tx *store.Txn) {
		peers[0].State = store.PeerKnown
		tx.PutPeer(peers[0])
		tx.DeletePeer(peers[1])
	})
	counts(2, 1, 1, 0)
	update(t, n.s, func(tx *store.Txn) {
		tx.DeletePeer(peers[0])
		tx.DeletePeer(peers[2])
		if _, err := tx.PeerByIRI(peers[0].IRI); err == nil {
			t.Error("a peer that was forgotten is there")
		}
	})
	counts(0, 0, 0, 0)
}

func TestListedPeersComeInTheOrderOfTheirChanges(t *testing.T) {
	n := newNeighbours(t)
	a, b := n.knows("a", 1, nil), n.knows("b", 2, nil)
	put := func(peer *store.Peer, text string) {
		update(t, n.s, func(tx *store.Txn) {
			p, err := tx.Peer(peer.ID)
			must(t, err)
			tx.ListPeer(p, []byte(text), store.Rev{text[0]})
			tx.PutPeer(p)
		})
	}
	put(a, "1")
	put(b, "2")
	var before store.PeerList
	view(t, n.s, func(tx *store.Txn) { before = tx.PeerList() })
	put(b, "2")
	put(a, "3")
	view(t, n.s, func(tx *store.Txn) {
		var got []string
		for p := range tx.ListedPeers(0) {
			got = append(got, string(tx.Descriptor(p.ID)))
		}
		if l := tx.PeerList(); !slices.Equal(got, []string{"2", "3"}) || l.Total != 2 || l.Seq != 3 || l.Digest == before.Digest {
			t.Errorf("got %v, %+v", got, l)
		}
		for p := range tx.ListedPeers(2) {
			if p.ID != a.ID {
				t.Errorf("after 2: got %s", p.IRI)
			}
		}
	})
	update(t, n.s, func(tx *store.Txn) {
		first, err := tx.Peer(a.ID)
		must(t, err)
		tx.DeletePeer(first)
		second, err := tx.Peer(b.ID)
		must(t, err)
		tx.UnlistPeer(second)
		tx.PutPeer(second)
		if l := tx.PeerList(); l.Total != 0 || l.Digest != (store.Digest{}) {
			t.Errorf("nobody left: got %+v", l)
		}
	})
}

func TestPeerIsAskedWhenItIsDue(t *testing.T) {
	n := newNeighbours(t)
	p := n.knows("a", 1, func(p *store.Peer) { p.Next = n.c.now() })
	due := func() (jobs []*store.Job) {
		view(t, n.s, func(tx *store.Txn) { jobs, _ = tx.DueJobs(5) })
		return jobs
	}
	if jobs := due(); len(jobs) != 1 || jobs[0].Kind != store.PeerJob || jobs[0].ID != p.ID {
		t.Fatalf("got %v", jobs)
	}
	update(t, n.s, func(tx *store.Txn) {
		p.Next = tx.Now().Add(time.Hour)
		tx.PutPeer(p)
	})
	if jobs := due(); len(jobs) != 0 {
		t.Errorf("put off: got %v", jobs)
	}
	n.c.pass(2 * time.Hour)
	if jobs := due(); len(jobs) != 1 {
		t.Errorf("later: got %v", jobs)
	}
	update(t, n.s, func(tx *store.Txn) { tx.DeletePeer(p) })
	if jobs := due(); len(jobs) != 0 {
		t.Errorf("forgotten: got %v", jobs)
	}
}
