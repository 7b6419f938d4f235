package page

import (
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// progress is how far a record got, and how its problem was put on the way.
type progress struct {
	Stepper  assets.Stepper
	Stage    *assets.Stage
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

// progress is nil for a record that neither goes through stages nor keeps how its
// problem was put.
func (a *ask) progress(it store.Item) *progress {
	p := &progress{Stage: a.stage(it)}
	staged, moves := it.(store.Staged)
	if moves {
		j := staged.Journey()
		p.Stepper = a.stepper(j)
		for i, c := range j.Changes {
			p.Journal = append(p.Journal, moment{Text: a.word(j.Stages, c.Stage), Note: c.Note, Date: c.Date, Last: i == len(j.Changes)-1})
		}
	}
	reframer, puts := it.(store.Reframer)
	if puts {
		p.addWordings(reframer.Wordings())
	}
	if !moves && !puts {
		return nil
	}
	return p
}

func (p *progress) addWordings(wordings []store.Problem) {
	for i, w := range wordings {
		p.Problem = w.Statement
		p.Wordings = append(p.Wordings, moment{Text: w.Statement, Note: w.Why, Date: w.Date, Last: i == len(wordings)-1})
	}
	if len(p.Wordings) == 1 {
		p.Wordings = nil
	}
}

// word is a slug of a vocabulary in words, or the slug that another node sent. Own
// words have no vocabulary.
func (a *ask) word(v *store.Vocabulary, slug string) string {
	if v != nil && v.Has(slug) {
		return a.t(v.Name + "." + slug)
	}
	return slug
}

// stepper shows the parts of a journey, with the day on which each was reached
// first.
func (a *ask) stepper(j store.Journey) assets.Stepper {
	if j.Current < 0 {
		return assets.Stepper{}
	}
	s := assets.Stepper{Label: a.t("record.stepper")}
	for i, part := range j.Steps {
		step := assets.Step{Stage: assets.Stage{Text: a.t(part.Key), Level: part.Level}, State: "todo"}
		switch {
		case i < j.Current:
			step.State, step.Date = "done", part.Reached
		case i == j.Current:
			step.State, step.Date, step.Note = "current", part.Reached, a.t(j.Stage)
			if j.Stopped != "" {
				step.Stage.Level, step.Note = stopped, a.t(j.Stopped)
			}
		}
		s.Steps = append(s.Steps, step)
	}
	return s
}
