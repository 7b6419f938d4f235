package frame

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/store/search"
)

// SearchPath is the page of the search. What it found in other forms lies beside it,
// under the ends of Feeds and SearchData.
const SearchPath = "/recherche"

// What an address of the search says beside its facets.
const (
	AskText   = "q"
	AskNear   = "pres"
	AskWithin = "km"
	AskOrder  = "tri"
)

// MaxAnswer is how long a value in an address of the search may be, in bytes.
const MaxAnswer = 100

// UsualRadius is how far around a place is looked unless something else is asked,
// in kilometres; Radii are all that may be asked.
const UsualRadius = "50"

// Radii are described at UsualRadius.
var Radii = []string{"10", "25", UsualRadius, "100", "200"}

// SearchData are the forms in which the finds of a search are taken away.
var SearchData = []Export{{".geojson", "application/geo+json"}, {".jsonld", "application/ld+json"}}

// Search is a search as its address says it. What the address says of nothing known
// is left out.
type Search struct {
	Asked url.Values // as far as it is known, without the page
	Query search.Query
	Place geo.Place   // to be near to; the zero Place: anywhere
	Which []geo.Place // several may be meant
}

// ReadSearch reads an address.
func ReadSearch(from url.Values) *Search {
	s := &Search{Asked: url.Values{}, Query: search.Query{Facets: map[string]string{}}}
	for _, name := range SearchFacets() {
		if value := from.Get(name); value != "" && len(value) <= MaxAnswer {
			s.Asked.Set(name, value)
			s.Query.Facets[name] = value
		}
	}
	if s.Query.Text = strings.TrimSpace(from.Get(AskText)); s.Query.Text != "" {
		s.Asked.Set(AskText, s.Query.Text)
	}
	if order := search.Sort(from.Get(AskOrder)); order == search.ByDate || order == search.ByDistance {
		s.Query.Sort = order
		s.Asked.Set(AskOrder, string(order))
	}
	s.locate(from)
	return s
}

// locate looks up where something is to be near to.
func (s *Search) locate(from url.Values) {
	typed := strings.TrimSpace(from.Get(AskNear))
	if typed == "" || len(typed) > MaxAnswer {
		return
	}
	s.Asked.Set(AskNear, typed)
	if s.Place, s.Which = geo.Resolve(typed, geo.Commune); s.Place.Code == "" {
		return
	}
	s.Asked.Set(AskNear, s.Place.Code)
	s.Query.Near = &s.Place.Point
	radius := from.Get(AskWithin)
	if !slices.Contains(Radii, radius) {
		radius = UsualRadius
	}
	s.Asked.Set(AskWithin, radius)
	s.Query.Within, _ = strconv.ParseFloat(radius, 64)
}

// Href is where the finds lie in another form; the zero Export is the page.
func (s *Search) Href(e Export) string {
	if len(s.Asked) == 0 {
		return SearchPath + e.End
	}
	return SearchPath + e.End + "?" + s.Asked.Encode()
}

// SearchFacets are the names of all facets, in their order: kind and lab, those of
// the kinds, the size of the place, whether it may be used again, year and language.
var SearchFacets = sync.OnceValue(func() []string {
	names := append([]string{search.FacetKind, search.FacetLab}, FacetNames()...)
	return append(names, search.FacetSize, search.FacetReusable, search.FacetYear, search.FacetLang)
})
