//go:build peers

package fedtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// parsed is the answer to the command parse; walked, to traverse.
type (
	parsed struct {
		Status    int
		MediaType string
		Object    *seen
	}
	walked struct {
		TotalItems *int
		Items      []seen
	}
)

func TestFedifyReadsOurActors(t *testing.T) {
	n, p := Start(t, "estran"), startFedify(t)
	member, err := n.AddMember(t.Context(), store.Actor{Handle: "lea", Name: "Léa", Role: "animatrice", Discoverable: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct{ iri, class, handle, name string }{
		{n.Lab.IRI, "Group", "estran", "Labo estran"},
		{member.IRI, "Person", "lea", "Léa"},
		{n.URL + "/actor", "Application", "127.0.0.1", "Labo estran"},
	} {
		got := do[parsed](p, command{"do": "parse", "iri": want.iri})
		checkServed(t, want.iri, got, http.StatusOK)
		a := got.Object
		if a.Type != want.class || a.ID != want.iri || a.Handle != want.handle || a.Name != want.name {
			t.Errorf("%s: got %s %s %s %q, want %+v", want.iri, a.Type, a.ID, a.Handle, a.Name, want)
		}
		if a.SharedInbox != n.URL+"/inbox" || a.Inbox != want.iri+"/inbox" || a.Followers != want.iri+"/followers" {
			t.Errorf("%s: got shared inbox %q, inbox %q, followers %q", want.iri, a.SharedInbox, a.Inbox, a.Followers)
		}
		checkKeys(t, a)
	}
	publish(t, n, &federation.Activity{Verb: "Delete", Actor: member.IRI, Object: member.IRI})
	got := do[parsed](p, command{"do": "parse", "iri": member.IRI})
	checkServed(t, member.IRI, got, http.StatusGone)
	if a := got.Object; a.Type != "Tombstone" || a.ID != member.IRI || a.Deleted == "" {
		t.Errorf("member who left: got %+v", a)
	}
}

func checkServed(t *testing.T, iri string, got parsed, status int) {
	t.Helper()
	if got.Status != status || !strings.HasPrefix(got.MediaType, "application/activity+json") {
		t.Errorf("%s: got %d %q, want %d", iri, got.Status, got.MediaType, status)
	}
}

// checkKeys wants the RSA key that everybody reads, and it or others as Multikey.
func checkKeys(t *testing.T, a *seen) {
	t.Helper()
	var algorithms []string
	for _, k := range a.Keys {
		if k.Owner != a.ID {
			t.Errorf("key %s: got owner %s, want %s", k.ID, k.Owner, a.ID)
		}
		algorithms = append(algorithms, k.Type+" "+k.Algorithm)
	}
	for _, want := range []string{"CryptographicKey RSASSA-PKCS1-v1_5", "Multikey Ed25519"} {
		if !slices.Contains(algorithms, want) {
			t.Errorf("keys of %s: got %q, want %s", a.ID, algorithms, want)
		}
	}
}

func TestFedifyReadsOurObjects(t *testing.T) {
	n, p := Start(t, "estran"), startFedify(t)
	item := experiment("Guichet", store.Public)
	item.Themes = []string{"acces-aux-droits"}
	publish(t, n, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: item})
	got := do[parsed](p, command{"do": "parse", "iri": item.IRI})
	checkServed(t, item.IRI, got, http.StatusOK)
	if o := got.Object; o.Type != "Article" || o.Name != "Guichet" || o.Published == "" || !slices.Contains(o.To, vocab.Public) {
		t.Errorf("experiment: got %+v", o)
	}
	reply := &store.News{Record: store.Record{Kind: "news", Body: "Du neuf", Audience: store.Public, InReplyTo: item.IRI}}
	create := &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: reply}
	publish(t, n, create)
	got = do[parsed](p, command{"do": "parse", "iri": reply.IRI})
	if o := got.Object; o.Type != "Note" || o.InReplyTo != item.IRI {
		t.Errorf("news: got %+v", o)
	}
	got = do[parsed](p, command{"do": "parse", "iri": create.IRI})
	if o := got.Object; o.Type != "Create" || o.ID != create.IRI {
		t.Errorf("activity: got %+v", o)
	}
	replies := do[walked](p, command{"do": "traverse", "iri": item.IRI + "/replies"})
	if len(replies.Items) != 1 || replies.Items[0].ID != reply.IRI {
		t.Errorf("replies: got %+v", replies)
	}
	publish(t, n, &federation.Activity{Verb: "Delete", Actor: n.Lab.IRI, Object: item.IRI})
	got = do[parsed](p, command{"do": "parse", "iri": item.IRI})
	checkServed(t, item.IRI, got, http.StatusGone)
	if o := got.Object; o.Type != "Tombstone" || o.ID != item.IRI || o.Deleted == "" {
		t.Errorf("tombstone: got %+v", o)
	}
}

func TestFedifyWalksOurCollectionsToTheirEnd(t *testing.T) {
	n, p := Start(t, "estran"), startFedify(t)
	const records = 95 // three pages
	for i := range records {
		publish(t, n, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: experiment("N° "+strconv.Itoa(i), store.Public)})
	}
	pinned := experiment("Épinglé", store.Public)
	publish(t, n, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: pinned})
	publish(t, n, &federation.Activity{Verb: "Add", Actor: n.Lab.IRI, Object: pinned.IRI, Target: n.Lab.IRI + "/featured"})
	if _, err := n.AddMember(t.Context(), store.Actor{Handle: "lea", Name: "Léa", Discoverable: true}, nil); err != nil {
		t.Fatal(err)
	}
	followedBy(t, n, p)
	publish(t, n, &federation.Activity{Verb: "Follow", Actor: n.Lab.IRI, Object: p.IRI})
	eventually(t, n, "follow accepted", func(tx *store.Txn) bool {
		other, err := tx.ActorByIRI(p.IRI)
		return err == nil && tx.Follows(n.Lab.ID, other.ID)
	})
	for name, want := range map[string]struct {
		class string
		items int
	}{
		"outbox": {"Create", records + 1}, "posts": {"Article", records + 1}, "featured": {"Article", 1},
		"followers": {"Person", 1}, "following": {"Person", 1}, "members": {"Person", 1},
		"events": {}, "resources": {}, "todos": {}, "discussions": {},
	} {
		got := do[walked](p, command{"do": "traverse", "iri": n.Lab.IRI + "/" + name})
		if len(got.Items) != want.items || got.TotalItems == nil || *got.TotalItems != want.items {
			t.Errorf("%s: got %d items of %v, want %d", name, len(got.Items), got.TotalItems, want.items)
		}
		listed := map[string]bool{}
		for _, item := range got.Items {
			if item.Type != want.class || listed[item.ID] {
				t.Errorf("%s: got %s %s, want each %s once", name, item.Type, item.ID, want.class)
			}
			listed[item.ID] = true
		}
	}
}

func TestFedifyFindsOurActors(t *testing.T) {
	n, p := Start(t, "estran"), startFedify(t)
	type jrd struct {
		Subject string
		Aliases []string
		Links   []struct{ Rel, Type, Href, Template string }
	}
	for _, resource := range []string{"acct:estran@" + n.Host(), n.Lab.IRI, n.Lab.URL} {
		got := do[jrd](p, command{"do": "webfinger", "resource": resource})
		if got.Subject != "acct:estran@"+n.Host() || !slices.Contains(got.Aliases, n.Lab.IRI) {
			t.Errorf("%s: got %+v", resource, got)
		}
		if !slices.ContainsFunc(got.Links, func(l struct{ Rel, Type, Href, Template string }) bool {
			return l.Rel == "self" && l.Type == "application/activity+json" && l.Href == n.Lab.IRI
		}) {
			t.Errorf("%s: no link to %s in %+v", resource, n.Lab.IRI, got.Links)
		}
	}
	if got := do[json.RawMessage](p, command{"do": "webfinger", "resource": "acct:personne@" + n.Host()}); string(got) != "null" {
		t.Errorf("unknown handle: got %s, want null", got)
	}
	infos := do[[]struct {
		Software  struct{ Name, Version string }
		Protocols []string
	}](p, command{"do": "nodeinfo", "origin": n.URL})
	if len(infos) != 2 {
		t.Errorf("NodeInfo: got %d versions, want 2", len(infos))
	}
	for _, info := range infos {
		if info.Software.Name != "essaim" || !slices.Equal(info.Protocols, []string{"activitypub"}) {
			t.Errorf("NodeInfo: got %+v", info)
		}
	}
}
