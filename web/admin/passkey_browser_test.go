//go:build browser

package admin_test

import (
	"fmt"
	"net"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/gorilla/mux"

	"github.com/essaim/essaim/web/admin"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/browsertest"
	"github.com/essaim/essaim/web/session"
	"github.com/essaim/essaim/web/webtest"
)

// serveLocalhost serves a node at the address that it knows itself by: passkeys are
// bound to it.
func serveLocalhost(t *testing.T, n *webtest.Node) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := fmt.Sprintf("http://localhost:%d", l.Addr().(*net.TCPAddr).Port)
	f := n.Frame(t, admin.Templates)
	f.BaseURL, f.Sessions = base, session.New(n.Store, session.Config{BaseURL: base})
	r := mux.NewRouter()
	r.PathPrefix(assets.StaticPrefix).Handler(f.Renderer.Static)
	admin.New(admin.Config{Frame: f, Node: n.Node, Deliveries: &worker{}}).Routes(r)
	guard := http.NewCrossOriginProtection()
	server := &http.Server{Handler: guard.Handler(assets.Language(f.Sessions.Middleware(r)))}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return base
}

// tab is a page with an authenticator beside it.
type tab struct {
	*browsertest.Page
	t             *testing.T
	base          string
	authenticator *browsertest.Authenticator
}

func openTab(t *testing.T, base string) tab {
	t.Helper()
	p := browsertest.Start(t).Open(t, base+"/connexion", browsertest.View{})
	return tab{p, t, base, p.AddAuthenticator(t)}
}

func (b tab) goTo(path string) {
	b.t.Helper()
	if err := chromedp.Do(b.Context(), chromedp.Navigate(b.base+path)); err != nil {
		b.t.Fatalf("%s: %v", path, err)
	}
}

func (b tab) run(script, holds string) {
	b.t.Helper()
	b.Run(b.t, script, holds)
}

func at(path string) string { return fmt.Sprintf("location.pathname === %q", path) }

const (
	security   = "/mon-compte/securite"
	password   = `const f = document.querySelector("form[action='/connexion']"); f.login.value = "maelle"; f.password.value = "` + webtest.Password + `"; f.submit()`
	usePasskey = `document.querySelector("form[data-passkey] button").click()`
	shown      = `!document.querySelector("form[data-passkey]").hidden`
)

func (b tab) signOut() {
	b.t.Helper()
	b.run(`fetch("/deconnexion", {method: "POST"}).then(() => { document.title = "out" })`, `document.title === "out"`)
	b.goTo("/connexion?retour=" + security)
}

func TestPasskeySignsInAndIsASecondFactor(t *testing.T) {
	b := openTab(t, serveLocalhost(t, webtest.New(t)))
	b.goTo("/connexion?retour=" + security)
	b.run(password, at(security))
	b.goTo("/mon-compte/cle")
	b.run("", shown)
	b.Check(t)
	b.run(`document.querySelector("[name=name]").value = "Ordinateur du bureau"; `+usePasskey, at("/mon-compte/secours")) // so that nobody is locked out
	b.goTo(security)
	b.run("", `document.body.innerText.includes("Ordinateur du bureau")`)
	b.Check(t)

	b.signOut()
	b.run("", shown)
	b.run(usePasskey, at(security)) // no name, no password

	b.signOut()
	b.run(password, at("/connexion/code"))
	b.Check(t)
	b.run(usePasskey, at(security))
	b.run("", `document.body.innerText.includes("utilisée le")`)

	b.signOut()
	b.authenticator.Forget(t)
	b.run(usePasskey, `!document.querySelector("form[data-passkey] [role=alert]").hidden`) // whose finger was it?

	b.run(password, at("/connexion/code"))
	b.run(usePasskey, at(security)) // the password says who
	b.run(`document.querySelector("button[name=key]").click()`, `document.body.innerText.includes("est retirée")`)
	b.signOut()
	b.run(password, at(security))
}
