package admin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// knows keeps a lab of another node that the node heard of.
func (s *site) knows(t *testing.T, p store.Peer) {
	t.Helper()
	s.update(t, func(tx *store.Txn) error {
		again := p
		tx.PutPeer(&again)
		return nil
	})
}

func TestPeersAreShownWithTheirState(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if a := c.Get("/admin/reseau"); a.Status != http.StatusOK || !a.Has("Personne pour l&#39;instant", "est arrêtée dans la configuration") {
		t.Errorf("nobody: got %d:\n%s", a.Status, a.Body)
	}
	s.knows(t, store.Peer{
		IRI: "https://a.example/actors/a", State: store.PeerKnown, Hop: store.HopFollowed, Handle: "calanques", Host: "a.example", Name: "Labo <b>", Software: "essaim 1.2", Seen: noon,
	})
	s.knows(t, store.Peer{
		IRI: "https://b.example/actors/b", State: store.PeerKnown, Hop: 2, Handle: "b", Host: "b.example", Name: "Labo B", Via: []string{"https://a.example/actors/a"},
		Problem: store.ProblemUnreachable, Fails: 3,
	})
	s.knows(t, store.Peer{IRI: "https://c.example/actors/c", State: store.PeerHidden, Hop: 3})
	s.knows(t, store.Peer{IRI: "https://d.example/actors/d", Hop: store.HopFar})
	a := c.Get("/admin/reseau")
	if !a.Has("Labo &lt;b&gt;", "@calanques@a.example", "essaim 1.2", "Nous le suivons", "À 2 abonnements de nous", "Signalé par Labo &lt;b&gt;",
		"Son serveur ne répond pas.", "3 essais sans réponse.", "Ne veut pas être proposé", "Pas encore interrogé", "Signalé par d&#39;autres") {
		t.Errorf("got:\n%s", a.Body)
	}
	if a := s.As(t, s.Admin).Get("/en/admin/reseau"); !a.Has("2 follows away from us") {
		t.Errorf("in English: got:\n%s", a.Body)
	}
}

func TestListToFollowIsReadLineByLine(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if a := c.Post("/admin/reseau/liste", form("accounts", " \n# rien\n")); a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-accounts-error"`) {
		t.Errorf("an empty list: got %d", a.Status)
	}
	long := strings.Builder{}
	for i := range 101 {
		long.WriteString("@x" + strings.Repeat("y", i) + "@host.example\n")
	}
	if a := c.Post("/admin/reseau/liste", form("accounts", long.String())); a.Status != http.StatusUnprocessableEntity || !a.Has("100 comptes à la fois") {
		t.Errorf("a long list: got %d", a.Status)
	}
	a := c.Post("/admin/reseau/liste", form("accounts", "pas une adresse\n@estran@"+s.Node.Host()+"\n"))
	if a.Status != http.StatusOK || !a.Has("pas une adresse", "Ce n&#39;est pas une adresse", "C&#39;est un compte d&#39;ici") || a.Has(`name="iri"`) {
		t.Errorf("got %d:\n%s", a.Status, a.Body)
	}
}
