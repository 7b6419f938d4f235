package page

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/essaim/essaim/store"
)

// The lab's picture stands at the top of every page, until it is taken away.
func TestLogoOfTheLab(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Admin)
	masthead := regexp.MustCompile(`<a class="wordmark" href="/"><img class="icon-mark" src="/media/[0-9a-zA-Z]+\.[a-z]+" alt=""`)
	if a := send(t, c, logoPath+"?retour=/admin/lab", url.Values{}, []byte("no picture")); a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-image-error"`) {
		t.Fatalf("no picture: got %d:\n%s", a.Status, a.Body)
	}
	if a := send(t, c, logoPath+"?retour=/admin/lab", url.Values{}, pixels(t)); a.Status != http.StatusSeeOther || a.Location != "/admin/lab" {
		t.Fatalf("got %d to %q:\n%s", a.Status, a.Location, a.Body)
	}
	for _, path := range []string{"/", "/lab", logoPath} {
		if a := c.Get(path); !masthead.MatchString(a.Body) {
			t.Errorf("%s lacks it:\n%s", path, a.Body)
		}
	}
	if a := s.Visitor(t).Get("/contribuer"); masthead.MatchString(a.Body) {
		t.Error("a page for slow lines loads it")
	}
	form := formOf(t, c, logoPath)
	form.Set("image-remove", "1")
	if a := send(t, c, logoPath, form, nil); a.Location != "/lab" || masthead.MatchString(c.Get("/lab").Body) {
		t.Errorf("taken away: got %d to %q", a.Status, a.Location)
	}
	s.update(t, func(tx *store.Txn) error {
		if lab, err := tx.Lab(); err != nil || lab.Icon != nil {
			t.Errorf("got %+v, %v", lab, err)
		}
		return nil
	})
}

func TestLogoIsForThoseWhoRunTheLab(t *testing.T) {
	s := newSite(t)
	if a := s.As(t, s.node.Contributor).Get(logoPath); a.Status != http.StatusForbidden {
		t.Errorf("a contributor: got %d, want 403", a.Status)
	}
	if a := s.Visitor(t).Get(logoPath + "?retour=//evil.example"); a.Status != http.StatusSeeOther {
		t.Errorf("a visitor: got %d, want 303", a.Status)
	}
	if a := s.As(t, s.node.Admin).Get(logoPath + "?retour=//evil.example"); a.Has(`href="//evil`) {
		t.Error("the form leads away from the site")
	}
}
