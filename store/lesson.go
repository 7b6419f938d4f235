package store

import (
	"slices"
	"time"
)

// Lesson is what was learned from something (a "retour d'expérience", RETEX). Its
// synthesis is not its authors' alone: it counts as validated once all who
// contributed said that it tells what they lived through.
type Lesson struct {
	Record
	About        string               `json:"about,omitempty"` // IRI
	Context      string               `json:"lessonContext,omitempty"`
	Worked       string               `json:"worked,omitempty"`
	NotWorked    string               `json:"notWorked,omitempty"`
	WouldRedo    string               `json:"wouldRedo,omitempty"`
	Advice       string               `json:"advice,omitempty"`
	State        string               `json:"state,omitempty"`
	Contributors Entries[LessonVoice] `json:"contributors,omitempty"`
	FollowUps    Entries[FollowUp]    `json:"followUps,omitempty"`
	Stages       []StageChange        `json:"stages,omitempty"` // oldest first, never rewritten

	validator string // who validates in this change, or takes it back
}

// LessonVoice is somebody whose experience a lesson tells. Members validate
// themselves; for the others its authors note the day.
type LessonVoice struct {
	Name      string `json:"name"`             // or an office: "une usagère"
	Member    string `json:"member,omitempty"` // IRI
	Expertise string `json:"expertise,omitempty"`
	Validated string `json:"validated,omitempty"` // the day
}

// FollowUp is what is to be done because of a lesson, and what became of it.
type FollowUp struct {
	Task  string `json:"task"`
	Owner string `json:"owner,omitempty"`
	Due   string `json:"due,omitempty"`
	State string `json:"state,omitempty"`
}

var _ = newKind(Kind{
	Name: "lesson", Path: "retours-d-experience", Letter: "l", Type: "Article", Schema: "Article",
	Section: "experiments", Look: "news", Rank: 30,
	New: func() Item { return &Lesson{State: collecting} },
	Fields: asked([]Field{
		titleField, pitchField,
		{Name: "about", Widget: Link, Max: 500, Wire: "essaim:about", Schema: "about", Relation: "a-propos", On: []string{"experiment", "initiative", "event"}, At: at(func(l *Lesson) any { return &l.About })},

		{Name: "context", Widget: Text, Max: 3000, Wire: "essaim:context", At: at(func(l *Lesson) any { return &l.Context })},
		{Name: "worked", Widget: Text, Max: 5000, Wire: "essaim:worked", At: at(func(l *Lesson) any { return &l.Worked })},
		{Name: "notWorked", Widget: Text, Max: 5000, Wire: "essaim:notWorked", At: at(func(l *Lesson) any { return &l.NotWorked })},
		{Name: "wouldRedo", Widget: Text, Max: 5000, Wire: "essaim:wouldRedo", At: at(func(l *Lesson) any { return &l.WouldRedo })},
		{Name: "advice", Widget: Text, Max: 5000, Wire: "essaim:advice", At: at(func(l *Lesson) any { return &l.Advice })},
		bodyField,

		{Name: "state", Widget: Choice, Required: true, Vocabulary: &LessonStates, Facet: true, Envelope: true, Wire: "essaim:state", At: at(func(l *Lesson) any { return &l.State })},
		{Name: "contributors", Widget: Table, Personal: true, Max: 50, Wire: "essaim:contributors", At: at(func(l *Lesson) any { return &l.Contributors }), Columns: []Field{
			{Name: "name", Widget: Line, Required: true, Max: 200, At: at(func(c *LessonVoice) any { return &c.Name })},
			{Name: "member", Widget: Link, Max: 500, At: at(func(c *LessonVoice) any { return &c.Member })},
			{Name: "expertise", Widget: Choice, Vocabulary: &Expertises, At: at(func(c *LessonVoice) any { return &c.Expertise })},
			{Name: "validated", Widget: Day, At: at(func(c *LessonVoice) any { return &c.Validated })},
		}},
		{Name: "followUps", Widget: Table, Personal: true, Max: 50, Wire: "essaim:followUps", At: at(func(l *Lesson) any { return &l.FollowUps }), Columns: []Field{
			{Name: "task", Widget: Line, Required: true, Max: 300, At: at(func(f *FollowUp) any { return &f.Task })},
			{Name: "owner", Widget: Line, Max: 200, At: at(func(f *FollowUp) any { return &f.Owner })},
			{Name: "due", Widget: Day, At: at(func(f *FollowUp) any { return &f.Due })},
			{Name: "state", Widget: Choice, Vocabulary: &FollowUpStates, At: at(func(f *FollowUp) any { return &f.State })},
		}},

		themesField, publicsField, situationsField, territoryField, relationsField,
		imageField, attachmentsField, licenceField, audienceField,
		{Name: "stages", Widget: Shown, Wire: "essaim:stages", At: at(func(l *Lesson) any { return &l.Stages })},
	}, "title", "pitch", "worked", "notWorked"),
})

// The states of a lesson, in their order, and those of what follows from it.
var (
	LessonStates   = Vocabulary{Name: "lesson-state", Slugs: []string{collecting, synthesis, validated}}
	FollowUpStates = Vocabulary{Name: "follow-up", Slugs: []string{"a-faire", "en-cours", "fait", "abandonne"}}
)

const (
	collecting = "collecte"
	synthesis  = "synthese"
	validated  = "validee"
)

// The acts of contributors.
const (
	Validate = "validate" // says that the synthesis tells what they lived through
	Withdraw = "withdraw" // no longer
)

// Revise settles the state: a synthesis is validated when all its contributors
// are agreed, and no sooner. Nobody validates for a member.
func (l *Lesson) Revise(old Item, now time.Time) {
	o, _ := old.(*Lesson)
	if o == nil {
		o = new(Lesson)
	}
	for i := range l.Contributors {
		if c := &l.Contributors[i]; c.Member != "" && c.Member != l.validator {
			c.Validated = o.validatedBy(c.Member)
		}
	}
	if l.State == validated && !l.agreed() {
		l.State = synthesis
	} else if l.State == synthesis && l.agreed() {
		l.State = validated
	}
	l.Stages = addStage(o.Stages, l.State, "", now)
}

// agreed says whether all who contributed validated the synthesis.
func (l *Lesson) agreed() bool {
	open := func(c LessonVoice) bool { return c.Validated == "" }
	return len(l.Contributors) > 0 && !slices.ContainsFunc(l.Contributors, open)
}

// validatedBy is the day on which a member validated, or empty.
func (l *Lesson) validatedBy(member string) string {
	if i := l.contributor(member); i >= 0 {
		return l.Contributors[i].Validated
	}
	return ""
}

func (l *Lesson) contributor(member string) int {
	return slices.IndexFunc(l.Contributors, func(c LessonVoice) bool { return c.Member == member && member != "" })
}

// Acts lets contributors validate a synthesis, and change their minds.
func (l *Lesson) Acts(v Viewer) []string {
	i := l.contributor(v.Actor)
	switch {
	case i < 0 || !v.Local || l.State == collecting:
		return nil
	case l.Contributors[i].Validated == "":
		return []string{Validate}
	}
	return []string{Withdraw}
}

// Act does what Acts offers.
func (l *Lesson) Act(name string, v Viewer, now time.Time) {
	l.validator = v.Actor
	c := &l.Contributors[l.contributor(v.Actor)]
	if c.Validated = ""; name == Validate {
		c.Validated = now.Format(dayForm)
	}
}

// Announce tells that a lesson is out, as a synthesis or validated.
func (l *Lesson) Announce(old Item) *Announcement {
	o, ok := old.(*Lesson)
	told := ok && o.State == l.State && o.Audience.Federates()
	if told || l.State == collecting {
		return nil
	}
	return &Announcement{Key: "note.lesson", Words: map[string]string{"State": LessonStates.Name + "." + l.State}}
}

// Journey shows how far the work on a lesson got.
func (l *Lesson) Journey() Journey {
	j := Journey{Stage: LessonStates.Name + "." + l.State, Stages: &LessonStates, Changes: l.Stages}
	j.Current = slices.Index(LessonStates.Slugs, l.State)
	for i, level := range []int{0, 3, 4} {
		slug := LessonStates.Slugs[i]
		j.Steps = append(j.Steps, Step{Key: LessonStates.Name + "." + slug, Level: level, Reached: firstReached(l.Stages, []string{slug})})
	}
	return j
}
