package assets

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

// Catalog holds the words of the interface in every language. French is the
// source. It is immutable and safe for concurrent use.
type Catalog struct {
	fixed map[Lang]map[string]string // messages without a variable part
	local map[Lang]*i18n.Localizer
	all   map[Lang]map[string]bool
}

// spacing puts the no-break spaces that French has at its punctuation, so that
// the files can be written with the ordinary one.
var spacing = strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!", " »", "\u00a0»", "« ", "«\u00a0")

// NewCatalog reads the embedded files locales/NAME.LANG.toml.
func NewCatalog() (*Catalog, error) {
	bundle := i18n.NewBundle(language.French)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	c := &Catalog{fixed: map[Lang]map[string]string{}, local: map[Lang]*i18n.Localizer{}, all: map[Lang]map[string]bool{}}
	for _, lang := range Languages {
		c.fixed[lang], c.all[lang] = map[string]string{}, map[string]bool{}
		if err := c.load(bundle, lang); err != nil {
			return nil, err
		}
	}
	for _, lang := range Languages {
		c.local[lang] = i18n.NewLocalizer(bundle, string(lang), string(French))
	}
	return c, nil
}

func (c *Catalog) load(bundle *i18n.Bundle, lang Lang) error {
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
		f, err := bundle.ParseMessageFileBytes(data, name)
		if err != nil {
			return fmt.Errorf("parse %s: %w", name, err)
		}
		for _, m := range f.Messages {
			c.all[lang][m.ID] = true
			if m.One == "" && !strings.Contains(m.Other, "{{") {
				c.fixed[lang][m.ID] = m.Other
			}
		}
	}
	return nil
}

// T is the message key in lang. args are names and values in turn, or one
// map[string]any, for the {{.name}} in it; an integer shows as people of that
// language write it, and the one named "count" picks the plural form. A message
// that lacks in lang is given in French, an unknown key as itself.
func (c *Catalog) T(lang Lang, key string, args ...any) string {
	if s, ok := c.fixed[lang][key]; ok {
		return s
	}
	data, count := arguments(lang, args)
	local := c.local[lang]
	if local == nil {
		local = c.local[French]
	}
	s, err := local.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: count})
	if s == "" && err != nil {
		return key
	}
	return s
}

// Has reports whether lang itself has the message.
func (c *Catalog) Has(lang Lang, key string) bool { return c.all[lang][key] }

// Share is how many of a hundred messages lang itself has, rounded down.
func (c *Catalog) Share(lang Lang) int { return 100 * len(c.all[lang]) / len(c.all[French]) }

// Keys are the keys of lang's messages, sorted.
func (c *Catalog) Keys(lang Lang) []string { return slices.Sorted(maps.Keys(c.all[lang])) }

// arguments makes the map that a message's template reads.
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
