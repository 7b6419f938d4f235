package assets

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/feature/plural"
)

// Catalog holds the words of the interface in every language. French is the
// source. It is immutable and safe for concurrent use.
//
// A message is a text, or a table of texts by plural form (CLDR: one, two, few,
// many, other), in a file of nested tables; its key has dots between their names.
type Catalog struct {
	messages map[Lang]map[string]message
}

// message is a text with {{.name}} where an argument goes.
type message struct {
	other string
	forms map[plural.Form]string // nil: it is said of any number in the same way
}

var forms = map[string]plural.Form{"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many}

// spacing puts the no-break spaces that French has at its punctuation, so that
// the files, and titles, can be written with the ordinary one.
var spacing = strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!", " »", "\u00a0»", "« ", "«\u00a0")

// NewCatalog returns the catalogue of the embedded files locales/NAME.LANG.toml, the
// same one to all: it is large.
func NewCatalog() (*Catalog, error) { return catalog() }

var catalog = sync.OnceValues(readCatalog)

func readCatalog() (*Catalog, error) {
	c := &Catalog{messages: map[Lang]map[string]message{}}
	for _, lang := range Languages {
		c.messages[lang] = map[string]message{}
		if err := c.load(lang); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Catalog) load(lang Lang) error {
	names, err := fs.Glob(localeFiles, "locales/*."+string(lang)+".toml")
	if err != nil {
		return fmt.Errorf("list words in %s: %w", lang, err)
	}
	for _, name := range names {
		data, err := localeFiles.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if lang == French {
			data = []byte(spacing.Replace(string(data)))
		}
		var table map[string]any
		if err := toml.Unmarshal(data, &table); err != nil {
			return fmt.Errorf("parse %s: %w", name, err)
		}
		addMessages(c.messages[lang], "", table)
	}
	return nil
}

func addMessages(to map[string]message, prefix string, table map[string]any) {
	for name, value := range table {
		key := prefix + name
		switch v := value.(type) {
		case string:
			to[key] = message{other: v}
		case map[string]any:
			if other, ok := v["other"].(string); ok {
				to[key] = message{other: other, forms: formsOf(v)}
				continue
			}
			addMessages(to, key+".", v)
		}
	}
}

func formsOf(table map[string]any) map[plural.Form]string {
	said := map[plural.Form]string{}
	for name, form := range forms {
		if text, ok := table[name].(string); ok {
			said[form] = text
		}
	}
	return said
}

// T is the message key in lang. args are names and values in turn, or one
// map[string]any, for the {{.name}} in it; an integer shows as people of that
// language write it, and the one named "count" picks the plural form. A message
// that lacks in lang is given in French, an unknown key as itself.
func (c *Catalog) T(lang Lang, key string, args ...any) string {
	said := lang
	m, ok := c.messages[said][key]
	if !ok {
		said = French
		if m, ok = c.messages[said][key]; !ok {
			return key
		}
	}
	if len(args) == 0 {
		return m.other
	}
	values, count := arguments(lang, args)
	return fill(m.text(said, count), values)
}

// text is the form for a count, which may be anything.
func (m message) text(lang Lang, count any) string {
	if n, ok := integer(count); ok && m.forms != nil {
		form := plural.Cardinal.MatchPlural(lang.tag(), int(n), 0, 0, 0, 0)
		if text, ok := m.forms[form]; ok {
			return text
		}
	}
	return m.other
}

// fill puts the arguments into a text.
func fill(text string, values map[string]any) string {
	var b strings.Builder
	for {
		before, rest, more := strings.Cut(text, "{{.")
		b.WriteString(before)
		if !more {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}}")
		fmt.Fprint(&b, values[name])
		text = after
	}
}

// Has reports whether lang itself has the message.
func (c *Catalog) Has(lang Lang, key string) bool {
	_, ok := c.messages[lang][key]
	return ok
}

// Share is how many of a hundred messages lang itself has, rounded down.
func (c *Catalog) Share(lang Lang) int { return 100 * len(c.messages[lang]) / len(c.messages[French]) }

// Mostly is the language that most of what a page in lang says is in: French as long as
// less than half is translated.
func (c *Catalog) Mostly(lang Lang) Lang {
	if c.Share(lang) < 50 {
		return French
	}
	return lang
}

// Keys are the keys of lang's messages, sorted.
func (c *Catalog) Keys(lang Lang) []string { return slices.Sorted(maps.Keys(c.messages[lang])) }

// arguments makes the map that fill reads.
func arguments(lang Lang, args []any) (data map[string]any, count any) {
	data = map[string]any{}
	if len(args) == 1 {
		if m, ok := args[0].(map[string]any); ok {
			maps.Copy(data, m)
		}
	}
	for i := 0; i+1 < len(args); i += 2 {
		data[fmt.Sprint(args[i])] = args[i+1]
	}
	count = data["count"]
	for name, v := range data {
		if n, ok := integer(v); ok {
			data[name] = lang.Number(n)
		}
	}
	return data, count
}

func integer(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case uint64:
		return int64(n), true
	}
	return 0, false
}
