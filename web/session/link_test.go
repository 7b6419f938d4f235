package session_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/session"
	"github.com/essaim/essaim/web/webtest"
)

func TestLinkSignsInOnce(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	secret, err := m.NewLink(t.Context(), account(t, n).ID, session.ScopeSignIn, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Link(t.Context(), secret, session.ScopeSignIn); err != nil {
		t.Errorf("looking at it: %v", err)
	}
	use := func() (cookies []*http.Cookie, err error) {
		cookies = visit(t, m, nil, func(ctx context.Context) { _, err = m.SignInByLink(ctx, secret) })
		return cookies, err
	}
	cookies, err := use()
	if err != nil || handle(t, m, cookies) != "maelle" {
		t.Errorf("got %v, and %q is signed in", err, handle(t, m, cookies))
	}
	if cookies, err = use(); !errors.Is(err, store.ErrNotFound) || cookies != nil {
		t.Errorf("again: got %v, want ErrNotFound", err)
	}
}

func TestLinkIsForItsPurposeAndTime(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	secret, err := m.NewLink(t.Context(), 0, session.ScopeSetUp, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.UseLink(t.Context(), secret, session.ScopeSignIn); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("as a sign-in: got %v, want ErrNotFound", err)
	}
	if _, err := clockAhead(t, n, 2*time.Hour).Link(t.Context(), secret, session.ScopeSetUp); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an hour late: got %v, want ErrNotFound", err)
	}
}

func TestOfTwoWhoUseALinkOneWins(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	secret, err := m.NewLink(t.Context(), 0, session.ScopeSetUp, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wins := make(chan bool, 8)
	for range 8 {
		wg.Go(func() {
			if _, err := m.UseLink(t.Context(), secret, session.ScopeSetUp); err == nil {
				wins <- true
			}
		})
	}
	wg.Wait()
	if len(wins) != 1 {
		t.Errorf("%d used it, want 1", len(wins))
	}
}

func TestBearer(t *testing.T) {
	n := webtest.New(t)
	m := manager(t, n)
	put := func(secret string, k store.Token) {
		t.Helper()
		k.Account, k.Created = account(t, n).ID, time.Now()
		err := n.Store.Update(t.Context(), func(tx *store.Txn) error {
			tx.PutToken(secret, &k)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put("good", store.Token{Scopes: []string{"read", "write"}})
	put("late", store.Token{Scopes: []string{"read"}, Expires: time.Now().Add(-time.Second)})
	put("link", store.Token{Scopes: []string{session.ScopeSignIn}, Once: true})
	for header, want := range map[string]bool{
		"Bearer good": true, "bearer good": true, "Bearer late": false, "Bearer link": false,
		"Bearer unknown": false, "Bearer ": false, "Basic good": false, "good": false, "": false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", header)
		viewer, a, token, err := m.Bearer(r.Context(), r)
		switch {
		case want && (err != nil || viewer.Actor != n.Admin.IRI || !viewer.Runs || a.Actor != n.Admin.ID || !token.Has("write")):
			t.Errorf("%q: got %v, %v", header, viewer, err)
		case !want && (!errors.Is(err, session.ErrToken) || viewer.Actor != "" || viewer.Local):
			t.Errorf("%q: got %v, %v, want ErrToken", header, viewer, err)
		}
	}
}
