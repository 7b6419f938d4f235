package assets

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/net/html"

	"github.com/essaim/essaim/store"
)

func newCatalog(t *testing.T) *Catalog {
	t.Helper()
	c, err := NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryLanguageHasTheSameKeys(t *testing.T) {
	c := newCatalog(t)
	want := c.Keys(French)
	if len(want) == 0 {
		t.Fatal("no keys at all")
	}
	if got := c.Keys(English); !slices.Equal(got, want) {
		t.Errorf("English has %d keys, French %d:\n%v\n%v", len(got), len(want), got, want)
	}
	for _, key := range c.Keys(Breton) {
		if !c.Has(French, key) {
			t.Errorf("Breton has %q, French does not", key)
		}
	}
	if n := c.Share(Breton); n < 1 || n > 99 || c.Share(French) != 100 {
		t.Errorf("Breton has %d %% of the words, French %d", n, c.Share(French))
	}
}

func TestEveryLanguageUsesTheSameArguments(t *testing.T) {
	placeholder := regexp.MustCompile(`\{\{\.[a-z]+\}\}`)
	args := func(lang Lang) map[string]string {
		out := map[string]string{}
		names, err := fs.Glob(localeFiles, "locales/*."+string(lang)+".toml")
		if err != nil {
			t.Fatal(err)
		}
		section := ""
		for _, name := range names {
			data, err := localeFiles.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(data)) {
				if strings.HasPrefix(line, "[") {
					section = strings.TrimSpace(line)
				}
				key, value, ok := strings.Cut(line, " = ")
				if ok && !strings.HasPrefix(line, "#") {
					found := placeholder.FindAllString(value, -1)
					slices.Sort(found)
					out[section+key] = fmt.Sprint(found)
				}
			}
		}
		return out
	}
	french := args(French)
	for _, lang := range []Lang{English, Breton} {
		for key, got := range args(lang) {
			if got != french[key] {
				t.Errorf("%s takes %s in %s, %s in French", key, got, lang, french[key])
			}
		}
	}
}

func TestT(t *testing.T) {
	c := newCatalog(t)
	for _, x := range []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{French, "nav.map", nil, "Carte"},
		{English, "nav.map", nil, "Map"},
		{French, "form.summary", []any{"count", 1}, "Une réponse est à corriger"},
		{French, "form.summary", []any{"count", 0}, "Une réponse est à corriger"},
		{English, "form.summary", []any{"count", 0}, "0 answers need correcting"},
		{English, "form.summary", []any{"count", 2}, "2 answers need correcting"},
		{French, "error.too-long", []any{map[string]any{"max": 1000}}, "C'est trop long\u00a0: 1\u202f000 caractères au plus."},
		{English, "error.too-long", []any{"max", 1000}, "This is too long: 1,000 characters at most."},
		{Lang("oc"), "nav.map", nil, "Carte"},
		{French, "no.such.key", nil, "no.such.key"},
	} {
		if got := c.T(x.lang, x.key, x.args...); got != x.want {
			t.Errorf("%s %s: got %q, want %q", x.lang, x.key, got, x.want)
		}
	}
}

func TestPluralForms(t *testing.T) {
	var table map[string]any
	if err := toml.Unmarshal([]byte("[ki]\none = \"{{.count}} c'hi\"\ntwo = \"{{.count}} gi\"\nmany = \"{{.count}} a gi\"\nother = \"{{.count}} ki\"\n"), &table); err != nil {
		t.Fatal(err)
	}
	c := &Catalog{messages: map[Lang]map[string]message{Breton: {}}}
	addMessages(c.messages[Breton], "", table)
	for count, want := range map[int]string{0: "0 ki", 1: "1 c'hi", 2: "2 gi", 3: "3 ki", 11: "11 ki", 21: "21 c'hi", 1e6: "1 000 000 a gi"} {
		if got := c.T(Breton, "ki", "count", count); strings.ReplaceAll(got, "\u00a0", " ") != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := c.T(Breton, "ki", "count", "?"); got != "? ki" {
		t.Errorf("got %q for what is no number", got)
	}
}

func TestTAtOnce(t *testing.T) {
	c := newCatalog(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				c.T(French, "form.summary", "count", 3)
				c.T(English, "error.too-long", "max", 3)
			}
		})
	}
	wg.Wait()
}

func TestMistakesStandBesideTheirFields(t *testing.T) {
	c := newCatalog(t)
	fields := []Field{{Name: "title", Label: "Titre"}, {Name: "pitch", Label: "Accroche"}}
	err := fmt.Errorf("save: %w", store.FieldErrors{
		{Field: "pitch", Reason: "error.too-long", Args: map[string]any{"max": 300}},
		{Field: "elsewhere", Reason: "error.required"},
	})
	got := c.Mistakes(French, err, fields)
	if len(got) != 2 || got[0].Label != "Accroche" || fields[1].Error != "C'est trop long\u00a0: 300 caractères au plus." {
		t.Errorf("got %+v and %+v", got, fields)
	}
	if got[1].Label != "" || fields[0].Error != "" {
		t.Errorf("a mistake without a field reached one: %+v", fields)
	}
	if one := c.Mistakes(French, &store.FieldError{Field: "title", Reason: "error.required"}, fields); len(one) != 1 {
		t.Errorf("got %d mistakes of a lone error, want 1", len(one))
	}
	if none := c.Mistakes(French, context.Canceled, fields); none != nil {
		t.Errorf("got %v for an error that is not about the form", none)
	}
}

// sources are the shared templates by file name.
func sources(t *testing.T) map[string]string {
	t.Helper()
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	out := map[string]string{}
	for _, name := range names {
		data, err := templateFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(data)
	}
	return out
}

func TestEveryKeyInATemplateExists(t *testing.T) {
	c := newCatalog(t)
	use := regexp.MustCompile(`\bt "([^"]+)"`)
	for name, source := range sources(t) {
		for _, m := range use.FindAllStringSubmatch(source, -1) {
			if !c.Has(French, m[1]) {
				t.Errorf("%s uses the key %q, which does not exist", name, m[1])
			}
		}
	}
	for _, item := range Nav() {
		if !c.Has(French, "nav."+item.Key) {
			t.Errorf("the navigation uses the key nav.%s, which does not exist", item.Key)
		}
	}
}

// TestNoTemplateHoldsAWord looks at what is left of a template without its
// actions. The template "described" is a list of attributes.
func TestNoTemplateHoldsAWord(t *testing.T) {
	action := regexp.MustCompile(`(?s)\{\{define "described"\}\}[^\n]*|\{\{.*?\}\}`)
	word := regexp.MustCompile(`\p{L}{2,}`)
	spoken := map[string]bool{"aria-label": true, "title": true, "alt": true, "placeholder": true}
	for name, source := range sources(t) {
		z := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(source, "")))
		for z.Next() != html.ErrorToken {
			token := z.Token()
			if token.Type == html.TextToken && word.MatchString(token.Data) {
				t.Errorf("%s holds the words %q", name, strings.TrimSpace(token.Data))
			}
			for _, a := range token.Attr {
				if spoken[a.Key] && word.MatchString(a.Val) {
					t.Errorf("%s holds the words %s=%q", name, a.Key, a.Val)
				}
			}
		}
	}
}
