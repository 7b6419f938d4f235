//go:build browser

package main

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"testing"

	"golang.org/x/net/html"

	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/browsertest"
)

// nowhere is the address of no page.
const nowhere = "/nulle-part"

// sight is a page that is loaded once, in a language, with scripts or without.
type sight struct {
	lang     assets.Lang
	noScript bool
	looks    []browsertest.View // the colours and widths that it is looked at in; nil: those of Page.CheckLooks
}

// everyPage walks through a node as a visitor, a contributor and the administrator,
// and looks at its pages.
func (d *demoNetwork) everyPage(t *testing.T, b *browsertest.Browser) {
	sights := sightsOf(t)
	for role, v := range d.node("estran").visits(t) {
		t.Run(v.who, func(t *testing.T) {
			v.t, v.foreign = t, 0
			base, err := url.Parse(v.base)
			if err != nil {
				t.Fatal(err)
			}
			pages := append(v.walk("/", "/plan-du-site", "/embed/carte", "/embed/agenda"), visited{path: nowhere})
			t.Logf("%s: %d pages", v.who, len(pages))
			for _, page := range pages {
				for _, s := range sights(role, page) {
					t.Run(s.String()+page.path, func(t *testing.T) { s.check(t, b, v.base, page.path, v.client.Jar.Cookies(base)) })
				}
			}
		})
	}
}

func (s sight) String() string {
	return fmt.Sprintf("%s with%s scripts", s.lang, map[bool]string{true: "out"}[s.noScript])
}

func (s sight) check(t *testing.T, b *browsertest.Browser, base, path string, cookies []*http.Cookie) {
	view, want := browsertest.View{NoScript: s.noScript, Cookies: cookies}, http.StatusOK
	if len(s.looks) > 0 {
		view.Dark, view.Width = s.looks[0].Dark, s.looks[0].Width
	}
	if path == nowhere {
		want = http.StatusNotFound
	}
	p := b.Open(t, base+s.lang.Link(path), view)
	if p.Status() != want {
		t.Errorf("got %d, want %d", p.Status(), want)
	}
	if s.looks == nil {
		p.CheckLooks(t)
		p.CheckReach(t)
	}
	for _, look := range s.looks {
		t.Run(fmt.Sprintf("%d dark=%t", cmp.Or(look.Width, 1280), look.Dark), func(t *testing.T) {
			p.Look(t, look)
			p.Check(t)
			p.CheckReach(t)
		})
	}
}

// sightsOf answers which sights of a page somebody looks at, of the roles 0, 1 and 2.
// As a rule, pages on which something is built as on none before take turns. With
// ESSAIM_VIEWS=pairs it is three of every page, one in each language, so that every two
// of role, language, scripts, colours and width meet; with ESSAIM_VIEWS=all, every
// combination of them.
func sightsOf(t *testing.T) func(role int, page visited) []sight {
	t.Helper()
	switch views := os.Getenv(viewsVariable); views {
	case "":
		return turns()
	case "pairs":
		return func(role int, _ visited) []sight { return pairs(role) }
	case "all":
		return func(int, visited) []sight { return all() }
	default:
		t.Fatalf("%s is %q, want pairs, all, or nothing", viewsVariable, views)
		return nil
	}
}

func turns() func(int, visited) []sight {
	seen, n := map[string]bool{}, 0
	return func(_ int, page visited) []sight {
		if page.path != nowhere && !novel(page.doc, seen) {
			return nil
		}
		n++
		return []sight{{lang: assets.Languages[n/2%len(assets.Languages)], noScript: n%2 == 0}}
	}
}

func pairs(role int) (list []sight) {
	for i, lang := range assets.Languages {
		look := browsertest.View{Dark: (i+role)%3 == 0}
		if (i+2*role+1)%3 == 0 {
			look.Width = 320
		}
		list = append(list, sight{lang, (i+role)%2 == 0, []browsertest.View{look}})
	}
	return list
}

func all() (list []sight) {
	looks := []browsertest.View{{}, {Dark: true}, {Width: 320}, {Dark: true, Width: 320}}
	for _, lang := range assets.Languages {
		list = append(list, sight{lang, false, looks}, sight{lang, true, looks})
	}
	return list
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
