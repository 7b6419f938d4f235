package admin_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/doctor"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/admin"
	"github.com/essaim/essaim/web/webtest"
)

// brokenLink is the form that has a broken link looked at, which a public record names.
func (s *site) brokenLink(t *testing.T) url.Values {
	t.Helper()
	const address = "https://perdu.example/page"
	it := &store.Event{Record: store.Record{
		Kind: "event", Title: "Visite", Pitch: "Une visite.", Lang: "fr", Audience: store.Public, Body: "Voir " + address + ".",
	}, Start: "2040-05-01T10:00"}
	by := store.Viewer{Actor: s.Admin.IRI, Local: true, Role: store.Admin, Runs: true}
	if err := s.Publish(t.Context(), by, &federation.Activity{Verb: "Create", Actor: s.Lab.IRI, Item: it}); err != nil {
		t.Fatal(err)
	}
	s.update(t, func(tx *store.Txn) error {
		tx.KeepLink(store.LinkCheck{Record: it.ID, Address: address, Fails: 1}, http.StatusNotFound)
		return nil
	})
	return form("record", it.ID.String(), "address", address)
}

func TestBrokenLinksAreToldAndLookedAtAgain(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if !c.Get("/admin/liens").Has("Tous les liens regardés mènent quelque part") {
		t.Error("something is broken of nothing")
	}
	answers := s.brokenLink(t)
	if !c.Get("/admin").Has("1 lien d&#39;une fiche ne mène plus nulle part", `href="/admin/liens"`) {
		t.Error("the dashboard says nothing of it")
	}
	if a := c.Get("/admin/liens"); !a.Has("https://perdu.example/page", "Erreur 404", "Visite") || a.Has("bientôt") {
		t.Errorf("got %s", a.Body)
	}
	if a := c.Post("/admin/liens", answers); a.Status != http.StatusSeeOther || !c.Get("/admin/liens").Has("bientôt") {
		t.Errorf("it is not to be looked at: got %d", a.Status)
	}
	answers.Set("record", "x")
	if a := c.Post("/admin/liens", answers); a.Status != http.StatusBadRequest {
		t.Errorf("no record: got %d", a.Status)
	}
}

func TestTheDashboardNamesACertificateThatEndsAndAnOldVersion(t *testing.T) {
	found := []doctor.Finding{
		{Check: "tls", State: doctor.Warning, Class: "soon", Args: map[string]any{"name": "estran.test", "days": 9}},
		{Check: "backup", State: doctor.Warning, Class: "old", Args: map[string]any{"days": 9, "dir": "/"}}, // has a task of its own
	}
	for age, told := range map[time.Duration]bool{24 * time.Hour: false, 200 * 24 * time.Hour: true} {
		s := serve(t, webtest.New(t), func(c *admin.Config) {
			c.Ailing, c.SourceURL = func() []doctor.Finding { return found }, "https://code.example/essaim"
			c.Built = c.Node.Store.Now().Add(-age)
		})
		a := s.As(t, s.Admin).Get("/admin")
		if !a.Has("estran.test", "9", `href="/admin/sante"`) || a.Has("plus de six mois", "https://code.example/essaim/releases") != told {
			t.Errorf("a version of %s: %s", age, a.Body)
		}
	}
}
