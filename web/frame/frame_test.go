package frame_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/webtest"
)

var templates = fstest.MapFS{"note.html": {Data: []byte(`{{template "begin" .}}<h1>{{.Title}}</h1>{{template "end" .}}`)}}

// serve mounts a few handlers of one dialect.
func serve(t *testing.T, n *webtest.Node) *webtest.Site {
	t.Helper()
	f := n.Frame(t, &templates)
	show := func(w http.ResponseWriter, r *http.Request) error {
		return f.Render(w, r, http.StatusOK, "note.html", f.Page(r, "Une note"))
	}
	r := http.NewServeMux()
	r.Handle("/note", f.Handle(show))
	r.Handle("/always", f.Always(show))
	r.Handle("/save", f.Handle(save(f)))
	r.Handle("/broken", f.Handle(func(http.ResponseWriter, *http.Request) error { return errors.New("open /secret/path") }))
	r.Handle("/closed", f.Handle(func(http.ResponseWriter, *http.Request) error { return &reply.Error{Status: http.StatusUnauthorized} }))
	r.Handle("/away", f.Handle(func(w http.ResponseWriter, r *http.Request) error { return f.Redirect(w, r, "//evil.example/") }))
	return webtest.ServeHandler(t, f, r)
}

func save(f *frame.Frame) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f.Flash(r, "ok", "nav.home")
		return f.Redirect(w, r, "/note")
	}
}

func TestFlashIsShownOnce(t *testing.T) {
	c := serve(t, webtest.New(t)).Visitor(t)
	for path, want := range map[string]string{"/save": "Accueil", "/en/save": "Home"} {
		to := c.Post(path, nil).Location
		flash := `<span>` + want + `</span></p>`
		if a := c.Get(to); !a.Has("flash-ok", flash) {
			t.Errorf("%s: the message is missing at %s", path, to)
		}
		if a := c.Get(to); a.Has(flash) {
			t.Errorf("%s: the message is still there", path)
		}
	}
}

func TestFrameShowsLabAndViewer(t *testing.T) {
	n := webtest.New(t)
	s := serve(t, n)
	visitor := s.Visitor(t).Get("/note")
	if !visitor.Has("Estran", "Bretagne", "@estran", "Se connecter") || visitor.Has("Administration") || visitor.Header.Get("Cache-Control") != "" {
		t.Errorf("for a visitor:\n%s", visitor.Body)
	}
	member := s.As(t, n.Contributor).Get("/note")
	if !member.Has("Yann Le Goff", "Se déconnecter") || member.Has("Administration") || member.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("for a contributor:\n%s", member.Body)
	}
	if a := s.As(t, n.Admin).Get("/note"); !a.Has("Administration") {
		t.Errorf("for an administrator:\n%s", a.Body)
	}
}

func TestNewNameOfTheLabShowsAtOnce(t *testing.T) {
	n := webtest.New(t)
	c := serve(t, n).Visitor(t)
	c.Get("/note")
	profile := *n.Lab
	profile.Name = "Le Grand Estran"
	viewer := store.Viewer{Actor: n.Admin.IRI, Local: true, Runs: true}
	if err := n.Publish(t.Context(), viewer, &federation.Activity{Verb: "Update", Actor: n.Lab.IRI, Profile: &profile}); err != nil {
		t.Fatal(err)
	}
	if a := c.Get("/note"); !a.Has("Le Grand Estran") {
		t.Error("the old name is shown")
	}
}

func TestErrorsArePages(t *testing.T) {
	n := webtest.New(t)
	c := serve(t, n).As(t, n.Contributor)
	broken := c.Get("/broken")
	if broken.Status != http.StatusInternalServerError || !broken.Has("Yann Le Goff") || broken.Has("secret") {
		t.Errorf("got %d:\n%s", broken.Status, broken.Body)
	}
	if a := c.Get("/closed"); a.Status != http.StatusUnauthorized || !a.Has(`class="button" href="/connexion"`) {
		t.Errorf("got %d:\n%s", a.Status, a.Body)
	}
}

func TestRedirectStaysHere(t *testing.T) {
	if a := serve(t, webtest.New(t)).Visitor(t).Get("/away"); a.Header.Get("Location") != "/" {
		t.Errorf("got %q, want /", a.Header.Get("Location"))
	}
}

func TestBeforeTheSetUpOnlyAlwaysAnswers(t *testing.T) {
	c := serve(t, webtest.Empty(t)).Visitor(t)
	if a := c.Get("/note"); a.Status != http.StatusServiceUnavailable || !strings.Contains(a.Body, "pas encore installé") {
		t.Errorf("got %d:\n%s", a.Status, a.Body)
	}
	if a := c.Get("/always"); a.Status != http.StatusOK || !a.Has(store.HostOf(webtest.BaseURL)) {
		t.Errorf("got %d:\n%s", a.Status, a.Body)
	}
}
