package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func newStatic(t *testing.T) *Static {
	t.Helper()
	s, err := NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func get(s *Static, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestStaticFilesMayBeCachedForEver(t *testing.T) {
	s := newStatic(t)
	w := get(s, http.MethodGet, s.URL("app.css"))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/css; charset=utf-8" ||
		w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("got %d, %v", w.Code, w.Header())
	}
	if again := get(s, http.MethodGet, s.URL("app.css"), "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("got %d with %d bytes, want 304 alone", again.Code, again.Body.Len())
	}
	if head := get(s, http.MethodHead, s.URL("app.css")); head.Body.Len() > 0 || head.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) {
		t.Errorf("HEAD: got %d bytes, length %s", head.Body.Len(), head.Header().Get("Content-Length"))
	}
}

func TestStaticGzip(t *testing.T) {
	s := newStatic(t)
	plain := get(s, http.MethodGet, s.URL("app.css")).Body.Bytes()
	for accept, want := range map[string]string{"gzip": "gzip", "br, gzip;q=0.5": "gzip", "gzip;q=0": "", "gzip;q=0.0": "", "br": "", "": ""} {
		w := get(s, http.MethodGet, s.URL("app.css"), "Accept-Encoding", accept)
		if got := w.Header().Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q: got %q, want %q", accept, got, want)
		}
	}
	z, err := gzip.NewReader(get(s, http.MethodGet, s.URL("app.css"), "Accept-Encoding", "gzip").Body)
	if err != nil {
		t.Fatal(err)
	}
	if unpacked, err := io.ReadAll(z); err != nil || !bytes.Equal(unpacked, plain) {
		t.Errorf("the compressed form differs: %v", err)
	}
	if w := get(s, http.MethodGet, s.URL("atkinson-latin.woff2"), "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" {
		t.Error("a font was compressed twice")
	}
}

func TestStaticServesNothingElse(t *testing.T) {
	s := newStatic(t)
	for _, path := range []string{"/static/", "/static/app.css", "/static/../assets.go", "/static/..%2f..%2fgo.mod", "/static/css/base.css", "/static/MANIFEST.sha256", "/etc/passwd"} {
		if w := get(s, http.MethodGet, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, w.Code)
		}
	}
	if w := get(s, http.MethodPost, s.URL("app.css")); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Errorf("POST: got %d, want 405 with Allow", w.Code)
	}
}

func TestStyleSheetPointsAtHashedFonts(t *testing.T) {
	s := newStatic(t)
	css := get(s, http.MethodGet, s.URL("app.css")).Body.String()
	fonts := regexp.MustCompile(`url\("([^"]*)"\)`).FindAllStringSubmatch(css, -1)
	if len(fonts) != 5 {
		t.Errorf("got %d fonts, want 5", len(fonts))
	}
	for _, f := range fonts {
		if w := get(s, http.MethodGet, StaticPrefix+f[1]); w.Code != http.StatusOK {
			t.Errorf("%s: got %d, want 200", f[1], w.Code)
		}
	}
}

func TestStyleSheetStaysSmall(t *testing.T) {
	s := newStatic(t)
	if n := get(s, http.MethodGet, s.URL("app.css")).Body.Len(); n > 40_000 {
		t.Errorf("app.css has %d bytes, want at most 40000", n)
	}
}

func TestVendoredFilesAreThoseOfTheManifest(t *testing.T) {
	manifest, err := os.ReadFile("MANIFEST.sha256")
	if err != nil {
		t.Fatal(err)
	}
	listed := 0
	for line := range strings.Lines(string(manifest)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		data, err := staticFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s is not what the manifest says", name)
		}
		listed++
	}
	vendored := 0
	for _, folder := range []string{"static/fonts/*", "static/leaflet/*", "static/protomaps/*"} {
		files, err := fs.Glob(staticFiles, folder)
		if err != nil {
			t.Fatal(err)
		}
		vendored += len(files)
	}
	if vendored != listed {
		t.Errorf("%d files, %d in the manifest", vendored, listed)
	}
}

// TestColoursCanBeRead computes the contrast of WCAG 2.2 §1.4.3 (text) and
// §1.4.11 (borders of fields) for the pairs that the style sheet makes.
func TestColoursCanBeRead(t *testing.T) {
	css, err := staticFiles.ReadFile("static/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string][2]string{}
	normal, _, _ := strings.Cut(string(css), "@media")
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)`).FindAllStringSubmatch(normal, -1) {
		tokens[m[1]] = [2]string{m[2], m[3]}
	}
	type pair struct {
		front, back string
		least       float64
	}
	pairs := []pair{
		{"on-brand", "brand", 4.5},
		{"on-brand", "brand-hover", 4.5},
		{"field", "surface", 3},
		{"field", "paper", 3},
		{"ok", "ok-soft", 4.5},
		{"warn", "warn-soft", 4.5},
		{"err", "err-soft", 4.5},
		{"info", "info-soft", 4.5},
		{"brand", "brand-soft", 4.5},
		{"accent", "accent-soft", 4.5},
		{"paper", "err", 4.5},
		{"accent", "sunk", 4.5},
		{"brand", "sunk", 4.5},
		{"link", "sunk", 4.5},
	}
	for _, ground := range []string{"paper", "surface", "sunk"} {
		pairs = append(pairs, pair{"ink", ground, 7}, pair{"muted", ground, 4.5})
	}
	for _, front := range []string{"brand", "link", "visited", "accent", "ok", "warn", "err", "info", "stage-0", "stage-5"} {
		for _, ground := range []string{"paper", "surface"} {
			pairs = append(pairs, pair{front, ground, 4.5})
		}
	}
	for _, p := range pairs {
		for i, theme := range []string{"light", "dark"} {
			front, back := tokens[p.front][i], tokens[p.back][i]
			if got := contrast(t, front, back); got < p.least {
				t.Errorf("%s on %s, %s: %.2f, want %.1f", p.front, p.back, theme, got, p.least)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0)
}

func TestConstellationIsAlwaysTheSame(t *testing.T) {
	constellation, seal := Constellation("7"), Seal("a")
	if got := Constellation("7"); got != constellation {
		t.Errorf("got %s, want %s", got, constellation)
	}
	if got := Seal("a"); got != seal {
		t.Errorf("got %s, want %s", got, seal)
	}
	if Constellation("7") == Constellation("8") || Seal("a") == Seal("b") {
		t.Error("two seeds gave one picture")
	}
	if got := strings.Count(string(Constellation("7")), `class="dot`); got != 1+dotsInPath {
		t.Errorf("got %d dots, want %d", got-1, dotsInPath)
	}
}
