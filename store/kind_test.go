package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/store/kindtest"
)

func eachField(t *testing.T, test func(t *testing.T, k *store.Kind, f *store.Field)) {
	t.Helper()
	for _, k := range store.Kinds {
		for i := range k.Fields {
			t.Run(k.Name+"/"+k.Fields[i].Name, func(t *testing.T) { test(t, k, &k.Fields[i]) })
		}
	}
}

func TestKindsAreToldApart(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range store.Kinds {
		for _, name := range []string{"name " + k.Name, "path " + k.Path, "letter " + k.Letter} {
			if seen[name] && name != "path " {
				t.Errorf("%s: %s is another kind's", k.Name, name)
			}
			seen[name] = true
		}
		if k.Name == "" || len(k.Letter) != 1 || k.Type == "" || strings.Contains(k.Name, "\x00") || store.KindOf(k.Name) != k {
			t.Errorf("got %+v", k)
		}
		if it := k.New(); it.Envelope() == k.New().Envelope() {
			t.Errorf("%s: New gives out the same twice", k.Name)
		}
		names := map[string]bool{}
		for _, f := range k.Fields {
			if names[f.Name] || k.Field(f.Name).Name != f.Name {
				t.Errorf("%s: field %q stands twice", k.Name, f.Name)
			}
			names[f.Name] = true
		}
		if k.Field("no such field") != nil || !names["audience"] {
			t.Errorf("%s: has a field that is none, or no audience", k.Name)
		}
	}
	if store.KindOf("") != nil || store.KindOf("Experiment") != nil {
		t.Error("there is no such kind")
	}
}

// What a descriptor says of its fields fits what they are.
func TestFieldsFitTheirWidgets(t *testing.T) {
	points := map[store.Widget]string{
		store.Line: "*string", store.Text: "*string", store.Markdown: "*string",
		store.Choice: "*string", store.Choices: "*[]string", store.Picture: "**store.Image",
		store.Day: "*string", store.Clock: "*string", store.Web: "*string", store.Digits: "*string", store.Link: "*string",
		store.Whole: "*int", store.Amount: "*float64", store.Tick: "*bool", store.Where: "*store.Place",
		store.Files: "*[]store.Attachment",
	}
	eachField(t, func(t *testing.T, k *store.Kind, f *store.Field) {
		if f.Widget == store.Shown {
			if f.Required || f.Facet {
				t.Error("it is not asked for")
			}
			return
		}
		it := k.New()
		if _, rows := f.At(it).(store.Rows); rows != (f.Widget == store.Table) || rows != (f.Columns != nil) {
			t.Errorf("a %s points to %T, with %d columns", f.Widget, f.At(it), len(f.Columns))
		}
		if got := reflect.TypeOf(f.At(it)).String(); f.Widget != store.Table && got != points[f.Widget] {
			t.Errorf("a %s points to %s, want %s", f.Widget, got, points[f.Widget])
		}
		if f.At(it) != f.At(it) || f.At(it) == f.At(k.New()) {
			t.Error("At does not point into the item")
		}
		chosen := f.Widget == store.Choice || f.Widget == store.Choices
		if chosen != (f.Vocabulary != nil) || f.Facet && !chosen && f.Widget != store.Line {
			t.Error("a choice has a vocabulary, and only a choice or a line can be a facet")
		}
	})
}

func TestVocabulariesAreSlugs(t *testing.T) {
	eachField(t, func(t *testing.T, _ *store.Kind, f *store.Field) {
		if f.Vocabulary == nil {
			return
		}
		seen := map[string]bool{}
		for _, slug := range f.Vocabulary.Slugs {
			odd := strings.Trim(strings.ReplaceAll(slug, "/", "-"), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:")
			if slug == "" || odd != "" || seen[slug] || !f.Vocabulary.Has(slug) {
				t.Errorf("slug %q", slug)
			}
			seen[slug] = true
		}
		if f.Vocabulary.Has("") || f.Vocabulary.Has("no such slug") {
			t.Error("has what it has not")
		}
	})
}

func TestCheckNamesTheFieldAndTheMistake(t *testing.T) {
	eachField(t, func(t *testing.T, k *store.Kind, f *store.Field) {
		it := kindtest.Fill(k)
		wantReason(t, k, it, f, "")
		switch p := f.At(it).(type) {
		case *string:
			checkText(t, k, it, f, p)
		case *[]string:
			checkList(t, k, it, f, p)
		case *int:
			*p = -1
			wantReason(t, k, it, f, "error.negative")
		case *float64:
			*p = -0.5
			wantReason(t, k, it, f, "error.negative")
		case **store.Image:
			*p = nil
			wantReason(t, k, it, f, ifRequired(f))
		case store.Rows:
			checkRows(t, k, it, f, p)
		}
	})
}

func ifRequired(f *store.Field) string {
	if f.Required {
		return "error.required"
	}
	return ""
}

func checkText(t *testing.T, k *store.Kind, it store.Item, f *store.Field, p *string) {
	t.Helper()
	*p = ""
	wantReason(t, k, it, f, ifRequired(f))
	if f.Required {
		*p = " \n\t"
		wantReason(t, k, it, f, "error.required")
	}
	if f.Max > 0 {
		*p = strings.Repeat("é", f.Max)
		if f.Formed(*p) && f.Valid == nil {
			wantReason(t, k, it, f, "")
		}
		*p += "é"
		wantReason(t, k, it, f, "error.too-long")
	}
	if f.Vocabulary != nil {
		*p = "no such slug"
		wantReason(t, k, it, f, "error.choice")
	}
	if *p = "formless"; !f.Formed(*p) {
		wantReason(t, k, it, f, "error."+string(f.Widget))
	}
}

// What is read from a text is the text again: spreadsheets go out and come in.
func TestTextsComeBack(t *testing.T) {
	eachField(t, func(t *testing.T, k *store.Kind, f *store.Field) {
		it, back := kindtest.Fill(k), k.New()
		text := f.Text(it)
		if e := f.ParseText(back, text); e != nil {
			t.Fatal(e)
		}
		switch f.Widget {
		case store.Picture, store.Files, store.Where, store.Shown:
			return // they are no text
		}
		if text == "" || f.Text(back) != text || !reflect.DeepEqual(f.At(back), f.At(it)) {
			t.Errorf("got %q, want %q", f.Text(back), text)
		}
		if e := f.ParseText(back, ""); e != nil || !f.IsEmpty(back) {
			t.Errorf("got %q of nothing, %v", f.Text(back), e)
		}
	})
}

// checkRows wants the mistakes of a row under the row's name, and a bound.
func checkRows(t *testing.T, k *store.Kind, it store.Item, f *store.Field, rows store.Rows) {
	t.Helper()
	for i := range f.Columns {
		if !f.Columns[i].Required {
			continue
		}
		rows.Truncate(1)
		rows.Grow()
		want := "field " + store.RowName(f.Name, 1) + "." + f.Columns[i].Name + ": error.required"
		if err := k.Check(it); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	rows.Truncate(0)
	wantReason(t, k, it, f, ifRequired(f))
	for range f.Max + 1 {
		rows.Grow()
	}
	wantReason(t, k, it, f, "error.too-many-choices")
}

func checkList(t *testing.T, k *store.Kind, it store.Item, f *store.Field, p *[]string) {
	t.Helper()
	*p = nil
	wantReason(t, k, it, f, ifRequired(f))
	*p = []string{f.Vocabulary.Slugs[0], "no such slug"}
	wantReason(t, k, it, f, "error.choice")
	if f.Max > 0 {
		*p = slices.Repeat(f.Vocabulary.Slugs[:1], f.Max+1)
		wantReason(t, k, it, f, "error.too-many-choices")
	}
}

func wantReason(t *testing.T, k *store.Kind, it store.Item, f *store.Field, want string) {
	t.Helper()
	err := k.Check(it)
	if want == "" {
		if err != nil {
			t.Errorf("got %v, want nothing", err)
		}
		return
	}
	got, ok := errors.AsType[*store.FieldError](err)
	if !ok || got.Field != f.Name || got.Reason != want {
		t.Errorf("got %v, want %s: %s", err, f.Name, want)
		return
	}
	if strings.HasPrefix(want, "error.too-") && (got.Args["max"] != f.Max || got.Args["have"] != f.Max+1) {
		t.Errorf("%s: got %v", want, got.Args)
	}
	for _, lang := range []string{"fr", "en"} {
		if !hasWords(t, lang, strings.TrimPrefix(want, "error.")) {
			t.Errorf("%s has no words in %s", want, lang)
		}
	}
}

// wantMistakes wants exactly these mistakes ("field: reason"), in the order of the
// form; none when there are no words.
func wantMistakes(t *testing.T, it store.Item, want ...string) {
	t.Helper()
	var got []string
	if all, ok := errors.AsType[store.FieldErrors](store.KindOf(it.Envelope().Kind).Check(it)); ok {
		for _, e := range all {
			reason := strings.TrimPrefix(e.Reason, "error.")
			got = append(got, e.Field+": "+reason)
			if !hasWords(t, "fr", reason) || !hasWords(t, "en", reason) {
				t.Errorf("%s has no words", e.Reason)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// hasWords says whether a language has a message of this name.
func hasWords(t *testing.T, lang, name string) bool {
	t.Helper()
	files, err := filepath.Glob("../web/assets/locales/*." + lang + ".toml")
	must(t, err)
	return slices.ContainsFunc(files, func(file string) bool {
		words, err := os.ReadFile(file)
		must(t, err)
		return bytes.Contains(words, []byte("\n"+name+" = "))
	})
}

func TestCheckSaysAllMistakesInTheOrderOfTheForm(t *testing.T) {
	e := &store.Experiment{Stage: "x"}
	e.Themes = []string{"y"}
	e.Kind = "experiment"
	wantMistakes(t, e, "title: required", "pitch: required", "stage: choice", "themes: choice", "audience: required")
	err := store.KindOf("experiment").Check(e)
	if text := err.Error(); !strings.Contains(text, "field title: error.required; field pitch") {
		t.Errorf("got %q", text)
	}
}

// A kind is one file: whatever it declares comes back from the store, without a
// line anywhere else.
func TestEveryKindComesBackFromTheStore(t *testing.T) {
	s, _ := open(t)
	for _, k := range store.Kinds {
		it := kindtest.Fill(k)
		if reviser, ok := it.(store.Reviser); ok {
			reviser.Revise(nil, noon)
		}
		r := it.Envelope()
		r.IRI, r.Lab, r.Audience, r.Created, r.Updated = "https://home.example/"+k.Name, iri(home, "lab"), store.Public, noon, noon
		want, err := json.Marshal(it)
		must(t, err)
		update(t, s, func(tx *store.Txn) {
			r.ID = 0
			putRecord(t, tx, it)
			back, err := tx.Record(r.ID)
			must(t, err)
			back.Envelope().ID = 0
			if got, err := json.Marshal(back); err != nil || !bytes.Equal(got, want) || reflect.TypeOf(back) != reflect.TypeOf(it) {
				t.Errorf("%s: got %s, %v, want %s", k.Name, got, err, want)
			}
			for i := range k.Fields {
				f := &k.Fields[i]
				if !f.Facet {
					continue
				}
				if got := tx.ListKind(k.Name, with(store.Query{}, f.Name, firstSlug(f, it))).Total; got != 1 {
					t.Errorf("%s: facet %s: got %d, want 1", k.Name, f.Name, got)
				}
			}
		})
	}
}

func firstSlug(f *store.Field, it store.Item) string {
	switch p := f.At(it).(type) {
	case *[]string:
		return (*p)[0]
	case *string:
		if f.Vocabulary != nil {
			return *p
		}
	}
	return geo.Fold(f.Text(it))
}
