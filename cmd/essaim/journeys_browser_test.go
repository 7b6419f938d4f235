//go:build browser

package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/browsertest"
)

// TestDemonstrationInABrowser shows the demonstration of five nodes to everybody who
// comes on the first day, with scripts and without, by keyboard alone.
func TestDemonstrationInABrowser(t *testing.T) {
	d, b := demonstrate(t, 5), browsertest.Start(t)
	t.Run("main pages", func(t *testing.T) { d.mainPages(t, b) })
	t.Run("every page", func(t *testing.T) { d.everyPage(t, b) })
	t.Run("strong colours", func(t *testing.T) { d.strongColours(t, b) })
	t.Run("weights", func(t *testing.T) { d.weights(t, b) })
	t.Run("stops of Tab", func(t *testing.T) { d.stops(t, b) })
	for round, name := range []string{"with scripts", "without scripts"} {
		t.Run(name, func(t *testing.T) {
			j := journey{d, b, browsertest.View{NoScript: round == 1}, round}
			for who, goes := range map[string]func(*testing.T){
				"lab manager": j.manager, "public servant": j.servant, "citizen": j.citizen, "researcher": j.researcher,
				"somebody of a microblog": j.follower, "director": j.director, "moderator": j.moderator,
			} {
				t.Run(who, goes)
			}
		})
	}
}

// page is the whole address of a path of a node.
func (n *demoNode) page(path string) string { return n.config.Node.BaseURL + path }

// pathOf is the page of a record of the demonstration.
func (d *demoNetwork) pathOf(t *testing.T, n *demoNode, key string) (path string) {
	t.Helper()
	err := n.store.View(t.Context(), func(tx *store.Txn) error {
		it, err := tx.RecordByIRI(d.iris[key])
		if err == nil {
			path = "/o/" + it.Envelope().ID.String()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// mainPages are looked at in light and wide, in dark and narrow. Their pictures are kept: see
// browsertest.Page.Keep.
func (d *demoNetwork) mainPages(t *testing.T, b *browsertest.Browser) {
	n := d.node("estran")
	for _, path := range []string{
		"/", "/experimentations", d.pathOf(t, n, "guichet-marees"), "/carte", "/agenda", "/entraide", "/reseau", "/fil", "/lab",
		"/recherche?q=guichet", "/contribuer/initiatives", "/chiffres", "/donnees", "/embed/carte", "/br/carte",
	} {
		for _, view := range []browsertest.View{{}, {Dark: true, Width: 320}} {
			t.Run(fmt.Sprintf("%s %d %t", path, view.Width, view.Dark), func(t *testing.T) {
				p := b.Open(t, n.page(path), view)
				if p.Status() != http.StatusOK {
					t.Errorf("got %d", p.Status())
				}
				p.Keep(t)
				if p.Check(t); view.Width > 0 {
					p.CheckReach(t)
					return
				}
				for _, problem := range p.LargerText(t) {
					t.Error(problem)
				}
			})
		}
	}
}

// strongColours looks at pages as people see them who asked for more contrast, or for
// the colours of their system, dark ones, whatever this site was told before.
func (d *demoNetwork) strongColours(t *testing.T, b *browsertest.Browser) {
	n := d.node("estran")
	light := []*http.Cookie{{Name: "theme", Value: "light"}}
	for _, path := range []string{"/", d.pathOf(t, n, "guichet-marees"), "/carte", "/reseau"} {
		t.Run(path, func(t *testing.T) {
			b.Open(t, n.page(path), browsertest.View{Contrast: true}).Check(t)
			p := b.Open(t, n.page(path), browsertest.View{Forced: true, Dark: true, Cookies: light})
			p.Check(t)
			for _, problem := range p.Drawings(t) {
				t.Error(problem)
			}
		})
	}
}

// weights are what a first visit costs, packed, with every picture of the page.
func (d *demoNetwork) weights(t *testing.T, b *browsertest.Browser) {
	for _, x := range []struct {
		path string
		most int
	}{{"/", 150_000}, {"/carte", 180_000}, {"/contribuer", 30_000}, {"/contribuer/initiatives", 30_000}, {"/contribuer/besoins", 30_000}} {
		p := b.Open(t, d.node("estran").page(x.path), browsertest.View{})
		browsertest.Eval[bool](t, p, `Promise.all([...document.images].map(i => { i.loading = "eager"; return i.decode() })).then(() => true)`)
		if got := p.Weight(t); got > x.most {
			t.Errorf("%s: %d bytes, want %d at most: %s", x.path, got, x.most, browsertest.Eval[string](t, p,
				`performance.getEntriesByType("resource").map(e => e.name.split("/").pop() + " " + e.encodedBodySize).join(", ")`))
		} else {
			t.Logf("%s: %d bytes", x.path, got)
		}
	}
}

// journey is the first day of somebody.
type journey struct {
	*demoNetwork
	browser *browsertest.Browser
	view    browsertest.View
	round   int // 0, 1
}

func (j *journey) open(t *testing.T, n *demoNode, path string) *browsertest.Page {
	t.Helper()
	return j.browser.Open(t, n.page(path), j.view)
}

// signedIn is the browser of a member, who came by a link.
func (j *journey) signedIn(t *testing.T, n *demoNode, member int) *browsertest.Page {
	t.Helper()
	p := j.browser.Open(t, n.linkOf(t, n.members[n.content.Members[member].Handle]), j.view)
	p.Go(t, "main form button")
	return p
}

// says fails when the page does not say something.
func says(t *testing.T, p *browsertest.Page, words ...string) {
	t.Helper()
	said := browsertest.Eval[string](t, p, `document.querySelector("main").textContent.replace(/\s+/g, " ")`)
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("%s does not say %q: %s", browsertest.Eval[string](t, p, "location.href"), w, said[:min(len(said), 1500)])
		}
	}
}

// choose answers a question with choices as a click on one of them does.
func choose(t *testing.T, p *browsertest.Page, name, value string) {
	t.Helper()
	ok := browsertest.Eval[bool](t, p, fmt.Sprintf(`(() => {
		const e = document.querySelector('select[name=%[1]q]'), box = document.querySelector('input[name=%[1]q][value=%[2]q]');
		if (e) e.value = %[2]q;
		if (box) box.checked = true;
		return !!box || e?.value === %[2]q;
	})()`, name, value))
	if !ok {
		t.Fatalf("no choice %s of %s", value, name)
	}
}

// manager brings her table along, publishes a first sheet, and follows a lab.
func (j *journey) manager(t *testing.T) {
	from, to := j.strangers(t)
	p := j.signedIn(t, from, 0)
	p.Visit(t, from.page("/admin/imports"))
	file := filepath.Join(t.TempDir(), "tableau.csv")
	table := fmt.Sprintf("title;pitch;initiativeKind;place.commune\nJardin %[1]d;Un jardin.;solidarite;35238\nFournil %[1]d;Du pain.;solidarite;35238\n", j.round)
	if err := os.WriteFile(file, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	choose(t, p, "kind", "initiative")
	p.Attach(t, "#f-file", file)
	p.Go(t, "main form .actions button")
	choose(t, p, "value.audience", "public")
	p.Go(t, `button[value="run"]`)
	err := until(t.Context(), func() (bool, error) {
		return len(from.records(t, func(r *store.Record) bool { return r.Title == fmt.Sprint("Fournil ", j.round) })) == 1, nil
	})
	if err != nil {
		t.Error(err)
	}

	p.Visit(t, from.page("/publier"))
	p.Go(t, `main a[href="/experimentations/nouvelle"]`)
	p.Type(t, "#f-title", "Une permanence au lavoir")
	p.Type(t, "#f-pitch", "On essaie dehors.")
	choose(t, p, "stage", "signal")
	choose(t, p, "audience", "public")
	p.Go(t, "main form .actions button:not([name])")
	says(t, p, "Une permanence au lavoir", "Signal faible")

	p.Visit(t, from.page("/reseau"))
	p.Go(t, `main a[href="/reseau/suivre"]`)
	p.Type(t, "main form input[type=text]", to.group.Address())
	p.Go(t, "main form .actions button")
	says(t, p, to.group.Name)
	p.Go(t, "main form .actions button")
	says(t, p, to.group.Name)
}

// strangers are two labs, another two in each round, one of which does not follow
// the other yet.
func (j *journey) strangers(t *testing.T) (from, to *demoNode) {
	t.Helper()
	var pairs [][2]*demoNode
	for _, n := range slices.Backward(j.nodes) {
		for _, other := range j.nodes {
			if n != other && !j.planned(n, other) {
				pairs = append(pairs, [2]*demoNode{n, other})
			}
		}
	}
	if len(pairs) <= j.round {
		t.Fatal("all labs follow each other")
	}
	return pairs[j.round][0], pairs[j.round][1]
}

// servant looks for who did it already, and says what she needs.
func (j *journey) servant(t *testing.T) {
	n := j.node("estran")
	p := j.open(t, n, "/")
	p.Press(t, kb.Tab)
	p.Press(t, kb.Tab)
	p.Activate(t) // the second skip link leads to the search
	p.Until(t, `document.activeElement.id === "seek"`)
	p.Type(t, "#seek", "guichet")
	p.Go(t, "#seek")
	says(t, p, "guichet")
	p.Go(t, ".facets a")
	p.Go(t, ".sheet-title a")
	if n := browsertest.Eval[int](t, p, `document.querySelectorAll("article.record h1").length`); n != 1 {
		t.Errorf("the search leads to no sheet: %d", n)
	}

	p = j.signedIn(t, n, 1)
	p.Visit(t, n.page("/besoins"))
	p.Go(t, `main a[href="/besoins/nouvelle"]`)
	p.Type(t, "#f-title", fmt.Sprint("Une animatrice pour le guichet ", j.round))
	p.Type(t, "#f-pitch", "Deux jours par mois.")
	choose(t, p, "means", "facilitation")
	p.Go(t, "main form .actions button:not([name])")
	says(t, p, "Une animatrice pour le guichet")
}

// citizen goes from the map to the form, makes mistakes, and is on the map.
func (j *journey) citizen(t *testing.T) {
	n := j.node("estran")
	p := j.open(t, n, "/carte")
	p.Go(t, `#nav a[href="/contribuer"]`)
	p.Go(t, `main a[href="/contribuer/initiatives"]`)
	if got := browsertest.Eval[int](t, p, `[...document.querySelectorAll("main form .field")].filter(f => !f.closest("details:not([open])")).length`); got > 7 {
		t.Errorf("the form has %d questions", got)
	}
	p.Go(t, "main form .actions button")
	p.Until(t, `document.activeElement.className === "mistakes"`)
	p.Press(t, kb.Tab)
	p.Activate(t) // the first of them leads to its field
	p.Until(t, `document.activeElement.id === "f-title"`)
	p.Type(t, "#f-title", fmt.Sprint("Vélos du quai ", j.round))
	p.Type(t, "#f-pitch", "Des vélos remis en état.")
	choose(t, p, "initiativeKind", "solidarite")
	p.Type(t, `[name="place.commune"]`, "35238")
	browsertest.Eval[bool](t, p, `new Promise(done => setTimeout(done, 3100, true))`) // nobody fills a form in no time
	p.Go(t, "main form .actions button")
	says(t, p, "/contribuer/fiche/")
	p.Visit(t, n.page("/initiatives"))
	says(t, p, fmt.Sprint("Vélos du quai ", j.round))
	p.Visit(t, n.page("/carte?kind=initiative&origine=ici"))
	says(t, p, fmt.Sprint("Vélos du quai ", j.round))
}

// researcher finds the data, what their columns mean, and how to cite them.
func (j *journey) researcher(t *testing.T) {
	p := j.open(t, j.node("estran"), "/")
	p.Go(t, `footer a[href="/donnees"]`)
	says(t, p, "modifiee_depuis")
	for link, want := range map[string]string{
		`main a[href="/experimentations.csv"]`: "text/csv", `main a[href="/experimentations.geojson"]`: "application/geo+json",
		`main a[href="/catalogue.jsonld"]`: "application/ld+json",
	} {
		got := browsertest.Eval[string](t, p, fmt.Sprintf(`fetch(document.querySelector(%q).href).then(r => r.status + " " + r.headers.get("Content-Type"))`, link))
		if !strings.HasPrefix(got, "200 "+want) {
			t.Errorf("%s: got %s", link, got)
		}
	}
	p.Go(t, `main a[href="/donnees/experimentations"]`)
	says(t, p, "title", "stage")
}

// follower has an account elsewhere and goes on there.
func (j *journey) follower(t *testing.T) {
	home, other := j.node("estran"), j.node("calanques")
	p := j.open(t, home, "/abonnements")
	p.Go(t, `main a[href^="/suivre"]`)
	p.Type(t, "#f-compte", "personne@nulle-part.invalid")
	p.Go(t, "main form .actions button")
	says(t, p, "corriger")
	p.Type(t, "#f-compte", other.members[other.content.Members[0].Handle].Address())
	p.Go(t, "main form .actions button")
	next := browsertest.Eval[string](t, p, `document.querySelector("main .actions a").href`)
	if !strings.HasPrefix(next, other.config.Node.BaseURL) {
		t.Fatalf("the way on is %s", next)
	}
	p = j.signedIn(t, other, 0)
	p.Visit(t, next)
	says(t, p, home.group.Name)
}

// director reads a sheet on paper.
func (j *journey) director(t *testing.T) {
	n := j.node("estran")
	p := j.open(t, n, j.pathOf(t, n, "guichet-marees"))
	if got := p.Sheets(t); got > 2 {
		t.Errorf("a sheet takes %d pages of paper, want 2 at most", got)
	}
	p.Visit(t, browsertest.Eval[string](t, p, "location.href")+"/affiche")
	if got := p.Sheets(t); got != 1 {
		t.Errorf("a poster takes %d pages of paper", got)
	}
	p.Visit(t, n.page(fmt.Sprint("/bilan/", n.store.Now().Year())))
	says(t, p, "Participations", "Événements tenus")
	if got := p.Sheets(t); got > 4 {
		t.Errorf("the report of a year takes %d pages of paper", got)
	}
}
