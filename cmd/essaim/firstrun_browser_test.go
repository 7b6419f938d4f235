//go:build browser

package main

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/essaim/essaim/web/browsertest"
	"github.com/essaim/essaim/web/mail/mailtest"
)

// TestFirstRunInABrowser goes from the link on the terminal to a node that follows its
// first lab and has nothing left on its list of first steps.
func TestFirstRunInABrowser(t *testing.T) {
	neighbour := newLab(t, "estran")
	neighbour.start()
	neighbour.publish(experimentDraft("essai-1"))
	b, letters := browsertest.Start(t), mailtest.New(t)
	for name, view := range map[string]browsertest.View{"with scripts": {}, "without scripts": {NoScript: true, Dark: true, Width: 320}} {
		view.Patience = patience
		t.Run(name, func(t *testing.T) {
			l := freshLab(t, letters)
			f := firstRun{l, b.Open(t, l.setUpLink(), view)}
			f.wizard(t)
			f.publish(t)
			f.follow(t, neighbour)
			f.invite(t)
			f.decide(t)
			if f.Visit(t, l.url("/admin")); browsertest.Eval[bool](t, f.Page, `!!document.getElementById("first-steps")`) {
				t.Errorf("something is left to do: %s", browsertest.Eval[string](t, f.Page, `document.querySelector("main").innerText`))
			}
		})
	}
}

// freshLab runs a node that nobody set up, as the first start does.
func freshLab(t *testing.T, letters *mailtest.Sink) *labProcess {
	t.Helper()
	l := placeLab(t, labProcess{handle: "plateau"})
	l.env = append(l.env, "ESSAIM_NODE_BASE_URL="+l.url(""), "ESSAIM_NODE_LISTEN="+l.addr, "ESSAIM_DEVELOPMENT_ALLOW_HTTP=true",
		"ESSAIM_DEVELOPMENT_ALLOW_NETS=127.0.0.0/8", "ESSAIM_MAIL_HOST="+letters.Host, fmt.Sprint("ESSAIM_MAIL_PORT=", letters.Port),
		"ESSAIM_MAIL_TLS=none", "ESSAIM_MAIL_FROM=labo@plateau.example")
	l.start()
	return l
}

// setUpLink is the link that the node printed.
func (l *labProcess) setUpLink() (link string) {
	l.t.Helper()
	eventually(l.t, "the link is printed", 20*time.Millisecond, func() bool {
		link = regexp.MustCompile(`http://\S+/installation/\S+`).FindString(l.log())
		return link != ""
	})
	return link
}

// firstRun is a node and the browser of who sets it up.
type firstRun struct {
	*labProcess
	*browsertest.Page
}

// next looks at the page and presses its button.
func (f firstRun) next(t *testing.T) {
	t.Helper()
	f.Check(t)
	f.CheckReach(t)
	f.Go(t, "main form .actions button")
}

// wizard answers the questions of the set-up, the first of which is the address.
func (f firstRun) wizard(t *testing.T) {
	says(t, f.Page, "Étape 1 sur 8", f.url(""), "plus jamais changer")
	f.Check(t)
	f.Go(t, `main a[href*="etape=labo"]`)
	f.Type(t, "#f-lab-name", "Labo du Plateau")
	f.Type(t, "#f-lab-handle", f.handle)
	choose(t, f.Page, "territory", "region:84")
	f.Type(t, "#f-commune", "Grenoble")
	f.Type(t, "#f-summary", "Un labo fictif.")
	f.next(t)
	for field, answer := range map[string]string{
		"name": "Inès Exemple", "handle": "ines", "email": "ines@plateau.example", "password": "quatre mots sans lien", "password-again": "quatre mots sans lien",
	} {
		f.Type(t, "#f-"+field, answer)
	}
	f.next(t)
	says(t, f.Page, "Étape 4 sur 8")
	f.next(t) // a passkey can wait,
	f.next(t) // and so can a logo
	f.next(t) // a letter, as a test
	says(t, f.Page, "ines@plateau.example", "Étape 7 sur 8")
	choose(t, f.Page, "mode", "open")
	f.next(t)
	choose(t, f.Page, "content", "nothing")
	f.next(t)
	says(t, f.Page, "Premiers pas")
	f.Check(t)
}

// step goes to what the list of first steps leads to.
func (f firstRun) step(t *testing.T, path string) {
	t.Helper()
	f.Visit(t, f.url("/admin"))
	f.Go(t, fmt.Sprintf("[aria-labelledby=first-steps] a[href=%q]", path))
}

func (f firstRun) publish(t *testing.T) {
	f.step(t, "/experimentations/nouvelle")
	f.Type(t, "#f-title", "Une permanence au lavoir")
	f.Type(t, "#f-pitch", "On essaie dehors.")
	choose(t, f.Page, "stage", "signal")
	choose(t, f.Page, "audience", "public")
	f.Go(t, "main form .actions button:not([name])")
	says(t, f.Page, "Une permanence au lavoir")
}

// follow ends when what the other lab published has arrived.
func (f firstRun) follow(t *testing.T, other *labProcess) {
	f.step(t, "/reseau/suivre")
	f.Type(t, "main form input[type=text]", other.address())
	f.Go(t, "main form .actions button")
	says(t, f.Page, "Labo "+other.handle)
	f.Go(t, "main form .actions button")
	everywhere(t, []*labProcess{f.labProcess}, "the catalogue of the first lab", shows("essai-1"))
}

func (f firstRun) invite(t *testing.T) {
	f.step(t, "/admin/membres/nouveau")
	f.Type(t, "#f-email", "yann@plateau.example")
	f.Go(t, "main form .actions button")
	says(t, f.Page, "yann@plateau.example")
}

// decide keeps the open form, makes a backup, and reads what the law asks for.
func (f firstRun) decide(t *testing.T) {
	f.step(t, "/admin/moderation")
	f.Go(t, `main button[value="open"]`)
	f.step(t, "/admin/sauvegardes")
	f.Go(t, "main form .actions button")
	eventually(t, "the backup is made", 50*time.Millisecond, func() bool {
		f.Visit(t, f.url("/admin/sauvegardes"))
		return browsertest.Eval[bool](t, f.Page, `!!document.querySelector("main a[download]")`)
	})
	f.Visit(t, f.url("/admin"))
	f.Go(t, "[aria-labelledby=first-steps] li button")
	says(t, f.Page, "accessibilité")
}
