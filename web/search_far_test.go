package web_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/federation/sketch"
	"github.com/essaim/essaim/store"
)

// farNetwork is a node that follows nobody, and has heard of the others.
func farNetwork(t *testing.T, others ...string) (n *fedtest.Node) {
	t.Helper()
	n = fedtest.Start(t, "estran", fedtest.Serving(whole(t)))
	err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		for i, iri := range others {
			tx.PutPeer(&store.Peer{IRI: iri, State: store.PeerKnown, Hop: 2 + i%2, Host: store.HostOf(iri), Handle: "voisin", Name: "Labo <voisin>", Seen: tx.Now()})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func tell(t *testing.T, n *fedtest.Node, title string, audience store.Audience) {
	t.Helper()
	e := &store.Experiment{Stage: "idees", Record: store.Record{Kind: "experiment", Title: title, Pitch: "Sur l'eau.", Audience: audience, Lang: "fr"}}
	if err := n.Publish(t.Context(), n.Admin(), &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: e}); err != nil {
		t.Fatal(err)
	}
}

func look(t *testing.T, n *fedtest.Node, path string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), shortPatience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, n.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", asPage)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return (&world{t: t}).read(res)
}

// A node finds on others, which it does not follow, what it never copied; what is not
// for everybody stays at home, and who does not answer is named.
func TestSearchingFurther(t *testing.T) {
	b, c := fedtest.Start(t, "plateau", fedtest.Serving(whole(t))), fedtest.Start(t, "calanques", fedtest.Serving(whole(t)))
	tell(t, b, "La péniche des démarches", store.Public)
	tell(t, c, "Navettes fluviales", store.Public)
	tell(t, c, "Navette secrète", store.FollowedLabs)
	tell(t, c, "Navette discrète", store.Unlisted)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := "http://" + dead.Addr().String()
	if err := dead.Close(); err != nil { // nobody listens there any more
		t.Fatal(err)
	}
	a := farNetwork(t, b.Lab.IRI, c.Lab.IRI, gone+"/actors/parti")

	if page := look(t, a, "/recherche?q=navette"); strings.Contains(page, "fluviales") || !strings.Contains(page, "loin=1") {
		t.Errorf("here: %s", page)
	}
	page := look(t, a, "/recherche?q=navette&loin=1")
	for _, want := range []string{"Navettes fluviales", `href="` + c.URL + "/e/", "répondu par Labo &lt;voisin&gt;", "2 labos voisins", strings.TrimPrefix(gone, "http://")} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in %s", want, page)
		}
	}
	for _, not := range []string{"secrète", "discrète", "péniche"} {
		if strings.Contains(page, not) {
			t.Errorf("shows %q", not)
		}
	}
}

// Of the nodes that are known only those are asked whose sketches may have the words.
func TestWhoDoesNotHaveTheWordsIsNotAsked(t *testing.T) {
	b, c := fedtest.Start(t, "plateau", fedtest.Serving(whole(t))), fedtest.Start(t, "calanques", fedtest.Serving(whole(t)))
	tell(t, b, "La péniche et la navette", store.Public)
	tell(t, c, "Navettes fluviales", store.Public)
	a := farNetwork(t, b.Lab.IRI, c.Lab.IRI)
	sketched := func(at time.Time, of map[*fedtest.Node]string) {
		t.Helper()
		for n, text := range of {
			var m sketch.Maker
			m.Add(text)
			err := a.Store.Update(t.Context(), func(tx *store.Txn) error {
				p, err := tx.PeerByIRI(n.Lab.IRI)
				if err == nil {
					tx.SetSketch(p.ID, m.Sketch(), at)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	now := a.Store.Now()
	sketched(now, map[*fedtest.Node]string{b: "La péniche", c: "Navettes fluviales"})
	page := look(t, a, "/recherche?q=les+navettes&loin=1")
	for _, want := range []string{"Navettes fluviales", "1 labo voisin", "1 autre labo connu"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in %s", want, page)
		}
	}
	if strings.Contains(page, "péniche") {
		t.Error("asked who has no such words")
	}
	sketched(now.Add(-3*24*time.Hour), map[*fedtest.Node]string{b: "La péniche"})
	if page := look(t, a, "/recherche?q=navettes&loin=1"); !strings.Contains(page, "péniche et la navette") || !strings.Contains(page, "2 labos voisins") {
		t.Errorf("an old sketch is not doubted: %s", page)
	}
}

// Who takes back that a lab's records may be found is not found from elsewhere either.
func TestSearchOfOthersAsksForConsent(t *testing.T) {
	n := fedtest.Start(t, "calanques", fedtest.Serving(whole(t)))
	tell(t, n, "Navettes fluviales", store.Public)
	for _, path := range []string{"/search?q=navette", "/search?q=navette&limit=9999999", "/search?q=navette&limit=-3"} {
		if got := look(t, n, path); !strings.Contains(got, "Navettes") || !strings.Contains(got, "activity+json") {
			t.Errorf("%s: got %s", path, got)
		}
	}
	err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		lab.Indexable = false
		return tx.PutActor(lab)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := look(t, n, "/search?q=navette"); strings.Contains(got, "Navettes") {
		t.Errorf("after it was taken back: got %s", got)
	}
	if got := look(t, n, "/search"); !strings.Contains(got, `"orderedItems":[]`) {
		t.Errorf("nothing asked: got %s", got)
	}
}
