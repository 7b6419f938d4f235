package fedtest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/integrity"
	"github.com/essaim/essaim/store"
)

// gossip is a lab on a server of somebody else that our lab follows, and that says
// what it likes of others.
type gossip struct{ *PeerActor }

// newGossip has the stage's lab follow it once spoil changed what it says.
func newGossip(t *testing.T, s *stage, spoil func(g *gossip)) *gossip {
	t.Helper()
	g := &gossip{NewPeer(t, "mal.localhost").Actor("mal")}
	g.showLab(g.PeerActor, nil)
	g.collection("/users/mal/following", nil)
	g.collection("/users/mal/followers", nil)
	g.list(nil)
	spoil(g)
	s.follow(g.PeerActor)
	eventually(t, s.node, "it was asked", func(tx *store.Txn) bool {
		p := peer(tx, g.IRI)
		return (p.State != store.PeerHeard || p.Fails > 0) && visited(tx)
	})
	return g
}

// showLab shows an actor as a lab with a descriptor of its own.
func (g *gossip) showLab(a *PeerActor, changes Object) {
	a.Show(With(With(a.Document(), Object{
		"type": "Group", "discoverable": true, "following": a.IRI + "/following", "essaim:descriptor": a.IRI + "/descriptor",
	}), changes))
	a.Peer.Serve(a.Path()+"/descriptor", As(activityType, describing(a, a, Object{"essaim:peers": a.Peer.URL + "/peers"})))
}

// describing is a descriptor of a lab, signed by another.
func describing(lab, by *PeerActor, changes Object) []byte {
	doc := With(Object{
		"@context": "https://www.w3.org/ns/activitystreams", "id": lab.IRI + "/descriptor", "type": "Profile", "describes": lab.IRI,
		"preferredUsername": lab.Handle, "name": "Labo " + lab.Handle, "updated": time.Now().UTC().Format(time.RFC3339),
	}, changes)
	signed, err := integrity.Sign(encode(doc), httpsig.Signer{KeyID: by.IRI + "#ed25519", Key: by.Ed}, time.Now())
	if err != nil {
		by.Peer.t.Fatal(err)
	}
	return signed
}

// collection serves a collection whose whole is on its one page.
func (g *gossip) collection(path string, iris []string) {
	g.Peer.Show(path, Object{"id": g.Peer.URL + path, "type": "OrderedCollection", "totalItems": len(iris), "orderedItems": iris})
}

// list serves a list of peers with these descriptors.
func (g *gossip) list(descriptors [][]byte) {
	id := g.Peer.URL + "/peers"
	g.Peer.Serve("/peers", func(w http.ResponseWriter, r *http.Request) {
		doc := Object{"id": id, "type": "OrderedCollection", "essaim:seq": len(descriptors)}
		if r.URL.RawQuery != "" {
			var items []string
			for _, d := range descriptors {
				items = append(items, `{"type":"Announce","object":`+string(d)+`}`)
			}
			raw := fmt.Sprintf(`{"id":%q,"type":"OrderedCollectionPage","essaim:seq":%d,"orderedItems":[%s]}`, g.Peer.URL+r.URL.String(), len(descriptors), strings.Join(items, ","))
			As(activityType, []byte(raw))(w, r)
			return
		}
		As(activityType, encode(doc))(w, r)
	})
}

// subdomain is an actor on one of the many names of the same server.
func (g *gossip) subdomain(i int) string {
	return strings.Replace(g.Peer.URL, "mal.", fmt.Sprintf("x%d.mal.", i), 1) + "/users/x"
}

// A server that says too much of others costs little, and leaves the node in good
// health.
func TestHostileGossip(t *testing.T) {
	many := func(g *gossip, from, n int) (iris []string) {
		for i := range n {
			iris = append(iris, g.subdomain(from+i))
		}
		return iris
	}
	for name, c := range map[string]struct {
		spoil    func(g *gossip)
		requests int // at most
		peers    int // at most, beside our lab and the hostile one
	}{
		"endless pages": {func(g *gossip) {
			g.Peer.Serve("/users/mal/following", func(w http.ResponseWriter, r *http.Request) {
				page, _ := strconv.Atoi(r.URL.Query().Get("page"))
				As(activityType, encode(Object{
					"id": g.Peer.URL + r.URL.String(), "type": "OrderedCollectionPage", "orderedItems": []string{g.IRI + "/nobody"},
					"next": fmt.Sprintf("%s/following?page=%d", g.IRI, page+1),
				}))(w, r)
			})
		}, 45, 1},
		"a page that is its own next one": {func(g *gossip) {
			g.Peer.Show("/users/mal/following", Object{
				"id": g.IRI + "/following", "type": "OrderedCollectionPage", "orderedItems": []string{}, "next": g.IRI + "/following",
			})
		}, 20, 0},
		"a text without end":      {func(g *gossip) { g.Peer.Serve("/users/mal/following", Endless(func(int) {})) }, 20, 0},
		"a bomb":                  {func(g *gossip) { g.Peer.Serve("/peers", Bomb) }, 20, 0},
		"ten thousand subdomains": {func(g *gossip) { g.collection("/users/mal/following", many(g, 0, 9000)) }, 75, 49},
		"ten thousand descriptors": {func(g *gossip) {
			g.Peer.Serve("/peers", func(w http.ResponseWriter, r *http.Request) {
				doc := Object{"id": g.Peer.URL + "/peers", "type": "OrderedCollection", "essaim:seq": 10_000}
				if after, err := strconv.Atoi(r.URL.Query().Get("after")); err == nil {
					var items []Object
					for _, iri := range many(g, after, 100) {
						items = append(items, Object{"type": "Announce", "object": Object{
							"id": iri + "/descriptor", "type": "Profile", "describes": iri, "preferredUsername": "x", "updated": "2026-03-02T12:00:00Z",
						}})
					}
					doc = Object{"id": g.Peer.URL + r.URL.String(), "type": "OrderedCollectionPage", "essaim:seq": after + 100, "orderedItems": items}
				}
				As(activityType, encode(doc))(w, r)
			})
		}, 80, 49},
		"a list that stands still": {func(g *gossip) {
			g.Peer.Serve("/peers", func(w http.ResponseWriter, r *http.Request) {
				As(activityType, encode(Object{"id": g.Peer.URL + r.URL.String(), "type": "OrderedCollection", "essaim:seq": 5 * len(r.URL.RawQuery) % 7, "orderedItems": []any{}}))(w, r)
			})
		}, 20, 0},
		"not a list": {func(g *gossip) {
			g.Peer.Show("/peers", Object{"id": g.Peer.URL + "/peers", "type": "Note", "essaim:seq": "x", "orderedItems": 7})
		}, 20, 0},
		"nothing there": {func(g *gossip) {
			for _, path := range []string{"/users/mal/following", "/users/mal/followers", "/peers", "/users/mal/descriptor"} {
				g.Peer.Serve(path, Status(http.StatusNotFound))
			}
		}, 20, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, Discovering)
			g := newGossip(t, s, c.spoil)
			if n := len(g.Peer.Requests()); n > c.requests {
				t.Errorf("got %d requests, want at most %d", n, c.requests)
			}
			s.holds("no more peers than there is room for", func(tx *store.Txn) bool { return tx.PeersAll() <= c.peers+2 })
			s.holds("nobody is suggested", func(tx *store.Txn) bool { return len(tx.Suggestions(10)) == 0 })
			s.works()
		})
	}
}

// Nobody but a lab itself says what it is called, or that it may be shown.
func TestForgedDescriptorNeverShows(t *testing.T) {
	s := newStage(t, Discovering)
	honest := NewPeer(t, "bon.localhost").Actor("bon")
	shy := NewPeer(t, "timide.localhost").Actor("timide")
	missing := NewPeer(t, "absent.localhost").Actor("absent")
	missing.Peer.Serve(missing.Path(), Status(http.StatusNotFound))
	g := newGossip(t, s, func(g *gossip) {
		g.showLab(honest, nil)
		g.showLab(shy, Object{"discoverable": false})
		forged := Object{"name": "FAUX", "essaim:territory": []string{"region:53"}}
		tomorrow := With(forged, Object{"updated": time.Now().Add(30 * time.Minute).UTC().Format(time.RFC3339)})
		g.list([][]byte{
			describing(honest, g.PeerActor, forged), describing(honest, g.PeerActor, tomorrow), describing(shy, shy, forged), describing(missing, missing, forged),
			encode(With(Object{}, Object{"type": "Profile"})), []byte(`7`), []byte(`{}`),
			describing(honest, honest, Object{"describes": s.node.Lab.IRI, "name": "FAUX"}),
			describing(s.eve, s.eve, Object{"id": g.IRI + "/descriptor", "name": "FAUX"}),
		})
	})
	eventually(t, s.node, "all were asked themselves", func(tx *store.Txn) bool {
		return peer(tx, honest.IRI).State == store.PeerKnown && peer(tx, shy.IRI).State == store.PeerHidden && peer(tx, missing.IRI).Fails > 0
	})
	// Once it is known, only what its own key signed is newer.
	again := func(descriptors ...[]byte) {
		g.list(append(descriptors, describing(g.PeerActor, g.PeerActor, nil)))
		if err := s.node.Store.Update(t.Context(), func(tx *store.Txn) error {
			p := peer(tx, g.IRI)
			p.Read, p.Next, p.Visit = 0, tx.Now(), tx.Now()
			tx.PutPeer(&p)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	later := time.Now().Add(10 * time.Minute).UTC().Format(time.RFC3339)
	again(describing(honest, g.PeerActor, Object{"name": "FAUX", "updated": later}), describing(honest, honest, Object{"name": "Vrai", "updated": later}))
	eventually(t, s.node, "what it signed itself is", func(tx *store.Txn) bool { return peer(tx, honest.IRI).Name == "Vrai" })
	s.holds("nobody has a forged name", func(tx *store.Txn) bool {
		for p := range tx.Peers() {
			if p.Name == "FAUX" || strings.Contains(string(tx.Descriptor(p.ID)), "FAUX") {
				t.Errorf("got %+v", p)
			}
		}
		listed := 0
		for range tx.ListedPeers(0) {
			listed++
		}
		return listed == 3 && !slices.ContainsFunc(tx.Suggestions(10), func(x store.Suggestion) bool { return x.Lab.IRI == shy.IRI || x.Lab.IRI == missing.IRI })
	})
}
