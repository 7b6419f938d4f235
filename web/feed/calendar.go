// Package feed writes records in the forms of calendars. It decides nothing about
// who may read them: it is given what may be shown.
//
// Format: iCalendar (RFC 5545), with the name of a calendar as RFC 7986 has it.
package feed

import (
	"fmt"
	"io"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/essaim/essaim/store"
)

// CalendarType is the media type of what Calendar writes.
const CalendarType = "text/calendar; charset=utf-8"

// refresh is how often programs should ask again for a calendar.
const refresh = "PT6H"

// Entry is an event of a calendar.
type Entry struct {
	*store.Event
	Interest string // in which it speaks, in words; may be empty
}

// Calendar writes events as an iCalendar of this name. Events without a time are
// left out. Moments are written in UTC, so that no zone has to be known where they
// are read.
func Calendar(w io.Writer, name string, events []Entry) error {
	c := ics.NewCalendarFor("Essaim")
	c.SetMethod(ics.MethodPublish)
	if name = oneLine(name); name != "" {
		c.SetName(name)
		c.SetXWRCalName(name)
		c.SetRefreshInterval(refresh)
		c.SetXPublishedTTL(refresh)
	}
	for _, e := range events {
		if from, to := e.When(); !from.IsZero() {
			addEvent(c, e, from, to)
		}
	}
	if err := c.SerializeTo(w, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("write calendar: %w", err)
	}
	return nil
}

func addEvent(c *ics.Calendar, e Entry, from, to time.Time) {
	v := c.AddEvent(e.IRI)
	v.SetDtStampTime(e.Updated)
	v.SetCreatedTime(e.Created)
	v.SetModifiedAt(e.Updated)
	v.SetSequence(e.Version)
	v.SetStartAt(from)
	if to.After(from) {
		v.SetEndAt(to)
	}
	v.SetSummary(oneLine(e.Title))
	address := oneLine(e.URL)
	if address == "" {
		address = e.IRI
	}
	v.SetURL(address)
	v.SetDescription(strings.TrimSpace(strings.TrimSpace(oneLine(e.Interest)+"\n"+plain(e.Pitch)) + "\n\n" + address))
	v.SetStatus(status(e.State))
	switch {
	case !e.Place.IsZero():
		v.SetLocation(oneLine(e.Place.Label()))
	case e.Online != "":
		v.SetLocation(oneLine(e.Online))
	}
	if e.Place.Located() {
		v.SetProperty(ics.ComponentPropertyGeo, fmt.Sprintf("%.5f;%.5f", e.Place.Lat, e.Place.Lon))
	}
}

func status(state string) ics.ObjectStatus {
	switch state {
	case "annule":
		return ics.ObjectStatusCancelled
	case "provisoire", "reporte":
		return ics.ObjectStatusTentative
	}
	return ics.ObjectStatusConfirmed
}

// oneLine and plain leave out the characters that have no place in a content line
// (RFC 5545 §3.1).
func oneLine(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return -1
		case r < ' ' && r != '\n', r == 0x7f:
			return ' '
		}
		return r
	}, s)
}
