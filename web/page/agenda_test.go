package page

import (
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// takesPlace is an event that begins some days from now, at ten in the morning.
func takesPlace(title string, days int, zone string) *store.Event {
	day := time.Now().AddDate(0, 0, days).Format("2006-01-02")
	e := &store.Event{Start: day + "T10:00", End: day + "T11:30", Zone: zone}
	e.Kind, e.Title, e.Pitch, e.Audience, e.Lang = "event", title, "Venez.", store.Public, "fr"
	return e
}

func TestAgendaShowsWhatIsToComeAndThePastBehindATab(t *testing.T) {
	s := newSite(t)
	s.publish(t, s.node.Contributor, takesPlace("Dans un mois", 30, ""))
	s.publish(t, s.node.Contributor, takesPlace("Dans une semaine", 7, "Indian/Reunion"))
	s.publish(t, s.node.Contributor, takesPlace("Il y a un mois", -30, ""))
	hidden := takesPlace("Entre nous", 3, "")
	hidden.Audience = store.Team
	s.publish(t, s.node.Contributor, hidden)

	c := s.Visitor(t)
	page := c.Get("/agenda")
	soon, later := strings.Index(page.Body, "Dans une semaine"), strings.Index(page.Body, "Dans un mois")
	if soon < 0 || later < soon || page.Has("Il y a un mois") || page.Has("Entre nous") {
		t.Errorf("to come: %d then %d", soon, later)
	}
	if !page.Has("10:00", "11:30", "La Réunion") {
		t.Error("the cards do not say when")
	}
	if past := c.Get("/agenda?quand=passe"); !past.Has("Il y a un mois") || past.Has("Dans un mois") {
		t.Error("the past is not behind its tab")
	}
	if english := c.Get("/en/agenda"); !english.Has("To come", "time of Réunion") {
		t.Error("not in English")
	}
}

func TestCalendarsHoldWhatTheViewerMaySee(t *testing.T) {
	s := newSite(t)
	open := s.publish(t, s.node.Contributor, takesPlace("Ouvert", 7, "Indian/Reunion"))
	hidden := takesPlace("Entre nous", 3, "")
	hidden.Audience = store.Team
	inner := s.publish(t, s.node.Contributor, hidden)

	c := s.Visitor(t)
	a := c.Get("/agenda.ics")
	if a.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("got %v", a.Header)
	}
	if strings.Count(a.Body, "BEGIN:VEVENT") != 1 || !a.Has("UID:"+open.IRI, "T060000Z") {
		t.Errorf("got %s", a.Body)
	}
	if one := c.Get(federation.PagePath(open) + ".ics"); !one.Has("SUMMARY:Ouvert") {
		t.Errorf("got %d %s", one.Status, one.Body)
	}
	if got := c.Get(federation.PagePath(inner) + ".ics"); got.Status != 404 || got.Has("Entre nous") {
		t.Errorf("a visitor gets %d %s", got.Status, got.Body)
	}
	if got := s.As(t, s.node.Contributor).Get("/agenda.ics"); !got.Has("Entre nous") || got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("its author does not find it, or other sites may read it")
	}
	if page := c.Get(federation.PagePath(open)); !page.Has(federation.PagePath(open)+".ics", "10:00", "11:30", "La Réunion)") {
		t.Errorf("the page says not when, or gives no file: %s", between(page.Body, "<header>", "</header>"))
	}
}

func TestEventFormTellsWhatIsWrong(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	form := formOf(t, c, "/agenda/nouvelle")
	form.Set("title", "Atelier")
	form.Set("pitch", "Venez.")
	form.Set("start", "2026-03-14T14:30")
	form.Set("end", "2026-03-14T14:00")
	form.Set("audience", "public")
	a := send(t, c, "/agenda/nouvelle", form, nil)
	if a.Status != 422 || !strings.Contains(mistakes(a), "La fin est avant le début.") || fieldsIn(t, a.Body).Get("end") != "2026-03-14T14:00" {
		t.Errorf("got %d %s", a.Status, mistakes(a))
	}
	form.Set("end", "2026-03-14T16:00")
	e := s.saved(t, send(t, c, "/agenda/nouvelle", form, nil)).(*store.Event)
	if e.Zone != "Europe/Paris" || e.Begins.Format(time.RFC3339) != "2026-03-14T13:30:00Z" || e.JoinMode != "none" {
		t.Errorf("saved %+v", e)
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}
