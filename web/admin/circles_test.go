package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/webtest"
)

// circleNamed finds a circle in the store.
func circleNamed(t *testing.T, s *site, name string) (found *store.Circle) {
	t.Helper()
	s.view(t, func(tx *store.Txn) error {
		for c := range tx.Circles() {
			if c.Name == name {
				found = c
			}
		}
		return nil
	})
	return found
}

func TestCircleIsCreatedChangedAndDeleted(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	if a := c.Get("/admin/cercles"); !a.Has("Aucun cercle pour l", "/admin/cercles/nouveau") {
		t.Error("an empty list does not say what to do")
	}
	if a := c.Post("/admin/cercles/nouveau", form("name", "Élus", "purpose", "Décider.", "members", s.Contributor.IRI)); a.Location != "/admin/cercles" {
		t.Fatalf("create: got %d to %q", a.Status, a.Location)
	}
	circle := circleNamed(t, s, "Élus")
	if circle == nil || !circle.Has(s.Contributor.IRI) || circle.Has(s.Admin.IRI) {
		t.Fatalf("got %+v", circle)
	}
	path := "/admin/cercles/" + circle.ID.String()
	if a := c.Get("/admin/cercles"); !a.Has("Élus", "Décider.", path) {
		t.Error("it is not in the list")
	}
	if a := c.Get(path); !a.Has(`value="`+s.Contributor.IRI+`" checked`, `value="Élus"`) {
		t.Error("the form does not show who belongs to it")
	}
	c.Post(path, form("name", "Élues et élus", "members", s.Admin.IRI))
	if now := circleNamed(t, s, "Élues et élus"); now == nil || now.ID != circle.ID || now.Has(s.Contributor.IRI) || !now.Has(s.Admin.IRI) || now.Purpose != "" {
		t.Errorf("changed: got %+v", now)
	}
	if a := c.Get(path + "/supprimer"); !a.Has("Aucune fiche n", "Le garder") {
		t.Error("deleting is not asked for, or not explained")
	}
	if a := c.Post(path+"/supprimer", nil); a.Location != "/admin/cercles" || circleNamed(t, s, "Élues et élus") != nil {
		t.Errorf("delete: got %d to %q", a.Status, a.Location)
	}
	for _, gone := range []string{path, path + "/supprimer", "/admin/cercles/1", "/admin/cercles/99999999999999999999999"} {
		if got := c.Get(gone).Status; got != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", gone, got)
		}
	}
}

func TestCircleFormNamesEachMistakeAndKeepsTheAnswers(t *testing.T) {
	s := serve(t, webtest.New(t))
	c := s.As(t, s.Admin)
	c.Post("/admin/cercles/nouveau", form("name", "Élus"))
	for _, x := range []struct{ name, purpose, member, wrong string }{
		{"", "Pour décider", s.Admin.IRI, "name"},
		{strings.Repeat("x", store.MaxCircleName+1), "Pour décider", s.Admin.IRI, "name"},
		{"ÉLUS", "Pour décider", s.Admin.IRI, "name"},
		{"Autre", strings.Repeat("x", store.MaxCirclePurpose+1), s.Admin.IRI, "purpose"},
		{"Autre", "Pour décider", s.Lab.IRI, "members"},
	} {
		for _, prefix := range []string{"", "/en"} {
			a := c.Post(prefix+"/admin/cercles/nouveau", form("name", x.name, "purpose", x.purpose, "members", x.member))
			if a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-`+x.wrong+`-error"`, x.purpose, `value="`+x.name+`"`) {
				t.Errorf("%+v: got %d", x, a.Status)
			}
			if x.member == s.Admin.IRI && !a.Has(`value="`+x.member+`" checked`) {
				t.Errorf("%+v: the tick is lost", x)
			}
		}
	}
}

func TestManagersChangeTheirOwnCircleOnly(t *testing.T) {
	s := serve(t, webtest.New(t))
	own, other := &store.Circle{Name: "À elle", Managers: []string{s.Contributor.IRI}}, &store.Circle{Name: "Autre", Members: []string{s.Contributor.IRI}}
	s.update(t, func(tx *store.Txn) error {
		own.ID, other.ID = 0, 0
		if err := tx.PutCircle(own); err != nil {
			return err
		}
		return tx.PutCircle(other)
	})
	c := s.As(t, s.Contributor)
	ownPath, otherPath := "/admin/cercles/"+own.ID.String(), "/admin/cercles/"+other.ID.String()
	if a := c.Get("/mon-compte"); !a.Has("/mon-compte/cercles") {
		t.Error("the account does not lead to the circles")
	}
	if a := c.Get("/mon-compte/cercles"); !a.Has("À elle", "Autre", "Yann Le Goff", ownPath) || a.Has(otherPath) {
		t.Error("my circles: not those, or not with their members")
	}
	if a := s.As(t, s.Admin).Get("/mon-compte/cercles"); !a.Has("Vous ne faites partie d") {
		t.Error("who belongs to none is not told so")
	}
	if a := c.Post(ownPath, form("name", "À elle", "managers", s.Contributor.IRI, "members", s.Admin.IRI)); a.Location != "/mon-compte/cercles" {
		t.Errorf("her own: got %d to %q", a.Status, a.Location)
	}
	if now := circleNamed(t, s, "À elle"); !now.Has(s.Admin.IRI) || !now.Has(s.Contributor.IRI) {
		t.Errorf("got %+v", now)
	}
	for path, want := range map[string]int{
		otherPath: http.StatusNotFound, otherPath + "/supprimer": http.StatusForbidden, ownPath + "/supprimer": http.StatusForbidden,
		"/admin/cercles": http.StatusForbidden, "/admin/cercles/nouveau": http.StatusForbidden,
	} {
		if got := c.Get(path).Status; got != want {
			t.Errorf("GET %s: got %d, want %d", path, got, want)
		}
		if got := c.Post(path, form("name", "Pris")).Status; got != want {
			t.Errorf("POST %s: got %d, want %d", path, got, want)
		}
	}
	if circleNamed(t, s, "Pris") != nil {
		t.Error("she changed what is not hers")
	}
	if a := s.Visitor(t).Get(ownPath); a.Status != http.StatusSeeOther {
		t.Errorf("a visitor: got %d, want 303", a.Status)
	}
}

func TestDeletingACircleLeavesItsSheetsToTheirTeams(t *testing.T) {
	s := serve(t, webtest.New(t))
	circle := &store.Circle{Name: "Élus", Members: []string{s.Contributor.IRI}}
	s.update(t, func(tx *store.Txn) error {
		circle.ID = 0
		return tx.PutCircle(circle)
	})
	admin := store.Viewer{Actor: s.Admin.IRI, Local: true, Runs: true}
	item := &store.News{Record: store.Record{Kind: "news", Body: "Pour les élus.", Audience: circle.Audience()}}
	if err := s.Publish(t.Context(), admin, &federation.Activity{Verb: "Create", Actor: s.Lab.IRI, Item: item}); err != nil {
		t.Fatal(err)
	}
	c, path := s.As(t, s.Admin), "/admin/cercles/"+circle.ID.String()+"/supprimer"
	if a := c.Get(path); !a.Has("1 fiche est écrite pour lui") {
		t.Error("it is not said how many sheets there are")
	}
	if a := c.Post(path, nil); a.Location != "/admin/cercles" {
		t.Fatalf("got %d to %q", a.Status, a.Location)
	}
	s.view(t, func(tx *store.Txn) error {
		it, err := tx.Record(item.ID)
		if err != nil {
			return err
		}
		r := it.Envelope()
		if r.Audience != store.Team || r.Version != 2 || strings.Contains(string(tx.Raw(r.ID)), "circle:") {
			t.Errorf("got %q, version %d: %s", r.Audience, r.Version, tx.Raw(r.ID))
		}
		return nil
	})
}
