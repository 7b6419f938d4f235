package openid_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/web/openid"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// site is an https server that says of itself what change makes of what is right, and
// counts who asks for its keys.
func site(t *testing.T, now func() time.Time, change func(map[string]any)) (*openid.Provider, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	says := map[string]any{
		"issuer": server.URL, "authorization_endpoint": server.URL + "/authorize", "token_endpoint": server.URL + "/token",
		"userinfo_endpoint": server.URL + "/userinfo", "end_session_endpoint": server.URL + "/end", "jwks_uri": server.URL + "/keys",
	}
	change(says)
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(says)
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte(`{"keys":[]}`))
	})
	return openid.New(openid.Config{
		Preset: openid.Generic, Issuer: server.URL, ClientID: "x", ClientSecret: "x", BaseURL: "https://labo.example",
		Transport: server.Client().Transport, Now: now,
	}), &asked
}

// TestNothingIsAskedInTheClear: who could change what goes over such an address would
// decide who anybody is.
func TestNothingIsAskedInTheClear(t *testing.T) {
	now := func() time.Time { return noon }
	p, _ := site(t, now, func(map[string]any) {})
	if _, _, err := p.Begin(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "end_session_endpoint", "jwks_uri"} {
		for _, address := range []string{"http://sso.example/x", "//sso.example/x", "javascript:alert(1)"} {
			p, _ := site(t, now, func(says map[string]any) { says[name] = address })
			if _, _, err := p.Begin(t.Context(), false); !errors.Is(err, openid.ErrUnreachable) {
				t.Errorf("%s %s: got %v, want ErrUnreachable", name, address, err)
			}
		}
	}
}

// TestForgedEndsAskForTheKeysOnce sends what is signed with keys that nobody knows.
func TestForgedEndsAskForTheKeysOnce(t *testing.T) {
	var passed atomic.Int64
	p, asked := site(t, func() time.Time { return noon.Add(time.Duration(passed.Load())) }, func(map[string]any) {})
	forge := func(want int64) {
		t.Helper()
		for range 5 {
			// {"alg":"ES256","kid":"x"}, {} and nothing that verifies
			if _, err := p.Logout(t.Context(), "eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.e30.AAAA"); !errors.Is(err, openid.ErrAnswer) {
				t.Errorf("got %v, want ErrAnswer", err)
			}
		}
		if got := asked.Load(); got != want {
			t.Errorf("the keys were asked for %d times, want %d", got, want)
		}
	}
	forge(1)
	passed.Store(int64(time.Minute))
	forge(2)
}
