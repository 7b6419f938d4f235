package admin_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/session"
	"github.com/essaim/essaim/web/webtest"
)

// newNode is a node that waits for its set-up, and the path of the wizard.
func newNode(t *testing.T) (*site, string) {
	t.Helper()
	s := serve(t, webtest.Empty(t))
	secret, err := session.New(s.Store, session.Config{}).NewLink(t.Context(), 0, session.ScopeSetUp, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return s, "/installation/" + secret
}

func setUp() url.Values {
	return form(
		"lab-name", "Le Plateau", "lab-handle", "@Plateau", "territory", "region:84", "summary", "Un labo fictif.\nDeux lignes.", "approves", "1",
		"name", "Inès Roux", "handle", "ines", "email", "ines@plateau.example",
		"password", "quatre mots sans lien", "password-again", "quatre mots sans lien",
	)
}

func TestSetUp(t *testing.T) {
	s, path := newNode(t)
	c := s.Visitor(t)
	page := c.Get(path)
	if page.Status != http.StatusOK || !page.Has(webtest.BaseURL, "plus jamais changer", `value="estran"`, "La Réunion") {
		t.Fatalf("got %d:\n%s", page.Status, page.Body)
	}
	if a := c.Post(path, setUp()); a.Status != http.StatusSeeOther || a.Location != "/" {
		t.Fatalf("got %d to %q:\n%s", a.Status, a.Location, a.Body)
	}
	s.view(t, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		if lab.Handle != "plateau" || lab.Name != "Le Plateau" || lab.Lang != "fr" || !lab.Approves || lab.Territory[0] != "region:84" || lab.Summary != "<p>Un labo fictif.</p>\n<p>Deux lignes.</p>" {
			t.Errorf("got the lab %+v", lab)
		}
		a, err := tx.AccountByLogin("ines@plateau.example")
		if err != nil {
			return err
		}
		if a.Role != store.Admin || strings.Contains(a.Password, "mots") || !strings.HasPrefix(a.Password, "$argon2id$") {
			t.Errorf("got the account %+v", a)
		}
		return nil
	})
	if a := c.Get("/admin"); a.Status != http.StatusOK || !a.Has("Votre labo est en ligne") {
		t.Errorf("the administrator is not signed in: got %d", a.Status)
	}
	for _, a := range []webtest.Answer{c.Get(path), c.Post(path, setUp()), s.Visitor(t).Get("/installation/other")} {
		if a.Status != http.StatusGone {
			t.Errorf("again: got %d, want 410", a.Status)
		}
	}
}

func TestSetUpNamesEachMistake(t *testing.T) {
	s, path := newNode(t)
	for _, c := range []struct{ field, value, wrong, want string }{
		{"lab-name", "", "lab-name", "nécessaire"},
		{"lab-name", strings.Repeat("é", 101), "lab-name", "trop long"},
		{"lab-handle", "Le Plateau", "lab-handle", "lettres minuscules"},
		{"lab-handle", "admin", "lab-handle", "déjà pris"},
		{"territory", "", "territory", "nécessaire"},
		{"territory", "region:99", "territory", "de la liste"},
		{"summary", strings.Repeat("x", 501), "summary", "trop long"},
		{"name", "", "name", "nécessaire"},
		{"handle", "", "handle", "nécessaire"},
		{"handle", "plateau", "handle", "déjà pris"},
		{"email", "ines", "email", "adresse électronique complète"},
		{"email", "Inès <ines@plateau.example>", "email", "adresse électronique complète"},
		{"email", "", "email", "nécessaire"},
		{"password", "trop-court!", "password", "au moins 12"},
		{"password", strings.Repeat("x", 257), "password", "trop long"},
		{"password-again", "autre chose encore", "password-again", "différents"},
	} {
		v := maps.Clone(setUp())
		v.Set(c.field, c.value)
		a := s.Visitor(t).Post(path, v)
		if a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-`+c.wrong+`-error"`, c.want, "Inès Roux") && c.field != "name" {
			t.Errorf("%s %q: got %d without its mistake", c.field, c.value, a.Status)
		}
		if a.Has("quatre mots sans lien") {
			t.Errorf("%s: the password is on the page", c.field)
		}
	}
	s.view(t, func(tx *store.Txn) error {
		if _, err := tx.Lab(); err == nil {
			t.Error("a lab was made")
		}
		return nil
	})
}

func TestBrokenSetUpIsFinished(t *testing.T) {
	s, path := newNode(t)
	if _, err := s.SetUp(t.Context(), store.Actor{Handle: "plateau", Name: "Le Plateau"}); err != nil {
		t.Fatal(err)
	}
	if a := s.Visitor(t).Post(path, setUp()); a.Status != http.StatusSeeOther {
		t.Errorf("got %d:\n%s", a.Status, a.Body)
	}
}

func TestSetUpNeedsItsLink(t *testing.T) {
	s, _ := newNode(t)
	for _, a := range []webtest.Answer{s.Visitor(t).Get("/installation/guess"), s.Visitor(t).Post("/installation/guess", setUp())} {
		if a.Status != http.StatusGone || !a.Has("n&#39;est plus valable") {
			t.Errorf("got %d", a.Status)
		}
	}
}

func TestPagesBeforeTheSetUpSayWhereTheLinkIs(t *testing.T) {
	s, _ := newNode(t)
	for path, want := range map[string]string{"/connexion": "dans le terminal du serveur", "/en/admin": "shown in the server&#39;s terminal"} {
		if a := s.Visitor(t).Get(path); a.Status != http.StatusServiceUnavailable || !a.Has(want) {
			t.Errorf("%s: got %d:\n%s", path, a.Status, a.Body)
		}
	}
}

func TestSetUpInEnglishMakesAnEnglishLab(t *testing.T) {
	s, path := newNode(t)
	if a := s.Visitor(t).Post("/en"+path, setUp()); a.Status != http.StatusSeeOther || a.Location != "/en" {
		t.Fatalf("got %d to %q", a.Status, a.Location)
	}
	s.view(t, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err == nil && lab.Lang != "en" {
			t.Errorf("got %q, want en", lab.Lang)
		}
		return err
	})
}
