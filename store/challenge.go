package store

import (
	"strings"
	"time"
)

// Challenge is an answer to a call: what somebody would have changed, and what
// organisations undertake to do about it.
type Challenge struct {
	Record
	Call        string              `json:"call,omitempty"`      // IRI
	Pseudonym   string              `json:"pseudonym,omitempty"` // of whom it comes from, as they want to be called
	State       string              `json:"state,omitempty"`
	Answer      string              `json:"answer,omitempty"` // to whom it comes from
	Commitments Entries[Commitment] `json:"commitments,omitempty"`
	Stages      []StageChange       `json:"stages,omitempty"` // oldest first, never rewritten

	StateNote string `json:"-"` // form: what made the state change
}

// Commitment is what an organisation undertakes to do about a challenge.
type Commitment struct {
	Org   string `json:"org"`
	What  string `json:"what,omitempty"`
	Until string `json:"until,omitempty"`
	State string `json:"state,omitempty"`
}

var _ = newKind(Kind{
	Name: "challenge", Path: "propositions", Letter: "p", Type: "Article", Schema: "CreativeWork",
	Section: "mutual-aid", Look: "challenge", Rank: 75, Precedents: true,
	New: func() Item { return &Challenge{State: "recu"} },
	Fields: asked([]Field{
		titleField, pitchField,
		{Name: "call", Widget: Link, Required: true, Max: 500, Wire: "essaim:call", On: []string{"call"}, At: at(func(c *Challenge) any { return &c.Call })},
		bodyField,
		{Name: "pseudonym", Widget: Line, Personal: true, Max: 100, Wire: "essaim:pseudonym", At: at(func(c *Challenge) any { return &c.Pseudonym })},

		{Name: "challengeState", Widget: Choice, Required: true, Vocabulary: &ChallengeStates, Facet: true, Envelope: true, Wire: "essaim:state", At: at(func(c *Challenge) any { return &c.State })},
		{Name: "stateNote", Widget: Line, Max: 300, Envelope: true, At: at(func(c *Challenge) any { return &c.StateNote })},
		{Name: "answer", Widget: Text, Max: 5000, Wire: "essaim:answer", At: at(func(c *Challenge) any { return &c.Answer })},
		{Name: "commitments", Widget: Table, Max: 50, Wire: "essaim:commitments", At: at(func(c *Challenge) any { return &c.Commitments }), Columns: []Field{
			{Name: "org", Widget: Line, Required: true, Max: 200, At: at(func(c *Commitment) any { return &c.Org })},
			{Name: "what", Widget: Line, Max: 500, At: at(func(c *Commitment) any { return &c.What })},
			{Name: "until", Widget: Day, At: at(func(c *Commitment) any { return &c.Until })},
			{Name: "state", Widget: Choice, Vocabulary: &CommitmentStates, At: at(func(c *Commitment) any { return &c.State })},
		}},

		themesField, publicsField, situationsField, territoryField, relationsField,
		imageField, attachmentsField, licenceField, audienceField,
		{Name: "stages", Widget: Shown, Wire: "essaim:stages", At: at(func(c *Challenge) any { return &c.Stages })},
	}, "call", "title", "pitch", "body"),
})

// The vocabularies of challenges. States come in the order of the way they go.
var (
	ChallengeStates  = Vocabulary{Name: "challenge-state", Slugs: []string{"recu", "en-examen", "retenu", "non-retenu", "traite"}}
	CommitmentStates = Vocabulary{Name: "commitment-state", Slugs: []string{"promis", "en-cours", "tenu", "abandonne"}}
)

// Revise dates a new state.
func (c *Challenge) Revise(old Item, now time.Time) {
	if o, ok := old.(*Challenge); ok {
		c.Stages = o.Stages
	}
	c.Stages = addStage(c.Stages, c.State, c.StateNote, now)
}

// Announce tells that a challenge came to a new state.
func (c *Challenge) Announce(old Item) *Announcement {
	if o, ok := old.(*Challenge); !ok || o.State == c.State {
		return nil
	}
	return &Announcement{Key: "note.challenge", Words: map[string]string{"State": "challenge-state." + c.State}}
}

// minJointly is how many organisations take up a challenge that is answered
// jointly.
const minJointly = 2

// CheckWith refuses to retain a challenge that too few take up, when its call
// asks for a joint answer.
func (c *Challenge) CheckWith(find func(iri string) Item) FieldErrors {
	call, ok := find(c.Call).(*Call)
	if !ok || !call.Jointly || c.State != "retenu" {
		return nil
	}
	if have := c.takenUpBy(); have < minJointly {
		return FieldErrors{{Field: "challengeState", Reason: "error.too-few-commitments", Args: map[string]any{"min": minJointly, "have": have}}}
	}
	return nil
}

// CheckInTime refuses a challenge to a call that takes none today.
func (c *Challenge) CheckInTime(find func(iri string) Item, now time.Time) FieldErrors {
	call, ok := find(c.Call).(*Call)
	if !ok || call.Open(now) {
		return nil
	}
	return FieldErrors{{Field: "call", Reason: "error.call-closed"}}
}

// takenUpBy counts the organisations that undertake something and did not give it
// up.
func (c *Challenge) takenUpBy() int {
	orgs := map[string]bool{}
	for _, x := range c.Commitments {
		if name := strings.ToLower(lineOf(x.Org, 200)); name != "" && x.State != "abandonne" {
			orgs[name] = true
		}
	}
	return len(orgs)
}

// challengeSteps are the parts of the way, with the glyph of each.
var challengeSteps = []Step{
	{Key: "challenge-state.recu", Level: 0},
	{Key: "challenge-state.en-examen", Level: 1},
	{Key: "challenge-state.retenu", Level: 3},
	{Key: "challenge-state.traite", Level: 4},
}

// Journey is the way from the receipt to the answer.
func (c *Challenge) Journey() Journey {
	j := Journey{Stage: "challenge-state." + c.State, Stages: &ChallengeStates, Changes: c.Stages, Current: -1}
	for i, step := range challengeSteps {
		slug := strings.TrimPrefix(step.Key, "challenge-state.")
		step.Reached = firstReached(c.Stages, []string{slug})
		if slug == c.State || slug == "retenu" && c.State == "non-retenu" {
			j.Current = i
		}
		j.Steps = append(j.Steps, step)
	}
	if c.State == "non-retenu" {
		j.Stopped = j.Stage
	}
	return j
}
