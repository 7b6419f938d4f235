//go:build peers

package main

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/essaim/essaim/web/browsertest"
)

// behindTLS is a lab behind a proxy that speaks https, as most are.
func behindTLS(t *testing.T, handle string) (l *labProcess, certificate *x509.Certificate) {
	t.Helper()
	to := new(url.URL)
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}})
	t.Cleanup(proxy.Close)
	l = newLabAt(t, labProcess{handle: handle, base: proxy.URL})
	to.Scheme, to.Host = "http", l.addr
	return l, proxy.Certificate() // all of httptest have this one
}

// webApp serves the web app of .ci/peers/masto and returns its address, which is
// another site than that of the lab.
func webApp(t *testing.T) string {
	t.Helper()
	files := http.NewServeMux()
	files.Handle("/node_modules/", http.FileServer(http.Dir("../../.ci/peers/masto")))
	files.Handle("/", http.FileServer(http.Dir("../../.ci/peers/masto/web")))
	server := httptest.NewTLSServer(files)
	t.Cleanup(server.Close)
	return fmt.Sprintf("https://localhost:%d/", server.Listener.Addr().(*net.TCPAddr).Port)
}

// tab is a window of a browser.
type tab struct {
	*browsertest.Page
	t *testing.T
}

func (b tab) run(script, holds string) {
	b.t.Helper()
	b.Run(b.t, script, holds)
}

func (b tab) value(script string) string {
	b.t.Helper()
	got, err := chromedp.Run(b.Context(), chromedp.Evaluate[string](script))
	if err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return got
}

// say publishes news of the administrator.
func (l *labProcess) say(text string) {
	l.t.Helper()
	to := l.url("/api/v1/statuses?" + url.Values{"status": {text}}.Encode())
	if a, err := l.asAdmin(http.MethodPost, to, nil); err != nil || a.Status != http.StatusOK {
		l.t.Fatalf("got %d %s, %v", a.Status, a.Body, err)
	}
}

func TestWebAppSignsInAndScrollsHome(t *testing.T) {
	l, certificate := behindTLS(t, "estran")
	l.start()
	var want []string
	for i := range 25 {
		text := fmt.Sprintf("Numéro %d", i)
		l.say(text)
		want = append([]string{text}, want...)
	}
	app := webApp(t) + "?server=" + url.QueryEscape(l.base)
	b := tab{browsertest.Start(t, certificate).Open(t, app, browsertest.View{}), t}
	b.run("", `document.querySelector("[name=password]") !== null`)
	b.run(`const f = document.querySelector("[name=password]").form; f.login.value = "estran_admin"; f.password.value = "quelques mots sans lien"; f.requestSubmit()`,
		`document.querySelector("[name=answer][value=allow]") !== null`)
	b.run(`document.querySelector("[name=answer][value=allow]").click()`, `document.body.dataset.member === "estran_admin"`)
	b.run("", `(scrollTo(0, document.body.scrollHeight), document.body.dataset.home === "end" || "error" in document.body.dataset)`)
	if said := b.value(`document.body.dataset.error ?? ""`); said != "" {
		t.Fatal(said)
	}
	if got := b.value(`[...document.querySelectorAll("article")].map((a) => a.innerText.trim()).join("\n")`); got != strings.Join(want, "\n") {
		t.Errorf("got %s, want %s", got, want)
	}
	b.run("", `document.body.dataset.streamed === "yes"`)
}
