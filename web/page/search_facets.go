package page

import (
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
)

// mostValues is how many answers of a facet are offered.
const mostValues = 12

// facets are the answers that would leave some of what was found, but not all.
func (s *seeking) facets(tx *store.Txn, found *search.Found) []facetLinks {
	var list []facetLinks
	for _, name := range frame.SearchFacets() {
		f := facetLinks{Name: name, Label: s.facetLabel(name)}
		for _, c := range found.Counts[name] {
			if c.N == found.Total || s.Asked.Get(name) != "" || len(f.Links) == mostValues {
				continue
			}
			text := s.t("filter.count", "name", s.facetValue(tx, name, c.Value), "count", c.N)
			f.Links = append(f.Links, assets.Link{Text: text, Href: s.with(name, c.Value)})
		}
		if len(f.Links) > 0 {
			list = append(list, f)
		}
	}
	return list
}

func (s *ask) facetLabel(name string) string {
	if key := "search.facet." + name; s.has(key) {
		return s.t(key)
	}
	return s.t("filter." + name)
}

// facetValue is an answer in words.
func (s *ask) facetValue(tx *store.Txn, name, value string) string {
	switch name {
	case search.FacetKind:
		if store.KindOf(value) != nil {
			return s.t("kind." + value)
		}
		return s.orItself("search.kind."+value, value)
	case search.FacetLab:
		return labName(tx, value)
	case search.FacetSize:
		return s.orItself(store.Sizes.Name+"."+value, value)
	case search.FacetReusable:
		return s.t("search.reusable")
	case search.FacetLang:
		return s.orItself("search.lang."+value, value)
	}
	if v := frame.VocabularyOf(name, value); v != nil {
		return s.t(v.Name + "." + value)
	}
	return value
}

func (s *ask) orItself(key, value string) string {
	if s.has(key) {
		return s.t(key)
	}
	return value
}

func labName(tx *store.Txn, number string) string {
	id, err := store.ParseID(number)
	if err != nil {
		return number
	}
	lab, err := tx.Actor(id)
	if err != nil || !search.Findable(lab) {
		return number
	}
	return lab.DisplayName()
}

// chips are the narrowings that are on, each with the search without it.
func (s *seeking) chips(tx *store.Txn) []chip {
	var chips []chip
	add := func(name, text string) {
		chips = append(chips, chip{Text: text, Label: s.t("filter.remove", "filter", text), Href: s.with(name, "")})
	}
	for _, name := range frame.SearchFacets() {
		if value := s.Asked.Get(name); value != "" {
			add(name, s.facetValue(tx, name, value))
		}
	}
	if s.Place.Code != "" {
		add(frame.AskNear, s.t("search.around", "place", s.Place.Label(), "km", s.Asked.Get(frame.AskWithin)))
	}
	return chips
}
