//go:build browser

package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/essaim/essaim/web/browsertest"
)

// everyPage walks through a node as a visitor, a contributor and the administrator, and
// looks at every page on which something is built as on none before: in turn with
// scripts and without, in French and in English.
func (d *demoNetwork) everyPage(t *testing.T, b *browsertest.Browser) {
	seen, looks := map[string]bool{}, 0
	for _, v := range d.node("estran").visits(t) {
		v.foreign = 0
		base, err := url.Parse(v.base)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range v.walk("/", "/plan-du-site", "/embed/carte", "/embed/agenda") {
			if !novel(page.doc, seen) {
				continue
			}
			looks++
			view, path := browsertest.View{NoScript: looks%2 == 0, Cookies: v.client.Jar.Cookies(base)}, page.path
			if looks%4 > 1 {
				path = strings.TrimSuffix("/en"+path, "/")
			}
			t.Run(v.who+" "+path, func(t *testing.T) {
				p := b.Open(t, v.base+path, view)
				if p.Status() != http.StatusOK {
					t.Errorf("got %d", p.Status())
				}
				p.CheckLooks(t)
			})
		}
	}
}

// novel says whether an element of the page stands in another as none of those that
// were seen, and remembers all of them.
func novel(doc *html.Node, seen map[string]bool) (found bool) {
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || n.Data == "path" {
			continue
		}
		built := n.Parent.Data + "." + attribute(n.Parent, "class") + ">" + n.Data + "." + attribute(n, "class") + "." + attribute(n, "type")
		found = found || !seen[built]
		seen[built] = true
	}
	return found
}
