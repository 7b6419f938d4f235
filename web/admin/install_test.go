package admin_test

import (
	"fmt"
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

func newLab() url.Values {
	return form("lab-name", "Le Plateau", "lab-handle", "@Plateau", "territory", "region:84", "commune", "Grenoble", "summary", "Un labo fictif.\nDeux lignes.", "approves", "1")
}

func newAccount() url.Values {
	return form("name", "Inès Roux", "handle", "ines", "email", "ines@plateau.example", "password", "quatre mots sans lien", "password-again", "quatre mots sans lien")
}

func TestSetUp(t *testing.T) {
	s, path := newNode(t)
	c := s.Visitor(t)
	if page := c.Get(path); page.Status != http.StatusOK || !page.Has(webtest.BaseURL, "plus jamais changer", "Étape 1 sur 8", "estran.test mène à 192.0.2.1", `href="/en`+path+`"`) {
		t.Fatalf("the address: got %d:\n%s", page.Status, page.Body)
	}
	if page := c.Get(path + "?etape=labo"); page.Status != http.StatusOK || !page.Has("Étape 2 sur 8", "plus jamais changer", `value="estran"`, "La Réunion") {
		t.Fatalf("the lab: got %d:\n%s", page.Status, page.Body)
	}
	if a := c.Post(path, newLab()); a.Status != http.StatusSeeOther || a.Location != path {
		t.Fatalf("got %d to %q:\n%s", a.Status, a.Location, a.Body)
	}
	// Another browser, another day: it goes on where it was.
	c = s.Visitor(t)
	if page := c.Get(path); page.Status != http.StatusOK || !page.Has("Étape 3 sur 8", `name="password"`) {
		t.Fatalf("the account: got %d:\n%s", page.Status, page.Body)
	}
	if a := c.Post(path, newAccount()); a.Status != http.StatusSeeOther || a.Location != "/admin/installation/cle" {
		t.Fatalf("got %d to %q:\n%s", a.Status, a.Location, a.Body)
	}
	s.view(t, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		if lab.Handle != "plateau" || lab.Name != "Le Plateau" || lab.Lang != "fr" || !lab.Approves || lab.Territory[0] != "region:84" || lab.Summary != "<p>Un labo fictif.</p>\n<p>Deux lignes.</p>" || len(lab.Fields) != 1 || lab.Fields[0].Value != "Grenoble (38)" {
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
	for i, step := range []string{"cle", "logo", "courrier", "reseau", "contenu"} {
		if a := c.Get("/admin/installation/" + step); a.Status != http.StatusOK || !a.Has(fmt.Sprintf("Étape %d sur 8", 4+i)) {
			t.Errorf("%s: got %d:\n%s", step, a.Status, a.Body)
		}
	}
	if a := c.Get("/admin"); a.Status != http.StatusOK || !a.Has("Premiers pas") {
		t.Errorf("the administrator is not signed in: got %d", a.Status)
	}
	for _, a := range []webtest.Answer{c.Get(path), c.Post(path, newAccount()), s.Visitor(t).Get("/installation/other")} {
		if a.Status != http.StatusGone {
			t.Errorf("again: got %d, want 410", a.Status)
		}
	}
}

// mistake is an answer that is wrong, and what is said beside it.
type mistake struct{ field, value, wrong, want string }

func TestSetUpNamesEachMistake(t *testing.T) {
	s, path := newNode(t)
	check := func(good url.Values, kept string, all []mistake) {
		for _, m := range all {
			v := maps.Clone(good)
			v.Set(m.field, m.value)
			a := s.Visitor(t).Post(path, v)
			if a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-`+m.wrong+`-error"`, m.want, kept) {
				t.Errorf("%s %q: got %d without its mistake:\n%s", m.field, m.value, a.Status, a.Body)
			}
			if a.Has("quatre mots sans lien") {
				t.Errorf("%s: the password is on the page", m.field)
			}
		}
	}
	check(newLab(), "Deux lignes", []mistake{
		{"lab-name", "", "lab-name", "nécessaire"},
		{"lab-name", strings.Repeat("é", 101), "lab-name", "trop long"},
		{"lab-handle", "Le Plateau", "lab-handle", "lettres minuscules"},
		{"lab-handle", "admin", "lab-handle", "déjà pris"},
		{"territory", "", "territory", "nécessaire"},
		{"territory", "region:99", "territory", "de la liste"},
		{"commune", "Rennes", "commune", "pas dans ce territoire"},
		{"commune", "Xyzzyville", "commune", "Aucune commune"},
		{"commune", "Saint-Denis", "commune-code", "Plusieurs communes"},
	})
	s.view(t, func(tx *store.Txn) error {
		if _, err := tx.Lab(); err == nil {
			t.Error("a lab was made")
		}
		return nil
	})
	if a := s.Visitor(t).Post(path, newLab()); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d", a.Status)
	}
	check(newAccount(), `name="password"`, []mistake{
		{"name", "", "name", "nécessaire"},
		{"handle", "", "handle", "nécessaire"},
		{"handle", "plateau", "handle", "déjà pris"},
		{"email", "ines", "email", "adresse électronique complète"},
		{"email", "Inès <ines@plateau.example>", "email", "adresse électronique complète"},
		{"email", "", "email", "nécessaire"},
		{"password", "trop-court!", "password", "au moins 12"},
		{"password", strings.Repeat("x", 257), "password", "trop long"},
		{"password-again", "autre chose encore", "password-again", "différents"},
	})
}

func TestTheCommuneThatWasMeantIsTaken(t *testing.T) {
	s, path := newNode(t)
	v := newLab()
	v.Set("territory", "region:04")
	v.Set("commune", "Saint-Denis")
	asked := s.Visitor(t).Post(path, v)
	if asked.Status != http.StatusUnprocessableEntity || !asked.Has("Saint-Denis (974)", `value="com:97411"`, `value="Saint-Denis"`) {
		t.Fatalf("got %d:\n%s", asked.Status, asked.Body)
	}
	v.Set("commune-code", "com:97411")
	if a := s.Visitor(t).Post(path, v); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	s.view(t, func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err == nil && lab.Fields[0].Value != "Saint-Denis (974)" {
			t.Errorf("got %+v", lab.Fields)
		}
		return err
	})
}

func TestSetUpNeedsItsLink(t *testing.T) {
	s, _ := newNode(t)
	for _, a := range []webtest.Answer{s.Visitor(t).Get("/installation/guess"), s.Visitor(t).Post("/installation/guess", newLab())} {
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
	if a := s.Visitor(t).Post("/en"+path, newLab()); a.Status != http.StatusSeeOther || a.Location != "/en"+path {
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
