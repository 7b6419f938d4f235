package session_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/session"
	"github.com/essaim/essaim/web/webtest"
)

func manager(t *testing.T, n *webtest.Node) *session.Manager {
	t.Helper()
	return n.Frame(t).Sessions
}

// visit runs do in the session of the cookies and returns the cookies after it.
func visit(t *testing.T, m *session.Manager, cookies []*http.Cookie, do func(ctx context.Context)) []*http.Cookie {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	m.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { do(r.Context()) })).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("got status %d", w.Code)
	}
	if set := w.Result().Cookies(); len(set) > 0 {
		return set
	}
	return cookies
}

// handle is who is signed in with the cookies; empty: nobody.
func handle(t *testing.T, m *session.Manager, cookies []*http.Cookie) (name string) {
	t.Helper()
	visit(t, m, cookies, func(ctx context.Context) {
		if _, _, actor := m.Viewer(ctx); actor != nil {
			name = actor.Handle
		}
	})
	return name
}

func signIn(t *testing.T, m *session.Manager, cookies []*http.Cookie, c session.Credentials) ([]*http.Cookie, error) {
	t.Helper()
	var failed error
	cookies = visit(t, m, cookies, func(ctx context.Context) { failed = m.SignIn(ctx, c) })
	return cookies, failed
}

func TestSignInByHandleOrAddress(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	for _, login := range []string{"maelle", "@maelle", " Maelle ", "maelle@estran.test", "MAELLE@estran.test"} {
		cookies, err := signIn(t, m, nil, session.Credentials{Login: login, Password: webtest.Password, Address: "192.0.2.1:9"})
		if err != nil || handle(t, m, cookies) != "maelle" {
			t.Errorf("%q: got %v, and %q is signed in", login, err, handle(t, m, cookies))
		}
	}
}

func TestWrongCredentialsSignNobodyIn(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	for _, c := range []session.Credentials{
		{Login: "maelle", Password: "wrong"},
		{Login: "maelle"},
		{Login: "nobody", Password: webtest.Password},
		{Login: "estran", Password: webtest.Password},
		{Login: "", Password: ""},
		{Login: "maelle", Password: strings.Repeat("x", 1<<16)},
	} {
		cookies, err := signIn(t, m, nil, c)
		if !errors.Is(err, session.ErrCredentials) || handle(t, m, cookies) != "" {
			t.Errorf("%q: got %v, want ErrCredentials", c.Login, err)
		}
	}
}

func TestAccountWithoutPasswordIsClosed(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	setPassword(t, n, "")
	if _, err := signIn(t, m, nil, session.Credentials{Login: "maelle"}); !errors.Is(err, session.ErrCredentials) {
		t.Errorf("got %v, want ErrCredentials", err)
	}
}

// setPassword keeps a hash as it is.
func setPassword(t *testing.T, n *webtest.Node, hash string) {
	t.Helper()
	err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
		a, err := tx.AccountOf(n.Admin.ID)
		if err != nil {
			return err
		}
		a.Password = hash
		return tx.PutAccount(a)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func account(t *testing.T, n *webtest.Node) (a *store.Account) {
	t.Helper()
	err := n.Store.View(t.Context(), func(tx *store.Txn) (err error) {
		a, err = tx.AccountOf(n.Admin.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestYesterdaysHashIsMadeAnewAtSignIn(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	weak, err := argon2id.CreateHash(webtest.Password, &argon2id.Params{Memory: 8 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	setPassword(t, n, weak)
	cookies, err := signIn(t, m, nil, session.Credentials{Login: "maelle", Password: webtest.Password})
	if err != nil || handle(t, m, cookies) != "maelle" {
		t.Fatalf("got %v", err)
	}
	if got := account(t, n).Password; !strings.Contains(got, "m=19456,t=2,p=1") {
		t.Errorf("got the hash %q, want today's cost", got)
	}
	if _, err := signIn(t, m, nil, session.Credentials{Login: "maelle", Password: webtest.Password}); err != nil {
		t.Errorf("second sign-in: %v", err)
	}
}

func TestSignInChangesTheSession(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	planted := visit(t, m, nil, func(ctx context.Context) { m.Put(ctx, "x", "planted") })
	own, err := signIn(t, m, planted, session.Credentials{Login: "maelle", Password: webtest.Password})
	if err != nil {
		t.Fatal(err)
	}
	if own[0].Value == planted[0].Value {
		t.Error("the session kept its id")
	}
	if got := handle(t, m, planted); got != "" {
		t.Errorf("the planted session is %s's", got)
	}
	invented := []*http.Cookie{{Name: planted[0].Name, Value: "chosen-by-an-attacker"}}
	own, err = signIn(t, m, invented, session.Credentials{Login: "maelle", Password: webtest.Password})
	if err != nil || own[0].Value == invented[0].Value || handle(t, m, invented) != "" {
		t.Errorf("an invented session id was taken (%v)", err)
	}
}

func TestSignOutKillsTheSession(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	cookies, err := signIn(t, m, nil, session.Credentials{Login: "maelle", Password: webtest.Password})
	if err != nil {
		t.Fatal(err)
	}
	after := visit(t, m, cookies, func(ctx context.Context) {
		if err := m.SignOut(ctx); err != nil {
			t.Error(err)
		}
	})
	if after[0].MaxAge >= 0 {
		t.Errorf("the cookie stays: %v", after[0])
	}
	if got := handle(t, m, cookies); got != "" {
		t.Errorf("the old cookie is still %s's", got)
	}
}

func TestNewPasswordEndsOtherSessions(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	c := session.Credentials{Login: "maelle", Password: webtest.Password}
	here, err := signIn(t, m, nil, c)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := signIn(t, m, nil, c)
	if err != nil {
		t.Fatal(err)
	}
	here = visit(t, m, here, func(ctx context.Context) {
		if err := m.SetPassword(ctx, account(t, n).ID, "un autre mot de passe"); err != nil {
			t.Error(err)
		}
	})
	if got := handle(t, m, here); got != "maelle" {
		t.Errorf("here: got %q, want maelle", got)
	}
	if got := handle(t, m, elsewhere); got != "" {
		t.Errorf("elsewhere: %q is still signed in", got)
	}
	if _, err := signIn(t, m, nil, c); !errors.Is(err, session.ErrCredentials) {
		t.Errorf("old password: got %v, want ErrCredentials", err)
	}
}

func TestErasedMemberIsSignedOut(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	cookies, err := signIn(t, m, nil, session.Credentials{Login: "maelle", Password: webtest.Password})
	if err != nil {
		t.Fatal(err)
	}
	err = n.Store.Update(t.Context(), func(tx *store.Txn) error {
		tx.EraseActor(n.Admin, tx.Now())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := handle(t, m, cookies); got != "" {
		t.Errorf("got %q, want nobody", got)
	}
}

func TestCookie(t *testing.T) {
	n := webtest.New(t)
	for _, c := range []struct {
		base, name string
		secure     bool
	}{
		{"https://lab.example", "__Host-session", true},
		{"http://127.0.0.1:8101", "session-8101", false},
		{"http://lab.example", "session", false},
	} {
		m := session.New(n.Store, session.Config{BaseURL: c.base})
		got := visit(t, m, nil, func(ctx context.Context) { m.Put(ctx, "a", "b") })[0]
		if got.Name != c.name || got.Secure != c.secure || !got.HttpOnly || got.SameSite != http.SameSiteLaxMode || got.Path != "/" || got.Domain != "" {
			t.Errorf("%s: got %v", c.base, got)
		}
	}
}

func TestVisitorsGetNoCookie(t *testing.T) {
	m := manager(t, webtest.New(t))
	if got := visit(t, m, nil, func(ctx context.Context) { m.Pop(ctx, "a") }); got != nil {
		t.Errorf("got %v", got)
	}
}

func TestSessionLivesAsLongAsItIsUsed(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	cookies, err := signIn(t, m, nil, session.Credentials{Login: "maelle", Password: webtest.Password})
	if err != nil {
		t.Fatal(err)
	}
	same := visit(t, m, cookies, func(context.Context) {})
	if &same[0] != &cookies[0] {
		t.Error("reading on the same day wrote the session again")
	}
	later := clockAhead(t, n, 29*24*time.Hour)
	cookies = visit(t, later, cookies, func(context.Context) {})
	if got := handle(t, clockAhead(t, n, 58*24*time.Hour), cookies); got != "maelle" {
		t.Errorf("29 days after the last visit: got %q, want maelle", got)
	}
	if got := handle(t, clockAhead(t, n, 90*24*time.Hour), cookies); got != "" {
		t.Errorf("32 days after the last visit: %q is signed in", got)
	}
}

// clockAhead is a manager of the same sessions at another time.
func clockAhead(t *testing.T, n *webtest.Node, by time.Duration) *session.Manager {
	t.Helper()
	s := n.At(t, func() time.Time { return time.Now().Add(by) })
	return session.New(s, session.Config{BaseURL: webtest.BaseURL})
}
