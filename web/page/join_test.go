package page

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// joinable is an event of next week at which people sign up.
func joinable(mode string, capacity int) *store.Event {
	e := takesPlace("Atelier", 7, "")
	e.JoinMode, e.Capacity = mode, capacity
	return e
}

func TestMemberTakesAPlaceAndGivesItUp(t *testing.T) {
	s := newSite(t)
	path := federation.PagePath(s.publish(t, s.node.Contributor, joinable("free", 3)))
	c := s.As(t, s.node.Contributor)
	if page := c.Get(path); !page.Has(path+"/participer", "0 place", "sur 3") {
		t.Error("the page does not ask to take part")
	}
	if a := c.Post(path+"/participer", url.Values{"do": {"join"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("got %d", a.Status)
	}
	if page := c.Get(path + "/participer"); !page.Has("Vous avez une place.", "1 place prise sur 3", "Rendre ma place") || page.Has("Prendre une place") {
		t.Error("the place does not show")
	}
	c.Post(path+"/participer", url.Values{"do": {"leave"}})
	if page := c.Get(path + "/participer"); page.Has("Vous avez une place.") || !page.Has("Prendre une place") {
		t.Error("the place was not given up")
	}
}

func TestGuestSignsUpWithoutAnAccount(t *testing.T) {
	s := newSite(t)
	path := federation.PagePath(s.publish(t, s.node.Contributor, joinable("restricted", 1)))
	c := s.Visitor(t)
	if a := c.Post(path+"/participer", url.Values{"name": {"Ana"}, "email": {"ana"}}); a.Status != http.StatusUnprocessableEntity || !a.Has(`id="f-email-error"`, `value="Ana"`) {
		t.Errorf("a wrong address: got %d", a.Status)
	}
	a := c.Post(path+"/participer", url.Values{"name": {"Ana Le Gall"}, "email": {"ana@exemple.fr"}})
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, path+"/inscription/") {
		t.Fatalf("got %d to %s", a.Status, a.Location)
	}
	own := c.Get(a.Location)
	if !own.Has("Votre demande est partie", a.Location) || own.Header.Get("Referrer-Policy") != "no-referrer" || own.Has("ana@exemple.fr") {
		t.Errorf("the guest's own page: %d", own.Status)
	}
	for _, where := range []string{path, path + "/participer", "/agenda", "/agenda.ics"} {
		if page := c.Get(where); page.Has("ana@exemple.fr") || page.Has("Le Gall") {
			t.Errorf("%s names the guest", where)
		}
	}
	if got := c.Get(path + "/inscrits").Status; got != http.StatusNotFound {
		t.Errorf("a visitor reads the list: got %d", got)
	}

	organizer := s.As(t, s.node.Contributor)
	list := organizer.Get(path + "/inscrits")
	if !list.Has("Ana Le Gall", "ana@exemple.fr", "Attend une réponse") {
		t.Errorf("the organiser's list: %d %s", list.Status, list.Body)
	}
	organizer.Post(path+"/inscrits", url.Values{"holder": {fieldsIn(t, list.Body).Get("holder")}, "do": {"accept"}})
	if page := c.Get(a.Location); !page.Has("Vous avez une place.") {
		t.Error("the guest was not let in")
	}
	if full := c.Post(path+"/participer", url.Values{"name": {"Bob"}, "email": {"bob@exemple.fr"}}); full.Status != http.StatusUnprocessableEntity || !full.Has("Toutes les places sont prises") {
		t.Errorf("a second place of one: got %d", full.Status)
	}
	if left := c.Post(a.Location, nil); left.Location != path {
		t.Errorf("giving up: got %d to %s", left.Status, left.Location)
	}
	if got := c.Get(a.Location).Status; got != http.StatusNotFound {
		t.Errorf("a place that was given up: got %d", got)
	}
}

func TestNobodyJoinsWhatIsNotOpen(t *testing.T) {
	s := newSite(t)
	over := joinable("free", 0)
	over.Start, over.End = "2020-01-01T10:00", "2020-01-01T11:00"
	hidden := joinable("free", 0)
	hidden.Audience = store.Team
	guest := url.Values{"name": {"Ana"}, "email": {"ana@exemple.fr"}}
	c := s.Visitor(t)
	for what, x := range map[string]struct {
		event *store.Event
		want  int
	}{
		"elsewhere": {joinable("none", 0), http.StatusNotFound},
		"over":      {over, http.StatusUnprocessableEntity},
		"hidden":    {hidden, http.StatusNotFound},
	} {
		path := federation.PagePath(s.publish(t, s.node.Contributor, x.event))
		if got := c.Post(path+"/participer", guest).Status; got != x.want {
			t.Errorf("%s: got %d, want %d", what, got, x.want)
		}
	}
}
