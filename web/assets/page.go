package assets

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
)

// Site is the lab as the frame of its pages shows it.
type Site struct {
	Name      string // the lab's name
	Handle    string // "@lab@host"
	Territory string // "Bretagne"; may be empty
	Logo      string // path of its picture; empty: the mark stands there
	BaseURL   string // "https://lab.example", without a slash at the end
	Version   string
	SourceURL string // where the running source code is (AGPL-3.0 §13)
	Demo      bool   // the content is fictional; every page says so
	// Conformity is the state of accessibility that every page must name
	// (store.Conformity); empty: none was declared.
	Conformity string
	Charter    bool   // the lab has one
	Accent     string // the colour of the lab, "#0f5b52"; empty: ours
}

// Accessibility is the key of the mention that every page must bear (decree 2019-768,
// article 5).
func (s Site) Accessibility() string { return "accessibility.mention-" + cmp.Or(s.Conformity, "non") }

// Viewer is who is signed in.
type Viewer struct {
	Name   string
	Handle string
	Admin  bool
	Unread int // notices that were not read
}

// Link is a text and where it leads: a local path without the language's
// prefix, or a whole address.
type Link struct{ Text, Href string }

// Flash is a message on what was just done. Tone is "ok", "info", "warn" or
// "err".
type Flash struct{ Tone, Text string }

// Feed is another form of the page: <link rel="alternate">.
type Feed struct{ Type, Href, Title string }

// Page is the frame of a page. Renderer.NewPage makes one; the rest is optional.
type Page struct {
	Site        Site
	Viewer      *Viewer // nil: a visitor
	Section     string  // the navigation entry that is active: "experiments", "map", "agenda", "mutual-aid", "network", "members", "lab", "contribute", "account", "notices", "admin"
	Title       string
	Description string    // one sentence for search engines and previews
	Path        string    // the request's path and query, without the language's prefix
	Theme       string    // "light", "dark" or "" (the system's choice)
	Crumbs      []Link    // from below the home page down, without this page
	Flash       *Flash    // nil: nothing to say
	Errors      []Mistake // what is wrong with the form on this page
	Feeds       []Feed
	Linked      map[string]any // what the page is about in the words of schema.org; nil: nothing
	Image       string         // whole address of a picture for previews
	ImageAlt    string         // what it shows
	Creator     string         // handle of who is to be named beside previews; empty: nobody
	NoIndex     bool
	Light       bool     // for slow lines: the fonts of the system, none is loaded
	Styles      []string // static files beside app.css
	Scripts     []string // static files, run in this order once the page is read
	Refresh     int      // seconds after which the page loads again; for progress only
	Still       bool     // the reader stopped that (RGAA 13.1)
}

// NewPage begins a page of this request. title is final text.
func (r *Renderer) NewPage(req *http.Request, site Site, title string) Page {
	return Page{Site: site, Title: title, Path: req.URL.RequestURI(), Theme: themeOf(req), Still: req.URL.Query().Has("fixe")}
}

// Canonical is the page's whole address in lang, without the query.
func (p Page) Canonical(lang Lang) string {
	path, _, _ := strings.Cut(p.Path, "?")
	return p.Site.BaseURL + lang.Link(path)
}

// Inner says whether the page lies below the home page of a lab.
func (p Page) Inner() bool {
	path, _, _ := strings.Cut(p.Path, "?")
	return path != "/" && p.Site.Handle != ""
}

// Local is the handle without the host, to be shown in two parts.
func (s Site) Local() string {
	i := strings.LastIndexByte(s.Handle, '@')
	return s.Handle[:max(i, 0)]
}

// Host is the rest of the handle: "@host".
func (s Site) Host() string { return strings.TrimPrefix(s.Handle, s.Local()) }

// NavItem is an entry of the main navigation: Key is its Section and the end of
// its message key.
type NavItem struct{ Key, Href string }

// Nav is the main navigation, in order.
func Nav() []NavItem {
	return []NavItem{
		{"experiments", "/experimentations"},
		{"map", "/carte"},
		{"agenda", "/agenda"},
		{"mutual-aid", "/entraide"},
		{"network", "/reseau"},
		{"contribute", "/contribuer"},
	}
}

// ThemeCookie is the name of the cookie that holds the theme.
const ThemeCookie = "theme"

func themeOf(r *http.Request) string {
	if c, err := r.Cookie(ThemeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

const maxTheme = 4 << 10 // bytes of its form

// SetTheme is the handler of POST /apparence: it remembers the form's theme for
// a year, or forgets it when it is neither "light" nor "dark", and goes back.
func SetTheme(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxTheme)
	c := &http.Cookie{Name: ThemeCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil} //nolint:gosec // a theme is no secret
	if theme := r.PostFormValue("theme"); theme == "light" || theme == "dark" {
		c.Value, c.MaxAge = theme, 365*24*3600
	}
	http.SetCookie(w, c)
	http.Redirect(w, r, LangOf(r.Context()).Link(LocalPath(r.PostFormValue("back"))), http.StatusSeeOther)
}

// LocalPath is path if a redirect to it stays on this site, else "/". The empty
// path is "/" too.
func LocalPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") ||
		strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}
