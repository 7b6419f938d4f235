package page

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

// A link is given as the address of a page and kept as the id of what is there.
func TestRelationsAreGivenByTheAddressOfAPage(t *testing.T) {
	s := newSite(t)
	other := s.publish(t, s.node.Admin, experiment("LabAccès", store.Public))
	c := s.As(t, s.node.Contributor)
	form := valid()
	form.Set("relations.0.relationship", "croise")
	form.Set("relations.0.object", other.URL)
	form.Set("relations.0.note", "Le même public.")
	a := send(t, c, newExperiment, form, nil)
	e := s.saved(t, a).(*store.Experiment)
	if len(e.Relations) != 1 || e.Relations[0] != (store.Relation{Type: "croise", Target: other.IRI, Note: "Le même public."}) {
		t.Errorf("saved %+v", e.Relations)
	}
	if page := c.Get(a.Location); !page.Has("Croise</h3>", "LabAccès</a>", "Le même public.") {
		t.Error("the page does not show what it crosses")
	}
	if page := c.Get(strings.TrimPrefix(other.URL, webtest.BaseURL)); !page.Has("Croisé avec</h3>", valid().Get("title")+"</a>") {
		t.Error("the page of the other does not show it")
	}
	for _, nowhere := range []string{webtest.BaseURL + "/e/rien-99", "https://nobody.invalid/o/1"} {
		form.Set("relations.0.object", nowhere)
		a = send(t, c, newExperiment, form, nil)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(mistakes(a), nowhere) {
			t.Errorf("%s: got %d, %s", nowhere, a.Status, mistakes(a))
		}
		if got := fieldsIn(t, a.Body).Get("relations.0.object"); got != nowhere {
			t.Errorf("came back with %q", got)
		}
	}
}

// What the viewer may not see is not told by a relation either.
func TestRelationToAHiddenRecordTellsNothing(t *testing.T) {
	s := newSite(t)
	hidden := s.publish(t, s.node.Admin, experiment("Tout secret", store.Team))
	e := experiment("LabAccès", store.Public)
	e.Relations = store.Entries[store.Relation]{{Type: "croise", Target: hidden.IRI}}
	open := s.publish(t, s.node.Admin, e)
	if page := s.Visitor(t).Get(strings.TrimPrefix(open.URL, webtest.BaseURL)); page.Has("Tout secret") || page.Has(hidden.IRI) || !page.Has("une fiche qui n&#39;est pas publique") {
		t.Error("a hidden record shows, or leads nowhere")
	}
	back := experiment("Encore plus secret", store.Team)
	back.Relations = store.Entries[store.Relation]{{Type: "croise", Target: open.IRI}}
	s.publish(t, s.node.Admin, back)
	if page := s.Visitor(t).Get(strings.TrimPrefix(open.URL, webtest.BaseURL)); page.Has("Encore plus secret") {
		t.Error("a hidden record shows from the other side")
	}
}

func TestTablesGrowAndKeepTheirRows(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	form := valid()
	form.Set("partners.0.org", "Médiathèque")
	form.Set("partners.0.role", "accueil")
	form.Set("more", "partners")
	a := send(t, c, newExperiment, form, nil)
	if a.Status != http.StatusOK || strings.Contains(a.Body, `<section class="mistakes"`) {
		t.Fatalf("got %d: %s", a.Status, mistakes(a))
	}
	grown := fieldsIn(t, a.Body)
	if grown.Get("partners.0.org") != "Médiathèque" || !grown.Has("partners.1.org") || grown.Get("title") != valid().Get("title") {
		t.Errorf("came back with %v", grown)
	}
	form.Del("more")
	form.Set("partners.1.org", "")
	form.Set("partners.2.org", "Mission locale")
	e := s.saved(t, send(t, c, newExperiment, form, nil)).(*store.Experiment)
	if len(e.Partners) != 2 || e.Partners[0].Role != "accueil" || e.Partners[1].Org != "Mission locale" {
		t.Errorf("saved %+v", e.Partners)
	}
}

// What cannot be read comes back as it was typed, beside its field, and nothing
// else is lost.
func TestWrongNumbersAndDatesComeBack(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	form := valid()
	form.Set("tests.0.date", "")
	wrong := url.Values{
		"sites": {"trois"}, "budget": {"-5"}, "orderDate": {"hier"}, "tests.1.date": {"2026-13-45"}, "tests.1.count": {"beaucoup"}, "tests.1.subject": {"Le guichet"},
	}
	for name := range wrong {
		form.Set(name, wrong.Get(name))
	}
	a := send(t, c, newExperiment, form, nil)
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("got %d", a.Status)
	}
	back := fieldsIn(t, a.Body)
	for name := range wrong {
		shown := strings.Replace(name, "tests.1", "tests.0", 1) // the row before was empty
		if back.Get(shown) != wrong.Get(name) {
			t.Errorf("%s came back with %q, want %q", shown, back.Get(shown), wrong.Get(name))
		}
		if name != "tests.1.subject" && !strings.Contains(a.Body, `id="f-`+shown+`-error"`) {
			t.Errorf("%s has no message beside it", shown)
		}
	}
}

func TestInnerFieldsAreForTheTeam(t *testing.T) {
	s := newSite(t)
	e := experiment("LabAccès", store.Public)
	e.Mandated, e.Sponsors = true, store.Entries[store.Sponsor]{{Name: "Directrice de la maison"}}
	r := s.publish(t, s.node.Admin, e)
	path := strings.TrimPrefix(r.URL, webtest.BaseURL)
	if page := s.Visitor(t).Get(path); page.Has("Directrice") || !page.Has("Mandatée") {
		t.Error("a visitor reads who gave the mandate, or not that there is one")
	}
	if page := s.As(t, s.node.Admin).Get(path); !page.Has("Directrice de la maison") {
		t.Error("the team does not read who gave the mandate")
	}
}
