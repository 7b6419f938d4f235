package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web"
)

func TestNamesOfAnAttackerAreNotRepeated(t *testing.T) { // W01
	t.Parallel()
	n, routes, _ := walked(t)
	const evil = "evil.example"
	for _, r := range routes {
		if !slices.Contains(r.methods, http.MethodGet) || isStream(r.path) {
			continue
		}
		for name, value := range map[string]string{
			"Host": evil, "X-Forwarded-Host": evil, "X-Forwarded-Server": evil, "X-Original-Host": evil, "Forwarded": "host=" + evil,
			"X-Host": evil, "X-Original-URL": "https://" + evil + "/", "X-Forwarded-Prefix": "//" + evil,
		} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.URL+r.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept", "text/html")
			req.Header.Set(name, value)
			if name == "Host" {
				req.Host = value
			}
			got := fedtest.Ask(t, req)
			for key, values := range got.Header {
				if strings.Contains(strings.Join(values, " "), evil) {
					t.Errorf("%s with %s: repeated in %s", r.path, name, key)
				}
			}
			if strings.Contains(got.Body, evil) {
				t.Errorf("%s with %s: repeated in the body", r.path, name)
			}
		}
	}
}

// TestAppsOfOtherSitesNeedTheirToken: what any site may read takes no cookies.
func TestAppsOfOtherSitesNeedTheirToken(t *testing.T) { // W06
	t.Parallel()
	n, routes, admin := walked(t)
	for _, r := range routes {
		if isStream(r.path) || !slices.Contains(r.methods, http.MethodGet) {
			continue
		}
		res := admin.do(t, http.MethodGet, n.URL+r.path, http.Header{"Origin": {"https://evil.example"}, "Accept": {"text/html"}}, nil)
		origin := res.Header.Get("Access-Control-Allow-Origin")
		if res.Header.Get("Access-Control-Allow-Credentials") != "" || origin != "" && origin != "*" {
			t.Errorf("%s: got %q with credentials %q", r.path, origin, res.Header.Get("Access-Control-Allow-Credentials"))
		}
		if api := strings.HasPrefix(r.path, "/api/"); api && origin != "*" {
			t.Errorf("%s: apps on the web cannot read it", r.path)
		}
		if strings.HasPrefix(r.path, "/admin") && origin != "" {
			t.Errorf("%s: other sites may read it", r.path)
		}
	}
	if res := admin.do(t, http.MethodGet, n.URL+"/api/v1/accounts/verify_credentials", http.Header{}, nil); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the API with a cookie: got %d, want 401", res.StatusCode)
	}
}

// TestFloodFromOneAddressStopsNobodyElse asks too often from one address, and
// once from another.
func TestFloodFromOneAddressStopsNobodyElse(t *testing.T) { // W13
	t.Parallel()
	n := startWith(t, "estran", func(f *fedtest.Node, c *web.Config) {
		behindProxy(f, c)
		c.PagesPerMinute, c.InboxPerMinute = 60, 60
	})
	visitor := n.visitor(t)
	for _, path := range []string{"/", "/admin", "/experimentations.csv", "/api/v1/timelines/public", "/actors/estran", "/.well-known/webfinger?resource=acct:estran", "/oauth/authorize", "/media/x"} {
		refused := 0
		for range 400 {
			res := visitor.do(t, http.MethodGet, n.URL+path, http.Header{"X-Forwarded-For": {"203.0.113.7"}}, nil)
			switch {
			case res.StatusCode == http.StatusTooManyRequests && res.Header.Get("Retry-After")+res.Header.Get("X-RateLimit-Reset") == "":
				t.Errorf("%s: 429 says not when to come again", path)
			case res.StatusCode == http.StatusTooManyRequests:
				refused++
			case res.StatusCode >= 500:
				t.Errorf("%s: got %d", path, res.StatusCode)
			}
			res.Body.Close()
		}
		if refused == 0 && path != "/media/x" {
			t.Errorf("%s: a flood was served", path)
		}
		res := visitor.do(t, http.MethodGet, n.URL+path, http.Header{"X-Forwarded-For": {"198.51.100.9"}}, nil)
		if res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500 {
			t.Errorf("%s from elsewhere: got %d", path, res.StatusCode)
		}
	}
}

// TestOneNetworkLeavesRoomForOthers does from one network, without an account, what
// takes something from others: places at an event, and searches at other nodes.
func TestOneNetworkLeavesRoomForOthers(t *testing.T) { // W13
	t.Parallel()
	w := newWorldWith(t, func(c *web.Config) { c.TrustedProxies = fedtest.Loopback })
	e := &store.Event{Start: "2126-06-10T10:00", Zone: "Europe/Paris", JoinMode: "free", Record: store.Record{
		Kind: "event", Title: "Atelier", Pitch: "On coud.", Lang: "fr", Audience: store.Public,
	}}
	path := federation.PagePath(w.publish(w.members["author"], e)) + "/participer"
	const flooder, other = "203.0.113.7", "198.51.100.9"
	place := func(from, email string) bool {
		status, _ := w.from(from, http.MethodPost, path, url.Values{"name": {"Ana"}, "email": {email}}.Encode())
		return status == http.StatusSeeOther
	}
	search := func(from string) string {
		_, said := w.from(from, http.MethodGet, "/recherche?q=racine&loin=1", "")
		return said
	}
	places := 0
	for i := range 60 {
		if place(flooder, fmt.Sprintf("x%d@exemple.test", i)) {
			places++
		}
		if i < 20 {
			search(flooder)
		}
	}
	if places > 40 || !place(other, "ana@exemple.test") {
		t.Errorf("%d places were taken from one network", places)
	}
	if said := search(other); strings.Contains(said, "Réessayez") || !strings.Contains(said, "Plus loin") {
		t.Errorf("a search from elsewhere: %s", words(said))
	}
}

// from asks for a path, or sends a form to it, from a network behind the proxy.
func (w *world) from(address, method, path, form string) (status int, said string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.node.URL+path, strings.NewReader(form))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header = http.Header{"X-Forwarded-For": {address}, "Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {asPage}, "Sec-Fetch-Site": {"same-origin"}}
	got := fedtest.Ask(w.t, r)
	return got.Status, got.Body
}

// TestOpenRedirectsLeadNowhere follows what people may type into addresses that
// send them on.
func TestOpenRedirectsLeadNowhere(t *testing.T) { // W01
	t.Parallel()
	n := start(t, "estran")
	n.member(t, "yann")
	for _, to := range []string{
		"https://evil.example/", "//evil.example", `/\evil.example`, `\\evil.example`, "/\t/evil.example", "javascript:alert(1)", "https:evil.example",
		"/%2F/evil.example", "/..//evil.example", "\r\nLocation: https://evil.example", "http:///evil.example", "/@evil.example/..//..//evil.example",
	} {
		form := url.Values{"login": {"yann"}, "password": {password}, "retour": {to}}
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
		for _, address := range []string{"/connexion", "/en/connexion"} {
			res := n.visitor(t).do(t, http.MethodPost, n.URL+address, header.Clone(), strings.NewReader(form.Encode()))
			leadsHere(t, n, to, res)
		}
	}
	for _, line := range []string{
		"//evil.example/", "//evil.example/..", `/\evil.example/`, "/en//evil.example", "/%2fevil.example", "/./..//evil.example/%2e%2e",
		"http://evil.example/..", "http://evil.example/en//", "https://x:y@evil.example//",
	} {
		leadsHere(t, n, line, n.raw(t, "GET "+line+" HTTP/1.1\r\nHost: evil.example\r\n"))
	}
}

// raw sends the head of a request as it is, and returns the answer.
func (n node) raw(t *testing.T, head string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(n.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, head+"Connection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%q: %v", head, err)
	}
	return res
}

func leadsHere(t *testing.T, n node, what string, res *http.Response) {
	t.Helper()
	location := res.Header.Get("Location")
	if location == "" {
		return
	}
	base, err := url.Parse(n.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	to, err := base.Parse(strings.ReplaceAll(location, `\`, "/")) // as browsers read it
	if err != nil || to.Host != base.Host || to.Scheme != base.Scheme {
		t.Errorf("%q leads to %q", what, location)
	}
}
