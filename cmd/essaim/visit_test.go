package main

import (
	"context"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/essaim/essaim/store"
)

// A visit walks through a node from link to link, as somebody, and looks at every
// page. Of addresses that differ in a number, a name or an answer to a filter alone
// it takes the first few.
type visit struct {
	t       *testing.T
	who     string
	base    string
	client  *http.Client
	foreign int // pages of one shape in each of the other languages
	queue   []step
	seen    map[string]bool
	shapes  map[string]int
	pages   []visited
}

// step is an address, and the page that leads to it.
type step struct{ path, from string }

// visited is a page as it came.
type visited struct {
	path, body string
	doc        *html.Node
}

const alike = 2 // pages of one shape that a visit looks at

// viewsVariable names the environment variable that says how many views of a page the
// slowest tests look at, "all" or "pairs". Without it they take turns.
const viewsVariable = "ESSAIM_VIEWS"

func (n *demoNode) visit(t *testing.T, who string) *visit {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	address := n.config.Node.Listen
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &visit{
		t: t, who: who, base: n.config.Node.BaseURL, seen: map[string]bool{}, shapes: map[string]int{},
		client: &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
	}
}

// visitAs is the visit of a member, who signs in by a link.
func (n *demoNode) visitAs(t *testing.T, member *store.Actor) *visit {
	t.Helper()
	v := n.visit(t, member.Handle)
	res := v.ask(http.MethodPost, n.linkOf(t, member))
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s signs in: got %d", v.who, res.StatusCode)
	}
	return v
}

// linkOf is where a member signs in.
func (n *demoNode) linkOf(t *testing.T, member *store.Actor) string {
	t.Helper()
	var account *store.Account
	err := n.store.View(t.Context(), func(tx *store.Txn) (err error) {
		account, err = tx.AccountOf(member.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	link, err := n.signInLink(t.Context(), account.ID)
	if err != nil {
		t.Fatal(err)
	}
	return link
}

func (v *visit) ask(method, address string) *http.Response {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, address, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header = http.Header{"Accept": {"text/html,*/*;q=0.5"}, "Sec-Fetch-Site": {"same-origin"}}
	res, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { res.Body.Close() })
	return res
}

// walk goes to these paths and to all that can be reached from there.
func (v *visit) walk(paths ...string) []visited {
	v.t.Helper()
	for _, path := range paths {
		v.note(path, "")
	}
	for len(v.queue) > 0 {
		next := v.queue[0]
		v.queue = v.queue[1:]
		v.look(next)
	}
	return v.pages
}

var (
	translated = regexp.MustCompile(`^/en\b`)
	begun      = regexp.MustCompile(`^/br\b`) // the words are French, but for those of the frame
	numbered   = regexp.MustCompile(`/[^/]*\d[^/]*`)
	named      = regexp.MustCompile(`^(/@|/themes/|/reseau/|/contribuer/fiche/)[^?]+`)
)

// shape is what an address has in common with its like.
func shape(path string) string {
	path, _, asks := strings.Cut(path, "?")
	path = numbered.ReplaceAllString(named.ReplaceAllString(path, "$1"), "/0")
	if asks {
		path += "?"
	}
	return path
}

// note puts an address at the end of the queue.
func (v *visit) note(href, from string) {
	to, err := url.Parse(v.base + from)
	if err == nil {
		to, err = to.Parse(href)
	}
	if err != nil {
		v.t.Errorf("%s on %s: %v", href, from, err)
		return
	}
	path, s, most := to.RequestURI(), shape(to.RequestURI()), alike
	if translated.MatchString(path) {
		most = v.foreign
	} else if begun.MatchString(path) && from != "" {
		most = 0
	}
	if to.Scheme+"://"+to.Host != v.base || v.seen[path] || v.shapes[s] >= most {
		return
	}
	v.seen[path] = true
	v.shapes[s]++
	v.queue = append(v.queue, step{path, from})
}

// look asks for an address, and notes where it leads to.
func (v *visit) look(s step) {
	v.t.Helper()
	res := v.ask(http.MethodGet, v.base+s.path)
	if to := res.Header.Get("Location"); to != "" {
		v.note(to, s.path)
		return
	}
	if res.StatusCode != http.StatusOK {
		v.t.Errorf("%s, as %s, leads to %s: %d", s.from, v.who, s.path, res.StatusCode)
		return
	}
	if kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); kind != "text/html" {
		return
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		v.t.Fatal(err)
	}
	v.pages = append(v.pages, visited{s.path, string(body), doc})
	for n := range doc.Descendants() {
		if href := attribute(n, "href"); href != "" && (n.Data == "a" || n.Data == "link") {
			v.note(href, s.path)
		} else if n.Data == "form" && attribute(n, "method") == "get" {
			v.note(attribute(n, "action"), s.path)
		} else if n.Data == "img" {
			v.note(attribute(n, "src"), s.path)
		}
	}
}

// attribute is empty when there is none of that name.
func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// starts are where a visit begins; the rest is to be found from there.
var starts = []string{"/", "/en", "/br", "/plan-du-site", "/embed/carte", "/embed/agenda"}

// visits are those of somebody without an account, of a contributor and of the
// administrator.
func (n *demoNode) visits(t *testing.T) []*visit {
	t.Helper()
	admin, member := n.content.Members[0].Handle, n.content.Members[1].Handle
	visitor := n.visit(t, "a visitor")
	visitor.foreign = 1
	return []*visit{visitor, n.visitAs(t, n.members[member]), n.visitAs(t, n.members[admin])}
}

// visitAll walks through a node as those who do not run it: no link is dead. (The
// whole walk is that of TestHTMLIsValid.)
func (d *demoNetwork) visitAll(t *testing.T) {
	t.Helper()
	for _, v := range d.nodes[0].visits(t)[:2] {
		checkPages(t, v.who, v.walk(starts...))
	}
}
