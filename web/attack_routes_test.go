package web_test

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gorilla/mux"
	"golang.org/x/net/html"

	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web"
)

// route is an address that a node answers to, with values for its variables.
type route struct {
	path    string
	methods []string
}

var (
	variable = regexp.MustCompile(`\{([a-z]+)[^}]*\}+`)
	// values are what stands for a variable of that name; others get a number.
	values = map[string]string{"handle": "estran", "host": "peer.example", "slug": "rien-1", "tag": "mobilite", "secret": "x", "stream": "public", "name": "x", "token": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
)

// routesOf are all routes of a node, each with its methods.
func routesOf(t *testing.T, r *mux.Router) []route {
	t.Helper()
	byPath := map[string][]string{}
	err := r.Walk(func(r *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		template := templateOf(t, r)
		if template == "" {
			return nil // a group of routes
		}
		methods, err := r.GetMethods()
		if err != nil && r.GetHandler() != nil && template != "/api/" { // which answers any method with 404
			t.Errorf("%s answers every method", template)
		}
		path := variable.ReplaceAllStringFunc(template, func(v string) string {
			if value := values[variable.FindStringSubmatch(v)[1]]; value != "" {
				return value
			}
			return "1"
		})
		byPath[path] = append(byPath[path], methods...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []route
	for path, methods := range byPath {
		all = append(all, route{path, methods})
	}
	if len(all) < 150 {
		t.Fatalf("walked over %d routes only", len(all))
	}
	return all
}

// templateOf is what a route was mounted by, of those of package route its name.
func templateOf(t *testing.T, r *mux.Route) string {
	t.Helper()
	if name := r.GetName(); name != "" {
		r = mux.NewRouter().Path(name)
		if err := r.GetError(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	template, _ := r.GetPathTemplate()
	return template
}

// walked is a whole node, its routes, and somebody who runs it.
func walked(t *testing.T) (node, []route, browser) {
	t.Helper()
	var config web.Config
	n := startWith(t, "estran", func(_ *fedtest.Node, c *web.Config) { config = *c })
	return n, routesOf(t, web.Router(config)), n.signedIn(t, "nolwenn", store.Admin)
}

// streams never end.
func isStream(path string) bool { return strings.HasPrefix(path, "/api/v1/streaming") }

func TestEveryRouteIsGuarded(t *testing.T) { // H04, H05, W07, W11
	t.Parallel()
	n, routes, admin := walked(t)
	for _, who := range []browser{n.visitor(t), admin} {
		for _, r := range routes {
			if isStream(r.path) {
				continue
			}
			for _, method := range append(slices.Clone(r.methods), "GET", "TRACE") {
				if method == http.MethodPost && (r.path == "/deconnexion" || strings.HasPrefix(r.path, "/mon-compte")) {
					continue // the administrator stays
				}
				guarded(t, n, who, method, r.path)
			}
		}
	}
}

// guarded asks, and looks at the answer as a whole.
func guarded(t *testing.T, n node, who browser, method, path string) {
	t.Helper()
	res := who.do(t, method, n.URL+path, http.Header{"Accept": {"text/html"}, "Sec-Fetch-Site": {"same-origin"}, "Origin": {n.URL}}, nil)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	what, h := method+" "+path, res.Header
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if res.StatusCode >= 500 {
		t.Errorf("%s: got %d", what, res.StatusCode)
	}
	opener := "same-origin"
	if strings.HasPrefix(path, "/oauth/authorize") && res.StatusCode != http.StatusMethodNotAllowed {
		opener = "unsafe-none" // apps on the web open it, and hear how it ended
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "", "Cross-Origin-Opener-Policy": opener,
		"Cross-Origin-Resource-Policy": "", "Permissions-Policy": "camera=()", "Content-Security-Policy": "default-src 'none'",
	} {
		if got := h.Get(name); got == "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %s %q, want %q", what, name, got, want)
		}
	}
	if got := h.Get("Referrer-Policy"); got != "strict-origin-when-cross-origin" && got != "no-referrer" {
		t.Errorf("%s: got Referrer-Policy %q", what, got)
	}
	policy := h.Get("Content-Security-Policy")
	framed := strings.HasPrefix(path, "/embed/") // what other sites may show
	if strings.Contains(policy, "unsafe") || !framed && !strings.Contains(policy, "frame-ancestors 'none'") && !strings.Contains(policy, "sandbox") {
		t.Errorf("%s: got policy %q", what, policy)
	}
	if h.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%s: other sites may ask with credentials", what)
	}
	page := strings.HasPrefix(h.Get("Content-Type"), "text/html")
	if page && res.StatusCode < 400 && (strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/media/")) {
		t.Errorf("%s: is a page", what)
	}
	if page {
		harmless(t, what, n.URL, string(b))
	}
	if res.StatusCode >= 400 {
		for _, inside := range []string{".go:", "goroutine", "panic", "bbolt", "/federation/", "github.com/essaim/essaim/", "runtime."} {
			if strings.Contains(string(b), inside) && !strings.Contains(string(b), `href="https://github.com/essaim/essaim`) {
				t.Errorf("%s: tells of the inside: %q", what, inside)
			}
		}
	}
}

// harmless parses a page as a browser would: nothing in it runs but our own
// scripts, and nothing is loaded from elsewhere.
func harmless(t *testing.T, what, own, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for e := range root.Descendants() {
		if e.Type != html.ElementNode {
			continue
		}
		switch {
		case e.Data == "style", e.Data == "object", e.Data == "embed", e.Data == "iframe", e.Data == "base", e.Data == "math":
			t.Errorf("%s: the page has an element %s", what, e.Data)
		case e.Data == "script" && attribute(e, "src") == "" && attribute(e, "type") != "application/ld+json":
			t.Errorf("%s: a script stands in the page", what)
		}
		for _, a := range e.Attr {
			harmlessAttribute(t, what, own, e.Data, a)
		}
	}
}

var (
	active = regexp.MustCompile(`(?i)^[\s\x00-\x20]*(javascript|vbscript|data):`)
	loads  = []string{"img", "script", "source", "video", "audio", "track", "input", "image", "use"}
)

func harmlessAttribute(t *testing.T, what, own, element string, a html.Attribute) {
	t.Helper()
	value := strings.TrimSpace(a.Val)
	switch {
	case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
		t.Errorf("%s: <%s %s=%q>", what, element, a.Key, a.Val)
	case !slices.Contains([]string{"href", "src", "srcset", "action", "formaction", "poster", "data", "ping"}, a.Key):
	case active.MatchString(value) && (element != "img" || !strings.HasPrefix(value, "data:image/svg+xml")):
		t.Errorf("%s: <%s %s=%q>", what, element, a.Key, a.Val)
	case slices.Contains(loads, element) && strings.Contains(value, "//") && !strings.HasPrefix(value, own+"/"):
		t.Errorf("%s: loads from elsewhere: <%s %s=%q>", what, element, a.Key, a.Val)
	}
}

func attribute(e *html.Node, key string) string {
	for _, a := range e.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// TestWrongMethodsAreRefused tries on every route what it does not know.
func TestWrongMethodsAreRefused(t *testing.T) { // W05
	t.Parallel()
	n, routes, _ := walked(t)
	visitor := n.visitor(t)
	for _, r := range routes {
		for _, method := range []string{"TRACE", "PROPFIND", "PUT", "PATCH", "DELETE", "POST", "X"} {
			if slices.Contains(r.methods, method) {
				continue
			}
			res := visitor.do(t, method, n.URL+r.path, http.Header{"Accept": {"*/*"}}, nil)
			if res.StatusCode < 400 || res.StatusCode > 499 {
				t.Errorf("%s %s: got %d, want 4xx", method, r.path, res.StatusCode)
			}
		}
		if slices.Contains(r.methods, http.MethodHead) {
			res := visitor.do(t, http.MethodHead, n.URL+r.path, http.Header{"Accept": {"*/*"}}, nil)
			if got := body(t, res); got != "" || res.StatusCode >= 500 {
				t.Errorf("HEAD %s: got %d with %d bytes", r.path, res.StatusCode, len(got))
			}
		}
	}
}

// TestFormsOfOtherSitesAreRefused sends every form with the cookie of somebody who
// runs the node, as another site makes a browser do.
func TestFormsOfOtherSitesAreRefused(t *testing.T) { // T13
	t.Parallel()
	n, routes, admin := walked(t)
	forms := 0
	for _, r := range routes {
		if !slices.Contains(r.methods, http.MethodPost) || byToken(r.path) {
			continue
		}
		forms++
		for name, header := range map[string]http.Header{
			"another site":     {"Sec-Fetch-Site": {"cross-site"}},
			"another origin":   {"Origin": {"https://evil.example"}},
			"a sibling origin": {"Origin": {strings.Replace(n.URL, "127.0.0.1", "127.0.0.2", 1)}, "Sec-Fetch-Site": {"same-site"}},
			"no origin":        {"Origin": {"null"}},
		} {
			header.Set("Content-Type", "application/x-www-form-urlencoded")
			res := admin.do(t, http.MethodPost, n.URL+r.path, header, strings.NewReader("x=1"))
			if res.StatusCode != http.StatusForbidden {
				t.Errorf("%s from %s: got %d, want 403", r.path, name, res.StatusCode)
			}
		}
	}
	if forms < 40 {
		t.Errorf("found %d forms only", forms)
	}
}

// byToken says whether a route takes a token or a signature, and no cookie.
func byToken(path string) bool {
	return strings.HasPrefix(path, "/api/") || strings.HasSuffix(path, "/inbox") || strings.HasSuffix(path, "/outbox") ||
		slices.Contains([]string{"/oauth/token", "/oauth/revoke", "/oauth/userinfo"}, path)
}

// TestOversizeFormsAreRefused sends too much to every form. Who is signed in may
// send files.
func TestOversizeFormsAreRefused(t *testing.T) { // P01, M05
	t.Parallel()
	const all = 256 << 20
	n, routes, admin := walked(t)
	routes = slices.DeleteFunc(routes, func(r route) bool { return !slices.Contains(r.methods, http.MethodPost) })
	const plain, withFile = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
	for _, c := range []struct {
		who    browser
		limit  int
		form   string
		routes []route
	}{
		{n.visitor(t), 16 << 20, plain, routes},
		{n.visitor(t), 16 << 20, withFile, routes},
		{admin, 128 << 20, plain, routes[:8]}, // one bound for all of them, that takes a while to reach
	} {
		for _, r := range c.routes {
			sent := longForm(all)
			header := http.Header{"Content-Type": {c.form}, "Sec-Fetch-Site": {"same-origin"}}
			begins := ""
			if c.form == withFile {
				begins = "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n"
			}
			if status := c.who.tryPost(t, n.URL+r.path, header, io.MultiReader(strings.NewReader(begins), sent)); status >= 500 {
				t.Errorf("%s: got %d", r.path, status)
			}
			if got := all - int(sent.left.Load()); got > c.limit {
				t.Errorf("%s: took %d MiB, want at most %d", r.path, got>>20, c.limit>>20)
			}
		}
	}
}

// TestOnlyMembersSendPictures: an app that nobody let in sends no more than a form.
func TestOnlyMembersSendPictures(t *testing.T) { // P01, M05
	t.Parallel()
	n := start(t, "estran")
	form := "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n" + strings.Repeat("a", 3<<20) + "\r\n--x--\r\n"
	header := http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}
	if res := n.visitor(t).do(t, http.MethodPost, n.URL+"/api/v1/apps", header, strings.NewReader(form)); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d, want 413", res.StatusCode)
	}
}

// counted is a long form; left is what was not asked for. It may still be read when
// the answer is there.
type counted struct{ left atomic.Int64 }

func longForm(bytes int64) *counted {
	c := new(counted)
	c.left.Store(bytes)
	return c
}

func (c *counted) Read(b []byte) (int, error) {
	left := int(c.left.Load())
	if left <= 0 {
		return 0, io.EOF
	}
	n := min(len(b), left)
	for i := range b[:n] {
		b[i] = 'a'
	}
	c.left.Add(int64(-n))
	return n, nil
}

// tryPost is the status of what may be cut off on the way; 0: it was.
func (b browser) tryPost(t *testing.T, address string, header http.Header, body io.Reader) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	res, err := b.Do(r)
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}
