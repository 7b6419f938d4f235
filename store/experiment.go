package store

import "time"

// Experiment is what a lab tries out: a problem, what was done about it, how
// far it went and what was learned, also when it failed.
type Experiment struct {
	Record
	Stage    string        `json:"stage,omitempty"`
	Status   string        `json:"status,omitempty"`
	Outcome  string        `json:"outcome,omitempty"`
	Stages   []StageChange `json:"stages,omitempty"`   // oldest first, never rewritten
	Problems []Problem     `json:"problems,omitempty"` // oldest first, never rewritten

	Problem    string `json:"-"` // form: the problem as it is put now
	ProblemWhy string `json:"-"` // form: why it is put differently
	StageNote  string `json:"-"` // form: what made the stage change
}

// StageChange says when an experiment came to a stage.
type StageChange struct {
	Stage string    `json:"stage"`
	Date  time.Time `json:"date"`
	Note  string    `json:"note,omitempty"`
}

// Problem is one wording of the problem. Reframing adds one; nobody can erase
// the earlier ones.
type Problem struct {
	Statement string    `json:"statement"`
	Date      time.Time `json:"date"`
	Why       string    `json:"why,omitempty"`
}

var experimentKind = Kind{
	Name: "experiment", Path: "experimentations", Letter: "e", Type: "Article",
	New: func() Item { return new(Experiment) },
	Fields: []Field{
		titleField, pitchField,
		{Name: "problem", Widget: Text, Max: 600, At: func(it Item) any { return &it.(*Experiment).Problem }},
		{Name: "problemWhy", Widget: Line, Max: 300, At: func(it Item) any { return &it.(*Experiment).ProblemWhy }},
		{Name: "stage", Widget: Choice, Required: true, Vocabulary: &Stages, Facet: true, Wire: "essaim:stage", At: func(it Item) any { return &it.(*Experiment).Stage }},
		{Name: "stageNote", Widget: Line, Max: 300, At: func(it Item) any { return &it.(*Experiment).StageNote }},
		{Name: "status", Widget: Choice, Vocabulary: &Statuses, Wire: "essaim:status", At: func(it Item) any { return &it.(*Experiment).Status }},
		{Name: "outcome", Widget: Choice, Vocabulary: &Outcomes, Wire: "essaim:outcome", At: func(it Item) any { return &it.(*Experiment).Outcome }},
		bodyField, themesField, territoryField, imageField, licenceField, audienceField,
		{Name: "stages", Widget: Shown, Wire: "essaim:stages", At: func(it Item) any { return &it.(*Experiment).Stages }},
		{Name: "problems", Widget: Shown, Wire: "essaim:problems", At: func(it Item) any { return &it.(*Experiment).Problems }},
	},
}

// Revise dates a new stage and keeps a new wording of the problem.
func (e *Experiment) Revise(old Item, now time.Time) {
	if o, ok := old.(*Experiment); ok {
		e.Stages, e.Problems = o.Stages, o.Problems
	}
	if n := len(e.Stages); e.Stage != "" && (n == 0 || e.Stages[n-1].Stage != e.Stage) {
		e.Stages = append(e.Stages[:n:n], StageChange{e.Stage, stamp(now), e.StageNote})
	}
	if n := len(e.Problems); e.Problem != "" && (n == 0 || e.Problems[n-1].Statement != e.Problem) {
		e.Problems = append(e.Problems[:n:n], Problem{e.Problem, stamp(now), e.ProblemWhy})
	}
}

// StageChanged says whether the last save moved e to another stage than old.
func (e *Experiment) StageChanged(old Item) bool {
	o, ok := old.(*Experiment)
	return ok && o.Stage != e.Stage
}

// CurrentProblem is the problem as it is put today, or empty.
func (e *Experiment) CurrentProblem() string {
	if len(e.Problems) == 0 {
		return ""
	}
	return e.Problems[len(e.Problems)-1].Statement
}
