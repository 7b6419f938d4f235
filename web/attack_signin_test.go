package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/web"
)

// token lets an app of a new member in, as OAuth has it: registration, question,
// answer, code, token.
func (n node) token(t *testing.T, handle, scopes string) string {
	t.Helper()
	app := n.register(t, scopes)
	code := n.consent(t, n.member(t, handle), app, scopes, nil).Get("code")
	status, got := n.changeCode(t, app.exchange(code))
	if status != http.StatusOK {
		t.Fatalf("got %d %v", status, got)
	}
	return got["access_token"].(string)
}

// client is an app that was registered.
type client struct{ id, secret string }

const back = "https://app.example/back"

func (c client) exchange(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "client_id": {c.id}, "client_secret": {c.secret}, "redirect_uri": {back}}
}

func (n node) register(t *testing.T, scopes string) client {
	t.Helper()
	res := n.post(t, "", "/api/v1/apps", url.Values{"client_name": {"Nuage"}, "redirect_uris": {back}, "scopes": {scopes}})
	got := object(t, res)
	return client{fmt.Sprint(got["client_id"]), fmt.Sprint(got["client_secret"])}
}

// post sends a form of an app.
func (n node) post(t *testing.T, token, path string, form url.Values) *http.Response {
	t.Helper()
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	return n.visitor(t).do(t, http.MethodPost, n.URL+path, header, strings.NewReader(form.Encode()))
}

func object(t *testing.T, res *http.Response) map[string]any {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal([]byte(body(t, res)), &got); err != nil {
		t.Fatalf("got %d: %v", res.StatusCode, err)
	}
	return got
}

func (n node) changeCode(t *testing.T, fields url.Values) (int, map[string]any) {
	t.Helper()
	res := n.post(t, "", "/oauth/token", fields)
	return res.StatusCode, object(t, res)
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// consent is what the app is told when the member agrees.
func (n node) consent(t *testing.T, member browser, app client, scopes string, more url.Values) url.Values {
	t.Helper()
	question := url.Values{"response_type": {"code"}, "client_id": {app.id}, "redirect_uri": {back}, "scope": {scopes}, "state": {"é&=1"}}
	maps.Copy(question, more)
	page := member.get(t, n.URL+"/oauth/authorize?"+question.Encode(), "text/html")
	answer := url.Values{"answer": {"allow"}}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		answer.Set(m[1], html.UnescapeString(m[2]))
	}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
	res := member.do(t, http.MethodPost, n.URL+"/oauth/authorize", header, strings.NewReader(answer.Encode()))
	to, err := res.Location()
	if err != nil || !strings.HasPrefix(to.String(), back+"?") {
		t.Fatalf("got %d to %v", res.StatusCode, to)
	}
	return to.Query()
}

func TestAppsAreLetInByCodesThatAreTheirsAlone(t *testing.T) { // T01, T02, T03, T04, T06, T07, T09
	t.Parallel()
	n := start(t, "estran")
	app, other, member := n.register(t, "read"), n.register(t, "read"), n.member(t, "yann")
	sum := sha256.Sum256([]byte(strings.Repeat("v", 50)))
	pkce := url.Values{"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}
	for name, spoil := range map[string]func(url.Values){
		"another app":      func(v url.Values) { v.Set("client_id", other.id); v.Set("client_secret", other.secret) },
		"its secret alone": func(v url.Values) { v.Set("client_secret", other.secret) },
		"a wrong secret":   func(v url.Values) { v.Set("client_secret", "x") },
		"no secret":        func(v url.Values) { v.Del("client_secret") },
		"another redirect": func(v url.Values) { v.Set("redirect_uri", back+"2") },
		"no verifier":      func(url.Values) {},
		"a wrong verifier": func(v url.Values) { v.Set("code_verifier", strings.Repeat("w", 50)) },
		"the challenge":    func(v url.Values) { v.Set("code_verifier", pkce.Get("code_challenge")) },
		"the password grant": func(v url.Values) {
			v.Set("grant_type", "password")
			v.Set("username", "yann")
			v.Set("password", password)
		},
	} {
		fields := app.exchange(n.consent(t, member, app, "read", pkce).Get("code"))
		if spoil(fields); !strings.HasSuffix(name, "verifier") && name != "the challenge" {
			fields.Set("code_verifier", strings.Repeat("v", 50))
		}
		if status, got := n.changeCode(t, fields); status < 400 || status > 499 || got["access_token"] != nil {
			t.Errorf("%s: got %d %v", name, status, got)
		}
	}
	sent := n.consent(t, member, app, "read", pkce)
	if sent.Get("state") != "é&=1" {
		t.Errorf("state: got %q", sent.Get("state"))
	}
	fields := app.exchange(sent.Get("code"))
	fields.Set("code_verifier", strings.Repeat("v", 50))
	_, got := n.changeCode(t, fields)
	token, _ := got["access_token"].(string)
	visitor, credentials := n.visitor(t), n.URL+"/api/v1/accounts/verify_credentials"
	bearer := http.Header{"Authorization": {"Bearer " + token}}
	if me := object(t, visitor.do(t, http.MethodGet, credentials, bearer, nil)); me["username"] != "yann" {
		t.Errorf("credentials: got %v", me)
	}
	if status, got := n.changeCode(t, fields); status < 400 || got["access_token"] != nil {
		t.Errorf("the code again: got %d %v", status, got)
	}
	if res := visitor.do(t, http.MethodGet, credentials, bearer.Clone(), nil); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("what a stolen code gave: got %d, want 401", res.StatusCode)
	}
	for _, q := range []string{"response_type=token&scope=read", "response_type=code&scope=read+write"} {
		address := n.URL + "/oauth/authorize?" + q + "&" + url.Values{"client_id": {app.id}, "redirect_uri": {back}}.Encode()
		res := member.do(t, http.MethodGet, address, http.Header{}, nil)
		if to := res.Header.Get("Location"); res.StatusCode == http.StatusOK || strings.Contains(to, "access_token") || strings.Contains(to, "code=") {
			t.Errorf("%s: got %d to %q", q, res.StatusCode, to)
		}
	}
}

// bruteForced is a node behind a proxy, with a clock.
func bruteForced(t *testing.T) (node, *clock) {
	t.Helper()
	c := new(clock)
	return startWith(t, "estran", behindProxy, fedtest.Clocked(c.now)), c
}

// try signs in from an address and returns the answer.
func (b browser) try(t *testing.T, from, login, password string) *http.Response {
	t.Helper()
	form := url.Values{"login": {login}, "password": {password}}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}, "X-Forwarded-For": {from}}
	return b.do(t, http.MethodPost, b.base+"/connexion", header, strings.NewReader(form.Encode()))
}

func TestPasswordsAreGuessedSlowlyAndNobodyIsLockedOut(t *testing.T) { // T10
	t.Parallel()
	n, clock := bruteForced(t)
	n.member(t, "yann")
	tries := 0
	for ; tries < 40; tries++ {
		res := n.visitor(t).try(t, "203.0.113.7", "yann", fmt.Sprint("faux ", tries))
		if res.StatusCode == http.StatusTooManyRequests {
			if res.Header.Get("Retry-After") == "" {
				t.Error("429 without Retry-After")
			}
			break
		}
	}
	if tries > 30 {
		t.Errorf("%d wrong passwords were tried", tries)
	}
	if res := n.visitor(t).try(t, "203.0.113.7", "yann", password); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the right one from the same address: got %d, want 429", res.StatusCode)
	}
	if res := n.visitor(t).try(t, "198.51.100.9", "yann", password); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the owner from elsewhere: got %d, want 303", res.StatusCode)
	}
	clock.pass(6 * time.Minute)
	if res := n.visitor(t).try(t, "203.0.113.7", "yann", password); res.StatusCode != http.StatusSeeOther {
		t.Errorf("later: got %d, want 303", res.StatusCode)
	}
}

// TestNobodyLearnsWhoHasAnAccount compares the answers for a member and for nobody.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) { // T10
	t.Parallel()
	n, _ := bruteForced(t)
	n.member(t, "yann")
	said := map[string]string{}
	for _, login := range []string{"yann", "yann@estran.test", "nobody", "nobody@estran.test"} {
		res := n.visitor(t).try(t, "203.0.113.7", login, "faux")
		said[login] = fmt.Sprint(res.StatusCode, strings.ReplaceAll(words(body(t, res)), login, "LOGIN"))
	}
	for login, got := range said {
		if got != said["nobody"] {
			t.Errorf("%s is told something else than nobody:\n%s\n%s", login, got, said["nobody"])
		}
	}
}

func TestSessionIsNewAtSignInAndEndsAtSignOut(t *testing.T) { // T12
	t.Parallel()
	n := start(t, "estran")
	n.member(t, "yann")
	b := n.visitor(t)
	base, err := url.Parse(n.URL)
	if err != nil {
		t.Fatal(err)
	}
	name := "session-" + base.Port()
	b.Jar.SetCookies(base, []*http.Cookie{{Name: name, Value: "chosen-by-an-attacker"}})
	res := b.try(t, "", "yann", password)
	var session *http.Cookie
	for _, c := range res.Cookies() { // beside it, one by which the browser is known again
		if c.Name == name {
			session = c
		}
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("got %v", c)
		}
	}
	if session == nil {
		t.Fatalf("got %d, %v", res.StatusCode, res.Cookies())
	}
	if session.Name != name || session.Value == "chosen-by-an-attacker" || len(session.Value) < 32 {
		t.Errorf("got %v", session)
	}
	if !session.HttpOnly || session.SameSite == http.SameSiteNoneMode || session.SameSite == http.SameSiteDefaultMode {
		t.Errorf("got %v", session)
	}
	if got := b.status(t, n.URL+"/mon-compte", "text/html"); got != http.StatusOK {
		t.Fatalf("signed in: got %d", got)
	}
	b.post(t, "/deconnexion", "application/x-www-form-urlencoded", nil)
	thief := n.visitor(t)
	thief.Jar.SetCookies(base, []*http.Cookie{{Name: name, Value: session.Value}})
	if got := thief.status(t, n.URL+"/mon-compte", "text/html"); got != http.StatusSeeOther {
		t.Errorf("the old session: got %d, want 303", got)
	}
}

// TestVisitsAreForgottenSoon: whoever is not signed in leaves no session that lies
// about for a month.
func TestVisitsAreForgottenSoon(t *testing.T) { // T12
	t.Parallel()
	n := start(t, "estran")
	visitor := n.visitor(t)
	life := func(path string, answers url.Values) time.Duration {
		t.Helper()
		for _, c := range visitor.send(t, path, answers).Cookies() {
			if strings.HasPrefix(c.Name, "session-") {
				return time.Until(c.Expires)
			}
		}
		t.Fatalf("%s: no session", path)
		return 0
	}
	if got := life("/connexion/oubli", url.Values{"email": {"nobody@estran.test"}}); got > 61*time.Minute {
		t.Errorf("a visit lasts %v", got)
	}
	n.member(t, "yann")
	if got := life("/connexion", url.Values{"login": {"yann"}, "password": {password}}); got < 24*time.Hour {
		t.Errorf("a member is signed in for %v", got)
	}
}

// behindProxy believes a proxy on this machine, and limits nothing but passwords.
func behindProxy(_ *fedtest.Node, c *web.Config) { c.TrustedProxies = fedtest.Loopback }

func TestFloodOfAppsIsBounded(t *testing.T) { // T16
	t.Parallel()
	n := startWith(t, "estran", func(_ *fedtest.Node, c *web.Config) { c.PagesPerMinute = 10 })
	var refused int
	for range 100 {
		res := n.post(t, "", "/api/v1/apps", url.Values{"client_name": {"x"}, "redirect_uris": {back}})
		if res.StatusCode >= 500 {
			t.Fatalf("got %d", res.StatusCode)
		}
		if res.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused < 40 {
		t.Errorf("%d of 100 were refused only", refused)
	}
}
