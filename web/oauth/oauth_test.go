package oauth_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/oauth"
	"github.com/essaim/essaim/web/webtest"
)

const back = "https://app.example/back?x=1"

// site is a node with the pages of this package, and an app.
type site struct {
	*webtest.Site
	t      *testing.T
	node   *webtest.Node
	log    *bytes.Buffer
	app    *store.App
	secret string
}

func start(t *testing.T) *site {
	t.Helper()
	n := webtest.New(t)
	f := n.Frame(t, oauth.Templates)
	s := &site{t: t, node: n, log: new(bytes.Buffer)}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	f.Log = log
	server := oauth.New(oauth.Config{Store: n.Store, Sessions: f.Sessions, Frame: f, BaseURL: webtest.BaseURL, Log: log})
	s.Site = webtest.Serve(t, f, func(r *mux.Router) { server.Routes(r, r) })
	s.app, s.secret = s.register("Nuage", "read write follow push", back, oauth.OutOfBand, "nuage://back")
	return s
}

func (s *site) register(name, scopes string, redirects ...string) (*store.App, string) {
	s.t.Helper()
	app, secret, err := oauth.Register(s.t.Context(), s.node.Store, oauth.Registration{Name: name, Redirects: redirects, Scopes: scopes})
	if err != nil {
		s.t.Fatal(err)
	}
	return app, secret
}

// question is what the app asks with; more changes it.
func (s *site) question(more ...string) url.Values {
	q := url.Values{"response_type": {"code"}, "client_id": {s.app.ID}, "redirect_uri": {back}, "scope": {"read write:statuses"}, "state": {"é&1"}}
	for i := 0; i < len(more); i += 2 {
		if more[i+1] == "" {
			q.Del(more[i])
			continue
		}
		q.Set(more[i], more[i+1])
	}
	return q
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// form are the hidden fields of a page.
func form(a webtest.Answer) url.Values {
	v := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(a.Body, -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	return v
}

// consent is what comes back when the member agrees, or answers otherwise.
func (s *site) consent(c *webtest.Client, q url.Values, answer string) webtest.Answer {
	s.t.Helper()
	page := c.Get("/oauth/authorize?" + q.Encode())
	if page.Status != http.StatusOK {
		s.t.Fatalf("got %d %s to %s", page.Status, page.Header, page.Location)
	}
	f := form(page)
	f.Set("answer", answer)
	return c.Post("/oauth/authorize", f)
}

// sent are the parameters of a redirect to the app.
func (s *site) sent(a webtest.Answer) url.Values {
	s.t.Helper()
	to, err := url.Parse(a.Header.Get("Location"))
	if err != nil || a.Status != http.StatusFound {
		s.t.Fatalf("got %d to %q", a.Status, a.Header.Get("Location"))
	}
	return to.Query()
}

// code is a code that a member agreed to.
func (s *site) code(more ...string) string {
	s.t.Helper()
	return s.sent(s.consent(s.As(s.t, s.node.Contributor), s.question(more...), "allow")).Get("code")
}

// change asks for a token.
func (s *site) change(fields url.Values) (int, map[string]any) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.Server.URL+"/oauth/token", strings.NewReader(fields.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var got map[string]any
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, got
}

func (s *site) exchange(code string, more ...string) url.Values {
	v := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {s.app.ID}, "client_secret": {s.secret}, "redirect_uri": {back},
	}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// token is what the store keeps of a token, or nil.
func (s *site) token(secret any) (k *store.Token) {
	s.t.Helper()
	err := s.node.Store.View(s.t.Context(), func(tx *store.Txn) error {
		text, _ := secret.(string)
		k, _ = tx.Token(text) // not found is nil
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return k
}

func TestMemberLetsAnAppIn(t *testing.T) {
	s := start(t)
	c := s.As(t, s.node.Contributor)
	page := c.Get("/oauth/authorize?" + s.question().Encode())
	if !page.Has("Autoriser Nuage", "@yann@estran.test", "publier, modifier et supprimer en votre nom", "app.example") {
		t.Errorf("got %s", page.Body)
	}
	if csp := page.Header.Get("Content-Security-Policy"); csp != "" && !strings.Contains(csp, "form-action 'self' https://app.example") {
		t.Errorf("got policy %q", csp)
	}
	sent := s.sent(s.consent(c, s.question(), "allow"))
	if sent.Get("state") != "é&1" || sent.Get("x") != "1" || sent.Get("iss") != webtest.BaseURL+"/" || sent.Get("code") == "" {
		t.Errorf("got %v", sent)
	}
	status, got := s.change(s.exchange(sent.Get("code")))
	if status != 200 || got["token_type"] != "Bearer" || got["scope"] != "read write:statuses" || got["expires_in"] != nil {
		t.Errorf("got %d %v", status, got)
	}
	if at, ok := got["created_at"].(float64); !ok || at != float64(int64(at)) {
		t.Errorf("got created_at %v", got["created_at"])
	}
	k := s.token(got["access_token"])
	if k == nil || k.App != s.app.ID || strings.Join(k.Scopes, " ") != "read write:statuses" {
		t.Errorf("got %+v", k)
	}
}

func TestMemberRefuses(t *testing.T) {
	s := start(t)
	sent := s.sent(s.consent(s.As(t, s.node.Contributor), s.question(), "deny"))
	if sent.Get("error") != "access_denied" || sent.Get("state") != "é&1" || sent.Get("code") != "" {
		t.Errorf("got %v", sent)
	}
}

func TestVisitorSignsInFirstAndComesBack(t *testing.T) {
	s := start(t)
	q := s.question("force_login", "true")
	for _, c := range []*webtest.Client{s.Visitor(t), s.As(t, s.node.Contributor)} {
		a := c.Get("/oauth/authorize?" + q.Encode())
		to, err := url.Parse(a.Location)
		if err != nil || a.Status != http.StatusSeeOther || to.Path != "/connexion" {
			t.Fatalf("got %d to %q", a.Status, a.Location)
		}
		want := s.question()
		if got := to.Query().Get("retour"); got != "/oauth/authorize?"+want.Encode() {
			t.Errorf("got %s", got)
		}
	}
}

func TestCodeIsShownWhereThereIsNoWayBack(t *testing.T) {
	s := start(t)
	a := s.consent(s.As(t, s.node.Contributor), s.question("redirect_uri", oauth.OutOfBand), "allow")
	m := regexp.MustCompile(`<code class="code">([A-Z0-9]+)</code>`).FindStringSubmatch(a.Body)
	if a.Status != 200 || m == nil {
		t.Fatalf("got %d %s", a.Status, a.Body)
	}
	if status, got := s.change(s.exchange(m[1], "redirect_uri", oauth.OutOfBand)); status != 200 || got["access_token"] == nil {
		t.Errorf("got %d %v", status, got)
	}
}

func TestAppOfThisDevice(t *testing.T) {
	s := start(t)
	a := s.consent(s.As(t, s.node.Contributor), s.question("redirect_uri", "nuage://back"), "allow")
	if to := a.Header.Get("Location"); !strings.HasPrefix(to, "nuage://back?") {
		t.Errorf("got %q", to)
	}
}

func TestNobodyIsSentToAnAddressThatIsNotTheApps(t *testing.T) {
	s := start(t)
	c := s.As(t, s.node.Contributor)
	for _, redirect := range []string{
		"https://evil.example/back", "https://app.example/back", "https://app.example/back?x=1&y=2", "https://app.example/back?x=1#f",
		"https://app.example.evil.example/back?x=1", "https://app.example@evil.example/back?x=1", "http://app.example/back?x=1",
		"https://APP.example/back?x=1", "javascript:alert(1)", "//evil.example", "nuage://back/", "",
	} {
		a := c.Get("/oauth/authorize?" + s.question("redirect_uri", redirect).Encode())
		if a.Status != http.StatusBadRequest || a.Header.Get("Location") != "" {
			t.Errorf("%q: got %d to %q", redirect, a.Status, a.Header.Get("Location"))
		}
	}
	if a := c.Get("/oauth/authorize?" + s.question("client_id", "nobody").Encode()); a.Status != http.StatusBadRequest {
		t.Errorf("unknown app: got %d", a.Status)
	}
}

func TestQuestionsThatAreRefused(t *testing.T) {
	s := start(t)
	s.app, s.secret = s.register("Lecteur", "read:statuses profile", back)
	c := s.As(t, s.node.Contributor)
	for _, x := range []struct {
		name string
		more []string
		want string
	}{
		{"scope beyond the app's", []string{"scope", "read"}, "invalid_scope"},
		{"unknown scope", []string{"scope", "admin:read"}, "invalid_scope"},
		{"implicit grant", []string{"response_type", "token", "scope", "profile"}, "unauthorized_client"},
		{"plain challenge", []string{"scope", "profile", "code_challenge", strings.Repeat("a", 43), "code_challenge_method", "plain"}, "unsupported_code_challenge_method"},
		{"challenge of no method", []string{"scope", "profile", "code_challenge", strings.Repeat("a", 43)}, "unsupported_code_challenge_method"},
	} {
		t.Run(x.name, func(t *testing.T) {
			a := c.Get("/oauth/authorize?" + s.question(x.more...).Encode())
			got := s.sent(a)
			if e := got.Get("error"); got.Get("code") != "" || !strings.HasPrefix(e, x.want) && e != "invalid_request" {
				t.Errorf("got %v, want %s", got, x.want)
			}
		})
	}
}

func TestCodeWorksOnceAndItsTokenEndsWhenItIsStolen(t *testing.T) {
	s := start(t)
	code := s.code()
	_, first := s.change(s.exchange(code))
	if s.token(first["access_token"]) == nil {
		t.Fatalf("got %v", first)
	}
	if status, got := s.change(s.exchange(code)); status != 400 && status != 401 || got["error"] != "invalid_grant" {
		t.Errorf("again: got %d %v", status, got)
	}
	if s.token(first["access_token"]) != nil {
		t.Error("what the code gave still works")
	}
}

func TestOfManyWhoUseACodeAtOnceOneGetsAToken(t *testing.T) {
	s := start(t)
	fields := s.exchange(s.code())
	var given atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			res, err := http.PostForm(s.Server.URL+"/oauth/token", fields)
			if err != nil {
				t.Error(err)
				return
			}
			if res.StatusCode == http.StatusOK {
				given.Add(1)
			}
			if err := res.Body.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := given.Load(); n != 1 {
		t.Errorf("%d got a token", n)
	}
}

func TestCodesAreBoundToWhatWasAsked(t *testing.T) {
	s := start(t)
	other, otherSecret := s.register("Autre", "read", back)
	for name, more := range map[string][]string{
		"another app":        {"client_id", other.ID, "client_secret", otherSecret},
		"another redirect":   {"redirect_uri", "nuage://back"},
		"foreign redirect":   {"redirect_uri", "https://evil.example/"},
		"wrong secret":       {"client_secret", "x"},
		"no secret":          {"client_secret", ""},
		"unknown app":        {"client_id", "x"},
		"no such code":       {"code", "x"},
		"verifier, none due": {"code_verifier", strings.Repeat("v", 43)},
		"password grant":     {"grant_type", "password", "username", "yann", "password", webtest.Password},
		"refresh grant":      {"grant_type", "refresh_token", "refresh_token", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			if status, got := s.change(s.exchange(s.code(), more...)); status < 400 || status >= 500 || got["access_token"] != nil {
				t.Errorf("got %d %v", status, got)
			}
		})
	}
}

func TestScopesDoNotGrowWhenTheCodeIsChanged(t *testing.T) {
	s := start(t)
	_, got := s.change(s.exchange(s.code("scope", "profile"), "scope", "read write follow push"))
	if k := s.token(got["access_token"]); k != nil && strings.Join(k.Scopes, " ") != "profile" {
		t.Errorf("got a token for %v, the member agreed to profile", k.Scopes)
	}
}

func challenge(verifier string) string {
	h := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

func TestProofKeyIsAskedForAgain(t *testing.T) {
	s := start(t)
	verifier := strings.Repeat("secret-verifier-", 3)
	pkce := []string{"code_challenge", challenge(verifier), "code_challenge_method", "S256"}
	for name, more := range map[string][]string{"none": nil, "wrong": {"code_verifier", strings.Repeat("x", 43)}, "the challenge": {"code_verifier", challenge(verifier)}} {
		if status, got := s.change(s.exchange(s.code(pkce...), more...)); status < 400 || got["access_token"] != nil {
			t.Errorf("%s: got %d %v", name, status, got)
		}
	}
	if status, got := s.change(s.exchange(s.code(pkce...), "code_verifier", verifier)); status != 200 {
		t.Errorf("right: got %d %v", status, got)
	}
}

func TestAnswerBelongsToItsQuestion(t *testing.T) {
	s := start(t)
	c := s.As(t, s.node.Contributor)
	f := form(c.Get("/oauth/authorize?" + s.question().Encode()))
	f.Set("answer", "allow")
	if a := c.PostFrom("https://evil.example", "/oauth/authorize", f); a.Status != http.StatusForbidden {
		t.Errorf("from another site: got %d", a.Status)
	}
	forged := s.question("answer", "allow")
	if a := c.Post("/oauth/authorize", forged); a.Status != http.StatusForbidden {
		t.Errorf("without the question: got %d to %q", a.Status, a.Header.Get("Location"))
	}
	f = form(c.Get("/oauth/authorize?" + s.question().Encode()))
	f.Set("answer", "allow")
	if a := c.Post("/oauth/authorize", f); a.Status != http.StatusFound {
		t.Errorf("with it: got %d", a.Status)
	}
	if a := c.Post("/oauth/authorize", f); a.Status != http.StatusForbidden {
		t.Errorf("again: got %d", a.Status)
	}
	if a := s.As(t, s.node.Admin).Post("/oauth/authorize", f); a.Status != http.StatusForbidden {
		t.Errorf("of another member: got %d", a.Status)
	}
}

func TestAnswerIsWhatWasShown(t *testing.T) {
	s := start(t)
	c := s.As(t, s.node.Contributor)
	f := form(c.Get("/oauth/authorize?" + s.question("scope", "profile").Encode()))
	f.Set("answer", "allow")
	f.Set("scope", "read write follow push")
	if a := c.Post("/oauth/authorize", f); a.Status != http.StatusForbidden {
		t.Errorf("got %d to %q: the scopes grew between question and answer", a.Status, a.Header.Get("Location"))
	}
}

func TestAppOfItsOwn(t *testing.T) {
	s := start(t)
	ask := url.Values{"grant_type": {"client_credentials"}, "client_id": {s.app.ID}, "client_secret": {s.secret}, "scope": {"read"}}
	status, got := s.change(ask)
	k := s.token(got["access_token"])
	if status != 200 || k == nil || k.Account != 0 || k.App != s.app.ID {
		t.Errorf("got %d %v %+v", status, got, k)
	}
	ask.Set("scope", "admin:write")
	if status, got := s.change(ask); status < 400 || got["access_token"] != nil {
		t.Errorf("beyond its scopes: got %d %v", status, got)
	}
}

func TestRevoked(t *testing.T) {
	s := start(t)
	other, otherSecret := s.register("Autre", "read", back)
	_, got := s.change(s.exchange(s.code()))
	token := got["access_token"].(string)
	revoke := func(id, secret string) int {
		res, err := http.PostForm(s.Server.URL+"/oauth/revoke", url.Values{"client_id": {id}, "client_secret": {secret}, "token": {token}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := revoke(other.ID, otherSecret); got != 403 || s.token(token) == nil {
		t.Errorf("by another app: got %d", got)
	}
	if got := revoke(s.app.ID, "x"); got != 403 || s.token(token) == nil {
		t.Errorf("without its secret: got %d", got)
	}
	for range 2 {
		if got := revoke(s.app.ID, s.secret); got != 200 || s.token(token) != nil {
			t.Errorf("got %d", got)
		}
	}
}

func TestMemberEndsTheAccessOfAnApp(t *testing.T) {
	s := start(t)
	_, got := s.change(s.exchange(s.code()))
	c := s.As(t, s.node.Contributor)
	page := c.Get("/mon-compte/applications")
	if !page.Has("Nuage", "Mettre fin", "publier, modifier") {
		t.Errorf("got %s", page.Body)
	}
	if a := s.As(t, s.node.Admin).Post("/mon-compte/applications", url.Values{"app": {s.app.ID}}); a.Status != 303 || s.token(got["access_token"]) == nil {
		t.Errorf("another member ended it: %d", a.Status)
	}
	if a := c.Post("/mon-compte/applications", url.Values{"app": {s.app.ID}}); a.Status != 303 || s.token(got["access_token"]) != nil {
		t.Errorf("got %d, and the token works on", a.Status)
	}
	if page := c.Get("/mon-compte/applications"); !page.Has("Aucune application") {
		t.Errorf("got %s", page.Body)
	}
	if a := s.Visitor(t).Get("/mon-compte/applications"); a.Status != 303 {
		t.Errorf("a visitor: got %d", a.Status)
	}
}

func TestNoSecretIsLoggedOrKept(t *testing.T) {
	s := start(t)
	code := s.code()
	_, got := s.change(s.exchange(code))
	s.change(s.exchange(code))
	token := got["access_token"].(string)
	for name, secret := range map[string]string{"code": code, "token": token, "client secret": s.secret} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log holds the %s", name)
		}
		if s.node.Holds(t, secret) {
			t.Errorf("the store holds the %s", name)
		}
	}
}

func TestMetadata(t *testing.T) {
	s := start(t)
	r := httptest.NewRequest(http.MethodGet, s.Server.URL+"/.well-known/oauth-authorization-server", nil)
	r.RequestURI = ""
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var got map[string]any
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got["issuer"] != webtest.BaseURL+"/" || got["token_endpoint"] != webtest.BaseURL+"/oauth/token" || res.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("got %v", got)
	}
}

func TestUserInfo(t *testing.T) {
	s := start(t)
	_, token := s.change(s.exchange(s.code("scope", "profile")))
	r := httptest.NewRequest(http.MethodGet, s.Server.URL+"/oauth/userinfo", nil)
	r.RequestURI = ""
	r.Header.Set("Authorization", "Bearer "+token["access_token"].(string))
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var got map[string]any
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got["sub"] != s.node.Contributor.IRI || got["preferred_username"] != "yann" {
		t.Errorf("got %v", got)
	}
}
