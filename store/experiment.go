package store

import (
	"slices"
	"time"
)

// Experiment is what a lab tries out: a problem, what was done about it, how
// far it went and what was learned, also when it failed.
type Experiment struct {
	Record
	Order          Order                `json:"order,omitzero"`
	Hypothesis     string               `json:"hypothesis,omitempty"`
	Solution       string               `json:"solution,omitempty"`
	Novelty        string               `json:"novelty,omitempty"`
	PolicyQuestion string               `json:"policyQuestion,omitempty"`
	Stage          string               `json:"stage,omitempty"`
	Status         string               `json:"status,omitempty"`
	Outcome        string               `json:"outcome,omitempty"`
	Decision       string               `json:"decision,omitempty"`
	Mode           string               `json:"mode,omitempty"`
	Target         string               `json:"target,omitempty"`
	Instrument     string               `json:"instrument,omitempty"`
	Sector         string               `json:"sector,omitempty"`
	Mandated       bool                 `json:"mandated,omitempty"`
	MandateScope   string               `json:"mandateScope,omitempty"`
	Sponsors       Entries[Sponsor]     `json:"sponsors,omitempty"`
	Partners       Entries[Partner]     `json:"partners,omitempty"`
	Kickoff        Entries[Expectation] `json:"kickoff,omitempty"`
	Panel          string               `json:"panel,omitempty"`
	Tests          Entries[TestSession] `json:"tests,omitempty"`
	Milestones     Entries[Milestone]   `json:"milestones,omitempty"`
	Sites          int                  `json:"sites,omitempty"`
	Users          int                  `json:"users,omitempty"`
	Budget         float64              `json:"budget,omitempty"`
	Results        string               `json:"results,omitempty"`
	Failures       string               `json:"failures,omitempty"`
	Conditions     string               `json:"conditions,omitempty"`
	Replicability  string               `json:"replicability,omitempty"`
	Handover       Handover             `json:"handover,omitzero"`
	Stages         []StageChange        `json:"stages,omitempty"`   // oldest first, never rewritten
	Problems       []Problem            `json:"problems,omitempty"` // oldest first, never rewritten

	Problem    string `json:"-"` // form: the problem as it is put now
	ProblemWhy string `json:"-"` // form: why it is put differently
	StageNote  string `json:"-"` // form: what made the stage change
}

// Order is what somebody asked the lab for, in their words.
type Order struct {
	From string `json:"from,omitempty"`
	Date string `json:"date,omitempty"`
	Text string `json:"text,omitempty"`
}

// Sponsor answers for an experiment. That there is a mandate may be public; who
// gave it never leaves the node.
type Sponsor struct {
	Name string `json:"name"`
	Role string `json:"role,omitempty"`
}

// Partner is an organisation that takes part.
type Partner struct {
	Org  string `json:"org"`
	Role string `json:"role,omitempty"`
}

// Expectation is the kick-off sheet of one partner: what they said on the first
// day. It stays with the team.
type Expectation struct {
	Partner string `json:"partner"`
	Expects string `json:"expects,omitempty"`
	Brings  string `json:"brings,omitempty"`
	Sponsor string `json:"sponsor,omitempty"`
	Time    string `json:"time,omitempty"`
}

// TestSession is one test with users.
type TestSession struct {
	Date     string `json:"date"`
	Subject  string `json:"subject,omitempty"`
	Count    int    `json:"count,omitempty"` // people who took part
	Findings string `json:"findings,omitempty"`
	Go       string `json:"go,omitempty"`
}

// Milestone is a step that was planned, and what shows that it was reached.
type Milestone struct {
	Text     string `json:"text"`
	Date     string `json:"date,omitempty"`
	Done     bool   `json:"done,omitempty"`
	Evidence string `json:"evidence,omitempty"`
}

// Handover says who goes on with an experiment.
type Handover struct {
	To   string `json:"to,omitempty"`
	Date string `json:"date,omitempty"`
	Note string `json:"note,omitempty"`
}

// StageChange says when a record came to a stage.
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

var _ = newKind(Kind{
	Name: "experiment", Path: "experimentations", Letter: "e", Type: "Article", Schema: "Project",
	Section: "experiments", Look: "experiment", Rank: 10, Front: true, Precedents: true,
	New: func() Item { return new(Experiment) },
	Fields: []Field{
		titleField, pitchField,

		{Name: "problem", Widget: Text, Max: 600, Envelope: true, At: at(func(e *Experiment) any { return &e.Problem })},
		{Name: "problemWhy", Widget: Line, Max: 300, Envelope: true, At: at(func(e *Experiment) any { return &e.ProblemWhy })},
		{Name: "hypothesis", Widget: Text, Max: 1000, Wire: "essaim:hypothesis", At: at(func(e *Experiment) any { return &e.Hypothesis })},
		{Name: "solution", Widget: Text, Max: 2000, Wire: "essaim:solution", At: at(func(e *Experiment) any { return &e.Solution })},
		{Name: "novelty", Widget: Text, Max: 1000, Wire: "essaim:novelty", At: at(func(e *Experiment) any { return &e.Novelty })},

		{Name: "stage", Widget: Choice, Required: true, Vocabulary: &Stages, Facet: true, Envelope: true, Wire: "essaim:stage", At: at(func(e *Experiment) any { return &e.Stage })},
		{Name: "stageNote", Widget: Line, Max: 300, Envelope: true, At: at(func(e *Experiment) any { return &e.StageNote })},
		{Name: "status", Widget: Choice, Vocabulary: &Statuses, Facet: true, Badge: true, Wire: "essaim:status", At: at(func(e *Experiment) any { return &e.Status })},
		{Name: "outcome", Widget: Choice, Vocabulary: &Outcomes, Facet: true, Badge: true, Wire: "essaim:outcome", At: at(func(e *Experiment) any { return &e.Outcome })},
		{Name: "decision", Widget: Choice, Vocabulary: &Decisions, Wire: "essaim:postCrisisDecision", At: at(func(e *Experiment) any { return &e.Decision })},

		bodyField,

		{Name: "results", Widget: Text, Max: 5000, Wire: "essaim:results", At: at(func(e *Experiment) any { return &e.Results })},
		{Name: "failures", Widget: Text, Max: 5000, Wire: "essaim:challengesFailures", At: at(func(e *Experiment) any { return &e.Failures })},
		{Name: "conditions", Widget: Text, Max: 5000, Wire: "essaim:conditionsSuccess", At: at(func(e *Experiment) any { return &e.Conditions })},
		{Name: "replicability", Widget: Text, Max: 5000, Wire: "essaim:replicability", At: at(func(e *Experiment) any { return &e.Replicability })},
		{Name: "sites", Widget: Whole, Wire: "essaim:sites", At: at(func(e *Experiment) any { return &e.Sites })},
		{Name: "users", Widget: Whole, Wire: "essaim:users", At: at(func(e *Experiment) any { return &e.Users })},
		{Name: "budget", Widget: Amount, Wire: "essaim:budget", At: at(func(e *Experiment) any { return &e.Budget })},

		{Name: "panel", Widget: Text, Max: 1000, Folds: true, Wire: "essaim:panel", At: at(func(e *Experiment) any { return &e.Panel })},
		{Name: "tests", Widget: Table, Max: 50, Wire: "essaim:tests", At: at(func(e *Experiment) any { return &e.Tests }), Columns: []Field{
			{Name: "date", Widget: Day, Required: true, At: at(func(t *TestSession) any { return &t.Date })},
			{Name: "subject", Widget: Line, Max: 300, At: at(func(t *TestSession) any { return &t.Subject })},
			{Name: "count", Widget: Whole, At: at(func(t *TestSession) any { return &t.Count })},
			{Name: "findings", Widget: Text, Max: 2000, At: at(func(t *TestSession) any { return &t.Findings })},
			{Name: "go", Widget: Choice, Vocabulary: &GoNoGo, At: at(func(t *TestSession) any { return &t.Go })},
		}},
		{Name: "milestones", Widget: Table, Max: 50, Wire: "essaim:milestones", At: at(func(e *Experiment) any { return &e.Milestones }), Columns: []Field{
			{Name: "text", Widget: Line, Required: true, Max: 300, At: at(func(m *Milestone) any { return &m.Text })},
			{Name: "date", Widget: Day, At: at(func(m *Milestone) any { return &m.Date })},
			{Name: "done", Widget: Tick, At: at(func(m *Milestone) any { return &m.Done })},
			{Name: "evidence", Widget: Line, Max: 500, At: at(func(m *Milestone) any { return &m.Evidence })},
		}},

		{Name: "orderFrom", Widget: Line, Personal: true, Max: 200, Folds: true, Wire: "essaim:orderFrom", At: at(func(e *Experiment) any { return &e.Order.From })},
		{Name: "orderDate", Widget: Day, Wire: "essaim:orderDate", At: at(func(e *Experiment) any { return &e.Order.Date })},
		{Name: "orderText", Widget: Text, Max: 2000, Wire: "essaim:orderText", At: at(func(e *Experiment) any { return &e.Order.Text })},
		{Name: "mandated", Widget: Tick, Badge: true, Wire: "essaim:mandated", At: at(func(e *Experiment) any { return &e.Mandated })},
		{Name: "mandateScope", Widget: Text, Max: 1000, Wire: "essaim:mandateScope", At: at(func(e *Experiment) any { return &e.MandateScope })},
		{Name: "sponsors", Widget: Table, Max: 20, Inner: true, At: at(func(e *Experiment) any { return &e.Sponsors }), Columns: []Field{
			{Name: "name", Widget: Line, Required: true, Max: 200, At: at(func(s *Sponsor) any { return &s.Name })},
			{Name: "role", Widget: Line, Max: 200, At: at(func(s *Sponsor) any { return &s.Role })},
		}},
		{Name: "partners", Widget: Table, Max: 50, Wire: "essaim:partners", At: at(func(e *Experiment) any { return &e.Partners }), Columns: []Field{
			{Name: "org", Widget: Line, Required: true, Max: 200, At: at(func(p *Partner) any { return &p.Org })},
			{Name: "role", Widget: Line, Max: 200, At: at(func(p *Partner) any { return &p.Role })},
		}},
		{Name: "kickoff", Widget: Table, Max: 50, Inner: true, At: at(func(e *Experiment) any { return &e.Kickoff }), Columns: []Field{
			{Name: "partner", Widget: Line, Required: true, Max: 200, At: at(func(x *Expectation) any { return &x.Partner })},
			{Name: "expects", Widget: Text, Max: 1000, At: at(func(x *Expectation) any { return &x.Expects })},
			{Name: "brings", Widget: Text, Max: 1000, At: at(func(x *Expectation) any { return &x.Brings })},
			{Name: "sponsor", Widget: Line, Max: 200, At: at(func(x *Expectation) any { return &x.Sponsor })},
			{Name: "time", Widget: Line, Max: 200, At: at(func(x *Expectation) any { return &x.Time })},
		}},

		{Name: "mode", Widget: Choice, Vocabulary: &Modes, Wire: "essaim:mode", At: at(func(e *Experiment) any { return &e.Mode })},
		{Name: "target", Widget: Choice, Vocabulary: &Targets, Facet: true, Wire: "essaim:target", At: at(func(e *Experiment) any { return &e.Target })},
		{Name: "instrument", Widget: Choice, Vocabulary: &Instruments, Wire: "essaim:instrument", At: at(func(e *Experiment) any { return &e.Instrument })},
		{Name: "sector", Widget: Choice, Vocabulary: &Sectors, Wire: "essaim:sector", At: at(func(e *Experiment) any { return &e.Sector })},
		{Name: "policyQuestion", Widget: Text, Max: 1000, Wire: "essaim:policyQuestion", At: at(func(e *Experiment) any { return &e.PolicyQuestion })},
		themesField, publicsField, situationsField, territoryField,

		relationsField,
		{Name: "handoverTo", Widget: Line, Personal: true, Max: 200, Wire: "essaim:handoverTo", At: at(func(e *Experiment) any { return &e.Handover.To })},
		{Name: "handoverDate", Widget: Day, Wire: "essaim:handoverDate", At: at(func(e *Experiment) any { return &e.Handover.Date })},
		{Name: "handoverNote", Widget: Text, Max: 2000, Wire: "essaim:handoverNote", At: at(func(e *Experiment) any { return &e.Handover.Note })},

		imageField, attachmentsField, licenceField, audienceField,
		{Name: "stages", Widget: Shown, Wire: "essaim:stages", At: at(func(e *Experiment) any { return &e.Stages })},
		{Name: "problems", Widget: Shown, Wire: "essaim:problems", At: at(func(e *Experiment) any { return &e.Problems })},
	},
})

// The vocabularies of experiments. Stages come in the order of the journey.
var (
	Stages = Vocabulary{Name: "stage", Slugs: []string{
		"machine-a-cafe", "signal", "reformulation", "idees", "mandat", "experimentation",
		"test-usagers", "evaluation", "incubation", "essaimage", "perennise",
	}}
	// Statuses and outcomes: what failed is shown in the same way as what worked.
	Statuses = Vocabulary{
		Name:  "status",
		Slugs: []string{"actif", "en-sommeil", "arrete", "transmis"},
		Tones: map[string]string{"actif": "ok", "arrete": "info", "transmis": "info"},
	}
	Outcomes = Vocabulary{
		Name:  "outcome",
		Slugs: []string{"en-cours", "gagne", "appris", "mixte"},
		Tones: map[string]string{"gagne": "ok", "appris": "ok", "mixte": "warn"},
	}
	Decisions   = Vocabulary{Name: "decision", Slugs: []string{"approfondir", "perenniser", "essaimer", "arreter"}}
	Modes       = Vocabulary{Name: "mode", Slugs: []string{"services-usagers", "politiques-citoyens"}}
	Targets     = Vocabulary{Name: "target", Slugs: []string{"service", "politique", "organisation-interne", "instrument"}}
	Instruments = Vocabulary{Name: "instrument", Slugs: []string{"subvention", "appel-a-projets", "marche-public", "autre"}}
	Sectors     = Vocabulary{Name: "sector", Slugs: []string{"public", "prive", "commun"}}
	GoNoGo      = Vocabulary{Name: "go", Slugs: []string{"go", "reprendre", "no-go"}}
)

// Revise dates a new stage and keeps a new wording of the problem.
func (e *Experiment) Revise(old Item, now time.Time) {
	if o, ok := old.(*Experiment); ok {
		e.Stages, e.Problems = o.Stages, o.Problems
	}
	e.Stages = addStage(e.Stages, e.Stage, e.StageNote, now)
	if n := len(e.Problems); e.Problem != "" && (n == 0 || e.Problems[n-1].Statement != e.Problem) {
		e.Problems = append(e.Problems[:n:n], Problem{e.Problem, stamp(now), e.ProblemWhy})
	}
}

// addStage dates a stage, unless it is the last one already.
func addStage(stages []StageChange, stage, note string, now time.Time) []StageChange {
	n := len(stages)
	if stage == "" || n > 0 && stages[n-1].Stage == stage {
		return stages
	}
	return append(stages[:n:n], StageChange{stage, stamp(now), note})
}

// Open puts the problem as it is today into the form.
func (e *Experiment) Open() { e.Problem = e.Wording() }

// Announce tells that an experiment came to a new stage.
func (e *Experiment) Announce(old Item) *Announcement {
	if o, ok := old.(*Experiment); !ok || o.Stage == e.Stage {
		return nil
	}
	return &Announcement{Key: "note.stage", Words: map[string]string{"Stage": "stage." + e.Stage}}
}

// Wording is the problem as it is put today, or empty.
func (e *Experiment) Wording() string {
	if len(e.Problems) == 0 {
		return ""
	}
	return e.Problems[len(e.Problems)-1].Statement
}

// Wordings are all wordings of the problem, oldest first.
func (e *Experiment) Wordings() []Problem { return e.Problems }

// phases are the five parts of the journey, and the stages in each.
var phases = [][]string{
	{"machine-a-cafe", "signal"},
	{"reformulation", "idees", "mandat"},
	{"experimentation", "test-usagers"},
	{"evaluation"},
	{"incubation", "essaimage", "perennise"},
}

// Journey shows the five phases that the stages fall into.
func (e *Experiment) Journey() Journey {
	j := Journey{Stage: "stage." + e.Stage, Current: phaseOf(e.Stage), Changes: e.Stages, Stages: &Stages}
	if e.Status == "arrete" {
		j.Stopped = "status.arrete"
	}
	for i, key := range []string{"phase.idea", "phase.preparation", "phase.trial", "phase.evaluation", "phase.spread"} {
		j.Steps = append(j.Steps, Step{Key: key, Level: i, Reached: firstReached(e.Stages, phases[i])})
	}
	return j
}

func phaseOf(stage string) int {
	return slices.IndexFunc(phases, func(stages []string) bool { return slices.Contains(stages, stage) })
}
