package store

import (
	"slices"
	"strings"
	"time"
)

// Indicator is a key figure of this node, counted from its records each time: what
// a viewer counts in the lists that the same viewer can take away comes to the
// same. Its formula is the message "figure.<key>-formula".
type Indicator struct {
	Key    string
	Total  int
	Parts  []Part // of the total, in the order of their vocabulary, those of none left out
	Months []Part // of the total, oldest first, with those of none; empty: it is how things stand at the end
}

// Part is a part of an indicator. Key is the message that says it; the Slug of a
// month is "2026-03".
type Part struct {
	Slug, Key string
	Value     int
}

// The keys of the indicators, in their order.
const (
	Participations = "participations" // people who came to events, as often as they came
	Workshops      = "workshops"      // events that took place
	UsersInvolved  = "users"          // users of public services among them
	Experiments    = "experiments"    // at the end, by stage
	ByOutcome      = "outcomes"       // the same, by what came of them
	Replications   = "replications"   // what was taken up from others, or by others from here
)

// FiguresSince is the beginning of the two years that key figures are shown for.
func FiguresSince(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month()-23, 1, 0, 0, 0, 0, time.UTC)
}

// MonthForm is the form of the slug of a month.
const MonthForm = "2006-01"

// Indicators counts from the beginning of the month of from up to the moment to
// what v may meet in lists.
func (t *Txn) Indicators(v Viewer, from, to time.Time) []Indicator {
	c := &count{from: time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC), to: to, of: map[string]*Indicator{}}
	for _, key := range []string{Participations, Workshops, UsersInvolved, Replications} {
		c.of[key] = &Indicator{Key: key, Months: c.months()}
	}
	for _, key := range []string{Experiments, ByOutcome} {
		c.of[key] = &Indicator{Key: key}
	}
	q := Query{Viewer: v, Home: true}
	for it := range t.WalkKind("event", q, 0) {
		c.event(it.(*Event))
	}
	for it := range t.WalkKind("experiment", q, 0) {
		c.experiment(it.(*Experiment))
	}
	c.reuse(t, v)
	return c.end()
}

// count is the counting of the indicators.
type count struct {
	from, to time.Time
	of       map[string]*Indicator
}

func (c *count) months() (list []Part) {
	for m := c.from; m.Before(c.to); m = m.AddDate(0, 1, 0) {
		list = append(list, Part{Slug: m.Format(MonthForm)})
	}
	return list
}

// add counts n of a part, in the month of at.
func (c *count) add(key, slug, word string, at time.Time, n int) {
	if n == 0 {
		return
	}
	i := c.of[key]
	i.Total += n
	addPart(&i.Parts, Part{slug, word, n})
	if month := at.Format(MonthForm); i.Months != nil {
		addPart(&i.Months, Part{Slug: month, Value: n})
	}
}

func addPart(parts *[]Part, p Part) {
	if i := slices.IndexFunc(*parts, func(have Part) bool { return have.Slug == p.Slug }); i >= 0 {
		(*parts)[i].Value += p.Value
		return
	}
	*parts = append(*parts, p)
}

// within says whether a moment is counted; on the clocks of the place, for months
// are those of people.
func (c *count) within(at time.Time) bool {
	return !at.IsZero() && at.Before(c.to) && at.Format(MonthForm) >= c.from.Format(MonthForm)
}

func (c *count) event(e *Event) {
	begins, _ := e.When()
	if !c.within(begins) || e.State == "annule" || e.State == "reporte" {
		return
	}
	kind := e.EventKind
	if !EventKinds.Has(kind) {
		kind = ""
	}
	c.add(Workshops, kind, wordOr(EventKinds.Name, kind), begins, 1)
	for _, group := range e.Attendance.groups() {
		c.add(Participations, group.Slug, group.Key, begins, group.Value)
	}
	c.add(UsersInvolved, "attendedUsers", "field.event-attendedUsers", begins, e.Attendance.Users)
}

// groups are those who came, by the field that holds their number.
func (a Attendance) groups() []Part {
	all := []Part{
		{Slug: "attendedProfessionals", Value: a.Professionals},
		{Slug: "attendedUsers", Value: a.Users},
		{Slug: "attendedCitizens", Value: a.Citizens},
		{Slug: "attendedElected", Value: a.Elected},
		{Slug: "attendedAgents", Value: a.Agents},
		{Slug: "attendedOthers", Value: a.Others},
	}
	for i := range all {
		all[i].Key = "field.event-" + all[i].Slug
	}
	return all
}

// wordOr is the message of a slug, or the one for none.
func wordOr(vocabulary, slug string) string {
	if slug == "" {
		return "figure.none"
	}
	return vocabulary + "." + slug
}

func (c *count) experiment(e *Experiment) {
	if !e.Created.Before(c.to) {
		return
	}
	stage := e.stageAt(c.to)
	c.add(Experiments, stage, wordOr(Stages.Name, stage), e.Created, 1)
	c.add(ByOutcome, e.Outcome, wordOr(Outcomes.Name, e.Outcome), e.Created, 1)
}

// stageAt is the stage at which an experiment stood at a moment.
func (e *Experiment) stageAt(at time.Time) string {
	stage := e.Stage
	for _, change := range slices.Backward(e.Stages) {
		if stage = change.Stage; change.Date.Before(at) {
			break
		}
	}
	return stage
}

// reuse counts adoptions of records of this node, when their origin says so, and
// those of others by this node.
func (c *count) reuse(t *Txn, v Viewer) {
	for it := range t.WalkKind("adoption", Query{Viewer: v}, 0) {
		a := it.(*Adoption)
		origin, err := t.RecordByIRI(a.Of)
		ours := err == nil && !origin.Envelope().Remote
		switch when := a.adopted(); {
		case !c.within(when) || !t.Confirmed(a):
		case ours:
			c.add(Replications, "given", "figure.given", when, 1)
		case !a.Remote:
			c.add(Replications, "taken", "figure.taken", when, 1)
		}
	}
}

// adopted is the day of an adoption, or when it was published.
func (a *Adoption) adopted() time.Time {
	if day, err := time.Parse(dayForm, a.Date); err == nil {
		return day
	}
	return a.Created
}

// end puts indicators and their parts in order.
func (c *count) end() []Indicator {
	var list []Indicator
	for _, key := range []string{Participations, Workshops, UsersInvolved, Experiments, ByOutcome, Replications} {
		i := c.of[key]
		slices.SortStableFunc(i.Parts, func(a, b Part) int { return partRank(a.Key) - partRank(b.Key) })
		list = append(list, *i)
	}
	return list
}

// partRank is the place of a part by its message: as the vocabularies have it,
// then as they were met.
func partRank(word string) int {
	vocabulary, slug, _ := strings.Cut(word, ".")
	for _, v := range []*Vocabulary{&EventKinds, &Stages, &Outcomes} {
		if v.Name == vocabulary {
			return slices.Index(v.Slugs, slug)
		}
	}
	return slices.IndexFunc(Attendance{}.groups(), func(g Part) bool { return g.Key == word })
}
