package sheet

import (
	"bytes"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/essaim/essaim/store"
)

const calendarBegin = "BEGIN:VCALENDAR"

// clocks are the forms of a time in a calendar (RFC 5545 §3.3.4, §3.3.5).
const (
	icsClock = "20060102T150405"
	icsDay   = "20060102"
	ourClock = "2006-01-02T15:04"
)

// icsColumns are what is read of an event, as it stands there.
var icsColumns = map[string]ics.ComponentProperty{
	"summary": ics.ComponentPropertySummary, "description": ics.ComponentPropertyDescription,
	"location": ics.ComponentPropertyLocation, "url": ics.ComponentPropertyUrl, "categories": ics.ComponentPropertyCategories,
}

// icsStates are the states of an event in our words.
var icsStates = map[string]string{"CONFIRMED": "confirme", "TENTATIVE": "provisoire", "CANCELLED": "annule"}

// readICS reads the events of a calendar, as they look at a moment: an event that
// comes again is a row for each time, as far as series reach.
func readICS(data []byte, at time.Time) (*Sheet, error) {
	calendar, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		return nil, &Malformed{Format: ICalendar, Line: icsLine(err), Reason: "ics", Err: err}
	}
	t := table{Sheet: Sheet{Format: ICalendar}, at: map[string]int{}}
	for _, name := range []string{"uid", "summary", "description", "location", "dtstart", "dtend", "zone", "url", "categories", "lat", "lon", "state", "series"} {
		t.at[name], t.Columns = len(t.Columns), append(t.Columns, name)
	}
	events := calendar.Events()
	series := newSeries(events, at)
	for n, event := range events {
		for _, o := range series.occurrences(event) {
			if len(t.Rows) == MaxRows {
				return nil, &Malformed{Format: ICalendar, Reason: "too-many-rows"}
			}
			t.addEvent(t.row(n+1), event, o)
		}
	}
	return t.done()
}

// icsLine is the line that the parser names: "parsing line 12: …".
func icsLine(err error) int {
	line := 0
	for word := range strings.FieldsSeq(err.Error()) {
		if n := strings.TrimSuffix(word, ":"); n != "" && strings.Trim(n, "0123456789") == "" && len(n) < 9 {
			for _, digit := range n {
				line = line*10 + int(digit-'0')
			}
			break
		}
	}
	return line
}

func (t *table) addEvent(row int, event *ics.VEvent, o occurrence) {
	for column, property := range icsColumns {
		if p := event.GetProperty(property); p != nil {
			t.set(row, column, withoutMarkup(p.Value))
		}
	}
	if p := event.GetProperty(ics.ComponentPropertyStatus); p != nil {
		t.set(row, "state", icsStates[strings.ToUpper(p.Value)])
	}
	if p := event.GetProperty(ics.ComponentPropertyGeo); p != nil {
		lat, lon, _ := strings.Cut(p.Value, ";")
		t.set(row, "lat", lat)
		t.set(row, "lon", lon)
	}
	t.set(row, "uid", o.uid)
	t.set(row, "dtstart", o.start)
	t.set(row, "dtend", o.end)
	t.set(row, "zone", o.zone)
	t.set(row, "series", o.series)
}

// icsTime is a time as the clocks of a zone show it: of its own when we know it,
// else of the first that we know.
func icsTime(p *ics.IANAProperty, zone string) (clock, in string) {
	if p == nil {
		return "", zone
	}
	if ids := p.ICalParameters["TZID"]; len(ids) > 0 && store.Zones.Has(ids[0]) {
		zone = ids[0]
	}
	value, isUTC := strings.CutSuffix(p.Value, "Z")
	if day, err := time.Parse(icsDay, value); err == nil {
		return day.Format(ourClock), zone
	}
	at, err := time.Parse(icsClock, value)
	if err != nil {
		return p.Value, zone
	}
	if isUTC {
		if zone == "" {
			zone = store.Zones.Slugs[0]
		}
		if place, err := time.LoadLocation(zone); err == nil {
			at = at.In(place)
		}
	}
	return at.Format(ourClock), zone
}
