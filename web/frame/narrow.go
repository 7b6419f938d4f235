package frame

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
)

// The origins by which a list can be narrowed, and the name by which addresses do.
const (
	Origin     = "origine"
	FromHere   = "ici"
	FromOthers = "reseau"
)

// Facets are the fields by which the list of a kind can be narrowed.
func Facets(k *store.Kind) []store.Field {
	var list []store.Field
	for _, f := range k.Fields {
		if f.Facet && f.Vocabulary != nil {
			list = append(list, f)
		}
	}
	return list
}

// OwnWords are the fields in people's own words by which the list of a kind can be
// narrowed, however these are spelt.
func OwnWords(k *store.Kind) []store.Field {
	var list []store.Field
	for _, f := range k.Fields {
		if f.Facet && f.Vocabulary == nil {
			list = append(list, f)
		}
	}
	return list
}

// FacetNames are the names of the facets of all kinds, in their order.
func FacetNames() []string {
	var names []string
	for _, k := range store.Kinds {
		for _, f := range Facets(k) {
			if !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// VocabularyOf is the vocabulary in which a facet of any kind has a value, or nil.
func VocabularyOf(name, value string) *store.Vocabulary {
	for _, k := range store.Kinds {
		if f := k.Field(name); f != nil && f.Facet && f.Vocabulary != nil && f.Vocabulary.Has(value) {
			return f.Vocabulary
		}
	}
	return nil
}

// Narrowing is what an address asks of the list of a kind, as far as the kind
// knows it. The list in its other forms takes the same.
func Narrowing(k *store.Kind, asked url.Values) url.Values {
	query := url.Values{}
	for _, f := range Facets(k) {
		if slug := asked.Get(f.Name); f.Vocabulary.Has(slug) {
			query.Set(f.Name, slug)
		}
	}
	for _, f := range OwnWords(k) {
		if text := strings.TrimSpace(asked.Get(f.Name)); geo.Fold(text) != "" && utf8.RuneCountInString(text) <= f.Max {
			query.Set(f.Name, text)
		}
	}
	if from := asked.Get(Origin); from == FromHere || from == FromOthers {
		query.Set(Origin, from)
	}
	return query
}

// Query is what the store is asked for by a Narrowing.
func Query(by store.Viewer, narrowing url.Values) store.Query {
	q := store.Query{Viewer: by}
	for name := range narrowing {
		if name == Origin {
			q.Home, q.Away = narrowing.Get(name) == FromHere, narrowing.Get(name) == FromOthers
			continue
		}
		if q.Facets == nil {
			q.Facets = map[string]string{}
		}
		q.Facets[name] = narrowing.Get(name)
		if VocabularyOf(name, q.Facets[name]) == nil {
			q.Facets[name] = geo.Fold(q.Facets[name])
		}
	}
	return q
}

// Export is another form of a list: the end of its address, and its media type.
type Export struct{ End, Type string }

// Feeds are the exports that people subscribe to, Data those that they take away.
var (
	Feeds = []Export{
		{".atom", "application/atom+xml"}, {".rss", "application/rss+xml"}, {".json", "application/feed+json"},
	}
	Data = []Export{
		{".csv", "text/csv"}, {".geojson", "application/geo+json"}, {".jsonld", "application/ld+json"},
	}
)

// Href is where an export of the list of a kind lies.
func (e Export) Href(k *store.Kind, narrowing url.Values) string {
	path := "/" + k.Path + e.End
	if len(narrowing) > 0 {
		path += "?" + narrowing.Encode()
	}
	return path
}
