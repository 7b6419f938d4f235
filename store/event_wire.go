package store

import (
	"slices"
	"strings"
	"time"
)

// categories are Mobilizon's words for kinds of events (FEP-8a8e, category).
var categories = map[string]string{
	"atelier": "WORKSHOPS_SKILL_SHARING", "webinaire": "LEARNING", "universite-ete": "LEARNING", "formation-pair": "LEARNING",
	"rencontre-reseau": "NETWORKING", "informel-cafe": "NETWORKING", "co-conception": "CREATIVE_JAM",
	"semaine-innovation": "COMMUNITY", "comite-citoyen": "COMMUNITY",
}

// statuses are the states of events in iCalendar (RFC 5545 §3.8.1.11), which
// Mobilizon uses, and in schema.org, which FEP-8a8e does.
var statuses = map[string][2]string{
	"confirme":   {"CONFIRMED", "EventScheduled"},
	"provisoire": {"TENTATIVE", "EventScheduled"},
	"reporte":    {"TENTATIVE", "EventPostponed"},
	"annule":     {"CANCELLED", "EventCancelled"},
}

// Properties says it as FEP-8a8e and Mobilizon do.
func (e *Event) Properties() map[string]any {
	status, ok := statuses[e.State]
	if !ok {
		status = statuses["confirme"]
	}
	p := map[string]any{
		"category": "MEETING", "ical:status": status[0], "eventStatus": status[1],
		"isOnline": e.Online != "", "organizers": e.organizers(), "contacts": e.Authors,
		"joinMode": e.JoinMode, "maximumAttendeeCapacity": e.Capacity, "participantCount": e.Participants,
		"anonymousParticipationEnabled": e.Joins() != "", "commentsEnabled": true, "repliesModerationOption": "allow_all",
		"draft": false, "displayEndTime": e.End != "", "timezone": zoneOf(e.Zone).String(),
	}
	if category := categories[e.EventKind]; category != "" {
		p["category"] = category
	}
	if e.Lang != "" {
		p["inLanguage"] = e.Lang
	}
	if from, to := e.When(); !from.IsZero() {
		p["startTime"], p["endTime"] = from.Format(time.RFC3339), to.Format(time.RFC3339)
	}
	if e.JoinURL != "" {
		p["externalParticipationUrl"] = e.JoinURL
	}
	if e.JoinMode == "none" || e.JoinMode == "" {
		p["joinMode"], p["externalParticipationUrl"] = "external", e.URL // Mobilizon has no word for "nobody signs up"
	}
	if e.Online != "" && e.Place.IsZero() {
		p["location"] = map[string]any{"type": "VirtualLocation", "url": e.Online}
	}
	return p
}

// organizers are who publishes the event, then the others.
func (e *Event) organizers() []any {
	list := []any{e.Lab}
	for _, o := range e.Organizers {
		thing := map[string]any{"type": "Organization", "name": o.Name}
		if o.URL != "" {
			thing["url"] = o.URL
		}
		list = append(list, thing)
	}
	return list
}

// Adopt reads what FEP-8a8e, Mobilizon, Gancio and others say of an event.
func (e *Event) Adopt(get func(string) any) {
	e.adoptTimes(get)
	e.adoptState(get)
	e.adoptJoining(get)
	for _, l := range thingsOf(get("location")) {
		if l.text("type") == "VirtualLocation" && e.Online == "" {
			e.Online = webOnly(l.text("url"))
		}
	}
	for _, a := range thingsOf(get("attachment")) { // Mobilizon's page of the event
		if a.text("type") == "Link" && e.Online == "" {
			e.Online = webOnly(a.text("href"))
		}
	}
	for _, o := range thingsOf(get("organizers")) {
		if name := lineOf(o.text("name"), 200); name != "" && len(e.Organizers) < 20 {
			e.Organizers = append(e.Organizers, Organizer{Name: name, URL: webOnly(o.text("url"))})
		}
	}
	if speaker := textOf(get("actor")); speaker != e.Lab && SameOrigin(speaker, e.IRI) {
		e.Speaker = speaker
	}
}

// adoptTimes puts the moments on the clocks of the zone that is named; of Paris,
// when none is.
func (e *Event) adoptTimes(get func(string) any) {
	e.Zone = defaultZone
	if name := textOf(get("timezone")); len(name) < 64 && name != "" && name != "Local" {
		if _, err := time.LoadLocation(name); err == nil {
			e.Zone = name
		}
	}
	zone := zoneOf(e.Zone)
	if e.Begins = momentOf(get("startTime"), zone); e.Begins.IsZero() {
		return
	}
	e.Start = e.Begins.In(zone).Format(clockForm)
	end := momentOf(get("endTime"), zone)
	if said, ok := get("displayEndTime").(bool); end.Before(e.Begins) || ok && !said {
		return
	}
	e.Ends, e.End = end, end.In(zone).Format(clockForm)
}

// momentOf reads a time of the wire; one without an offset is of the zone.
func momentOf(v any, zone *time.Location) time.Time {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", clockForm, dayForm} {
		t, err := time.ParseInLocation(form, strings.TrimSpace(textOf(v)), zone)
		if err == nil && t.Year() > 1000 && t.Year() < 9999 {
			return t.UTC()
		}
	}
	return time.Time{}
}

func (e *Event) adoptState(get func(string) any) {
	if e.State != "" {
		return
	}
	said := textOf(get("ical:status")) + " " + textOf(get("status")) + " " + textOf(get("eventStatus"))
	switch {
	case strings.Contains(said, "CANCELLED") || strings.Contains(said, "EventCancelled"):
		e.State = "annule"
	case strings.Contains(said, "EventPostponed"):
		e.State = "reporte"
	case strings.Contains(said, "TENTATIVE"):
		e.State = "provisoire"
	}
}

func (e *Event) adoptJoining(get func(string) any) {
	if mode := textOf(get("joinMode")); e.JoinMode == "" {
		if e.JoinMode = "none"; JoinModes.Has(mode) {
			e.JoinMode = mode
		}
	}
	e.JoinURL = webOnly(textOf(get("externalParticipationUrl")))
	if e.JoinMode != "external" && slices.Contains([]string{e.URL, e.IRI}, e.JoinURL) {
		e.JoinURL = "" // said for those who know no "none"
	}
	e.Capacity = wholeOf(get("maximumAttendeeCapacity"))
	e.Participants = wholeOf(get("participantCount"))
}
