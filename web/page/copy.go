package page

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

// copyState is how much of what an actor of another node publishes is here.
type copyState struct {
	Progress *assets.Progress // while it is on its way; nil: it is not
	Checked  time.Time        // when it was last known to be complete; zero: never
	Problem  string           // what is wrong with it; empty: nothing
	Since    time.Time        // of the problem
	LeftOut  string           // what cannot be shown here; empty: nothing
	Chosen   string           // what alone is copied; empty: everything
	Kinds    *assets.Table    // here and there, by kind; nil: its server does not count
	Choose   string           // where to choose and to look again; empty: not for this viewer
	Fields   []assets.Field   // of the choice
}

// copyState is nil for those who are not copied.
func (a *ask) copyState(tx *store.Txn, other *store.Actor) *copyState {
	s := tx.Sync(other.ID)
	if s == nil || s.Phase == store.SyncNew && s.Problem == "" && s.Next.IsZero() {
		return nil
	}
	here := map[string]int{}
	if c := tx.Catalogue(other.IRI); c != nil {
		here = c.Public.Plus(c.Restricted).Kinds
	}
	c := &copyState{Checked: s.Checked, Since: s.Since, Chosen: a.chosen(tx, s.Wants), Kinds: a.copiedKinds(here, s.Theirs)}
	if s.Problem != "" {
		c.Problem = a.t("copy.problem." + string(s.Problem))
	}
	if n := s.Foreign + s.Refused; n > 0 {
		c.LeftOut = a.t("copy.left-out", "count", n)
	}
	if s.Phase == store.SyncPages {
		done, total := store.Holdings{Kinds: here}.Total(), s.Promised()
		c.Progress = &assets.Progress{
			Label: a.t("copy.progress"), Done: min(done, total), Total: total, Text: a.t("copy.done", "done", done, "total", total),
		}
	}
	if a.by.Runs {
		c.Choose, c.Fields = actorPath(other)+"/choix", a.choiceFields(s.Wants, a.recordChoices(tx, s.Wants.Records))
	}
	return c
}

func (a *ask) copiedKinds(here, there map[string]int) *assets.Table {
	if len(there) == 0 {
		return nil
	}
	t := &assets.Table{Caption: a.t("copy.table"), Columns: []assets.Column{
		{Text: a.t("copy.kind")}, {Text: a.t("copy.here"), Number: true}, {Text: a.t("copy.there"), Number: true},
	}}
	for _, kind := range slices.Sorted(maps.Keys(there)) {
		name := kind
		if kind == store.MemberKind || store.KindOf(kind) != nil {
			name = a.t("kind." + kind)
		}
		t.Rows = append(t.Rows, []assets.Cell{
			{Text: name}, {Text: a.lang.Number(int64(here[kind]))}, {Text: a.lang.Number(int64(there[kind]))},
		})
	}
	return t
}

// chosen says what alone is copied.
func (a *ask) chosen(tx *store.Txn, s store.Selection) string {
	if s.All() {
		return ""
	}
	var names []string
	for _, k := range s.Kinds {
		names = append(names, a.t("kind."+k))
	}
	for _, t := range s.Themes {
		names = append(names, a.t("theme."+t))
	}
	for _, r := range a.recordChoices(tx, s.Records) {
		names = append(names, r.Text)
	}
	return strings.Join(names, ", ")
}

// recordChoices are records by their titles, as far as they are here.
func (a *ask) recordChoices(tx *store.Txn, iris []string) []assets.Choice {
	choices := make([]assets.Choice, len(iris))
	for i, iri := range iris {
		choices[i] = assets.Choice{Value: iri, Text: iri}
		if it, err := tx.RecordByIRI(iri); err == nil && a.by.CanSee(it.Envelope()) {
			choices[i].Text = title(it.Envelope())
		}
	}
	return choices
}

const (
	chosenKinds   = "genres"
	chosenThemes  = "themes"
	chosenRecords = "fiches"

	maxChosen = 100 // records of one lab
)

// choiceFields ask what shall be copied: nothing chosen is everything. records are
// those that can be chosen one by one.
func (a *ask) choiceFields(s store.Selection, records []assets.Choice) []assets.Field {
	kinds := assets.Field{Name: chosenKinds, Type: "checkboxes", Label: a.t("copy.kinds"), Hint: a.t("copy.kinds-hint"), Values: s.Kinds}
	for _, k := range store.Kinds {
		kinds.Choices = append(kinds.Choices, assets.Choice{Value: k.Name, Text: a.t("kind." + k.Name)})
	}
	fields := []assets.Field{kinds, {
		Name: chosenThemes, Type: "checkboxes", Label: a.t("copy.themes"), Hint: a.t("copy.themes-hint"),
		Values: s.Themes, Choices: a.choices(&store.Themes),
	}}
	if len(records) > 0 {
		fields = append(fields, assets.Field{
			Name: chosenRecords, Type: "checkboxes", Label: a.t("copy.records"), Hint: a.t("copy.records-hint"),
			Values: s.Records, Choices: records,
		})
	}
	return fields
}

// selection reads the answer; what is no kind, theme or address is left out.
func selection(form url.Values) store.Selection {
	known := func(list []string, has func(string) bool) []string {
		return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !has(s) })
	}
	return store.Selection{
		Kinds:  known(form[chosenKinds], func(s string) bool { return store.KindOf(s) != nil }),
		Themes: known(form[chosenThemes], store.Themes.Has),
		Records: known(form[chosenRecords][:min(len(form[chosenRecords]), maxChosen)], func(s string) bool {
			return store.Origin(s) != ""
		}),
	}
}

// chooseCopy changes what is copied of an actor, and has it looked at now.
func (p *Pages) chooseCopy(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	if !a.by.Runs {
		return a.signIn(w)
	}
	var other *store.Actor
	err := a.view(func(tx *store.Txn) (err error) {
		other, err = a.remote(tx)
		return err
	})
	if err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		if err := parseForm(w, r, maxContribution); err != nil {
			return err
		}
		err = a.Node.Choose(context.WithoutCancel(r.Context()), a.by, other.ID, selection(r.PostForm))
		if errors.Is(err, federation.ErrForbidden) {
			return &reply.Error{Status: http.StatusForbidden, Err: err}
		}
		if err != nil {
			return err
		}
		a.Frame.Flash(r, "ok", "flash.copy-chosen", "name", other.DisplayName())
	}
	return a.redirect(w, http.StatusSeeOther, actorPath(other))
}
