package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func newEvent(start, end, zone string) *store.Event {
	e := &store.Event{Start: start, End: end, Zone: zone}
	e.Kind, e.Title, e.Pitch, e.Audience = "event", "Atelier", "Venez.", store.Public
	e.Revise(nil, noon)
	return e
}

// The same clock is another moment in another territory, by date.
func TestEventsHappenOnTheClocksOfTheirZone(t *testing.T) {
	for _, x := range []struct{ zone, start, want string }{
		{"", "2026-01-15T10:00", "2026-01-15T09:00:00Z"},
		{"Europe/Paris", "2026-07-15T10:00", "2026-07-15T08:00:00Z"},
		{"Indian/Reunion", "2026-01-15T10:00", "2026-01-15T06:00:00Z"},
		{"Indian/Reunion", "2026-07-15T10:00", "2026-07-15T06:00:00Z"},
		{"Pacific/Tahiti", "2026-07-15T20:00", "2026-07-16T06:00:00Z"},
	} {
		e := newEvent(x.start, "", x.zone)
		if got := e.Begins.Format(time.RFC3339); got != x.want {
			t.Errorf("%s in %s: got %s, want %s", x.start, x.zone, got, x.want)
		}
		from, to := e.When()
		if from.Format("2006-01-02T15:04") != x.start || !to.Equal(from) {
			t.Errorf("%s in %s: shown as %s to %s", x.start, x.zone, from, to)
		}
	}
}

func TestEveryZoneExists(t *testing.T) {
	for _, name := range store.Zones.Slugs {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
	}
}

func TestEventsThatCannotBe(t *testing.T) {
	for _, x := range []struct {
		change     func(*store.Event)
		field, why string
	}{
		{func(e *store.Event) { e.End = "2026-03-14T14:29" }, "end", "error.end-before-start"},
		{func(e *store.Event) { e.JoinMode = "external" }, "joinURL", "error.required"},
		{func(e *store.Event) { e.Capacity, e.Participants = 3, 4 }, "capacity", "error.capacity-taken"},
	} {
		e := newEvent("2026-03-14T14:30", "2026-03-14T14:30", "")
		if err := store.KindOf("event").Check(e); err != nil {
			t.Fatal(err)
		}
		x.change(e)
		err := store.KindOf("event").Check(e)
		if err == nil || err.Error() != "field "+x.field+": "+x.why {
			t.Errorf("got %v, want %s: %s", err, x.field, x.why)
		}
	}
}

func TestSummaryOfAnEventIsWhenAndWhere(t *testing.T) {
	e := newEvent("2026-08-14T14:30", "", "")
	e.Place = store.Place{Name: "Salle des fêtes", Commune: "Rennes"}
	want := "14 août 2026, 14:30 – Salle des fêtes, Rennes – Venez."
	if got := e.Summary(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	e.Place, e.Online, e.Zone, e.Lang, e.State = store.Place{}, "https://visio.example/x", "Indian/Reunion", "en", "annule"
	e.Revise(nil, noon)
	if got, want := e.Summary(), "Cancelled – 14 August 2026, 14:30 (Reunion) – online – Venez."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	e.Pitch = strings.Repeat("mot ", 75)
	if got := e.Summary(); len([]rune(got)) > 300 || !strings.HasSuffix(got, "mot…") {
		t.Errorf("got %d characters: %q", len([]rune(got)), got)
	}
}

func TestPeopleJoinOnlyWhatIsOpen(t *testing.T) {
	for mode, want := range map[string]string{"free": "free", "restricted": "restricted", "external": "", "none": "", "": ""} {
		e := &store.Event{JoinMode: mode}
		if got := e.Joins(); got != want {
			t.Errorf("%q: got %q, want %q", mode, got, want)
		}
		if e.State = "annule"; e.Joins() != "" {
			t.Errorf("%q: a cancelled event can be joined", mode)
		}
	}
}
