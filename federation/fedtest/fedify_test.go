//go:build peers

package fedtest

import (
	"slices"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// followedBy makes the peer's person follow the node's lab.
func followedBy(t *testing.T, n *Node, p *fedify) {
	t.Helper()
	do[sent](p, command{"do": "follow", "iri": n.Lab.IRI})
	p.wait("Accept of its follow", func(m message) bool { return m.Event == "Accept" && m.Actor == n.Lab.IRI })
}

func TestFedifyFollowsAndReceives(t *testing.T) {
	for _, tt := range []struct{ name, scheme, announced string }{
		{"draft-cavage", "cavage", ""},
		{"RFC 9421", "rfc9421", ""},
		// Its Ed25519 key is for proofs: requests are taken with RSA keys only.
		{"RFC 9421 announced", "rfc9421", store.RFC9421Spec},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, p := Start(t, "estran"), startFedify(t)
			do[sent](p, command{"do": "demand", "scheme": tt.scheme, "announced": tt.announced})
			followedBy(t, n, p)
			receivesExperiment(t, n, p, tt.scheme)
			receivesNews(t, n, p, tt.scheme)
		})
	}
}

func receivesExperiment(t *testing.T, n *Node, p *fedify, scheme string) {
	t.Helper()
	create := &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: experiment("Une mairie <mobile>", store.Public)}
	publish(t, n, create)
	e := create.Item.(*store.Experiment)
	got := p.about("Create", e.IRI)
	want := seen{
		Type: "Article", Name: "Une mairie <mobile>", Summary: "En une phrase.", URL: e.URL, AttributedTo: n.Lab.IRI,
		Content: "<p><strong>Une mairie &lt;mobile&gt;</strong></p><p>En une phrase.</p><p>Le récit.</p>",
	}
	checkSeen(t, got, scheme, want)

	e.Title = "Une mairie qui vient"
	publish(t, n, &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Item: e})
	want.Name, want.URL = e.Title, e.URL
	want.Content = "<p><strong>Une mairie qui vient</strong></p><p>En une phrase.</p><p>Le récit.</p>"
	checkSeen(t, p.about("Update", e.IRI), scheme, want)

	for _, step := range []struct { // narrowed, and widened again
		audience store.Audience
		verb     string
		want     seen
	}{{store.Team, "Delete", seen{Type: "Tombstone"}}, {store.Unlisted, "Create", want}} {
		e.Audience = step.audience
		publish(t, n, &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Item: e})
		checkSeen(t, p.about(step.verb, e.IRI), scheme, step.want)
	}
	publish(t, n, &federation.Activity{Verb: "Delete", Actor: n.Lab.IRI, Object: e.IRI})
	checkSeen(t, p.about("Delete", e.IRI), scheme, seen{Type: "Tombstone"})
}

func receivesNews(t *testing.T, n *Node, p *fedify, scheme string) {
	t.Helper()
	news := &store.News{Record: store.Record{Kind: "news", Body: "Portes ouvertes jeudi.", Audience: store.Public}}
	publish(t, n, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: news})
	want := seen{Type: "Note", Content: "<p>Portes ouvertes jeudi.</p>", URL: news.URL, AttributedTo: n.Lab.IRI}
	checkSeen(t, p.about("Create", news.IRI), scheme, want)

	news.Body = "Portes ouvertes vendredi."
	publish(t, n, &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Item: news})
	want.Content = "<p>Portes ouvertes vendredi.</p>"
	checkSeen(t, p.about("Update", news.IRI), scheme, want)

	publish(t, n, &federation.Activity{Verb: "Delete", Actor: n.Lab.IRI, Object: news.IRI})
	checkSeen(t, p.about("Delete", news.IRI), scheme, seen{Type: "Tombstone"})
}

// checkSeen compares what the peer read with what was published. That it told of
// it at all says that it took the signature.
func checkSeen(t *testing.T, m message, scheme string, want seen) {
	t.Helper()
	got := *m.Object
	if m.Scheme != scheme {
		t.Errorf("%s: signed by %s, want %s", m.Event, m.Scheme, scheme)
	}
	for _, field := range []struct{ name, got, want string }{
		{"type", got.Type, want.Type},
		{"name", got.Name, want.Name},
		{"summary", got.Summary, want.Summary},
		{"content", got.Content, want.Content},
		{"url", got.URL, want.URL},
		{"attributedTo", got.AttributedTo, want.AttributedTo},
	} {
		if field.got != field.want {
			t.Errorf("%s of %s: %s is %q, want %q", m.Event, m.Object.ID, field.name, field.got, field.want)
		}
	}
}

func TestFedifyIsNoLongerServedAfterItsUndo(t *testing.T) {
	n, p := Start(t, "estran"), startFedify(t)
	follow := do[sent](p, command{"do": "follow", "iri": n.Lab.IRI})
	eventually(t, n, "one follower", followers(n, 1))
	do[sent](p, command{"do": "undo", "id": follow.ID})
	eventually(t, n, "no follower", followers(n, 0))
}

func followers(n *Node, want int) func(tx *store.Txn) bool {
	return func(tx *store.Txn) bool {
		return len(slices.Collect(tx.Followers(n.Lab.ID))) == want
	}
}

func TestLabFollowsFedify(t *testing.T) {
	n, p := Start(t, "estran"), startFedify(t)
	var past []string
	for _, content := range []string{"Un", "Deux", "Trois"} {
		past = append(past, do[sent](p, command{"do": "post", "type": "Note", "content": "<p>" + content + "</p>"}).IRI)
	}
	past = append(past, do[sent](p, command{"do": "post", "type": "Article", "name": "Long", "content": "<p>Texte</p>"}).IRI)

	actor, err := n.Resolve(t.Context(), p.Handle)
	if err != nil {
		t.Fatal(err)
	}
	if actor.IRI != p.IRI || actor.Name != "Camille Fedify" || actor.Address() != p.Handle {
		t.Errorf("resolved %s: got %s %q %s, want %s", p.Handle, actor.IRI, actor.Name, actor.Address(), p.IRI)
	}
	publish(t, n, &federation.Activity{Verb: "Follow", Actor: n.Lab.IRI, Object: actor.IRI})
	eventually(t, n, "follow accepted", func(tx *store.Txn) bool { return tx.Follows(n.Lab.ID, actor.ID) })
	for _, iri := range past {
		eventually(t, n, "outbox read: "+iri, says(iri, ""))
	}

	post := do[sent](p, command{"do": "post", "type": "Note", "content": "<p>Bonjour <strong>à tous</strong></p>"})
	eventually(t, n, "new note", says(post.IRI, "<p>Bonjour <strong>à tous</strong></p>"))
	eventually(t, n, "note in the river", func(tx *store.Txn) bool {
		newest := tx.ListRiver(store.Query{Limit: 1})
		return len(newest.Items) == 1 && newest.Items[0].Envelope().IRI == post.IRI && newest.Total == len(past)+1
	})
	do[sent](p, command{"do": "edit", "iri": post.IRI, "content": "<p>Bonsoir</p>"})
	eventually(t, n, "edited note", says(post.IRI, "<p>Bonsoir</p>"))
	do[sent](p, command{"do": "delete", "iri": post.IRI})
	eventually(t, n, "deleted note", gone(post.IRI))
}

// says says whether a record is there, with this text unless it is empty.
func says(iri, html string) func(tx *store.Txn) bool {
	return func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(iri)
		return err == nil && (html == "" || it.Envelope().HTML == html)
	}
}

func TestReactionsOfFedifyCountOnce(t *testing.T) {
	n, p := Start(t, "estran"), startFedify(t)
	followedBy(t, n, p)
	create := &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: experiment("Aimé", store.Public)}
	publish(t, n, create)
	id := create.Item.Envelope().ID
	counts := func(likes, shares int) func(tx *store.Txn) bool {
		return func(tx *store.Txn) bool {
			return tx.CountReactions(id, store.Liked) == likes && tx.CountReactions(id, store.Announced) == shares
		}
	}
	var undo []string
	for range 2 {
		for _, verb := range []string{"like", "announce"} {
			undo = append(undo, do[sent](p, command{"do": verb, "iri": create.Object}).ID)
		}
		eventually(t, n, "one like, one announcement", counts(1, 1))
	}
	for _, verb := range []string{"likes", "shares"} {
		got := do[parsed](p, command{"do": "parse", "iri": create.Object + "/" + verb})
		if got.Object.TotalItems == nil || *got.Object.TotalItems != 1 {
			t.Errorf("%s: got %v, want 1", verb, got.Object.TotalItems)
		}
	}
	for _, activity := range undo[2:] {
		do[sent](p, command{"do": "undo", "id": activity})
	}
	eventually(t, n, "reactions taken back", counts(0, 0))
}
