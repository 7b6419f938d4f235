package fedtest

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/integrity"
	"github.com/essaim/essaim/store"
)

// fill publishes records of a node's lab and gives it members, of whom every
// third one does not want to be found.
func fill(t testing.TB, n *Node, records, members int) {
	t.Helper()
	for i := range records {
		a := &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: experiment(fmt.Sprintf("Fiche %d", i), store.Public)}
		if err := n.Publish(context.Background(), n.Admin(), a); err != nil {
			t.Fatal(err)
		}
	}
	for i := range members {
		handle := fmt.Sprintf("m%d", i)
		if _, err := n.AddMember(context.Background(), store.Actor{Handle: handle, Name: handle, Discoverable: i%3 != 2}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// proved checks the proof of a document of a lab or its member.
func proved(t *testing.T, n *Node, doc []byte) {
	t.Helper()
	method, err := integrity.Method(doc)
	if err != nil {
		t.Fatalf("%v: %.200s", err, doc)
	}
	var key ed25519.PublicKey
	if err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		_, k, err := tx.ActorByKey(method)
		if err == nil {
			key, err = httpsig.ParseMultikey(k.Multibase)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := integrity.Verify(doc, key); err != nil {
		t.Errorf("%v: %.200s", err, doc)
	}
}

// counted is what a node counts of a lab's catalogue.
func counted(t testing.TB, n *Node, lab string) (have store.Holdings) {
	t.Helper()
	if err := n.Store.View(context.Background(), func(tx *store.Txn) error {
		if c := tx.Catalogue(lab); c != nil {
			have = c.Public.Plus(c.Restricted)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return have
}

func TestCatalogueIsServedWholeCountedAndProved(t *testing.T) {
	n, reader := Start(t, "estran"), Start(t, "calanques")
	fill(t, n, 230, 6)
	publish(t, n, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: experiment("Entre nous", store.FollowedLabs)})
	publish(t, n, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: experiment("Discret", store.Unlisted)})
	lab := *n.Lab
	lab.Catalog = lab.IRI + "/catalog"
	client := catalog.NewClient(reader.Fetch, reader.Store.Now)
	head, err := client.Head(t.Context(), &lab, "")
	if err != nil {
		t.Fatal(err)
	}
	if head.Total != 234 || head.Kinds["experiment"] != 230 || head.Kinds[store.MemberKind] != 4 {
		t.Errorf("head: got %+v", head)
	}
	var sum store.Digest
	pages, items := 0, 0
	for next := head.First; next != ""; pages++ {
		part, err := client.Page(t.Context(), next)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range part.Items {
			items++
			sum.Toggle(it.IRI, it.Rev)
			proved(t, n, it.Doc.Raw())
			if rev, _ := store.RevOf(it.Doc.Raw(), it.IRI); it.Doc.Type() == "Article" && rev != it.Rev {
				t.Errorf("%s: rev is not that of its bytes", it.IRI)
			}
		}
		next = part.Next
	}
	if pages != 3 || items != 234 || sum != head.Digest {
		t.Errorf("got %d objects on %d pages, want 234 on 3 with the digest of the head", items, pages)
	}
	feed := uint64(0)
	for changes := 0; ; {
		part, err := client.Feed(t.Context(), head.Feed, feed)
		if err != nil {
			t.Fatal(err)
		}
		changes += len(part.Items)
		if feed = part.Seq; part.Next == "" {
			if changes != 234 || feed != head.Seq {
				t.Errorf("feed: got %d changes up to %d, want 234 up to %d", changes, feed, head.Seq)
			}
			break
		}
	}
	sums, err := client.Buckets(t.Context(), head.Buckets)
	if err != nil {
		t.Fatal(err)
	}
	var all store.Digest
	for _, d := range sums.Digests {
		for i := range d {
			all[i] ^= d[i]
		}
	}
	if all != head.Digest {
		t.Error("the buckets together are not the catalogue")
	}
}

func TestCatalogueAnswersOnlyWhatTheProtocolAsks(t *testing.T) {
	n := Start(t, "estran")
	fill(t, n, 1, 1)
	for path, want := range map[string]int{
		"/actors/estran/catalog":                     http.StatusOK,
		"/actors/estran/catalog?page=1":              http.StatusOK,
		"/actors/estran/catalog?page=m1":             http.StatusOK,
		"/actors/estran/catalog?page=-1":             http.StatusNotFound,
		"/actors/estran/catalog?page=x":              http.StatusNotFound,
		"/actors/estran/catalog/feed?after=99999999": http.StatusOK,
		"/actors/estran/catalog/buckets?bucket=0f":   http.StatusOK,
		"/actors/estran/catalog/buckets?bucket=0F":   http.StatusNotFound,
		"/actors/estran/catalog/buckets?bucket=100":  http.StatusNotFound,
		"/actors/estran/catalog/other":               http.StatusNotFound,
		"/actors/m0/catalog":                         http.StatusNotFound,
		"/actors/nobody/catalog":                     http.StatusNotFound,
	} {
		if got := n.Get(path).StatusCode; got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
	head := n.Get("/actors/estran/catalog")
	var h catalog.Head
	if err := json.NewDecoder(head.Body).Decode(&h); err != nil || h.Total != 2 || head.Header.Get("Etag") == "" {
		t.Errorf("head: got %+v, %v", h, err)
	}
}

// copied says that a node holds the catalogue of another one's lab: as many
// objects of each kind as the origin counts, and the same ones.
func copied(t testing.TB, n, origin *Node) func(tx *store.Txn) bool {
	want := counted(t, origin, origin.Lab.IRI)
	return func(tx *store.Txn) bool {
		c := tx.Catalogue(origin.Lab.IRI)
		if c == nil {
			return false
		}
		s := tx.Sync(actorID(tx, origin.Lab.IRI))
		have := c.Public.Plus(c.Restricted)
		return s != nil && s.Phase == store.SyncLive && !s.Checked.IsZero() && have.Digest == want.Digest && maps.Equal(have.Kinds, s.Theirs)
	}
}

// US2: labs follow labs and catalogues arrive complete.
func TestFollowBringsTheWholeCatalogue(t *testing.T) {
	origin, n := Start(t, "calanques"), Start(t, "estran")
	fill(t, origin, 250, 6)
	connect(t, n, origin)
	eventually(t, n, "the catalogue is here", copied(t, n, origin))
	var lab *store.Actor
	have := counted(t, n, origin.Lab.IRI)
	if have.Kinds["experiment"] != 250 || have.Kinds[store.MemberKind] != 4 {
		t.Errorf("got %v", have.Kinds)
	}
	if err := n.Store.View(t.Context(), func(tx *store.Txn) (err error) {
		if lab, err = tx.ActorByIRI(origin.Lab.IRI); err != nil {
			return err
		}
		page := tx.ListLab(lab.ID, store.Query{Limit: 1000})
		seen := map[string]bool{}
		for _, it := range page.Items {
			if r := it.Envelope(); seen[r.IRI] || r.Host != store.HostOf(origin.URL) || !r.Remote {
				t.Errorf("record %s stands twice or is not of %s", r.IRI, origin.URL)
			}
			seen[it.Envelope().IRI] = true
		}
		if page.Total != 250 {
			t.Errorf("listed: got %d, want 250", page.Total)
		}
		if m, err := tx.ActorByIRI(origin.URL + "/actors/m2"); err == nil {
			t.Errorf("a hidden member is here: %s", m.Name)
		}
		_, err = tx.ActorByIRI(origin.URL + "/actors/m0")
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// Mobilizon reads a group by these keys, and what ours publishes is under them.
func TestTypedCollections(t *testing.T) {
	n := Start(t, "estran")
	publish(t, n, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: experiment("Pas un rendez-vous", store.Public)})
	for i := range 45 {
		e := gathering("", 0)
		e.Title = fmt.Sprint("Rencontre ", i)
		publish(t, n, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: e})
	}
	var total, seen int
	for next := n.URL + "/actors/estran/events?page=true"; next != ""; {
		var page struct {
			TotalItems   int      `json:"totalItems"`
			Next         string   `json:"next"`
			OrderedItems []Object `json:"orderedItems"`
		}
		if err := json.NewDecoder(n.Get(strings.TrimPrefix(next, n.URL)).Body).Decode(&page); err != nil {
			t.Fatal(err)
		}
		for _, o := range page.OrderedItems {
			if want := fmt.Sprint("Rencontre ", 44-seen); o["type"] != "Event" || o["name"] != want {
				t.Errorf("got %s %s, want the event %s", o["type"], o["name"], want)
			}
			seen++
		}
		total, next = page.TotalItems, page.Next
	}
	if total != 45 || seen != 45 {
		t.Errorf("got %d of %d, want 45", seen, total)
	}
	if got := n.Get("/actors/estran/resources").StatusCode; got != http.StatusOK {
		t.Errorf("resources: got %d, want 200", got)
	}
}
