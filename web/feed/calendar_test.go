package feed

import (
	"bytes"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/essaim/essaim/store"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func event(title, start, zone string) *store.Event {
	e := &store.Event{Start: start, Zone: zone}
	e.Title, e.Pitch, e.IRI, e.URL = title, "Venez, c'est ouvert ; à tous.\nVraiment.", "https://labs.example/o/1", "https://labs.example/a/1"
	e.Created, e.Updated, e.Version = noon, noon.Add(time.Hour), 3
	e.Revise(nil, noon)
	return e
}

func write(t *testing.T, events ...*store.Event) (string, *ics.Calendar) {
	t.Helper()
	var b bytes.Buffer
	var entries []Entry
	for _, e := range events {
		entries = append(entries, Entry{Event: e})
	}
	if err := Calendar(&b, "Agenda de l'Estran", entries); err != nil {
		t.Fatal(err)
	}
	c, err := ics.ParseCalendar(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	return b.String(), c
}

func TestCalendarHoldsMomentsOfEveryZone(t *testing.T) {
	reunion := event("Webinaire", "2026-07-15T10:00", "Indian/Reunion")
	reunion.State = "annule"
	reunion.Place = store.Place{Name: "La Case", Commune: "Saint-Denis", Lat: -20.88, Lon: 55.45, Precision: store.Exact}
	text, c := write(t, event("Atelier", "2026-01-15T10:00", ""), reunion, event("Sans date", "", ""))
	events := c.Events()
	if len(events) != 2 {
		t.Fatalf("got %d events, want 2", len(events))
	}
	for i, want := range []string{"2026-01-15T09:00:00Z", "2026-07-15T06:00:00Z"} {
		at, err := events[i].GetStartAt()
		if err != nil || at.UTC().Format(time.RFC3339) != want {
			t.Errorf("got %s, %v, want %s", at, err, want)
		}
	}
	for _, want := range []string{
		"X-WR-CALNAME:Agenda de l'Estran\r\n", "UID:https://labs.example/o/1\r\n", "SEQUENCE:3\r\n", "STATUS:CANCELLED\r\n", "STATUS:CONFIRMED\r\n",
		"GEO:-20.88000;55.45000\r\n", "LOCATION:La Case\\, Saint-Denis\r\n", "DTSTAMP:20260301T130000Z\r\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q in\n%s", want, text)
		}
	}
}

// What people typed makes no lines of its own.
func TestTextsStayInTheirLine(t *testing.T) {
	e := event("Fin\r\nEND:VEVENT\r\nBEGIN:VALARM; a,b\\c\x07", "2026-01-15T10:00", "")
	e.Pitch = "x\r\nATTENDEE:mailto:eve@evil.example\nEND:VCALENDAR"
	e.URL = "https://labs.example/a/1\r\nATTENDEE:x"
	text, c := write(t, e)
	if strings.Count(text, "\r\nEND:") != 2 || strings.Contains(text, "\r\nATTENDEE") || strings.Contains(text, "\nATTENDEE") {
		t.Errorf("got\n%s", text)
	}
	if got := c.Events()[0].GetProperty(ics.ComponentPropertySummary).Value; !strings.Contains(got, "END:VEVENT BEGIN:VALARM; a,b\\c") {
		t.Errorf("summary: got %q", got)
	}
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
}

func FuzzCalendar(f *testing.F) {
	f.Add("Atelier", "Venez.\r\nEND:VEVENT")
	f.Add("\xff", ",;\\\"\u2028")
	f.Fuzz(func(t *testing.T, title, pitch string) {
		e := event(title, "2026-01-15T10:00", "")
		e.Pitch = pitch
		if _, c := write(t, e); len(c.Events()) != 1 {
			t.Errorf("got %d events", len(c.Events()))
		}
	})
}
