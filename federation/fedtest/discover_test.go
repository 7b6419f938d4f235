package fedtest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// suggested is the suggestion of another node's lab, or nil.
func suggested(tx *store.Txn, n *Node) *store.Suggestion {
	for _, s := range tx.Suggestions(100) {
		if s.Lab.IRI == n.Lab.IRI {
			return &s
		}
	}
	return nil
}

// peer is what a node knows of an actor; the zero Peer: nothing.
func peer(tx *store.Txn, iri string) store.Peer {
	p, err := tx.PeerByIRI(iri)
	if err != nil {
		return store.Peer{}
	}
	return *p
}

// visited says whether a node was asked all that it is to be asked for now.
func visited(tx *store.Txn) bool {
	for p := range tx.Peers() {
		if p.Next.Before(tx.Now()) {
			return false
		}
	}
	return true
}

// startLab runs a node that looks for others, and waits until it can tell who it is.
func startLab(t *testing.T, handle string) *Node {
	t.Helper()
	n := Start(t, handle, Discovering)
	eventually(t, n, "it has a descriptor", func(tx *store.Txn) bool { return tx.PeerList().Total == 1 })
	return n
}

func listOf(t *testing.T, n *Node, path string) (items []map[string]any) {
	t.Helper()
	res := n.Get(path)
	var page struct {
		Items []map[string]any `json:"orderedItems"`
	}
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
		t.Fatal(err)
	}
	return page.Items
}

// A follows B and B follows C: A hears of C, and why it may want to follow it.
func TestLabOfALabIsSuggested(t *testing.T) {
	a, b, c := startLab(t, "estran"), startLab(t, "calanques"), startLab(t, "estuaire")
	if err := c.Publish(t.Context(), c.Admin(), &federation.Activity{Verb: "Update", Actor: c.Lab.IRI, Profile: inAnotherRegion(c.Lab)}); err != nil {
		t.Fatal(err)
	}
	connect(t, b, c)
	eventually(t, b, "it knows the lab that it follows", func(tx *store.Txn) bool {
		p := peer(tx, c.Lab.IRI)
		return p.State == store.PeerKnown && p.Hop == store.HopFollowed
	})
	connect(t, a, b)
	eventually(t, a, "the lab of the lab is suggested", func(tx *store.Txn) bool {
		s := suggested(tx, c)
		return s != nil && len(s.Followers) == 1 && s.Followers[0].IRI == b.Lab.IRI && s.Region == "" && s.Lab.Hop == 2 &&
			s.Lab.Name == c.Lab.Name && s.Lab.Software == "essaim test" && s.Lab.Domain == "127.0.0.1"
	})
	eventually(t, a, "the picture has who follows whom", func(tx *store.Txn) bool {
		n := tx.Neighbourhood(2, 10)
		return len(n.Labs) == 3 && n.Labs[0].IRI == a.Lab.IRI && slices.Equal(n.Edges, []store.Edge{
			{From: a.Lab.IRI, To: b.Lab.IRI}, {From: b.Lab.IRI, To: c.Lab.IRI},
		})
	})
	for n, labs := range map[*Node]int{a: 3, b: 3, c: 2} {
		eventually(t, n, "they know each other", func(tx *store.Txn) bool { return tx.PeerList().Total == labs })
	}

	connect(t, a, c)
	eventually(t, a, "what is followed is suggested no more", func(tx *store.Txn) bool {
		return suggested(tx, c) == nil && peer(tx, c.Lab.IRI).Hop == store.HopFollowed
	})
}

// inAnotherRegion moves a lab to another region.
func inAnotherRegion(lab *store.Actor) *store.Actor {
	other := *lab
	other.Territory = []string{"region:84"}
	return &other
}

func TestListOfPeersIsSignedByTheLabs(t *testing.T) {
	a, b := startLab(t, "estran"), startLab(t, "calanques")
	connect(t, a, b)
	eventually(t, a, "both are listed", func(tx *store.Txn) bool { return tx.PeerList().Total == 2 })
	nodes := map[string]*Node{a.Lab.IRI: a, b.Lab.IRI: b}
	for _, item := range listOf(t, a, "/peers?after=0") {
		o := item["object"].(map[string]any)
		n := nodes[o["describes"].(string)]
		proved(t, n, encode(o))
	}

	res := a.Get("/peers")
	head, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var h struct {
		Total int    `json:"totalItems"`
		Seq   uint64 `json:"essaim:seq"`
		First string `json:"first"`
	}
	if err := json.Unmarshal(head, &h); err != nil || h.Total != 2 || h.Seq < 2 || h.First != a.URL+"/peers?after=0" {
		t.Errorf("head: got %+v, %v", h, err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, a.URL+"/peers", nil)
	req.Header.Set("If-None-Match", res.Header.Get("Etag"))
	again, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	again.Body.Close()
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("nothing changed: got %d, want 304", again.StatusCode)
	}
	res = b.Get(b.Lab.IRI[len(b.URL):] + "/descriptor")
	doc, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	proved(t, b, doc)
}

// A lab that does not want to be found is not told of, by nobody and at no time.
func TestLabThatDoesNotWantToBeFoundIsNotTold(t *testing.T) {
	a, b, c := startLab(t, "estran"), startLab(t, "calanques"), startLab(t, "estuaire")
	hidden := *c.Lab
	hidden.Discoverable = false
	publish(t, c, &federation.Activity{Verb: "Update", Actor: c.Lab.IRI, Profile: &hidden})
	connect(t, b, c)
	connect(t, a, b)
	for _, n := range []*Node{a, b} {
		eventually(t, n, "it was asked, and nothing of it kept", func(tx *store.Txn) bool {
			p := peer(tx, c.Lab.IRI)
			return p.State == store.PeerHidden && p.Name == "" && suggested(tx, c) == nil
		})
	}
	eventually(t, c, "it knows who follows it", func(tx *store.Txn) bool { return peer(tx, b.Lab.IRI).State == store.PeerKnown })
	if items := string(encode(listOf(t, c, "/peers?after=0"))); strings.Contains(items, `"describes":"`+c.Lab.IRI) || !strings.Contains(items, `"describes":"`+b.Lab.IRI) {
		t.Errorf("its own list: got %s, want others alone", items)
	}
	if got := c.Get(c.Lab.IRI[len(c.URL):] + "/descriptor").StatusCode; got != http.StatusNotFound {
		t.Errorf("its descriptor: got %d, want 404", got)
	}

	publish(t, b, &federation.Activity{Verb: "Update", Actor: b.Lab.IRI, Profile: b.Lab}) // it stays as it is
	eventually(t, a, "everybody else is told of", func(tx *store.Txn) bool { return tx.PeerList().Total == 2 && visited(tx) })
	shy := *b.Lab
	shy.Discoverable = false
	publish(t, b, &federation.Activity{Verb: "Update", Actor: b.Lab.IRI, Profile: &shy})
	eventually(t, a, "who no longer wants to be found is no longer told of", func(tx *store.Txn) bool {
		return peer(tx, b.Lab.IRI).State == store.PeerHidden && tx.PeerList().Total == 1
	})
}

// Whom nobody reaches by follows is told by those who know: each tells its
// followers, and they ask the lab itself.
func TestLabIsHeardOfFromOthers(t *testing.T) {
	a, b, c, d := startLab(t, "estran"), startLab(t, "calanques"), startLab(t, "estuaire"), startLab(t, "plateau")
	connect(t, b, c)
	eventually(t, b, "it knows the lab", func(tx *store.Txn) bool { return peer(tx, c.Lab.IRI).State == store.PeerKnown })
	undo(t, b, c)
	eventually(t, b, "it knows it still", func(tx *store.Txn) bool { return peer(tx, c.Lab.IRI).Hop == store.HopFar })
	connect(t, a, b)
	eventually(t, a, "it was told of the lab, and asked it", func(tx *store.Txn) bool {
		p := peer(tx, c.Lab.IRI)
		return p.State == store.PeerKnown && p.Hop == store.HopFar && slices.Contains(p.Via, b.Lab.IRI)
	})
	connect(t, d, a)
	eventually(t, d, "so was who follows that one", func(tx *store.Txn) bool { return peer(tx, c.Lab.IRI).State == store.PeerKnown })
}

// undo ends a follow.
func undo(t *testing.T, from, to *Node) {
	t.Helper()
	var follow string
	if err := from.Store.View(t.Context(), func(tx *store.Txn) error {
		f, err := tx.Follow(from.Lab.ID, actorID(tx, to.Lab.IRI))
		if err == nil {
			follow = f.IRI
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	publish(t, from, &federation.Activity{Verb: "Undo", Actor: from.Lab.IRI, Object: follow})
}

// Discovery goes on where it was when the node ends in the middle.
func TestDiscoveryGoesOnAfterARestart(t *testing.T) {
	a, b, c := startLab(t, "estran"), startLab(t, "calanques"), startLab(t, "estuaire")
	connect(t, b, c)
	c.Stop()
	connect(t, a, b)
	eventually(t, a, "the lab that is down was tried", func(tx *store.Txn) bool {
		p := peer(tx, c.Lab.IRI)
		return p.Problem == store.ProblemUnreachable && p.Fails > 0 && p.State == store.PeerHeard
	})
	a.Stop()
	c.start()
	a.start()
	eventually(t, a, "it is known", func(tx *store.Txn) bool {
		p := peer(tx, c.Lab.IRI)
		return p.State == store.PeerKnown && p.Problem == "" && suggested(tx, c) != nil
	})
}
