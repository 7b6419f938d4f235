package page

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

func catalog(t *testing.T) *assets.Catalog {
	t.Helper()
	c, err := assets.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sources are the templates by file name.
func sources(t *testing.T) map[string]string {
	t.Helper()
	names, err := fs.Glob(Templates, "*.html")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	out := map[string]string{}
	for _, name := range names {
		data, err := fs.ReadFile(Templates, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(data)
	}
	return out
}

func TestEveryKeyInATemplateExists(t *testing.T) {
	c := catalog(t)
	use := regexp.MustCompile(`\bt "([^"]+)"`)
	for name, source := range sources(t) {
		for _, m := range use.FindAllStringSubmatch(source, -1) {
			if !c.Has(assets.French, m[1]) {
				t.Errorf("%s uses the key %q, which does not exist", name, m[1])
			}
		}
	}
}

func TestNoTemplateHoldsAWord(t *testing.T) {
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	word := regexp.MustCompile(`\p{L}{2,}`)
	for name, source := range sources(t) {
		z := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(source, "")))
		for z.Next() != html.ErrorToken {
			token := z.Token()
			if token.Type == html.TextToken && word.MatchString(token.Data) {
				t.Errorf("%s holds the words %q", name, strings.TrimSpace(token.Data))
			}
			for _, a := range token.Attr {
				if (a.Key == "aria-label" || a.Key == "alt" || a.Key == "title") && word.MatchString(a.Val) {
					t.Errorf("%s holds the words %s=%q", name, a.Key, a.Val)
				}
			}
		}
	}
}

func TestEveryKindAndVocabularyHasItsWords(t *testing.T) {
	c := catalog(t)
	want := func(key string) {
		if !c.Has(assets.French, key) || !c.Has(assets.English, key) {
			t.Errorf("no words for %q", key)
		}
	}
	for _, k := range store.Kinds {
		want("kind." + k.Name)
		for _, key := range []string{"new." + k.Name + ".title", "new." + k.Name + ".save", "edit." + k.Name + ".title", "edit." + k.Name + ".save", "delete." + k.Name + ".title", "delete." + k.Name + ".button"} {
			want(key)
		}
		for _, key := range []string{".title", ".lead", ".create", ".empty.title", ".empty.text"} {
			want("list." + k.Name + key)
		}
		fieldWords(c, want, k.Name, k.Fields, "")
		if staged, ok := k.New().(store.Staged); ok {
			for _, step := range staged.Journey().Steps {
				want(step.Key)
			}
		}
		if stamped, ok := k.New().(store.Stamped); ok {
			v, _ := stamped.Stamp(time.Now())
			for _, slug := range v.Slugs {
				want(v.Name + "." + slug)
			}
		}
	}
	for _, slug := range store.MemberRoles.Slugs {
		want("role." + slug)
	}
	for _, slug := range store.Audiences.Slugs {
		want("audience-hint." + slug)
		want("flash.created-" + slug)
		want("flash.updated-" + slug)
	}
}

// fieldWords wants the words of fields: the kind's own, or those that kinds share.
func fieldWords(c *assets.Catalog, want func(string), kind string, fields []store.Field, table string) {
	for _, f := range fields {
		if own := "field." + kind + "-" + table + f.Name; !c.Has(assets.French, own) || !c.Has(assets.English, own) {
			want("field." + table + f.Name)
		}
		if f.Facet && f.Vocabulary != nil {
			want("filter." + f.Name)
		}
		if len(f.On) > 0 {
			want("begin." + kind)
		}
		if f.Badge && f.Vocabulary == nil {
			want("badge." + kind + "-" + f.Name)
		}
		if f.Vocabulary != nil {
			for _, slug := range f.Vocabulary.Slugs {
				want(f.Vocabulary.Name + "." + slug)
			}
		}
		fieldWords(c, want, kind, f.Columns, f.Name+"-")
	}
}

func TestEveryStageIsOnTheWay(t *testing.T) {
	for _, slug := range store.Stages.Slugs {
		j := (&store.Experiment{Stage: slug}).Journey()
		if j.Current < 0 || j.Current >= len(j.Steps) || j.Stage != "stage."+slug {
			t.Errorf("stage %s is at step %d", slug, j.Current)
		}
	}
}

func TestStageNoteIsPlainAndNamesStageAndAddress(t *testing.T) {
	note := catalog(t).T(assets.French, "note.stage", "Title", "Le guichet", "Stage", "Mandat obtenu", "URL", "https://a.example/e/1")
	for _, part := range []string{"Le guichet", "Mandat obtenu", "https://a.example/e/1"} {
		if !strings.Contains(note, part) {
			t.Errorf("%q lacks %q", note, part)
		}
	}
	if strings.ContainsAny(note, "<>") {
		t.Errorf("%q is not plain", note)
	}
}
