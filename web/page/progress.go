package page

import (
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// progress is how far an experiment got, and how its problem was put on the way.
type progress struct {
	Stepper  assets.Stepper
	Stage    *assets.Stage
	Badges   []assets.Badge
	Journal  []moment
	Problem  string
	Wordings []moment // earlier and present ones, oldest first; only when there are several
}

// moment is something said at a date.
type moment struct {
	Text, Note string
	Date       time.Time
	Last       bool
}

const phases = 5 // the levels 0 to 4 of a stage

// progress is nil for a record that is no experiment.
func (a *ask) progress(it store.Item) *progress {
	e, ok := it.(*store.Experiment)
	if !ok {
		return nil
	}
	p := &progress{Stage: a.stage(e), Stepper: a.stepper(e), Problem: e.CurrentProblem()}
	if store.Statuses.Has(e.Status) {
		p.Badges = append(p.Badges, assets.Badge{Tone: statusTones[e.Status], Text: a.t("status." + e.Status)})
	}
	if store.Outcomes.Has(e.Outcome) {
		p.Badges = append(p.Badges, assets.Badge{Tone: outcomeTones[e.Outcome], Text: a.t("outcome." + e.Outcome)})
	}
	for i, s := range e.Stages {
		p.Journal = append(p.Journal, moment{Text: a.stageText(s.Stage), Note: s.Note, Date: s.Date, Last: i == len(e.Stages)-1})
	}
	if len(e.Problems) > 1 {
		for i, w := range e.Problems {
			p.Wordings = append(p.Wordings, moment{Text: w.Statement, Note: w.Why, Date: w.Date, Last: i == len(e.Problems)-1})
		}
	}
	return p
}

// What failed is shown in the same way as what worked: no status is an error.
var (
	statusTones  = map[string]string{"actif": "ok", "en-sommeil": "plain", "arrete": "info", "transmis": "info"}
	outcomeTones = map[string]string{"en-cours": "plain", "gagne": "ok", "appris": "info", "mixte": "warn"}
)

// stageText is the word for a stage, or the slug that another node sent.
func (a *ask) stageText(slug string) string {
	if store.Stages.Has(slug) {
		return a.t("stage." + slug)
	}
	return slug
}

// stepper shows the five phases that the stages fall into, with the day on which
// each was reached first.
func (a *ask) stepper(e *store.Experiment) assets.Stepper {
	if !store.Stages.Has(e.Stage) {
		return assets.Stepper{}
	}
	current := stageLevels[e.Stage]
	s := assets.Stepper{Label: a.t("record.stepper")}
	for level := range phases {
		step := assets.Step{Stage: assets.Stage{Text: a.t(phaseKeys[level]), Level: level}, State: "todo"}
		switch {
		case level < current:
			step.State, step.Date = "done", reached(e, level)
		case level == current:
			step.State, step.Date, step.Note = "current", reached(e, level), a.t("stage."+e.Stage)
			if e.Status == "arrete" {
				step.Stage.Level, step.Note = stopped, a.t("status.arrete")
			}
		}
		s.Steps = append(s.Steps, step)
	}
	return s
}

var phaseKeys = [phases]string{"phase.idea", "phase.preparation", "phase.trial", "phase.evaluation", "phase.spread"}

// reached is when an experiment first came to a phase; zero: it never did.
func reached(e *store.Experiment, level int) time.Time {
	for _, s := range e.Stages {
		if l, ok := stageLevels[s.Stage]; ok && l == level {
			return s.Date
		}
	}
	return time.Time{}
}
