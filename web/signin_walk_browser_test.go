//go:build browser

package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/browsertest"
	"github.com/essaim/essaim/web/openid"
	"github.com/essaim/essaim/web/session"
)

// walk is somebody who signs in, in a browser with an authenticator.
type walk struct {
	*browsertest.Page
	t    *testing.T
	base string
}

// serveAuthorize is the page of the provider: it knows who comes.
func (p *provider) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	http.Redirect(w, r, asked.Get("redirect_uri")+"?"+p.vouch(asked, "1", "ana@agents.test", nil).Encode(), http.StatusSeeOther)
}

// atLocalhost is a node with a provider, at a name that passkeys can be bound to.
func atLocalhost(t *testing.T, c *clock) (n node, base string) {
	t.Helper()
	p := newProvider(t, c.now)
	door := httptest.NewServer(http.HandlerFunc(p.serveAuthorize))
	t.Cleanup(door.Close)
	p.door = door.URL
	n = startWith(t, "estran", func(n *fedtest.Node, wc *web.Config) {
		base = strings.Replace(n.URL, "127.0.0.1", "localhost", 1)
		wc.Sessions = session.New(n.Store, session.Config{BaseURL: base})
		wc.Provider = openid.New(openid.Config{
			Preset: openid.Generic, Issuer: p.URL, ClientID: clientID, ClientSecret: clientSecret, Name: "Agents",
			BaseURL: base, Transport: http.DefaultTransport, Now: n.Store.Now,
		})
	}, fedtest.Clocked(c.now))
	return n, base
}

func (w walk) at(path string) string { return `location.pathname === "` + path + `"` }

func (w walk) says(words string) string {
	return "document.body.innerText.includes(" + asJSON(words) + ")"
}

// look checks the page where the walk has come to, wide and light, narrow and dark.
func (w walk) look(page string) {
	w.t.Helper()
	for _, v := range []browsertest.View{{Dark: true, Width: 320}, {}} {
		w.t.Run(page, func(t *testing.T) {
			w.Look(t, v)
			w.Keep(t)
			for _, found := range w.Violations(t) {
				t.Errorf("accessibility: %v", found)
			}
			if problem := w.Overflow(t); problem != "" {
				t.Error(problem)
			}
		})
	}
}

func (w walk) signOut() {
	w.t.Helper()
	w.Run(w.t, `const f = document.createElement("form"); f.method = "post"; f.action = "/deconnexion"; document.body.append(f); f.submit()`,
		`!document.querySelector("form[action$='/deconnexion']") && document.readyState === "complete"`)
}

func (w walk) password(path string) {
	w.t.Helper()
	w.Visit(w.t, w.base+"/connexion?retour="+security)
	w.Type(w.t, "[name=login]", "ana")
	w.Type(w.t, "[name=password]", password)
	w.Run(w.t, `document.querySelector("form[action='/connexion']").submit()`, w.at(path))
}

const (
	security = "/mon-compte/securite"
	byKey    = `document.querySelector("form[data-passkey] button").click()`
	keyShown = `!document.querySelector("form[data-passkey]").hidden`
)

// TestEveryWayInInABrowser goes in by a password, a passkey, codes and another service,
// in one browser, as somebody does who sets them up one after the other.
func TestEveryWayInInABrowser(t *testing.T) {
	c := new(clock)
	n, base := atLocalhost(t, c)
	n.signedIn(t, "ana", store.Admin)
	w := walk{browsertest.Start(t).Open(t, base+"/connexion", browsertest.View{Patience: 5 * time.Minute}), t, base}
	w.AddAuthenticator(t)
	w.look("sign in")
	w.password(security)

	w.Visit(t, base+"/mon-compte/cle")
	w.Run(t, "", keyShown)
	w.look("add a passkey")
	w.Run(t, byKey, w.at("/mon-compte/secours"))
	w.look("recovery codes are offered")
	w.Go(t, "main form button")
	codes := browsertest.Eval[[]string](t, w.Page, `[...document.querySelectorAll("main li code")].map(e => e.textContent)`)
	if len(codes) != 10 {
		t.Fatalf("got the recovery codes %q", codes)
	}
	w.look("recovery codes")

	w.Visit(t, base+"/mon-compte/code")
	w.look("codes of an app")
	key := browsertest.Eval[string](t, w.Page, `document.querySelector("main p > code").textContent`)
	app := phoneOf(t, key)
	w.Type(t, "[name=code]", app.code(c.now()))
	w.Run(t, `document.querySelector("form[action='/mon-compte/code']").submit()`, w.at(security))
	w.look("security with factors")

	w.signOut()
	w.Visit(t, base+"/connexion?retour="+security)
	w.Run(t, "", keyShown)
	w.Run(t, byKey, w.at(security)) // no name, no password, no code

	c.pass(20 * time.Minute)
	w.Visit(t, base+"/admin/blocages")
	w.Run(t, "", w.at("/mon-compte/confirmer")+" && "+keyShown)
	w.look("prove it again")
	w.Run(t, byKey, w.at("/admin/blocages"))

	w.Visit(t, base+"/mon-compte/fournisseur")
	w.look("to the provider")
	w.Run(t, `document.querySelector("main a[href$='/lier']").click()`, w.says("Ana (ana@agents.test)"))
	w.look("link the identity")
	w.Run(t, `document.querySelector("main form").submit()`, w.at(security))
	w.look("security with an identity")

	w.signOut()
	w.Visit(t, base+"/connexion/fournisseur?retour="+security)
	w.Run(t, "", w.at("/connexion/code"))
	w.look("second factor")
	w.Type(t, "[name=code]", codes[0])
	w.Run(t, `document.querySelector("form[action='/connexion/code']").submit()`, w.at(security))
	w.Run(t, "", w.says("Il vous reste 9 codes"))

	w.Run(t, `const f = document.createElement("form"); f.method = "post"; f.action = "/deconnexion"; document.body.append(f); f.submit()`, w.says("Me déconnecter aussi de Agents"))
	w.look("signed out here")
	w.password("/connexion/code")
	w.Type(t, "[name=code]", app.code(c.now()))
	w.Run(t, `document.querySelector("form[action='/connexion/code']").submit()`, w.at(security))
}
