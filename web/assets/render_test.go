package assets

import (
	"bytes"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/net/html"
)

// preview is a directory to write the sample pages to, for looking at them:
//
//	go test ./web/assets -run TestEveryPageRenders -preview DIR
var preview = flag.String("preview", "", "write the sample pages and static files below this directory")

func TestEveryPageRenders(t *testing.T) {
	r := newRenderer(t)
	for _, lang := range Languages {
		req := request(lang, "/experimentations?page=2")
		for name, data := range samplePages(r, req) {
			w := httptest.NewRecorder()
			if err := r.Render(w, req, http.StatusOK, name, data); err != nil {
				t.Fatalf("%s in %s: %v", name, lang, err)
			}
			assertPage(t, string(lang)+"/"+name, w.Body.Bytes())
			assertSpoken(t, r.Catalog, lang, name, w.Body.String())
			write(t, string(lang)+"-"+name, w.Body.Bytes())
		}
	}
	for name, f := range r.Static.files {
		data, err := io.ReadAll(f.plain())
		if err != nil {
			t.Fatal(err)
		}
		write(t, "static/"+name, data)
	}
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if *preview == "" {
		return
	}
	name = filepath.Join(*preview, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// assertPage looks at what no page may lack or hold.
func assertPage(t *testing.T, name string, page []byte) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	ids, count := map[string]bool{}, map[string]int{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		for _, a := range n.Attr {
			if a.Key == "id" && ids[a.Val] {
				t.Errorf("%s: id %q twice", name, a.Val)
			}
			if a.Key == "id" {
				ids[a.Val] = true
			}
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: attribute %q, which the content security policy stops", name, a.Key)
			}
		}
	}
	if count["h1"] != 1 || count["main"] != 1 || count["script"] != 0 {
		t.Errorf("%s: %d h1, %d main, %d script; want 1, 1, 0", name, count["h1"], count["main"], count["script"])
	}
	assertReferences(t, name, doc, ids)
}

// assertReferences checks that what points into the page hits something.
func assertReferences(t *testing.T, name string, doc *html.Node, ids map[string]bool) {
	t.Helper()
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			var targets []string
			switch {
			case a.Key == "for" || a.Key == "aria-describedby" || a.Key == "aria-labelledby":
				targets = strings.Fields(a.Val)
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
				targets = []string{a.Val[1:]}
			}
			for _, id := range targets {
				if !ids[id] {
					t.Errorf("%s: %s=%q points nowhere", name, a.Key, a.Val)
				}
			}
		}
	}
}

// assertSpoken wants French that stands in for words of another language to say so
// (RGAA 8.7), and what that language has, too.
func assertSpoken(t *testing.T, c *Catalog, lang Lang, name, page string) {
	t.Helper()
	lacks := map[string]bool{}
	for _, key := range c.Keys(French) {
		if !c.Has(lang, key) {
			lacks[c.T(French, key)] = true
		}
	}
	for _, key := range c.Keys(lang) {
		delete(lacks, c.T(lang, key))
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if text := strings.TrimSpace(n.Data); n.Type == html.TextNode && lacks[text] && spoken(n) != string(French) {
			t.Errorf("%s/%s: %q is French, and not said to be", lang, name, text)
		}
	}
	if notice := c.T(lang, "frame.partly", "share", c.Share(lang)); strings.Contains(page, notice) == (c.Share(lang) == 100) {
		t.Errorf("%s/%s: translated to %d %%, and says so: %t", lang, name, c.Share(lang), c.Share(lang) == 100)
	}
}

// spoken is the language that a node is said to be in.
func spoken(n *html.Node) string {
	for p := n.Parent; p != nil; p = p.Parent {
		for _, a := range p.Attr {
			if a.Key == "lang" {
				return a.Val
			}
		}
	}
	return ""
}

func TestRenderWritesNothingWhenItFails(t *testing.T) {
	r := newRenderer(t)
	w := httptest.NewRecorder()
	if err := r.Render(w, request(French, "/"), http.StatusOK, "error.html", struct{}{}); err == nil {
		t.Error("got no error for data of another page")
	}
	if w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("got %d bytes and %v, want nothing", w.Body.Len(), w.Header())
	}
}

func TestHeadHasNoBody(t *testing.T) {
	r := newRenderer(t)
	req := request(English, "/")
	req.Method = http.MethodHead
	w := httptest.NewRecorder()
	if err := r.Render(w, req, http.StatusNotFound, "error.html", sampleFailure(Page{Title: "x"})); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusNotFound || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("got %d, %d bytes, length %q", w.Code, w.Body.Len(), w.Header().Get("Content-Length"))
	}
	if got := w.Header().Get("Content-Language"); got != "en" {
		t.Errorf("got language %q, want en", got)
	}
}

func TestTwoPagesOfOneNameAreAnError(t *testing.T) {
	pages := fstest.MapFS{"error.html": {Data: []byte("x")}}
	if _, err := New(time.UTC, pages); err == nil || !strings.Contains(err.Error(), "error.html") {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

func TestHostileTextIsEscaped(t *testing.T) {
	r := newRenderer(t)
	req := request(French, "/?a=\"><script>alert(1)</script>")
	bad := `"><script>alert(1)</script>`
	page := sampleList(Page{Site: Site{Name: bad, Handle: bad, SourceURL: "javascript:alert(1)"}, Title: bad, Path: req.URL.RequestURI(), Theme: bad, Crumbs: []Link{{bad, bad}}})
	page.Cards = []Card{{Kind: bad, Title: bad, Href: "javascript:alert(1)", Pitch: bad, Origin: Origin{bad, bad, true, &Badge{Tone: bad, Text: bad}}, Lang: bad}}
	w := httptest.NewRecorder()
	if err := r.Render(w, req, http.StatusOK, "list.html", page); err != nil {
		t.Fatal(err)
	}
	if got := w.Body.String(); strings.Contains(got, "<script") || strings.Contains(got, `href="javascript:`) {
		t.Errorf("a hostile text got through:\n%s", got)
	}
}

func TestFailureSaysWhatHappenedInTheLanguage(t *testing.T) {
	r := newRenderer(t)
	for _, c := range []struct {
		lang       Lang
		status     int
		key        string
		want, lack string
	}{
		{French, http.StatusNotFound, "not-found", "<h1>Cette page n&#39;existe pas</h1>", "k7q2m9"},
		{English, http.StatusInternalServerError, "internal", "<code>k7q2m9</code>", "pas"},
	} {
		req, w := request(c.lang, "/x"), httptest.NewRecorder()
		if err := r.Render(w, req, c.status, "error.html", r.NewFailure(req, Site{Name: "Labo"}, c.status, c.key, "k7q2m9")); err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(w.Body.String(), "<main")
		if !strings.Contains(body, c.want) || strings.Contains(body, c.lack) {
			t.Errorf("%s %d: want %q and no %q in\n%s", c.lang, c.status, c.want, c.lack, body)
		}
	}
}

func TestPasswordIsNotSentBack(t *testing.T) {
	r := newRenderer(t)
	req := request(French, "/")
	w := httptest.NewRecorder()
	if err := r.Render(w, req, http.StatusOK, "form.html", sampleForm(r, req)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(w.Body.String(), "secret") {
		t.Error("the password is in the page")
	}
}

func BenchmarkRenderList(b *testing.B) {
	r := newRenderer(b)
	req := request(French, "/experimentations")
	page := sampleList(samplePage(r, req, "Expérimentations", "experiments"))
	for b.Loop() {
		if err := r.Render(httptest.NewRecorder(), req, http.StatusOK, "list.html", page); err != nil {
			b.Fatal(err)
		}
	}
}
