package page

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

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
		for _, f := range k.Fields {
			want("field." + f.Name)
			if f.Facet && k.Path != "" {
				want("filter." + f.Name)
			}
			if f.Vocabulary != nil {
				for _, slug := range f.Vocabulary.Slugs {
					want(f.Vocabulary.Name + "." + slug)
				}
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

func TestEveryStageHasALevel(t *testing.T) {
	for _, slug := range store.Stages.Slugs {
		if level, ok := stageLevels[slug]; !ok || level >= phases {
			t.Errorf("stage %s has the level %d, %v", slug, level, ok)
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
