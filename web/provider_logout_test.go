package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/web/openid"
)

// tellsEnd has the provider tell a node that sessions ended there, and returns the
// node's answer.
func (p *provider) tellsEnd(t *testing.T, n node, change func(*said)) int {
	t.Helper()
	now := p.now().Unix()
	s := &said{token: map[string]any{
		"iss": p.URL, "aud": clientID, "iat": now, "exp": now + 120, "jti": "1",
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}}
	change(s)
	return n.hears(t, url.Values{"logout_token": {p.jwt(s.token, s.sign)}})
}

// hears sends a node what a provider sends.
func (n node) hears(t *testing.T, form url.Values) int {
	t.Helper()
	res, err := http.PostForm(n.URL+openid.LogoutPath, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := res.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control: got %q", got)
	}
	return res.StatusCode
}

func ofToken(claims map[string]any) func(*said) {
	return func(s *said) { maps.Copy(s.token, claims) }
}

// enters is a browser in which somebody came in by the provider.
func (n node) enters(t *testing.T, p *provider, sub, session string) browser {
	t.Helper()
	b := n.visitor(t)
	b.leads(t, p.vouch(b.sentBy(t, "/connexion/fournisseur"), sub, "", ofToken(map[string]any{"sid": session})), "/")
	return b
}

// TestEndOfASessionThereEndsItHere: what began here by itself, of somebody else or
// later goes on.
func TestEndOfASessionThereEndsItHere(t *testing.T) {
	t.Parallel()
	c := new(clock)
	n, p := atProvider(t, c)
	byPassword := n.linked(t, p, "ana", "1")
	n.linked(t, p, "bob", "2")
	train, other := n.enters(t, p, "1", "train"), n.enters(t, p, "2", "his")
	train.send(t, "/mon-compte/mot-de-passe", url.Values{"password": {password + "!"}, "password-again": {password + "!"}})
	byPassword.send(t, "/connexion", credentials("ana", password+"!")) // a new password ended that
	office := n.enters(t, p, "1", "office")
	still := func(who string, b browser, want bool) {
		t.Helper()
		if b.isIn(t) != want {
			t.Errorf("%s is signed in: %t", who, !want)
		}
	}
	if got := p.tellsEnd(t, n, ofToken(map[string]any{"sid": "office"})); got != http.StatusOK {
		t.Fatalf("got %d", got)
	}
	still("the office", office, false)
	still("the train", train, true)
	again := url.Values{"logout_token": {p.jwt(map[string]any{
		"iss": p.URL, "aud": []string{clientID, "another"}, "iat": c.now().Unix(), "sub": "1", // older providers leave exp out
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}, "")}}
	if got := n.hears(t, again); got != http.StatusOK {
		t.Fatalf("got %d", got)
	}
	still("the train", train, false)
	still("the one by password", byPassword, true)
	still("the other", other, true)
	c.pass(5 * time.Minute)
	later := n.enters(t, p, "1", "train")
	if got := n.hears(t, again); got != http.StatusOK {
		t.Fatalf("got %d", got)
	}
	still("who came back since", later, true)
	if got := p.tellsEnd(t, n, ofToken(map[string]any{"sub": "1", "sid": "his"})); got != http.StatusOK {
		t.Fatalf("got %d", got)
	}
	still("the other", other, true)
}

// TestForgedEndsEndNothing brings what no provider of ours said, or said of something
// else.
func TestForgedEndsEndNothing(t *testing.T) { // T20
	t.Parallel()
	c := new(clock)
	n, p := atProvider(t, c)
	n.linked(t, p, "ana", "1")
	ana := n.enters(t, p, "1", "office")
	signed := func(how string) func(*said) { return func(s *said) { s.sign = how } }
	events := func(v any) func(*said) { return ofToken(map[string]any{"events": v}) }
	for name, change := range map[string]func(*said){
		"nobody":               ofToken(map[string]any{"sub": ""}),
		"no event":             func(s *said) { delete(s.token, "events") },
		"another event":        events(map[string]any{"http://schemas.openid.net/event/other": map[string]any{}}),
		"an odd event":         events(map[string]any{"http://schemas.openid.net/event/backchannel-logout": 1}),
		"odd events":           events("http://schemas.openid.net/event/backchannel-logout"),
		"as a token to enter":  ofToken(map[string]any{"nonce": "x"}),
		"another audience":     ofToken(map[string]any{"aud": "another"}),
		"another issuer":       ofToken(map[string]any{"iss": "https://evil.example"}),
		"of an hour ago":       ofToken(map[string]any{"iat": c.now().Add(-time.Hour).Unix()}),
		"of tomorrow":          ofToken(map[string]any{"iat": c.now().Add(24 * time.Hour).Unix()}),
		"without a time":       func(s *said) { delete(s.token, "iat") },
		"expired":              ofToken(map[string]any{"exp": c.now().Add(-2 * time.Minute).Unix()}),
		"not signed":           signed("none"),
		"signed with a public": signed("HS256"),
		"signed by another":    signed("another key"),
	} {
		of := func(s *said) {
			s.token["sub"] = "1"
			change(s)
		}
		if got := p.tellsEnd(t, n, of); got != http.StatusBadRequest {
			t.Errorf("%s: got %d, want 400", name, got)
		}
	}
	right := p.jwt(map[string]any{"iss": p.URL}, "")
	for _, form := range []url.Values{{}, {"logout_token": {right, right}}, {"logout_token": {"x"}}, {"logout_token": {strings.Repeat("x", 1<<20)}}} {
		if got := n.hears(t, form); got != http.StatusBadRequest {
			t.Errorf("got %d, want 400", got)
		}
	}
	if !ana.isIn(t) {
		t.Error("she was signed out")
	}
	if got := ana.status(t, n.URL+openid.LogoutPath, "*/*"); got != http.StatusMethodNotAllowed {
		t.Errorf("in a browser: got %d, want 405", got)
	}
}
