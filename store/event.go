package store

import (
	"strings"
	"sync"
	"time"
)

// Event is a workshop, a meeting, a course: something with a time, and a place or
// an address online. Events of Mobilizon and of other software are events, too.
type Event struct {
	Record
	EventKind  string             `json:"eventKind,omitempty"`
	State      string             `json:"state,omitempty"` // of EventStates; empty: it takes place
	Start      string             `json:"start,omitempty"` // as the clocks of Zone show it
	End        string             `json:"end,omitempty"`
	Zone       string             `json:"zone,omitempty"` // IANA name; empty: that of Paris
	Online     string             `json:"online,omitempty"`
	JoinMode   string             `json:"joinMode,omitempty"` // of JoinModes; empty: nobody signs up
	JoinURL    string             `json:"joinURL,omitempty"`  // where people sign up, elsewhere
	Capacity   int                `json:"capacity,omitempty"` // 0: no limit
	Organizers Entries[Organizer] `json:"organizers,omitempty"`
	SuperEvent string             `json:"superEvent,omitempty"` // IRI of the event that this is a part of
	Series     string             `json:"series,omitempty"`
	Campaign   string             `json:"campaign,omitempty"`
	Attendance Attendance         `json:"attendance,omitzero"`
	Minutes    string             `json:"minutes,omitempty"`
	Actions    Entries[Task]      `json:"actions,omitempty"`

	Participants int       `json:"participants,omitempty"` // places taken, as who publishes it counts
	Speaker      string    `json:"speaker,omitempty"`      // mirrored: IRI of who answers those who join, beside Lab
	Begins       time.Time `json:"begins,omitzero"`        // Start and End as moments
	Ends         time.Time `json:"ends,omitzero"`
}

// Organizer is somebody who organises an event, beside the lab that publishes it.
type Organizer struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// Attendance is how many people came, as the organisers counted at the end.
type Attendance struct {
	Professionals int `json:"professionals,omitempty"`
	Users         int `json:"users,omitempty"`
	Citizens      int `json:"citizens,omitempty"`
	Elected       int `json:"elected,omitempty"`
	Agents        int `json:"agents,omitempty"`
	Others        int `json:"others,omitempty"`
}

// Total is how many people came in all.
func (a Attendance) Total() int {
	return a.Professionals + a.Users + a.Citizens + a.Elected + a.Agents + a.Others
}

// Task is something that was decided at an event.
type Task struct {
	Who  string `json:"who,omitempty"`
	What string `json:"what"`
	Due  string `json:"due,omitempty"`
	Done bool   `json:"done,omitempty"`
}

var _ = newKind(Kind{
	Name: "event", Path: "agenda", Letter: "a", Type: "Event", Schema: "Event",
	Section: "agenda", Look: "event", Rank: 20, Front: true, Adopts: []string{"Event"},
	New: func() Item { return new(Event) },
	Fields: []Field{
		titleField, pitchOnWire,

		{Name: "eventKind", Widget: Choice, Vocabulary: &EventKinds, Facet: true, Badge: true, Wire: "essaim:eventKind", At: at(func(e *Event) any { return &e.EventKind })},
		{Name: "start", Widget: Clock, Required: true, Envelope: true, Schema: "startDate", At: at(func(e *Event) any { return &e.Start })},
		{Name: "end", Widget: Clock, Envelope: true, Schema: "endDate", At: at(func(e *Event) any { return &e.End })},
		{Name: "zone", Widget: Choice, Vocabulary: &Zones, Envelope: true, At: at(func(e *Event) any { return &e.Zone })},
		{Name: "state", Widget: Choice, Vocabulary: &EventStates, Badge: true, Wire: "essaim:state", At: at(func(e *Event) any { return &e.State })},

		placeField,
		{Name: "online", Widget: Web, Max: 500, Wire: "essaim:online", At: at(func(e *Event) any { return &e.Online })},

		{Name: "joinMode", Widget: Choice, Vocabulary: &JoinModes, Wire: "essaim:joinMode", At: at(func(e *Event) any { return &e.JoinMode })},
		{Name: "joinURL", Widget: Web, Max: 500, At: at(func(e *Event) any { return &e.JoinURL })},
		{Name: "capacity", Widget: Whole, Schema: "maximumAttendeeCapacity", At: at(func(e *Event) any { return &e.Capacity })},

		bodyField,

		{Name: "organizers", Widget: Table, Personal: true, Max: 20, At: at(func(e *Event) any { return &e.Organizers }), Columns: []Field{
			{Name: "name", Widget: Line, Required: true, Max: 200, At: at(func(o *Organizer) any { return &o.Name })},
			{Name: "url", Widget: Web, Max: 500, At: at(func(o *Organizer) any { return &o.URL })},
		}},
		{Name: "superEvent", Widget: Link, Max: 500, Wire: "essaim:superEvent", Schema: "superEvent", At: at(func(e *Event) any { return &e.SuperEvent })},
		{Name: "series", Widget: Line, Max: 150, Wire: "essaim:series", At: at(func(e *Event) any { return &e.Series })},
		{Name: "campaign", Widget: Line, Max: 150, Facet: true, Wire: "essaim:campaign", At: at(func(e *Event) any { return &e.Campaign })},
		themesField, publicsField, territoryField, relationsField,

		attended("Professionals", func(a *Attendance) any { return &a.Professionals }),
		attended("Users", func(a *Attendance) any { return &a.Users }),
		attended("Citizens", func(a *Attendance) any { return &a.Citizens }),
		attended("Elected", func(a *Attendance) any { return &a.Elected }),
		attended("Agents", func(a *Attendance) any { return &a.Agents }),
		attended("Others", func(a *Attendance) any { return &a.Others }),
		{Name: "minutes", Widget: Text, Personal: true, Max: 20_000, Wire: "essaim:minutes", At: at(func(e *Event) any { return &e.Minutes })},
		{Name: "actions", Widget: Table, Personal: true, Max: 50, Wire: "essaim:actions", At: at(func(e *Event) any { return &e.Actions }), Columns: []Field{
			{Name: "what", Widget: Line, Required: true, Max: 300, At: at(func(d *Task) any { return &d.What })},
			{Name: "who", Widget: Line, Max: 200, At: at(func(d *Task) any { return &d.Who })},
			{Name: "due", Widget: Day, At: at(func(d *Task) any { return &d.Due })},
			{Name: "done", Widget: Tick, At: at(func(d *Task) any { return &d.Done })},
		}},

		imageField, attachmentsField, licenceField, audienceField,
	},
})

// attended is the field of one group of people who came: "attendedUsers".
func attended(group string, get func(*Attendance) any) Field {
	return Field{
		Name: "attended" + group, Widget: Whole, Wire: "essaim:attended" + group,
		At: at(func(e *Event) any { return get(&e.Attendance) }),
	}
}

// The vocabularies of events.
var (
	EventKinds = Vocabulary{Name: "event-kind", Slugs: []string{
		"atelier", "rencontre-reseau", "webinaire", "universite-ete", "semaine-innovation", "codev", "formation-pair",
		"co-conception", "test-usagers", "comite-usagers", "comite-citoyen", "rituel-retex", "informel-cafe", "cellule-crise",
	}}
	EventStates = Vocabulary{
		Name:  "event-state",
		Slugs: []string{"confirme", "provisoire", "reporte", "annule"},
		Tones: map[string]string{"confirme": "ok", "provisoire": "info", "reporte": "warn", "annule": "warn"},
	}
	// JoinModes say how people sign up.
	JoinModes = Vocabulary{Name: "join-mode", Slugs: []string{"free", "restricted", "external", "none"}}
	// Zones are the time zones of the French territories.
	Zones = Vocabulary{Name: "zone", Slugs: []string{
		defaultZone, "Indian/Reunion", "Indian/Mayotte", "America/Martinique", "America/Guadeloupe", "America/Cayenne",
		"America/Miquelon", "Pacific/Noumea", "Pacific/Wallis", "Pacific/Tahiti", "Pacific/Marquesas", "Pacific/Gambier",
		"Indian/Kerguelen",
	}}
)

const defaultZone = "Europe/Paris"

// Check wants an end after the start, a place to sign up, and room for those who
// signed up already.
func (e *Event) Check() FieldErrors {
	var errs FieldErrors
	from, okFrom := e.moment(e.Start)
	to, okTo := e.moment(e.End)
	if okFrom && okTo && to.Before(from) {
		errs = append(errs, &FieldError{Field: "end", Reason: "error.end-before-start"})
	}
	if e.JoinMode == "external" && e.JoinURL == "" {
		errs = append(errs, &FieldError{Field: "joinURL", Reason: "error.required"})
	}
	if e.Capacity > 0 && e.Capacity < e.Participants && !e.Remote {
		errs = append(errs, &FieldError{Field: "capacity", Reason: "error.capacity-taken", Args: map[string]any{"have": e.Participants}})
	}
	return errs
}

// Revise finds the moments that the clocks mean, and keeps the count of those who
// take part.
func (e *Event) Revise(old Item, _ time.Time) {
	if o, ok := old.(*Event); ok {
		e.Participants = o.Participants
	}
	if e.Zone == "" {
		e.Zone = defaultZone
	}
	if e.JoinMode == "" {
		e.JoinMode = "none"
	}
	e.Begins, _ = e.moment(e.Start)
	e.Ends, _ = e.moment(e.End)
}

// moment reads a clock of the event's zone.
func (e *Event) moment(clock string) (time.Time, bool) {
	t, err := time.ParseInLocation(clockForm, clock, zoneOf(e.Zone))
	return t.UTC(), err == nil
}

// zoneOf is a time zone by its name; Paris when none is named, UTC when nobody
// knows it.
func zoneOf(name string) *time.Location {
	if name == "" {
		name = defaultZone
	}
	if zone := frenchZones()[name]; zone != nil {
		return zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// frenchZones are those of Zones, read once: reading one takes as long as the rest
// of saving an event.
var frenchZones = sync.OnceValue(func() map[string]*time.Location {
	known := map[string]*time.Location{}
	for _, name := range Zones.Slugs {
		if zone, err := time.LoadLocation(name); err == nil {
			known[name] = zone
		}
	}
	return known
})

// When is from when to when it lasts, on the clocks where it takes place.
func (e *Event) When() (from, to time.Time) {
	if e.Begins.IsZero() {
		return time.Time{}, time.Time{}
	}
	zone := zoneOf(e.Zone)
	if e.Ends.Before(e.Begins) {
		return e.Begins.In(zone), e.Begins.In(zone)
	}
	return e.Begins.In(zone), e.Ends.In(zone)
}

// Joins says how people sign up here: "free", "restricted", or "" when they
// cannot, because they sign up elsewhere or need not, or it was called off.
func (e *Event) Joins() string {
	if e.State == "annule" || e.JoinMode != "free" && e.JoinMode != "restricted" {
		return ""
	}
	return e.JoinMode
}

// EventChange is what those who have a place at an event must hear of.
type EventChange string

// The changes.
const (
	CalledOff EventChange = "off"
	Moved     EventChange = "moved" // to another time or place
)

// ChangeSince is what became of the event since old, or nothing.
func (e *Event) ChangeSince(old *Event) EventChange {
	same := e.Begins.Equal(old.Begins) && e.Ends.Equal(old.Ends) && e.Place == old.Place && e.Online == old.Online
	switch {
	case e.State == "annule" && old.State != "annule":
		return CalledOff
	case e.State != "annule" && !same, e.State == "reporte" && old.State != "reporte":
		return Moved
	}
	return ""
}

const maxSummary = 300 // characters that people read of an event in Mastodon

// Summary is when and where it takes place, then its pitch.
func (e *Event) Summary() string {
	var parts []string
	if e.State == "annule" || e.State == "reporte" {
		parts = append(parts, stateWords[e.Lang == "en"][e.State])
	}
	if from, _ := e.When(); !from.IsZero() {
		parts = append(parts, e.clockWords(from))
	}
	switch {
	case !e.Place.IsZero():
		parts = append(parts, e.Place.Label())
	case e.Online != "":
		parts = append(parts, onlineWords[e.Lang == "en"])
	}
	if pitch := strings.Join(strings.Fields(e.Pitch), " "); pitch != "" {
		parts = append(parts, pitch)
	}
	return shorten(strings.Join(parts, " – "), maxSummary)
}

// The few words that stand in a summary, by whether it is English: documents are
// in the language of their record.
var (
	stateWords  = map[bool]map[string]string{false: {"annule": "Annulé", "reporte": "Reporté"}, true: {"annule": "Cancelled", "reporte": "Postponed"}}
	onlineWords = map[bool]string{false: "en ligne", true: "online"}
	months      = [...]string{
		"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
	}
)

func (e *Event) clockWords(t time.Time) string {
	words := t.Format("2 January 2006, 15:04")
	if e.Lang != "en" {
		words = t.Format("2 ") + months[t.Month()-1] + t.Format(" 2006, 15:04")
	}
	if e.Zone != defaultZone {
		words += " (" + strings.ReplaceAll(e.Zone[strings.LastIndexByte(e.Zone, '/')+1:], "_", " ") + ")"
	}
	return words
}

// shorten cuts a text at a space, so that at most n characters are left.
func shorten(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	s = string(runes[:n-1])
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		s = s[:i]
	}
	return s + "…"
}
