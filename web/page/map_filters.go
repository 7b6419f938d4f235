package page

import (
	"cmp"
	"maps"
	"slices"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
)

// facets are the questions of the form: what, whose, where and about what; of one
// kind alone, all of its facets; and whatever else is asked for already.
func (m *mapped) facets() []string {
	names := []string{store.PinKind, store.PinLab, "territory", "themes"}
	for _, f := range facetsOf(m.asked.Get(store.PinKind)) {
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	for _, name := range frame.FacetNames() {
		if m.asked.Has(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func facetsOf(kind string) []store.Field {
	if k := store.KindOf(kind); k != nil {
		return frame.Facets(k)
	}
	return nil
}

// filters are the questions with how many places each answer leaves. What would
// leave none is not offered.
func (m *mapped) filters(tx *store.Txn, counts map[string]map[string]int) []assets.Field {
	var fields []assets.Field
	for _, name := range m.facets() {
		f := assets.Field{
			Name: name, Label: m.facetLabel(name), Type: "select", Value: m.asked.Get(name),
			Choices: []assets.Choice{{Text: m.t("filter.any")}},
		}
		for _, value := range m.answers(name, counts[name]) {
			text := m.t("filter.count", "name", m.facetValue(tx, name, value), "count", counts[name][value])
			f.Choices = append(f.Choices, assets.Choice{Value: value, Text: text})
		}
		if len(f.Choices) > 1 {
			fields = append(fields, f)
		}
	}
	return append(fields, m.originField(m.asked))
}

// answers are those that leave something, and the one that is given: of kinds and
// vocabularies in their order, of labs the most frequent first.
func (m *mapped) answers(name string, counts map[string]int) []string {
	known := m.vocabulary(name)
	if name == store.PinLab {
		known = slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
			return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
		})
		known = known[:min(len(known), mostLabs)]
	}
	return slices.DeleteFunc(known, func(value string) bool { return counts[value] == 0 && value != m.asked.Get(name) })
}

const mostLabs = 50 // offered as answers

// vocabulary are the answers that a question may have, each once.
func (m *mapped) vocabulary(name string) []string {
	var known []string
	for _, k := range store.Kinds {
		if name == store.PinKind {
			known = append(known, k.Name)
			continue
		}
		for _, f := range frame.Facets(k) {
			for _, slug := range f.Vocabulary.Slugs {
				if f.Name == name && !slices.Contains(known, slug) {
					known = append(known, slug)
				}
			}
		}
	}
	if name == store.PinKind {
		known = append(known, store.KindLab)
	}
	return known
}

// chips are the narrowings that are on, each with the map without it.
func (m *mapped) chips(tx *store.Txn) []chip {
	var chips []chip
	add := func(name, text string) {
		chips = append(chips, chip{Text: text, Label: m.t("filter.remove", "filter", text), Href: m.with(name, "")})
	}
	for _, name := range m.facets() {
		if value := m.asked.Get(name); value != "" {
			add(name, m.facetValue(tx, name, value))
		}
	}
	switch m.asked.Get(frame.Origin) {
	case frame.FromHere:
		add(frame.Origin, m.t("filter.here"))
	case frame.FromOthers:
		add(frame.Origin, m.t("filter.others"))
	}
	if m.asked.Has(frame.Area) {
		add(frame.Area, m.t("map.area"))
	}
	return chips
}
