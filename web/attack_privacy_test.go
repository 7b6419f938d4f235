package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web"
)

// TestLetterFromOutsideIsForItsReaderAlone sends a member a note that nobody else
// is to read, and looks for it everywhere.
func TestLetterFromOutsideIsForItsReaderAlone(t *testing.T) { // V02
	t.Parallel()
	w := newWorld(t)
	by, reader := w.peers["follower"], w.members["author"]
	note := by.Note("letter")
	note["content"], note["to"], note["cc"] = "<p>zqletterqz #secrets</p>", []string{reader.IRI}, nil
	note["tag"] = []fedtest.Object{{"type": "Mention", "href": reader.IRI, "name": "@author"}, {"type": "Hashtag", "name": "#secrets"}}
	create := fedtest.With(by.Activity("Create", note), fedtest.Object{"to": note["to"]})
	w.sent(by, create)
	var id string
	w.update(func(tx *store.Txn) error {
		it, err := tx.RecordByIRI(note["id"].(string))
		if err == nil {
			id = it.Envelope().ID.String()
		}
		return err
	})
	peer := strings.TrimPrefix(by.Peer.URL, "http://")
	found := 0
	for viewer, ask := range w.viewers {
		for _, address := range [][2]string{
			{"/n/" + id, asPage},
			{"/o/" + id, asPage},
			{"/o/" + id, asDocument},
			{"/n/" + id + ".jsonld", "*/*"},
			{"/api/v1/statuses/" + id, "application/json"},
			{"/api/v1/statuses/" + id + "/context", "application/json"},
			{"/api/v1/timelines/public", "application/json"},
			{"/api/v1/timelines/home", "application/json"},
			{"/api/v1/timelines/tag/secrets", "application/json"},
			{"/api/v1/notifications", "application/json"},
			{"/api/v2/search?q=zqletterqz&resolve=true", "application/json"},
			{"/recherche?q=zqletterqz&kind=news", asPage},
			{"/fil", asPage},
			{"/", asPage},
			{"/actualites", asPage},
			{"/actualites.atom", "*/*"},
			{"/actualites.json", "*/*"},
			{"/actualites.csv", "*/*"},
			{"/themes/secrets", asPage},
			{"/reseau/" + peer + "/voisin", asPage},
			{"/@author", asPage},
			{"/actors/estran/outbox?page=true", asDocument},
			{"/actors/author/outbox?page=true", asDocument},
			{"/actors/estran/posts?page=true", asDocument},
			{"/admin/signalements", asPage},
		} {
			_, said := ask(http.MethodGet, address[0], address[1])
			if !strings.Contains(strings.ReplaceAll(said, address[0], ""), "letterqz #") && !strings.Contains(said, "<p>zqletter") {
				continue
			}
			if found++; !strings.HasPrefix(viewer, "author in") {
				t.Errorf("%s reads it at %s", viewer, address[0])
			}
		}
	}
	if found == 0 {
		t.Error("not even its reader finds it")
	}
}

// TestDirectPostIsShownToNobodyElse: an app's private message is that, also when it
// names nobody.
func TestDirectPostIsShownToNobodyElse(t *testing.T) { // V02
	t.Parallel()
	n := start(t, "estran")
	token := n.token(t, "yann", "read write")
	res := n.post(t, token, "/api/v1/statuses", url.Values{"status": {"zqdirectqz"}, "visibility": {"direct"}})
	if res.StatusCode != http.StatusOK {
		t.Errorf("got %d, want 200", res.StatusCode)
	}
	if said := n.visitor(t).get(t, n.URL+"/api/v1/timelines/public", "application/json"); strings.Contains(said, "zqdirectqz") {
		t.Error("it is public")
	}
}

// TestNarrowDocumentIsKeptByNobodyElse: what one signature may read no cache hands
// to another, and a block takes it away.
func TestNarrowDocumentIsKeptByNobodyElse(t *testing.T) { // V04, B06
	t.Parallel()
	w := newWorld(t)
	narrow := &store.Experiment{Stage: "idees", Record: store.Record{Kind: "experiment", Title: "Entre labos", Pitch: "zqnarrowqz", Lang: "fr", Audience: store.FollowedLabs}}
	path := "/o/" + w.publish(w.members["author"], narrow).ID.String()
	reader, by := w.viewers["mutual lab"], w.peers["mutual lab"]
	status, said := reader(http.MethodGet, path, asDocument)
	if status != http.StatusOK || !strings.Contains(said, "zqnarrowqz") {
		t.Fatalf("a lab that is followed back: got %d", status)
	}
	got := by.Get(w.node.URL + path)
	if kept := got.Header.Get("Cache-Control"); !strings.Contains(kept, "private") || !strings.Contains(kept, "no-store") {
		t.Errorf("got Cache-Control %q", kept)
	}
	if vary := got.Header.Get("Vary"); !strings.Contains(vary, "Signature") {
		t.Errorf("got Vary %q", vary)
	}
	for _, other := range []string{"visitor", "other lab", "follower"} {
		if status, _ := w.viewers[other](http.MethodGet, path, asDocument); status != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", other, status)
		}
	}
	w.apply(w.members["administrator"], &federation.Activity{Verb: "Block", Actor: w.node.Lab.IRI, Object: by.IRI})
	for _, address := range []string{path, "/o/" + w.root.ID.String()} {
		if status, _ := reader(http.MethodGet, address, asDocument); status != http.StatusForbidden {
			t.Errorf("%s, blocked: got %d, want 403", address, status)
		}
	}
}

// TestDocumentsForWhoSignsAreKeptByNobody: where requests must be signed no cache hands
// a document to somebody who does not sign, or is kept away.
func TestDocumentsForWhoSignsAreKeptByNobody(t *testing.T) { // V04, B06
	t.Parallel()
	w := newWorldWith(t, func(c *web.Config) { c.SignedOnly = true })
	by := w.peers["follower"]
	for _, path := range []string{
		"/o/" + w.root.ID.String(), "/actors/estran/outbox?page=true", "/actors/estran/followers?page=true", "/actors/estran/posts", "/peers",
		"/actors/estran/directory", "/actors/estran/catalog", "/search?q=racine", "/o/" + w.root.ID.String() + "/replies",
	} {
		if status, said := w.viewers["visitor"](http.MethodGet, path, asDocument); status != http.StatusUnauthorized {
			t.Errorf("%s, not signed: got %d: %s", path, status, said)
		}
		got := by.Get(w.node.URL + path)
		kept, vary := got.Header.Get("Cache-Control"), got.Header.Get("Vary")
		if got.Status != http.StatusOK || !strings.Contains(kept, "no-store") || !strings.Contains(vary, "Signature") {
			t.Errorf("%s, signed: got %d, Cache-Control %q, Vary %q", path, got.Status, kept, vary)
		}
	}
	if status, _ := w.viewers["visitor"](http.MethodGet, "/actors/estran", asDocument); status != http.StatusOK {
		t.Errorf("the key of the lab: got %d, want 200", status)
	}
}

// TestAcquaintancesOfPeopleAreCountedOnly asks as an app that nobody let in.
func TestAcquaintancesOfPeopleAreCountedOnly(t *testing.T) { // V06
	t.Parallel()
	w := newWorld(t)
	author := w.members["author"]
	w.apply(w.members["colleague"], &federation.Activity{Verb: "Follow", Actor: w.members["colleague"].IRI, Object: author.IRI})
	for viewer, seen := range map[string]map[string]string{
		"visitor":            {author.ID.String(): "followers", w.members["colleague"].ID.String(): "following"},
		"outsider in an app": {w.members["colleague"].ID.String(): "followers"},
	} {
		for id, list := range seen {
			if _, said := w.viewers[viewer](http.MethodGet, "/api/v1/accounts/"+id+"/"+list, "application/json"); !strings.HasSuffix(strings.TrimSpace(said), "[]") {
				t.Errorf("%s reads the %s: %s", viewer, list, said)
			}
		}
	}
	_, said := w.viewers["colleague in an app"](http.MethodGet, "/api/v1/accounts/"+author.ID.String()+"/followers", "application/json")
	if !strings.Contains(said, `"colleague"`) {
		t.Errorf("a member: got %s", said)
	}
}

// TestTokensDoNoMoreThanTheirScopes tries every address of the API that writes
// with a token that reads, and without one; and pages with tokens.
func TestTokensDoNoMoreThanTheirScopes(t *testing.T) { // V08, T07
	t.Parallel()
	n, routes, _ := walked(t)
	reads := n.token(t, "yann", "read")
	app := http.Header{"Authorization": {"Bearer " + reads}, "Accept": {"*/*"}}
	visitor := n.visitor(t)
	for _, r := range routes {
		for _, method := range r.methods {
			switch {
			case !strings.HasPrefix(r.path, "/api/") || method == http.MethodGet, strings.HasPrefix(r.path, "/api/v1/apps"):
				continue
			case strings.TrimSuffix(r.path, "/") == "/api/v1/accounts": // nobody registers here
			default:
				if res := visitor.do(t, method, n.URL+r.path, app.Clone(), nil); res.StatusCode != http.StatusForbidden {
					t.Errorf("%s %s with a token that reads: got %d, want 403", method, r.path, res.StatusCode)
				}
			}
			if res := visitor.do(t, method, n.URL+r.path, http.Header{}, nil); res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s without a token: got %d, want 401 or 403", method, r.path, res.StatusCode)
			}
		}
	}
	for _, r := range routes {
		if !strings.HasPrefix(r.path, "/admin") && !strings.HasPrefix(r.path, "/mon-compte") {
			continue
		}
		if res := visitor.do(t, http.MethodGet, n.URL+r.path, app.Clone(), nil); res.StatusCode < 300 {
			t.Errorf("%s with a token: got %d", r.path, res.StatusCode)
		}
	}
	outbox := http.Header{"Authorization": app["Authorization"], "Content-Type": {asDocument}}
	if res := visitor.do(t, http.MethodPost, n.URL+"/actors/yann/outbox", outbox, strings.NewReader(`{"type":"Note","content":"x"}`)); res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusForbidden {
		t.Errorf("an outbox with a token that reads: got %d, want 401 or 403", res.StatusCode)
	}
}

// TestNobodySeesTheAdministrationOfOthers walks over it as those who do not run
// the node.
func TestNobodySeesTheAdministrationOfOthers(t *testing.T) { // V08
	t.Parallel()
	n, routes, _ := walked(t)
	for _, who := range []browser{n.visitor(t), n.member(t, "yann")} {
		for _, r := range routes {
			if !strings.HasPrefix(r.path, "/admin") {
				continue
			}
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				res := who.do(t, method, n.URL+r.path, http.Header{"Sec-Fetch-Site": {"same-origin"}}, nil)
				sentAway := res.StatusCode == http.StatusSeeOther && strings.HasPrefix(res.Header.Get("Location"), "/connexion")
				if res.StatusCode < 400 && !sentAway {
					t.Errorf("%s %s: got %d", method, r.path, res.StatusCode)
				}
			}
		}
	}
}
