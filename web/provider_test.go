package web_test

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/openid"
)

// A provider is an OpenID provider that says what a test wants it to say.
type provider struct {
	URL string
	key *ecdsa.PrivateKey
	now func() time.Time

	mu     sync.Mutex
	codes  map[string]*said
	tokens map[string]*said
	keySet string
	door   string // where people are sent to; empty: below URL
	down   bool
}

// said is what a provider says of somebody who was sent to it: the claims of the token
// and of userinfo, and how the token is signed.
type said struct {
	query       url.Values // that it was sent with
	token, info map[string]any
	sign        string // "" is rightly
	signInfo    bool
}

const clientID, clientSecret = "essaim-labo", "zqclientsecretqz"

func newProvider(t *testing.T, now func() time.Time) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key, now: now, codes: map[string]*said{}, tokens: map[string]*said{}}
	raw, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	p.keySet = asJSON(map[string]any{"keys": []any{map[string]string{"kty": "EC", "crv": "P-256", "kid": "1", "x": b64(raw[1:33]), "y": b64(raw[33:])}}})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, map[string]any{
			"issuer": p.URL, "authorization_endpoint": cmp.Or(p.door, p.URL) + "/authorize", "token_endpoint": p.URL + "/token", "userinfo_endpoint": p.URL + "/userinfo",
			"jwks_uri": p.URL + "/keys", "end_session_endpoint": p.URL + "/end?a=b", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}, // not all that it signs with
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(p.keySet)) })
	mux.HandleFunc("POST /token", p.serveToken)
	mux.HandleFunc("GET /userinfo", p.serveUserInfo)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.isDown() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(asJSON(v)))
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (p *provider) isDown() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.down
}

func (p *provider) fails(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// serveToken changes a code for tokens, once, for the client that asked (RFC 6749
// §4.1.3, RFC 7636 §4.6).
func (p *provider) serveToken(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	s := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	proof := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if s == nil || id != clientID || secret != clientSecret || r.PostFormValue("redirect_uri") != s.query.Get("redirect_uri") || b64(proof[:]) != s.query.Get("code_challenge") {
		w.WriteHeader(http.StatusBadRequest)
		answerJSON(w, map[string]string{"error": "invalid_grant"})
		return
	}
	access := rand.Text()
	p.tokens[access] = s
	answerJSON(w, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": p.jwt(s.token, s.sign)})
}

func (p *provider) serveUserInfo(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	switch {
	case s == nil:
		w.WriteHeader(http.StatusUnauthorized)
	case s.signInfo:
		w.Header().Set("Content-Type", "application/jwt")
		_, _ = w.Write([]byte(p.jwt(s.info, s.sign)))
	default:
		answerJSON(w, s.info)
	}
}

// jwt signs claims, or does as if.
func (p *provider) jwt(claims map[string]any, how string) string {
	alg := "ES256"
	if how == "none" || how == "HS256" {
		alg = how
	}
	text := b64([]byte(asJSON(map[string]string{"alg": alg, "kid": "1", "typ": "JWT"}))) + "." + b64([]byte(asJSON(claims)))
	key := p.key
	switch how {
	case "none":
		return text + "."
	case "HS256": // with what everybody knows of the provider
		der, _ := x509.MarshalPKIXPublicKey(&p.key.PublicKey)
		mac := hmac.New(sha256.New, der)
		mac.Write([]byte(text))
		return text + "." + b64(mac.Sum(nil))
	case "another key":
		key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + b64(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

// vouch is the query with which somebody comes back whom the provider calls by sub;
// change, which may be nil, makes it say something else.
func (p *provider) vouch(asked url.Values, sub, email string, change func(*said)) url.Values {
	now := p.now().Unix()
	s := &said{query: asked, info: map[string]any{"sub": sub, "name": "Ana", "email": email, "email_verified": true}}
	s.token = map[string]any{
		"iss": p.URL, "aud": clientID, "sub": sub, "nonce": asked.Get("nonce"), "iat": now, "exp": now + 60, "auth_time": now,
	}
	if change != nil {
		change(s)
	}
	code := rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[code] = s
	return url.Values{"code": {code}, "state": {asked.Get("state")}}
}

// atProvider is a node whose members may sign in by a provider.
func atProvider(t *testing.T, c *clock) (node, *provider) {
	t.Helper()
	p := newProvider(t, c.now)
	n := startWith(t, "estran", func(n *fedtest.Node, wc *web.Config) {
		wc.Provider = openid.New(openid.Config{
			Preset: openid.Generic, Issuer: p.URL, ClientID: clientID, ClientSecret: clientSecret, Name: "Agents",
			BaseURL: n.URL, Transport: http.DefaultTransport, Now: n.Store.Now,
		})
		wc.TrustedProxies = fedtest.Loopback
	}, fedtest.Clocked(c.now))
	return n, p
}

// sentBy follows a link of ours to the provider, and returns what it was asked.
func (b browser) sentBy(t *testing.T, path string) url.Values {
	t.Helper()
	res := b.do(t, http.MethodGet, b.base+path, http.Header{"Sec-Fetch-Site": {"same-origin"}}, nil)
	to, err := res.Location()
	if err != nil || res.StatusCode != http.StatusSeeOther || to.Path != "/authorize" {
		t.Fatalf("%s: got %d to %v, want the provider", path, res.StatusCode, to)
	}
	return to.Query()
}

// returns brings the provider's answer back, as a browser does that comes from there.
func (b browser) returns(t *testing.T, answer url.Values) *http.Response {
	t.Helper()
	return b.returnsFrom(t, "203.0.113.1", answer)
}

func (b browser) returnsFrom(t *testing.T, address string, answer url.Values) *http.Response {
	t.Helper()
	header := http.Header{"Sec-Fetch-Site": {"cross-site"}, "X-Forwarded-For": {address}}
	return b.do(t, http.MethodGet, b.base+openid.ReturnPath+"?"+answer.Encode(), header, nil)
}

// leads says where an answer of the provider leads.
func (b browser) leads(t *testing.T, answer url.Values, want string) {
	t.Helper()
	if res := b.returns(t, answer); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != want {
		t.Fatalf("got %d to %q, want %s: %s", res.StatusCode, res.Header.Get("Location"), want, words(body(t, res)))
	}
}

func (b browser) isIn(t *testing.T) bool {
	t.Helper()
	return b.status(t, b.base+"/mon-compte", "text/html") == http.StatusOK
}

// linked is a browser of a member who has linked an identity, and who is signed in.
func (n node) linked(t *testing.T, p *provider, handle, sub string) browser {
	t.Helper()
	b := n.member(t, handle)
	b.leads(t, p.vouch(b.sentBy(t, "/mon-compte/fournisseur/lier"), sub, handle+"@agents.test", nil), "/mon-compte/fournisseur")
	b.send(t, "/mon-compte/fournisseur", nil)
	return b
}

func TestMemberSignsInByAnotherService(t *testing.T) {
	t.Parallel()
	c := new(clock)
	n, p := atProvider(t, c)
	ana := n.member(t, "ana")
	asked := ana.sentBy(t, "/mon-compte/fournisseur/lier")
	for name, want := range map[string]string{
		"response_type": "code", "client_id": clientID, "scope": "openid profile email", "code_challenge_method": "S256",
		"redirect_uri": n.URL + "/connexion/fournisseur/retour", "prompt": "",
	} {
		if got := asked.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	ana.leads(t, p.vouch(asked, "1", "ana@agents.test", nil), "/mon-compte/fournisseur")
	if page := words(ana.get(t, n.URL+"/mon-compte/fournisseur", "text/html")); !strings.Contains(page, "Ana (ana@agents.test)") {
		t.Errorf("who is to be linked is not said: %s", page)
	}
	visitor := n.visitor(t)
	if res := visitor.returns(t, p.vouch(visitor.sentBy(t, "/connexion/fournisseur"), "1", "", nil)); res.StatusCode != http.StatusForbidden || visitor.isIn(t) {
		t.Fatalf("before the link was confirmed: got %d", res.StatusCode)
	}
	ana.send(t, "/mon-compte/fournisseur", nil)
	if page := words(ana.get(t, n.URL+"/mon-compte/securite", "text/html")); !strings.Contains(page, "Ana (ana@agents.test)") {
		t.Error("the security page does not show the identity")
	}
	if page := visitor.get(t, n.URL+"/en/connexion?retour=/mon-compte", "text/html"); !strings.Contains(page, `href="/en/connexion/fournisseur?retour=%2Fmon-compte"`) || !strings.Contains(page, "Sign in with Agents") {
		t.Errorf("no button: %s", page)
	}
	visitor.leads(t, p.vouch(visitor.sentBy(t, "/en/connexion/fournisseur?retour=/mon-compte"), "1", "", nil), "/en/mon-compte")
	if !visitor.isIn(t) {
		t.Fatal("she is not signed in")
	}
	header := http.Header{"Sec-Fetch-Site": {"same-origin"}}
	page := body(t, visitor.do(t, http.MethodPost, n.URL+"/deconnexion", header, nil))
	if !strings.Contains(page, p.URL+"/end?a=b&amp;id_token_hint=ey") || visitor.isIn(t) {
		t.Errorf("signing out does not offer to sign out there: %s", words(page))
	}
	ana.send(t, "/mon-compte/fournisseur/retirer", url.Values{"issuer": {p.URL}, "subject": {"1"}})
	if res := visitor.returns(t, p.vouch(visitor.sentBy(t, "/connexion/fournisseur"), "1", "", nil)); res.StatusCode != http.StatusForbidden {
		t.Errorf("after the link was removed: got %d, want 403", res.StatusCode)
	}
}

// TestForgedAnswersLetNobodyIn brings back what no provider of ours said to this
// question.
func TestForgedAnswersLetNobodyIn(t *testing.T) { // T20
	t.Parallel()
	c := new(clock)
	n, p := atProvider(t, c)
	n.linked(t, p, "ana", "1")
	token := func(key string, value any) func(*said) { return func(s *said) { s.token[key] = value } }
	signed := func(how string) func(*said) { return func(s *said) { s.sign = how } }
	last := 0
	for name, x := range map[string]struct {
		say    func(*said)
		answer func(url.Values)
		status int
	}{
		"another state":           {nil, func(v url.Values) { v.Set("state", strings.Repeat("x", 52)) }, http.StatusBadRequest},
		"no state":                {nil, func(v url.Values) { v.Del("state") }, http.StatusBadRequest},
		"two states":              {nil, func(v url.Values) { v.Add("state", "x") }, http.StatusBadRequest},
		"two codes":               {nil, func(v url.Values) { v.Add("code", "x") }, http.StatusBadGateway},
		"another code":            {nil, func(v url.Values) { v.Set("code", "zqcodeqz") }, http.StatusBadGateway},
		"another provider (mix)":  {nil, func(v url.Values) { v.Set("iss", "https://evil.example") }, http.StatusBadGateway},
		"a refusal":               {nil, func(v url.Values) { v.Set("error", "access_denied") }, http.StatusForbidden},
		"a failure":               {nil, func(v url.Values) { v.Set("error", "temporarily_unavailable") }, http.StatusServiceUnavailable},
		"an odd failure":          {nil, func(v url.Values) { v.Set("error", "<script>") }, http.StatusBadGateway},
		"another nonce":           {token("nonce", "x"), nil, http.StatusBadGateway},
		"no nonce":                {func(s *said) { delete(s.token, "nonce") }, nil, http.StatusBadGateway},
		"another audience":        {token("aud", "somebody"), nil, http.StatusBadGateway},
		"a party beside":          {token("aud", []string{clientID, "somebody"}), nil, http.StatusBadGateway},
		"for another party":       {func(s *said) { s.token["aud"], s.token["azp"] = []string{clientID, "x"}, "x" }, nil, http.StatusBadGateway},
		"another issuer":          {token("iss", "https://evil.example"), nil, http.StatusBadGateway},
		"expired":                 {token("exp", c.now().Add(-time.Minute).Unix()), nil, http.StatusBadGateway},
		"not yet":                 {token("nbf", c.now().Add(time.Hour).Unix()), nil, http.StatusBadGateway},
		"no subject":              {func(s *said) { s.token["sub"], s.info["sub"] = "", "" }, nil, http.StatusBadGateway},
		"of another access token": {token("at_hash", "x"), nil, http.StatusBadGateway},
		"not signed":              {signed("none"), nil, http.StatusBadGateway},
		"signed with a public":    {signed("HS256"), nil, http.StatusBadGateway},
		"signed by another":       {signed("another key"), nil, http.StatusBadGateway},
		"userinfo of another":     {func(s *said) { s.info["sub"] = "2" }, nil, http.StatusBadGateway},
		"userinfo for another":    {func(s *said) { s.signInfo = true; s.info["iss"], s.info["aud"] = p.URL, "x" }, nil, http.StatusBadGateway},
	} {
		b := n.visitor(t)
		answer := p.vouch(b.sentBy(t, "/connexion/fournisseur"), "1", "", x.say)
		if x.answer != nil {
			x.answer(answer)
		}
		last++
		res := b.returnsFrom(t, fmt.Sprint("192.0.2.", last), answer) // one address would be stopped
		if page := body(t, res); res.StatusCode != x.status || b.isIn(t) || strings.Contains(page, answer.Get("code")) || strings.Contains(page, "<script>") {
			t.Errorf("%s: got %d, want %d", name, res.StatusCode, x.status)
		}
	}
}
