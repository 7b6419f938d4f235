package session_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/session"
	"github.com/essaim/essaim/web/webtest"
)

// browser visits with a User-Agent from an address, and keeps its cookies.
type browser struct {
	agent, address string
	cookies        map[string]*http.Cookie
}

func (b *browser) visit(m *session.Manager, do func(ctx context.Context)) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("User-Agent", b.agent)
	r.RemoteAddr = b.address
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	m.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { do(r.Context()) })).ServeHTTP(w, r)
	if b.cookies == nil {
		b.cookies = map[string]*http.Cookie{}
	}
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c
	}
}

func (b *browser) signIn(m *session.Manager, password string) (err error) {
	b.visit(m, func(ctx context.Context) {
		err = m.SignIn(ctx, session.Credentials{Login: "maelle", Password: password, Address: b.address})
	})
	return err
}

func logins(t *testing.T, n *webtest.Node) (all []*store.Login) {
	t.Helper()
	err := n.Store.View(t.Context(), func(tx *store.Txn) error {
		for l := range tx.Logins(account(t, n).ID) {
			all = append(all, l)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"

func TestLoginsTellDevicesApartAndNoMore(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	for _, c := range []struct{ agent, address, device, network string }{
		{firefox, "192.0.2.77:5000", "Firefox, Windows", "192.0.2.0/24"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1", "[2001:db8:1:2::3]:1", "Safari, iPhone", "2001:db8:1::/48"},
		{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "[::ffff:198.51.100.9]:1", "Edge, Linux", "198.51.100.0/24"},
		{"", "@", "", ""},
	} {
		b := &browser{agent: c.agent, address: c.address}
		if err := b.signIn(m, webtest.Password); err != nil {
			t.Fatal(err)
		}
		all := logins(t, n)
		if l := all[len(all)-1]; l.Device != c.device || l.Network != c.network {
			t.Errorf("got %q from %q, want %q from %q", l.Device, l.Network, c.device, c.network)
		}
	}
	if n.Holds(t, "192.0.2.77") || n.Holds(t, "Gecko") {
		t.Error("the store holds a whole address or User-Agent")
	}
}

func TestEndedLoginSignsItsBrowserOut(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	here, there := &browser{agent: firefox}, &browser{}
	for _, b := range []*browser{here, there} {
		if err := b.signIn(m, webtest.Password); err != nil {
			t.Fatal(err)
		}
	}
	signedIn := func(b *browser) (yes bool) {
		b.visit(m, func(ctx context.Context) { yes = m.Login(ctx) != nil })
		return yes
	}
	here.visit(m, func(ctx context.Context) {
		if err := m.EndOthers(ctx); err != nil {
			t.Error(err)
		}
	})
	if !signedIn(here) || signedIn(there) || len(logins(t, n)) != 1 {
		t.Errorf("here %v, there %v, %d logins", signedIn(here), signedIn(there), len(logins(t, n)))
	}
	if err := here.signIn(m, webtest.Password); err != nil || len(logins(t, n)) != 1 {
		t.Errorf("signing in again: %v, %d logins, want 1", err, len(logins(t, n)))
	}
	here.visit(m, func(ctx context.Context) {
		if err := m.SignOut(ctx); err != nil {
			t.Error(err)
		}
	})
	if len(logins(t, n)) != 0 {
		t.Error("a login is left after signing out")
	}
}

func TestLoginTellsWhenItWasUsedLast(t *testing.T) {
	n := webtest.New(t)
	b := &browser{address: "192.0.2.1:1"}
	if err := b.signIn(manager(t, n), webtest.Password); err != nil {
		t.Fatal(err)
	}
	first := logins(t, n)[0]
	b.visit(clockAhead(t, n, 10*time.Minute), func(context.Context) {})
	if got := logins(t, n)[0]; !got.Used.Equal(first.Used) {
		t.Error("reading wrote the login within the hour")
	}
	b.address = "198.51.100.1:1"
	b.visit(clockAhead(t, n, 2*time.Hour), func(context.Context) {})
	if got := logins(t, n)[0]; !got.Used.After(first.Used) || got.Network != "198.51.100.0/24" || !got.Created.Equal(first.Created) {
		t.Errorf("got %+v", got)
	}
}

func TestProofIsFreshForAQuarterOfAnHour(t *testing.T) {
	n := webtest.New(t)
	b := &browser{}
	if err := b.signIn(manager(t, n), webtest.Password); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]bool{time.Minute: true, 16 * time.Minute: false} {
		m := clockAhead(t, n, after)
		b.visit(m, func(ctx context.Context) {
			if got := m.Fresh(ctx); got != want {
				t.Errorf("after %s: got %v", after, got)
			}
		})
	}
	m := clockAhead(t, n, time.Hour)
	for _, c := range []struct {
		password string
		want     error
	}{{"wrong", session.ErrCredentials}, {webtest.Password, nil}} {
		b.visit(m, func(ctx context.Context) {
			if err := m.Prove(ctx, session.Credentials{Password: c.password}); !errors.Is(err, c.want) || m.Fresh(ctx) != (c.want == nil) {
				t.Errorf("%q: got %v, fresh %v", c.password, err, m.Fresh(ctx))
			}
		})
	}
}

// TestOwnersBrowserIsNotLockedOut: an attacker with many addresses uses up the
// account's count; the browser that the owner used before has its own.
func TestOwnersBrowserIsNotLockedOut(t *testing.T) {
	n := webtest.New(t)
	m := session.New(n.Store, session.Config{BaseURL: webtest.BaseURL, Limit: 2})
	owner := &browser{address: "198.51.100.1:1"}
	if err := owner.signIn(m, webtest.Password); err != nil {
		t.Fatal(err)
	}
	limited := func(err error) bool {
		_, ok := errors.AsType[*session.Limited](err)
		return ok
	}
	for i := range 21 {
		err := (&browser{address: "192.0.2." + string(rune('a'+i))}).signIn(m, "wrong")
		if limited(err) != (i == 20) {
			t.Fatalf("try %d: got %v", i+1, err)
		}
	}
	stranger := &browser{address: "203.0.113.9:1", cookies: map[string]*http.Cookie{"device": {Name: "device", Value: "guessed"}}}
	if err := stranger.signIn(m, webtest.Password); !limited(err) {
		t.Errorf("a browser that says it is known: got %v, want Limited", err)
	}
	if err := owner.signIn(m, webtest.Password); err != nil {
		t.Errorf("the owner: got %v, want no error", err)
	}
	for range 2 {
		if err := owner.signIn(m, "wrong"); !errors.Is(err, session.ErrCredentials) {
			t.Errorf("wrong from the owner's browser: got %v", err)
		}
	}
	if err := owner.signIn(m, webtest.Password); !limited(err) {
		t.Errorf("too many from there: got %v, want Limited", err)
	}
}
