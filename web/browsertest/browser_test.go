//go:build browser

package browsertest

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const goodPage = `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Essai</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>body { color: #222; background: #fff } @media (prefers-color-scheme: dark) { body { color: #eee; background: #111 } }</style>
</head><body><main><h1>Bonjour</h1><p id="who">sans script</p><noscript><p id="no">noscript</p></noscript></main>
<script>document.getElementById("who").textContent = "avec script"</script></body></html>`

const badPage = `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Essai</title><link rel="icon" href="data:,">
<style>p { width: 600px; color: #999; background: #fff } @media (prefers-color-scheme: dark) { p { color: #000 } }</style>
</head><body><main><h1>Bonjour</h1><p>trop pâle et trop large</p><img src="http://other.localhost:1/pixel.png"></main></body></html>`

func serve(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	page := func(html string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, html)
		}
	}
	mux.HandleFunc("/good", page(goodPage))
	mux.HandleFunc("/bad", page(badPage))
	mux.HandleFunc("/strict", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; require-trusted-types-for 'script'")
		page(strings.Replace(goodPage, "<script>", "<script type=\"x\">", 1))(w, r)
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		c, _ := r.Cookie("session")
		fmt.Fprintf(w, "%s %v", r.Header.Get("Accept-Language"), c)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestBrowserSeesWhatAVisitorSees(t *testing.T) {
	b, base := Start(t), serve(t)

	t.Run("a good page passes in every view", func(t *testing.T) {
		for _, v := range []View{{}, {Dark: true}, {Width: 320}, {Width: 320, NoScript: true}} {
			b.Open(t, base+"/good", v).Check(t)
		}
	})
	t.Run("a strict policy does not stop the checks", func(t *testing.T) {
		b.Open(t, base+"/strict", View{}).Check(t)
	})
	t.Run("scripts run or not", func(t *testing.T) {
		for noScript, want := range map[bool]string{false: "avec script", true: "sans script"} {
			p := b.Open(t, base+"/good", View{NoScript: noScript})
			got, err := chromedp.Run(p.Context(), chromedp.Text(chromedp.ID("who")))
			if err != nil || got != want {
				t.Errorf("NoScript %v: got %q, %v, want %q", noScript, got, err, want)
			}
		}
	})
	t.Run("status, language and cookies", func(t *testing.T) {
		p := b.Open(t, base+"/echo", View{Language: "en", Cookies: []*http.Cookie{{Name: "session", Value: "s3"}}})
		got, err := chromedp.Run(p.Context(), chromedp.Text(chromedp.CSS("body")))
		if want := "en session=s3"; err != nil || got != want || p.Status() != http.StatusTeapot {
			t.Errorf("got %d %q, %v, want 418 %q", p.Status(), got, err, want)
		}
	})
	t.Run("a screenshot is a picture of the whole page", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "page.png")
		b.Open(t, base+"/good", View{Width: 320}).Screenshot(t, file)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil || c.Width != 320 {
			t.Errorf("got width %d, %v, want 320", c.Width, err)
		}
	})
}

func TestBrowserFindsWhatIsWrong(t *testing.T) {
	b, base := Start(t), serve(t)
	for _, v := range []View{{Width: 320}, {Width: 320, NoScript: true}} {
		p := b.Open(t, base+"/bad", v)
		var rules []string
		for _, found := range p.Violations(t) {
			rules = append(rules, found.Rule)
		}
		for _, want := range []string{"color-contrast", "image-alt"} {
			if !slices.Contains(rules, want) {
				t.Errorf("%+v: got violations %v, want %s among them", v, rules, want)
			}
		}
		if p.Overflow(t) == "" {
			t.Errorf("%+v: an element of 600 pixels went unseen", v)
		}
		if got, want := p.ForeignRequests(), []string{"http://other.localhost:1/pixel.png"}; !slices.Equal(got, want) {
			t.Errorf("%+v: got foreign requests %v, want %v", v, got, want)
		}
	}
	p := b.Open(t, base+"/bad", View{Dark: true})
	dark := p.Violations(t)
	if slices.ContainsFunc(dark, func(v Violation) bool { return v.Rule == "color-contrast" }) {
		t.Errorf("the dark colours were not used: %v", dark)
	}
	p.Look(t, View{Width: 320})
	if light := p.Violations(t, "color-contrast"); len(light) == 0 || p.Overflow(t) == "" {
		t.Errorf("looked at again, light and narrow: got %v", light)
	}
}

func TestStopsOfTab(t *testing.T) {
	const link = `<p><a href="#a">un</a> <button>deux</button> <a href="#c">trois</a></p>`
	pages := map[string]string{
		link: "",
		link + `<p><a href="#d" tabindex="4">quatre</a></p>`:                                                                       "comes too late",
		link + `<div style="position: fixed; inset: 0; background: #fff"></div>`:                                                   "is covered",
		link + `<script>addEventListener("keydown", e => document.activeElement.matches("button") && e.preventDefault())</script>`: "does not lead out",
	}
	base := echo(t)
	b := Start(t)
	for page, want := range pages {
		got := b.Open(t, base+url.Values{"page": {page}}.Encode(), View{}).Stops(t)
		if said := strings.Join(got, "\n"); (said == "") != (want == "") || !strings.Contains(said, want) {
			t.Errorf("%s: got %q, want %q", page, said, want)
		}
	}
}

// echo answers the page that it is asked for.
func echo(t *testing.T) (base string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, r.FormValue("page"))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL + "/?"
}

// TestFocusIsSeen: of what is larger than the window, too.
func TestFocusIsSeen(t *testing.T) {
	const tall = `<style>:focus { outline: 3px solid }</style><p><a href="#a">un</a></p><div tabindex="0" style="height: 9000px">deux</div>`
	b, base := Start(t), echo(t)
	for page, want := range map[string]string{
		tall: "",
		tall + `<style>[tabindex] { position: absolute; left: -9999px; width: 1px }</style>`: "outside the window",
		tall + `<style>:focus { outline: none }</style>`:                                     "does not show",
		tall + `<div style="position: fixed; inset: 0; background: #fff"></div>`:             "is covered",
	} {
		got := strings.Join(b.Open(t, base+url.Values{"page": {page}}.Encode(), View{}).Focus(t), "\n")
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", page, got, want)
		}
	}
}
