package page

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

func TestContributorsValidateALessonFromItsPage(t *testing.T) {
	s := newSite(t)
	author := s.As(t, s.node.Admin)
	form := url.Values{
		"title": {"Ouvrir le samedi"}, "pitch": {"Ce que nous avons appris."}, "state": {"validee"}, "audience": {"public"},
		"contributors.0.name": {"Yann"}, "contributors.0.member": {webtest.BaseURL + "/en/@yann"},
		"contributors.1.name": {"une usagère"}, "contributors.1.validated": {"2026-03-02"},
	}
	l := s.saved(t, send(t, author, "/retours-d-experience/nouvelle", form, nil)).(*store.Lesson)
	if l.State != "synthese" || l.Contributors[0].Member != s.node.Contributor.IRI {
		t.Fatalf("saved in state %s by %+v", l.State, l.Contributors)
	}
	path := federation.PagePath(&l.Record)
	button := `action="` + path + `/agir"`
	validate := url.Values{"act": {store.Validate}}
	for who, c := range map[string]*webtest.Client{"its author": author, "a visitor": s.Visitor(t)} {
		if c.Get(path).Has(`value="validate"`) {
			t.Errorf("%s is asked to validate", who)
		}
		if got := c.Post(path+"/agir", validate).Status; got != http.StatusForbidden && got != http.StatusUnauthorized {
			t.Errorf("%s validates: got %d", who, got)
		}
	}

	yann := s.As(t, s.node.Contributor)
	if !yann.Get(path).Has(button, `value="validate"`, "Valider cette synthèse") {
		t.Fatal("who contributed is not asked to validate")
	}
	if a := yann.Post(path+"/agir", validate); a.Status != http.StatusSeeOther || a.Location != path {
		t.Fatalf("got %d to %q", a.Status, a.Location)
	}
	l = s.record(t, l.ID).(*store.Lesson)
	if l.State != "validee" || l.Version != 2 || l.Authors[0] != s.node.Admin.IRI {
		t.Errorf("after all validated: %s, version %d by %v", l.State, l.Version, l.Authors)
	}
	if page := yann.Get(path); !page.Has("Votre validation est enregistrée.", "Retirer ma validation", "2 nouvelles et réponses") || strings.Count(page.Body, "Validé par ses contributeurs") < 2 {
		t.Error("the page does not say so, or nobody was told")
	}
	if got := yann.Post(path+"/agir", url.Values{"act": {"delete"}}).Status; got != http.StatusForbidden {
		t.Errorf("an act that is none: got %d, want 403", got)
	}
	if got := yann.PostFrom("https://evil.example", path+"/agir", url.Values{"act": {store.Withdraw}}).Status; got != http.StatusForbidden {
		t.Errorf("from another site: got %d, want 403", got)
	}
}
