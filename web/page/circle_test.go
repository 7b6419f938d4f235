package page

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// circle makes a circle of these members.
func (s *site) circle(t testing.TB, name string, members ...*store.Actor) *store.Circle {
	t.Helper()
	c := &store.Circle{Name: name, Purpose: "Pour " + name + "."}
	for _, m := range members {
		c.Members = append(c.Members, m.IRI)
	}
	s.update(t, func(tx *store.Txn) error { return tx.PutCircle(c) })
	return c
}

// offered are the audiences that a form offers, in its order.
func offered(body string) (values []string) {
	for rest := body; ; {
		_, after, ok := strings.Cut(rest, `name="audience" value="`)
		if !ok {
			return values
		}
		value, tail, _ := strings.Cut(after, `"`)
		values, rest = append(values, value), tail
	}
}

func TestFormOffersTheCirclesOfTheMember(t *testing.T) {
	s := newSite(t)
	own, other := s.circle(t, "Élus", s.node.Contributor), s.circle(t, "Autres", s.node.Admin)
	c := s.As(t, s.node.Contributor)
	a := c.Get("/experimentations/nouvelle")
	want := []string{"team", string(own.Audience()), "lab", "followed-labs", "unlisted", "public"}
	if got := offered(a.Body); !slices.Equal(got, want) {
		t.Errorf("offered: got %v, want %v", got, want)
	}
	if !a.Has("Cercle «\u00a0Élus\u00a0»", "Pour Élus.", "Membres du cercle\u00a0: 1.") {
		t.Error("the circle is not explained")
	}
	if !c.Get("/en/experimentations/nouvelle").Has("Circle “Élus”", "Members of the circle: 1.") {
		t.Error("the circle is not explained in English")
	}

	form := formOf(t, c, "/experimentations/nouvelle")
	form.Set("title", "Entre élus")
	form.Set("pitch", "Une accroche.")
	form.Set("stage", "signal")
	form.Set("audience", string(other.Audience()))
	if a := c.Post("/experimentations/nouvelle", form); a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-audience-error"`, "Entre élus") {
		t.Errorf("the circle of others: got %d", a.Status)
	}
	form.Set("audience", string(own.Audience()))
	saved := c.Post("/experimentations/nouvelle", form)
	if saved.Status != http.StatusSeeOther {
		t.Fatalf("her circle: got %d", saved.Status)
	}
	if a := c.Get(saved.Location); !a.Has("Entre élus", "Cercle «\u00a0Élus\u00a0»", "Les personnes du cercle peuvent la lire", `content="noindex`) {
		t.Error("the page does not say for whom it is")
	}
	if !c.Get("/experimentations").Has("Cercle «\u00a0Élus\u00a0»") {
		t.Error("the card does not say for whom it is")
	}
}

func TestFormKeepsTheCircleOfTheRecord(t *testing.T) {
	s := newSite(t)
	circle := s.circle(t, "Élus", s.node.Contributor)
	r := s.publish(t, s.node.Admin, experiment("Entre élus", circle.Audience()))
	edit := federation.PagePath(r) + "/modifier"
	c := s.As(t, s.node.Admin) // who does not belong to it
	form := formOf(t, c, edit)
	if got := form.Get("audience"); got != string(circle.Audience()) {
		t.Fatalf("chosen: got %q", got)
	}
	if a := c.Post(edit, form); a.Status != http.StatusSeeOther || s.record(t, r.ID).Envelope().Audience != circle.Audience() {
		t.Errorf("saved unchanged: got %d, %q", a.Status, s.record(t, r.ID).Envelope().Audience)
	}
	s.update(t, func(tx *store.Txn) error {
		tx.DeleteCircle(circle.ID)
		return nil
	})
	a := c.Get(edit)
	if got := fieldsIn(t, a.Body).Get("audience"); got != "team" || slices.Contains(offered(a.Body), string(circle.Audience())) {
		t.Errorf("a circle that is no more: chosen %q of %v", got, offered(a.Body))
	}
	if a := c.Get(federation.PagePath(r)); !a.Has("L&#39;équipe") && !a.Has("L'équipe") {
		t.Error("a record for a circle that is no more does not say that it is for its team")
	}
}

func TestAnswersStayInTheCircle(t *testing.T) {
	s := newSite(t)
	circle := s.circle(t, "Élus", s.node.Contributor)
	r := s.publish(t, s.node.Admin, experiment("Entre élus", circle.Audience()))
	c, path := s.As(t, s.node.Contributor), "/actualites/nouvelle?sur="+r.ID.String()
	form := formOf(t, c, path)
	if got := form.Get("audience"); got != string(circle.Audience()) {
		t.Errorf("an answer is offered for %q", got)
	}
	form.Set("body", "Bien reçu.")
	form.Set("audience", "lab")
	if a := c.Post(path, form); a.Status != http.StatusUnprocessableEntity || !a.Has("plus largement", "Bien reçu.") {
		t.Errorf("wider: got %d", a.Status)
	}
	form.Set("audience", string(circle.Audience()))
	if a := c.Post(path, form); a.Status != http.StatusSeeOther || !c.Get(federation.PagePath(r)).Has("Bien reçu.") {
		t.Errorf("in the circle: got %d", a.Status)
	}
}
