package admin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/admin"
	"github.com/essaim/essaim/web/session"
	"github.com/essaim/essaim/web/webtest"
)

func TestSignInAndOut(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.Visitor(t)
	if a := c.Post("/connexion", form("login", "@maelle", "password", webtest.Password)); a.Status != http.StatusSeeOther || a.Location != "/" {
		t.Fatalf("got %d to %q, want 303 to /", a.Status, a.Location)
	}
	cookie := c.Cookie()
	if a := c.Get("/connexion"); a.Status != http.StatusSeeOther {
		t.Errorf("the form when signed in: got %d, want 303", a.Status)
	}
	if a := c.Get("/mon-compte"); a.Status != http.StatusOK || !a.Has("Maëlle Kerbiriou", "@maelle@estran.test") {
		t.Errorf("got %d", a.Status)
	}
	if a := c.Post("/deconnexion", nil); a.Status != http.StatusSeeOther {
		t.Errorf("signing out: got %d", a.Status)
	}
	if c.Cookie() != "" {
		t.Error("the cookie is still there")
	}
	thief := s.Visitor(t)
	a := thief.Do(http.MethodGet, "/mon-compte", nil, http.Header{"Cookie": {"session=" + cookie}})
	if a.Status != http.StatusSeeOther {
		t.Errorf("the old cookie: got %d, want 303 to the sign-in", a.Status)
	}
}

// A page that would cut the window of an app on the web off from who opened it stands
// nowhere on the way to its consent.
func TestWindowOfAnAppStaysItsWindow(t *testing.T) {
	s := serve(t, webtest.New(t))
	for path, want := range map[string]string{
		"/connexion?retour=%2Foauth%2Fauthorize%3Fclient_id%3Dx": "unsafe-none", "/connexion?retour=%2Ffil": "", "/connexion": "",
		"/connexion?retour=https%3A%2F%2Fevil.example%2Foauth%2Fauthorize%3F": "",
	} {
		if got := s.Visitor(t).Get(path).Header.Get("Cross-Origin-Opener-Policy"); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	a := s.Visitor(t).Post("/connexion", form("login", "maelle", "password", webtest.Password, "retour", "/oauth/authorize?client_id=x"))
	if got := a.Header.Get("Cross-Origin-Opener-Policy"); got != "unsafe-none" || a.Location != "/oauth/authorize?client_id=x" {
		t.Errorf("got %q to %q", got, a.Location)
	}
}

func TestWrongPasswordBringsTheFormBack(t *testing.T) {
	s := serve(t, webtest.New(t))
	for _, login := range []string{"maelle", "nobody"} {
		a := s.Visitor(t).Post("/connexion", form("login", login, "password", "not-this-one", "retour", "/fil"))
		if a.Status != http.StatusUnprocessableEntity || !a.Has(`value="`+login+`"`, "ne convient pas", `value="/fil"`) {
			t.Errorf("%s: got %d:\n%s", login, a.Status, a.Body)
		}
		if a.Has("not-this-one") {
			t.Errorf("%s: the password is on the page", login)
		}
	}
}

func TestTooManyWrongPasswordsAreLimited(t *testing.T) {
	n := webtest.New(t)
	f := n.Frame(t, admin.Templates)
	f.Sessions = session.New(n.Store, session.Config{BaseURL: webtest.BaseURL, Limit: 2})
	address := "192.0.2.1"
	pages := admin.New(admin.Config{Frame: f, Node: n.Node, Address: func(*http.Request) string { return address }})
	c := webtest.Serve(t, f, pages.Routes).Visitor(t)
	for range 2 {
		if a := c.Post("/connexion", form("login", "maelle", "password", "wrong")); a.Status != http.StatusUnprocessableEntity {
			t.Fatalf("got %d, want 422", a.Status)
		}
	}
	a := c.Post("/connexion", form("login", "maelle", "password", webtest.Password))
	if a.Status != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" || !a.Has("Trop d&#39;essais", `value="maelle"`) {
		t.Errorf("got %d with Retry-After %q", a.Status, a.Header.Get("Retry-After"))
	}
	address = "198.51.100.1"
	if a := c.Post("/connexion", form("login", "maelle", "password", webtest.Password)); a.Status != http.StatusSeeOther {
		t.Errorf("the owner elsewhere: got %d, want 303", a.Status)
	}
}

func TestBackLeadsNowhereElse(t *testing.T) {
	s := serve(t, webtest.New(t))
	for _, back := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "evil"} {
		a := s.Visitor(t).Post("/connexion", form("login", "maelle", "password", webtest.Password, "retour", back))
		if got := a.Header.Get("Location"); got != "/" {
			t.Errorf("%q: got %q, want /", back, got)
		}
	}
}

func TestSessionChangesAtSignIn(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Contributor)
	before := c.Cookie()
	c.Post("/deconnexion", nil)
	header := http.Header{
		"Cookie": {"session=" + before}, "Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"},
	}
	body := strings.NewReader(form("login", "maelle", "password", webtest.Password).Encode())
	c.Do(http.MethodPost, "/connexion", body, header)
	if after := c.Cookie(); after == "" || after == before {
		t.Errorf("got the session %q after %q", after, before)
	}
}

func link(t *testing.T, s *site, member *store.Actor, ttl time.Duration) string {
	t.Helper()
	var account *store.Account
	s.view(t, func(tx *store.Txn) (err error) {
		account, err = tx.AccountOf(member.ID)
		return err
	})
	m := session.New(s.Store, session.Config{BaseURL: webtest.BaseURL})
	secret, err := m.NewLink(t.Context(), account.ID, session.ScopeSignIn, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return "/connexion/" + secret
}

func TestLinkWorksOnceAndNotByItsPreview(t *testing.T) {
	s := serve(t, webtest.New(t))
	path := link(t, s, s.Contributor, time.Hour)
	for range 3 {
		if a := s.Visitor(t).Get(path); a.Status != http.StatusOK || !a.Has("Yann Le Goff", `action="`+path+`"`) {
			t.Fatalf("looking: got %d", a.Status)
		}
	}
	c := s.Visitor(t)
	if a := c.Post(path, nil); a.Status != http.StatusSeeOther {
		t.Fatalf("using: got %d", a.Status)
	}
	if a := c.Get("/mon-compte"); !a.Has("Yann Le Goff") {
		t.Error("nobody is signed in")
	}
	for _, a := range []webtest.Answer{s.Visitor(t).Post(path, nil), s.Visitor(t).Get(path), s.Visitor(t).Get("/connexion/unknown")} {
		if a.Status != http.StatusGone || !a.Has("Ce lien ne marche plus") {
			t.Errorf("again: got %d, want 410", a.Status)
		}
	}
}

func TestExpiredLinkIsGone(t *testing.T) {
	s := serve(t, webtest.New(t))
	if a := s.Visitor(t).Get(link(t, s, s.Admin, -time.Second)); a.Status != http.StatusGone {
		t.Errorf("got %d, want 410", a.Status)
	}
}

func TestWhoComesByALinkChoosesAPassword(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.Visitor(t)
	c.Post(link(t, s, s.Contributor, time.Hour), nil)
	a := c.Post("/mon-compte/mot-de-passe", form("password", "une phrase nouvelle", "password-again", "une phrase nouvelle"))
	if a.Status != http.StatusSeeOther {
		t.Fatalf("got %d:\n%s", a.Status, a.Body)
	}
	if a := s.Visitor(t).Post("/connexion", form("login", "yann", "password", "une phrase nouvelle")); a.Status != http.StatusSeeOther {
		t.Errorf("signing in with it: got %d", a.Status)
	}
}
