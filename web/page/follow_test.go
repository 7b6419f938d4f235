package page

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

// faraway is another server with a lab, a sheet of it and things that are neither.
func faraway(t *testing.T) *httptest.Server {
	t.Helper()
	var server *httptest.Server
	answer := func(w http.ResponseWriter, mediaType string, v any) {
		w.Header().Set("Content-Type", mediaType)
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	const activity = "application/activity+json"
	mux := http.NewServeMux()
	mux.HandleFunc("/actors/piton", func(w http.ResponseWriter, _ *http.Request) {
		iri := server.URL + "/actors/piton"
		answer(w, activity, map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": iri, "type": "Group", "preferredUsername": "piton",
			"name": "Labo du Piton", "summary": "<p>Entre deux <script>alert(1)</script>éruptions.</p>", "inbox": iri + "/inbox", "outbox": iri + "/outbox",
			"url": server.URL + "/", "essaim:territory": []string{"region:04"},
			"publicKey": map[string]any{"id": iri + "#k", "owner": iri, "publicKeyPem": "x"},
		})
	})
	mux.HandleFunc("/.well-known/webfinger", func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.FormValue("resource"), "acct:piton@") {
			http.NotFound(w, r)
			return
		}
		answer(w, "application/jrd+json", map[string]any{
			"subject": r.FormValue("resource"),
			"links":   []map[string]string{{"rel": "self", "type": activity, "href": server.URL + "/actors/piton"}},
		})
	})
	mux.HandleFunc("/o/1", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, activity, map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": server.URL + "/o/1", "type": "Article", "name": "La boucle",
			"attributedTo": server.URL + "/actors/piton", "content": "<p>Une fiche.</p>", "to": "https://www.w3.org/ns/activitystreams#Public",
			"published": "2026-01-02T03:04:05Z",
		})
	})
	mux.HandleFunc("/list", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, activity, map[string]any{"@context": "https://www.w3.org/ns/activitystreams", "id": server.URL + "/list", "type": "Collection"})
	})
	mux.HandleFunc("/closed", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	server = httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// address is the handle of the faraway lab.
func handleAt(server *httptest.Server) string {
	return "@piton@" + strings.TrimPrefix(server.URL, "http://")
}

func (s *site) followed(t *testing.T, iri string) *store.Follow {
	t.Helper()
	var f *store.Follow
	err := s.node.Store.View(t.Context(), func(tx *store.Txn) error {
		other, err := tx.ActorByIRI(iri)
		if err != nil {
			return err
		}
		f, err = tx.Follow(s.node.Lab.ID, other.ID)
		return err
	})
	if err != nil {
		return nil
	}
	return f
}

func TestFollowByHandleAddressOrLink(t *testing.T) {
	far := faraway(t)
	for _, typed := range []string{handleAt(far), " " + far.URL + "/actors/piton ", far.URL + "/o/1"} {
		s := newSite(t)
		c := s.As(t, s.node.Admin)
		a := c.Post("/reseau/suivre", url.Values{"adresse": {typed}})
		if a.Status != http.StatusOK || !a.Has("Labo du Piton", handleAt(far), "La Réunion", "éruptions") || a.Has("<script>") {
			t.Fatalf("%s: got %d, %s", typed, a.Status, mistakes(a))
		}
		form := fieldsIn(t, a.Body)
		if s.followed(t, form.Get("acteur")) != nil {
			t.Fatal("the lab follows before it was confirmed")
		}
		a = c.Post("/reseau/suivre", form)
		if a.Status != http.StatusSeeOther || a.Location != "/reseau" {
			t.Fatalf("%s: got %d to %q", typed, a.Status, a.Location)
		}
		if f := s.followed(t, far.URL+"/actors/piton"); f == nil || f.State != store.Asked {
			t.Fatalf("%s: the follow is %+v", typed, f)
		}
		if page := c.Get("/reseau"); !page.Has("Demande envoyée à Labo du Piton", "Demandé", "/quitter") {
			t.Error("the network does not show the request")
		}
	}
}

func TestFollowMistakes(t *testing.T) {
	far := faraway(t)
	s := newSite(t)
	c := s.As(t, s.node.Admin)
	blocked := s.neighbour(t, "bloque")
	s.update(t, func(tx *store.Txn) error {
		tx.PutBlock(&store.Block{Blocker: s.node.Lab.ID, Blocked: blocked.ID})
		return nil
	})
	already := s.neighbour(t, "connu")
	s.follow(t, s.node.Lab, already, store.Accepted)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for _, x := range []struct{ field, typed, fr, en string }{
		{"adresse", "", "Cette réponse est nécessaire", "needed"},
		{"adresse", "pas une adresse", "Écrivez l'adresse d'un labo", "address of a lab"},
		{"adresse", "@piton", "Écrivez l'adresse d'un labo", "address of a lab"},
		{"adresse", "@nobody@" + strings.TrimPrefix(far.URL, "http://"), "Rien ne porte ce nom", "Nothing has this name"},
		{"adresse", far.URL + "/nowhere", "Rien ne porte ce nom", "Nothing has this name"},
		{"adresse", far.URL + "/closed", "Ce labo a fermé", "has closed"},
		{"adresse", closed.URL + "/lab", "ne répond pas", "answer"},
		{"adresse", far.URL + "/list", "ce n'est pas celle d'un labo", "not that of a lab"},
		{"adresse", "@estran@estran.test", "C'est votre propre labo", "your own lab"},
		{"adresse", "@maelle@estran.test", "C'est votre propre labo", "your own lab"},
		{"adresse", s.node.BaseURL, "C'est votre propre labo", "your own lab"},
		{"adresse", s.node.BaseURL + "/experimentations", "C'est votre propre labo", "your own lab"},
		{"acteur", already.IRI, "Vous suivez déjà ce labo", "follow this lab already"},
		{"acteur", blocked.IRI, "bloqué", "blocked"},
		{"acteur", "https://nowhere.example/x", "Rien ne porte ce nom", "Nothing has this name"},
	} {
		for prefix, want := range map[string]string{"": x.fr, "/en": x.en} {
			a := c.Post(prefix+"/reseau/suivre", url.Values{x.field: {x.typed}})
			if a.Status != http.StatusUnprocessableEntity || !strings.Contains(mistakes(a), want) {
				t.Errorf("%s: got %d, %s, want 422 and %q", x.typed, a.Status, mistakes(a), want)
			}
			if got := fieldsIn(t, a.Body).Get("adresse"); got != x.typed {
				t.Errorf("%s came back as %q", x.typed, got)
			}
		}
	}
}

// TestDemonstrationSaysThatItKeepsToItself: its nodes admit no other machine.
func TestDemonstrationSaysThatItKeepsToItself(t *testing.T) {
	s := newSite(t)
	s.frame.Demo = true
	blocked := s.neighbour(t, "ailleurs")
	s.update(t, func(tx *store.Txn) error {
		tx.PutBlock(&store.Block{Blocker: s.node.Lab.ID, Blocked: blocked.ID})
		return nil
	})
	a := s.As(t, s.node.Admin).Post("/reseau/suivre", url.Values{"acteur": {blocked.IRI}})
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(mistakes(a), "labos de cette machine") {
		t.Errorf("got %d, %s", a.Status, mistakes(a))
	}
}

func TestOnlyRunnersFollow(t *testing.T) {
	s := newSite(t)
	other := s.neighbour(t, "connu")
	s.follow(t, s.node.Lab, other, store.Accepted)
	for _, path := range []string{"/reseau/suivre", "/reseau/connu.example/connu/quitter"} {
		if got := s.As(t, s.node.Contributor).Post(path, url.Values{"acteur": {other.IRI}}).Status; got != http.StatusForbidden {
			t.Errorf("%s by a contributor: got %d, want 403", path, got)
		}
		if got := s.Visitor(t).Post(path, url.Values{"acteur": {other.IRI}}).Status; got != http.StatusUnauthorized {
			t.Errorf("%s by a visitor: got %d, want 401", path, got)
		}
	}
	if s.As(t, s.node.Contributor).Get("/reseau").Has("/quitter") {
		t.Error("a contributor is offered to stop following")
	}
}

func TestUnfollow(t *testing.T) {
	far := faraway(t)
	s := newSite(t)
	c := s.As(t, s.node.Admin)
	iri := far.URL + "/actors/piton"
	c.Post("/reseau/suivre", url.Values{"adresse": {iri}})
	c.Post("/reseau/suivre", url.Values{"acteur": {iri}})
	path := "/reseau/" + strings.TrimPrefix(far.URL, "http://") + "/piton"
	if a := c.Get(path); a.Status != http.StatusOK || !a.Has("Demandé", path+"/quitter") {
		t.Fatalf("its page: got %d", a.Status)
	}
	if a := c.Get(path + "/quitter"); a.Status != http.StatusOK || !a.Has("Labo du Piton") {
		t.Fatalf("the question: got %d", a.Status)
	}
	if a := c.Post(path+"/quitter", nil); a.Status != http.StatusSeeOther || a.Location != "/reseau" {
		t.Fatalf("got %d to %q", a.Status, a.Location)
	}
	if f := s.followed(t, iri); f != nil {
		t.Errorf("still follows: %+v", f)
	}
	if a := c.Get(path); !a.Has(`name="acteur"`) {
		t.Error("its page does not offer to follow again")
	}
	if a := c.Post(path+"/quitter", nil); a.Status != http.StatusNotFound {
		t.Errorf("once more: got %d, want 404", a.Status)
	}
}

func TestRefusedAndUnreachableAreSaid(t *testing.T) {
	s := newSite(t)
	refused, lost, waiting := s.neighbour(t, "refus"), s.neighbour(t, "perdu"), s.neighbour(t, "attend")
	s.follow(t, s.node.Lab, refused, store.Refused)
	s.follow(t, s.node.Lab, lost, store.Accepted)
	s.follow(t, waiting, s.node.Lab, store.Asked)
	s.update(t, func(tx *store.Txn) error {
		tx.PutLane(&store.Lane{Host: lost.Host, State: store.Failing, Since: tx.Now().AddDate(0, 0, -3)})
		return nil
	})
	a := s.As(t, s.node.Admin).Get("/reseau")
	if !a.Has("Refusé", "Injoignable depuis le", "1 demande d&#39;abonnement attend votre réponse") {
		t.Error("a state is missing")
	}
	if s.Visitor(t).Get("/reseau").Has("attend votre réponse") {
		t.Error("a visitor is asked to answer")
	}
}

func TestAuthorizeInteraction(t *testing.T) {
	far := faraway(t)
	s := newSite(t)
	admin, member := s.As(t, s.node.Admin), s.As(t, s.node.Contributor)
	at := func(uri string) string { return "/authorize_interaction?" + url.Values{"uri": {uri}}.Encode() }
	if a := s.Visitor(t).Get(at(far.URL + "/o/1")); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, "/connexion?retour=%2Fauthorize_interaction") {
		t.Errorf("a visitor: got %d to %q", a.Status, a.Location)
	}
	if a := member.Get(at(far.URL + "/o/1")); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, "/e/") && !strings.HasPrefix(a.Location, "/n/") {
		t.Errorf("a sheet: got %d to %q, want its page", a.Status, a.Location)
	}
	if a := admin.Get(at(far.URL + "/actors/piton")); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, "/reseau/suivre?adresse=") {
		t.Fatalf("a lab: got %d to %q, want to follow", a.Status, a.Location)
	} else if preview := admin.Get(a.Location); !preview.Has("Labo du Piton") {
		t.Errorf("no preview: %d", preview.Status)
	}
	if a := member.Get(at(far.URL + "/actors/piton")); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, "/reseau/127.0.0.1") {
		t.Errorf("a lab for a contributor: got %d to %q, want its page", a.Status, a.Location)
	}
	if got := member.Get("/authorize_interaction").Status; got != http.StatusBadRequest {
		t.Errorf("nothing: got %d, want 400", got)
	}
	if got := member.Get(at("javascript:alert(1)")).Status; got != http.StatusNotFound {
		t.Errorf("nonsense: got %d, want 404", got)
	}
}
