package store

import "time"

// Call asks everybody for challenges: a question, until a day, and what becomes of
// the answers.
type Call struct {
	Record
	Opens    string `json:"opens,omitempty"`
	Closes   string `json:"closes,omitempty"`  // the last day on which challenges are taken
	Decided  string `json:"decided,omitempty"` // the day on which it is said what was retained
	Rules    string `json:"rules,omitempty"`
	Jointly  bool   `json:"jointly,omitempty"` // a challenge is retained only when two organisations take it up
	Prize    string `json:"prize,omitempty"`
	Contact  string `json:"contact,omitempty"` // e-mail: messages are passed on to it, nobody is shown it
	Question string `json:"question,omitempty"`
}

var _ = newKind(Kind{
	Name: "call", Path: "defis", Letter: "d", Type: "Article", Schema: "CreativeWork",
	Section: "mutual-aid", Look: "challenge", Rank: 70, Front: true,
	New: func() Item { return new(Call) },
	Fields: []Field{
		titleField, pitchField,

		{Name: "opens", Widget: Day, Wire: "essaim:opens", At: at(func(c *Call) any { return &c.Opens })},
		{Name: "closes", Widget: Day, Wire: "essaim:closes", At: at(func(c *Call) any { return &c.Closes })},
		{Name: "decided", Widget: Day, Wire: "essaim:decided", At: at(func(c *Call) any { return &c.Decided })},

		{Name: "question", Widget: Text, Max: 600, Wire: "essaim:question", At: at(func(c *Call) any { return &c.Question })},
		bodyField,
		{Name: "rules", Widget: Text, Max: 5000, Wire: "essaim:rules", At: at(func(c *Call) any { return &c.Rules })},
		{Name: "jointly", Widget: Tick, Badge: true, Wire: "essaim:jointAnswerRequired", At: at(func(c *Call) any { return &c.Jointly })},
		{Name: "prize", Widget: Text, Max: 1000, Wire: "essaim:prize", At: at(func(c *Call) any { return &c.Prize })},
		{Name: "contact", Widget: Line, Max: 254, Inner: true, Valid: validEmail, Example: "ana@exemple.fr", At: at(func(c *Call) any { return &c.Contact })},

		themesField, publicsField, territoryField, relationsField,
		imageField, attachmentsField, licenceField, audienceField,
	},
})

// CallStates say how a call stands on a day.
var CallStates = Vocabulary{
	Name:  "call-state",
	Slugs: []string{"a-venir", "ouvert", "clos", "delibere"},
	Tones: map[string]string{"a-venir": "info", "ouvert": "ok"},
}

// Stamp follows from the dates: a call without a first day is open from the start,
// one without a last day until it is decided.
func (c *Call) Stamp(now time.Time) (*Vocabulary, string) {
	switch day := today(now); {
	case c.Decided != "" && c.Decided <= day:
		return &CallStates, "delibere"
	case c.Closes != "" && c.Closes < day:
		return &CallStates, "clos"
	case c.Opens > day:
		return &CallStates, "a-venir"
	}
	return &CallStates, "ouvert"
}

// Open says whether challenges are taken.
func (c *Call) Open(now time.Time) bool {
	_, state := c.Stamp(now)
	return state == "ouvert"
}

// Check wants the days in their order.
func (c *Call) Check() FieldErrors {
	var errs FieldErrors
	if c.Closes != "" && c.Closes < c.Opens {
		errs = append(errs, &FieldError{Field: "closes", Reason: "error.end-before-start"})
	}
	if c.Decided != "" && c.Decided < max(c.Opens, c.Closes) {
		errs = append(errs, &FieldError{Field: "decided", Reason: "error.decided-too-early"})
	}
	return errs
}

// Properties give the days to those who read articles with a time.
func (c *Call) Properties() map[string]any {
	p := map[string]any{}
	if t, err := time.ParseInLocation(dayForm, c.Opens, zoneOf(defaultZone)); err == nil {
		p["startTime"] = t.Format(time.RFC3339)
	}
	if t, err := time.ParseInLocation(dayForm, c.Closes, zoneOf(defaultZone)); err == nil {
		p["endTime"] = t.AddDate(0, 0, 1).Format(time.RFC3339) // the last day is included
	}
	return p
}

// Adopt has nothing to do: what is said in other words is said in ours, too.
func (c *Call) Adopt(func(string) any) {}
