package page

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
	"github.com/essaim/essaim/web/assets"
)

// mistake is a wrong answer to a question of a form.
type mistake struct {
	name   string     // of the control
	answer []string   // what was typed or chosen
	also   url.Values // further answers that the mistake needs
	key    string     // of the message
	args   []any
	lost   bool // no control can show this answer again
}

// TestEveryWrongAnswerHasItsMessage answers every question of every form wrongly,
// in each way there is: the message stands beside the question in both languages,
// and what was typed is kept.
func TestEveryWrongAnswerHasItsMessage(t *testing.T) {
	s := newSite(t)
	c := s.As(t, s.node.Contributor)
	words := catalog(t)
	for _, k := range store.Kinds {
		ways := wrongWays(k)
		if len(ways) == 0 {
			t.Errorf("%s: nothing can be answered wrongly", k.Name)
		}
		for n, wrong := range ways {
			form := answersOf(k.Fields, kindtest.Fill(k), "")
			for _, m := range wrong {
				maps.Copy(form, m.also)
				form[m.name] = m.answer
			}
			for lang, prefix := range map[assets.Lang]string{assets.French: "", assets.English: "/en"} {
				t.Run(fmt.Sprint(k.Name, " ", n, " ", lang), func(t *testing.T) {
					a := send(t, c, prefix+newPath(k), form, nil)
					if a.Status != http.StatusUnprocessableEntity {
						t.Fatalf("got %d, want 422", a.Status)
					}
					for _, m := range wrong {
						m.check(t, a.Body, words.T(lang, m.key, m.args...))
					}
					keptAnswers(t, form, fieldsIn(t, a.Body), wrong)
				})
			}
		}
	}
}

// check wants the message beside the question, and the question in the summary.
func (m mistake) check(t *testing.T, body, message string) {
	t.Helper()
	if message == m.key {
		t.Errorf("%s has no words", m.key)
	}
	_, beside, _ := strings.Cut(body, `id="f-`+m.name+`-error"`)
	beside, _, _ = strings.Cut(beside, "</p>")
	if !strings.Contains(text(beside), text(message)) {
		t.Errorf("%s answered %.30q: beside it stands %q, want %q", m.name, m.answer, text(beside), message)
	}
	if !strings.Contains(body, `href="#f-`+m.name+`"`) || !strings.Contains(body, `id="f-`+m.name+`"`) {
		t.Errorf("%s: the summary does not lead to the question", m.name)
	}
}

func keptAnswers(t *testing.T, typed, kept url.Values, wrong []mistake) {
	t.Helper()
	lost := map[string]bool{}
	for _, m := range wrong {
		lost[m.name] = m.lost
	}
	for name, values := range typed {
		if got, want := strings.Join(kept[name], "\n"), strings.Join(values, "\n"); !lost[name] && got != want {
			t.Errorf("%s was typed as %.30q and came back as %.30q", name, want, got)
		}
	}
}

// answersOf is an item as the form sends it. The picture is sent apart.
func answersOf(fields []store.Field, v any, prefix string) url.Values {
	form := url.Values{}
	for i := range fields {
		f := &fields[i]
		name := prefix + f.Name
		if f.Widget == store.Shown {
			continue
		}
		switch p := f.At(v).(type) {
		case **store.Image, *[]store.Attachment:
		case *[]string:
			form[name] = *p
		case *bool:
			form.Set(name, "1")
		case *store.Place:
			form.Set(name+".name", p.Name)
			form.Set(name+".commune", p.Commune)
		case store.Rows:
			for n := range p.Len() {
				maps.Copy(form, answersOf(f.Columns, p.Row(n), store.RowName(f.Name, n)+"."))
			}
		default:
			form.Set(name, f.Text(v))
		}
	}
	return form
}

// wrongWays are forms with mistakes, as many in each as it has questions that can
// be answered wrongly in that many ways.
func wrongWays(k *store.Kind) [][]mistake {
	var ways [][]mistake
	for i := range k.Fields {
		for n, m := range wrongAnswers(&k.Fields[i], "", k) {
			if n == len(ways) {
				ways = append(ways, nil)
			}
			ways[n] = append(ways[n], m...)
		}
	}
	return ways
}

// wrongAnswers are the ways to answer one question wrongly; those of a table
// answer all its columns.
func wrongAnswers(f *store.Field, prefix string, k *store.Kind) (ways [][]mistake) {
	name := prefix + f.Name
	add := func(key string, lost bool, answer []string, args ...any) {
		ways = append(ways, []mistake{{name: name, answer: answer, key: "error." + key, args: args, lost: lost}})
	}
	if f.Widget == store.Shown || f.Widget == store.Picture || f.Widget == store.Files {
		return nil // uploads have tests of their own
	}
	if f.Required && f.Widget != store.Table {
		add("required", false, []string{""})
	}
	switch f.Widget {
	case store.Whole, store.Amount:
		add("number", false, []string{"douze"}, "value", "douze")
		add("negative", false, []string{"-3"})
	case store.Choices:
		add("choice", true, []string{"licornes"}, "value", "licornes")
		if f.Max > 0 && f.Max < len(f.Vocabulary.Slugs) {
			add("too-many-choices", false, f.Vocabulary.Slugs[:f.Max+1], "max", f.Max, "have", f.Max+1)
		}
	case store.Choice:
		add("choice", true, []string{"licorne"}, "value", "licorne")
	case store.Table:
		return wrongRows(f, k)
	case store.Tick:
	case store.Where:
		name += placeCommune
		add("commune-unknown", false, []string{"Nulle-Part-sur-Rien"}, "value", "Nulle-Part-sur-Rien")
	default:
		ways = append(ways, wrongTexts(f, name)...)
	}
	return ways
}

func wrongTexts(f *store.Field, name string) (ways [][]mistake) {
	if f.Max > 0 {
		ways = append(ways, []mistake{{
			name: name, answer: []string{strings.Repeat("é", f.Max+1)}, key: "error.too-long",
			args: []any{"max", f.Max, "have", f.Max + 1},
		}})
	}
	const formless = "sans-forme"
	args := []any{"value", formless}
	switch {
	case !f.Formed(formless):
		ways = append(ways, []mistake{{name: name, answer: []string{formless}, key: "error." + string(f.Widget), args: args}})
	case f.Valid != nil && f.Valid(formless) != "" && (f.Max == 0 || len(formless) <= f.Max):
		ways = append(ways, []mistake{{name: name, answer: []string{formless}, key: "error." + f.Valid(formless), args: args}})
	}
	return ways
}

// wrongRows are wrong answers in the second row of a table, and one row too many.
func wrongRows(f *store.Field, k *store.Kind) (ways [][]mistake) {
	for c := range f.Columns {
		for n, m := range wrongAnswers(&f.Columns[c], store.RowName(f.Name, 1)+".", k) {
			if n == len(ways) {
				ways = append(ways, nil)
			}
			ways[n] = append(ways[n], m...)
		}
	}
	it, many := kindtest.Fill(k), url.Values{}
	row := f.At(it).(store.Rows).Row(0)
	for n := range f.Max + 1 {
		maps.Copy(many, answersOf(f.Columns, row, store.RowName(f.Name, n)+"."))
	}
	return append(ways, []mistake{{
		name: f.Name, also: many, key: "error.too-many-choices", args: []any{"max", f.Max, "have", f.Max + 1},
	}})
}
