package frame

import (
	"net/url"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/atlas"
)

// MapPath is the map of everything that lies somewhere, MapData its data.
const (
	MapPath = "/carte"
	MapData = MapPath + ".geojson"
)

// Area is the name by which addresses narrow a map to a part of the globe, as
// atlas.Box writes it.
const Area = "cadre"

// MapNarrowing is what an address asks of the map, as far as it is known: kind,
// lab, the facets of all kinds, origin and area. Its data take the same.
func MapNarrowing(asked url.Values) url.Values {
	query := url.Values{}
	if kind := asked.Get(store.PinKind); kind == store.KindLab || store.KindOf(kind) != nil {
		query.Set(store.PinKind, kind)
	}
	if id, err := store.ParseID(asked.Get(store.PinLab)); err == nil {
		query.Set(store.PinLab, id.String())
	}
	for _, name := range FacetNames() {
		if slug := asked.Get(name); VocabularyOf(name, slug) != nil {
			query.Set(name, slug)
		}
	}
	if from := asked.Get(Origin); from == FromHere || from == FromOthers {
		query.Set(Origin, from)
	}
	if area, ok := atlas.ParseBox(asked.Get(Area)); ok {
		query.Set(Area, area.String())
	}
	return query
}

// MapQuery is what the store is asked for by a MapNarrowing, and the square around
// its area; the zero Box: everywhere.
func MapQuery(by store.Viewer, narrowing url.Values) (store.Query, atlas.Box) {
	facets := url.Values{}
	for name, values := range narrowing {
		if name != Area {
			facets[name] = values
		}
	}
	if area, ok := atlas.ParseBox(narrowing.Get(Area)); ok {
		return Query(by, facets), area.Square()
	}
	return Query(by, facets), atlas.Box{}
}
