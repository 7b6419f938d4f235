//go:build browser

package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/browsertest"
)

// stops walks through pages with the Tab key alone, and takes the skip links.
func (d *demoNetwork) stops(t *testing.T, b *browsertest.Browser) {
	n := d.node("estran")
	for path, view := range map[string]browsertest.View{
		"/": {}, "/experimentations": {Width: 320}, d.pathOf(t, n, "guichet-marees"): {}, "/carte": {}, "/agenda": {NoScript: true},
		"/contribuer/initiatives": {Width: 320, NoScript: true},
	} {
		t.Run(path, func(t *testing.T) {
			for _, problem := range b.Open(t, n.page(path), view).Stops(t) {
				t.Error(problem)
			}
		})
	}
	p := b.Open(t, n.page("/"), browsertest.View{NoScript: true})
	for _, target := range []string{"main", "seek", "nav"} {
		p.Tab(t, fmt.Sprintf(".skip-link[href='#%s']", target))
		p.Activate(t)
		p.Until(t, fmt.Sprintf("document.activeElement.id === %q", target))
		p.Visit(t, n.page("/"))
	}
}

// moderator reads what came without an account, and decides about several together
// with the keyboard alone.
func (j *journey) moderator(t *testing.T) {
	n := j.node("plateau")
	for i := range 3 {
		n.receive(t, fmt.Sprintf("Atelier vélo %d, %d", j.round, i))
	}
	p := j.signedIn(t, n, 0)
	p.Visit(t, n.page("/admin/moderation"))
	pick := func() {
		p.Tab(t, "input[name=record]:not(:checked)")
		p.Press(t, " ")
	}
	pick()
	pick()
	p.Tab(t, "#together button[value=verify]")
	p.Enter(t)
	says(t, p, "2 fiches sont traitées")

	pick()
	p.Tab(t, "#together button[value=hide]")
	p.Enter(t)
	p.Until(t, `document.activeElement.className === "mistakes" && document.querySelectorAll("input[name=record]:checked").length === 1`)
	p.Tab(t, "#reason")
	p.Press(t, "Hors")
	p.Press(t, kb.Tab)
	p.Enter(t)
	says(t, p, "La fiche est masquée partout", "Rien à relire")
}

// receive keeps an initiative that somebody without an account tells of.
func (n *demoNode) receive(t *testing.T, title string) {
	t.Helper()
	it := &store.Initiative{InitiativeKind: "solidarite", Record: store.Record{Kind: "initiative", Title: title, Pitch: "On répare.", Lang: "fr"}}
	c := &store.Contribution{Lang: "fr"}
	c.AddLink("secret of " + title)
	err := n.door.Publish(t.Context(), store.Viewer{Form: true}, &federation.Activity{Verb: "Create", Actor: n.group.IRI, Item: it, Contribution: c})
	if err != nil {
		t.Fatal(err)
	}
}
