package assets

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestLanguageTakesThePrefixOff(t *testing.T) {
	for _, c := range []struct {
		target, path, query string
		lang                Lang
	}{
		{"/", "/", "", French},
		{"/reseau?a=b", "/reseau", "a=b", French},
		{"/en", "/", "", English},
		{"/en/", "/", "", English},
		{"/en/reseau?a=b", "/reseau", "a=b", English},
		{"/entraide", "/entraide", "", French},
		{"/en//evil.example", "/en//evil.example", "", French},
		{"/en/en", "/en", "", English},
		{"/en/a%2Fb", "/a/b", "", English},
	} {
		var got *http.Request
		h := Language(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r }))
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, c.target, nil))
		if got.URL.Path != c.path || LangOf(got.Context()) != c.lang || got.URL.RawQuery != c.query {
			t.Errorf("%s: got %s in %s, want %s in %s", c.target, got.URL, LangOf(got.Context()), c.path, c.lang)
		}
	}
}

func TestLanguageKeepsAnEscapedSlash(t *testing.T) {
	h := Language(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if got := r.URL.EscapedPath(); got != "/a%2Fb" {
			t.Errorf("got %s, want /a%%2Fb", got)
		}
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/en/a%2Fb", nil))
}

func TestLink(t *testing.T) {
	for _, c := range []struct {
		lang     Lang
		in, want string
	}{
		{French, "/reseau", "/reseau"},
		{English, "/reseau", "/en/reseau"},
		{English, "/", "/en"},
		{English, "/?a=b", "/en/?a=b"},
		{English, "https://a.example/", "https://a.example/"},
		{English, "//a.example/", "//a.example/"},
		{English, "#main", "#main"},
	} {
		if got := c.lang.Link(c.in); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.lang, c.in, got, c.want)
		}
	}
}

func TestDatesAndNumbersFollowTheLanguage(t *testing.T) {
	day := time.Date(2026, 3, 7, 14, 5, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{French.Date(day), "7 mars 2026"},
		{English.Date(day), "March 7, 2026"},
		{French.Time(day), "14:05"},
		{French.Number(1234567), "1\u202f234\u202f567"},
		{French.Amount(1234.5), "1\u202f234,5"},
		{English.Amount(-3), "-3"},
		{English.Number(1234567), "1,234,567"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTimesShowInTheLabsZone(t *testing.T) {
	r := newRenderer(t)
	req := request(French, "/")
	w := httptest.NewRecorder()
	if err := r.Render(w, req, http.StatusOK, "record.html", sampleRecord(samplePage(r, req, "x", ""))); err != nil {
		t.Fatal(err)
	}
	if want := `<time datetime="2026-03-07T12:30:00&#43;01:00">7 mars 2026, 12:30</time>`; !strings.Contains(w.Body.String(), strings.ReplaceAll(want, "&#43;", "+")) {
		t.Errorf("the page lacks %s", want)
	}
}

func TestSetTheme(t *testing.T) {
	for _, c := range []struct{ theme, back, cookie, location string }{
		{"dark", "/reseau?a=b", "dark", "/en/reseau?a=b"},
		{"light", "", "light", "/en"},
		{"system", "//evil.example", "", "/en"},
		{"<script>", "https://evil.example/", "", "/en"},
		{"dark", `/\evil.example`, "dark", "/en"},
	} {
		form := strings.NewReader("theme=" + c.theme + "&back=" + c.back)
		req := httptest.NewRequest(http.MethodPost, "/apparence", form)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		SetTheme(w, req.WithContext(WithLang(req.Context(), English)))
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != c.location {
			t.Errorf("%v: got %d to %q, want 303 to %q", c, w.Code, got, c.location)
		}
		if got := w.Result().Cookies()[0]; got.Value != c.cookie || (c.cookie == "") != (got.MaxAge < 0) {
			t.Errorf("%v: got cookie %v", c, got)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/", "/a?b", "//a", `/\a`, "/\t/a", "http://a", "javascript:a", "/%2f/a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := LocalPath(s)
		if got[0] != '/' || len(got) > 1 && (got[1] == '/' || got[1] == '\\') || strings.ContainsAny(got, "\r\n\t") {
			t.Errorf("%q leads to %q", s, got)
		}
	})
}
