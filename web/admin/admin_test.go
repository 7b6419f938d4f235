package admin_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/doctor"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
	"github.com/essaim/essaim/web/admin"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/letters"
	"github.com/essaim/essaim/web/webtest"
)

// worker notes what it is told.
type worker struct{ retried []string }

func (w *worker) Retry(host string) { w.retried = append(w.retried, host) }

// site is a node with its pages of this package.
type site struct {
	*webtest.Node
	*webtest.Site
	worker *worker
	config admin.Config
}

// examined is what an examination of every test node finds.
func examined(context.Context) []doctor.Finding {
	return []doctor.Finding{
		{Check: "dns", State: doctor.Fine, Class: "found", Args: map[string]any{"name": "estran.test", "address": "192.0.2.1"}},
		{Check: "disk", State: doctor.Warning, Class: "low", Args: map[string]any{"free": "200.0 MiB", "min": "64 MiB"}},
	}
}

func serve(t *testing.T, n *webtest.Node, changes ...func(*admin.Config)) *site {
	t.Helper()
	s := &site{Node: n, worker: &worker{}}
	f := n.Frame(t, admin.Templates)
	s.config = admin.Config{
		Frame: f, Node: n.Node, Deliveries: s.worker, Development: true, Examine: examined,
		Backups:  backup.Shelf{Dir: t.TempDir()},
		Letters:  letters.New(letters.Config{Store: n.Store, Words: f.Renderer.Catalog, BaseURL: webtest.BaseURL, Zone: time.UTC}),
		Settings: []admin.Setting{{Key: "node.listen", Value: ":8080", Changed: true}, {Key: "mail.host"}, {Key: "mail.password", Changed: true, Secret: true}},
	}
	for _, change := range changes {
		change(&s.config)
	}
	pages := admin.New(s.config)
	s.Site = webtest.Serve(t, f, pages.Routes)
	return s
}

// update changes the store of the site.
func (s *site) update(t *testing.T, fn func(tx *store.Txn) error) {
	t.Helper()
	if err := s.Store.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func (s *site) view(t *testing.T, fn func(tx *store.Txn) error) {
	t.Helper()
	if err := s.Store.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// paths are the pages of the administration.
var paths = []string{
	"/admin", "/admin/demandes", "/admin/livraisons", "/admin/taches", "/admin/membres", "/admin/membres/nouveau", "/admin/membres/organisations",
	"/admin/cercles", "/admin/cercles/nouveau", "/admin/reseau", "/admin/reseau/liste", "/admin/lab", "/admin/liens", "/admin/mentions", "/admin/blocages", "/admin/signalements", "/admin/moderation",
	"/admin/sante", "/admin/sauvegardes", "/admin/reglages", "/admin/comptes", "/admin/journal",
	"/admin/accueil", "/admin/charte", "/admin/couleur", "/admin/themes",
}

func TestOnlyThoseWhoRunTheNodeSeeItsAdministration(t *testing.T) {
	s := serve(t, webtest.New(t))
	visitor, contributor, administrator := s.Visitor(t), s.As(t, s.Contributor), s.As(t, s.Admin)
	for _, path := range paths {
		if a := visitor.Get(path); a.Status != http.StatusSeeOther || a.Location != "/connexion?retour="+url.QueryEscape(path) {
			t.Errorf("%s for a visitor: got %d to %q", path, a.Status, a.Location)
		}
		if a := visitor.Post(path, form("host", "x.example")); a.Status != http.StatusUnauthorized {
			t.Errorf("POST %s for a visitor: got %d, want 401", path, a.Status)
		}
		if a := contributor.Get(path); a.Status != http.StatusForbidden {
			t.Errorf("%s for a contributor: got %d, want 403", path, a.Status)
		}
		if a := contributor.Post(path, form("host", "x.example")); a.Status != http.StatusForbidden {
			t.Errorf("POST %s for a contributor: got %d, want 403", path, a.Status)
		}
		a := administrator.Get(path)
		if a.Status != http.StatusOK || !a.Has("Mode développement", `aria-current="page"`) {
			t.Errorf("%s for an administrator: got %d:\n%s", path, a.Status, a.Body)
		}
		for _, lang := range assets.Languages[1:] {
			if a := administrator.Get(lang.Link(path)); a.Status != http.StatusOK {
				t.Errorf("%s in %s: got %d", path, lang, a.Status)
			}
		}
		if got := a.Header.Get("Cache-Control"); !strings.Contains(got, "private") && got != "no-store" {
			t.Errorf("%s: got Cache-Control %q", path, got)
		}
	}
}

func TestVisitorComesBackAfterSigningIn(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.Visitor(t)
	asked := c.Get("/admin/membres?x=1")
	if page := c.Get(asked.Location); page.Status != http.StatusOK || !page.Has(`name="retour" value="/admin/membres?x=1"`) {
		t.Fatalf("got %d:\n%s", page.Status, page.Body)
	}
	a := c.Post("/connexion", form("login", "maelle", "password", webtest.Password, "retour", "/admin/membres?x=1"))
	if a.Status != http.StatusSeeOther || a.Location != "/admin/membres?x=1" {
		t.Errorf("got %d to %q", a.Status, a.Location)
	}
	if a := c.Get("/admin/membres"); a.Status != http.StatusOK {
		t.Errorf("afterwards: got %d", a.Status)
	}
}

func TestCrossSiteFormsAreRefused(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	for _, path := range append(slices.Clone(paths), "/connexion", "/deconnexion", "/mon-compte", "/admin/livraisons/abandonner") {
		if a := c.PostFrom("https://evil.example", path, form("host", "evil.example", "name", "Evil")); a.Status != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", path, a.Status)
		}
	}
	if a := c.Get("/mon-compte"); !a.Has("Maëlle Kerbiriou") {
		t.Error("the session or the name was changed")
	}
}

func TestPagesSpeakEnglish(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	for path, want := range map[string]string{
		"/en/admin": "Nothing waits for you", "/en/admin/demandes": "No request is waiting", "/en/admin/livraisons": "The queue is empty",
		"/en/admin/membres": "Invite a member", "/en/admin/lab": "Name of the lab", "/en/admin/blocages": "Block a server",
		"/en/admin/signalements": "No report", "/en/mon-compte": "My account", "/en/admin/taches": "No work was given up",
	} {
		a := c.Get(path)
		if a.Status != http.StatusOK || !a.Has(want, `lang="en"`) {
			t.Errorf("%s: got %d without %q", path, a.Status, want)
		}
	}
	if a := s.Visitor(t).Get("/en/admin/lab"); !strings.HasPrefix(a.Location, "/en/connexion?") {
		t.Errorf("got %q, want the English sign-in", a.Location)
	}
}

// TestEveryKeyExists looks for messages that show as their own key.
func TestEveryKeyExists(t *testing.T) {
	s := serve(t, webtest.New(t))
	busy(t, s)
	c := s.As(t, s.Admin)
	for _, path := range append(slices.Clone(paths), "/mon-compte", "/mon-compte/securite", "/mon-compte/adresse", "/mon-compte/confirmer", "/mon-compte/mot-de-passe", "/mon-compte/cercles", "/connexion/oubli", "/admin/livraisons/abandonner?host=silent.example", "/admin/reseau/serveurs/silent.example", "/admin/reseau/serveurs/silent.example/oublier") {
		for _, section := range []string{"admin", "account", "account-role", "signin", "security", "prove", "address", "reset", "setup", "settings", "backup", "doctor", "first-steps", "person", "delivery", "request", "invite", "lab-form", "block", "report", "form", "nav", "journal", "deed", "moderated"} {
			for _, mark := range []string{">", `"`} {
				if a := c.Get(path); strings.Contains(a.Body, mark+section+".") {
					t.Errorf("%s shows a key of %q", path, section)
				}
			}
		}
	}
}

func TestTooLargeFormIsRefused(t *testing.T) {
	s := serve(t, webtest.New(t))
	a := s.As(t, s.Admin).Post("/admin/lab", form("summary", strings.Repeat("x", 1<<17)))
	if a.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d, want 413", a.Status)
	}
}
