package search

import (
	"context"
	"fmt"
	"math"

	bleveGeo "github.com/blevesearch/bleve/v2/geo"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/numeric"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	"github.com/blevesearch/bleve/v2/search/searcher"
	index "github.com/blevesearch/bleve_index_api"

	"github.com/essaim/essaim/store/geo"
)

// cellsPerDegree sets the size of a cell of the globe: half a degree, about 55 km
// from south to north.
const cellsPerDegree = 2

// cell names the cell that a row and a column from the origin lead to. Columns go
// round the globe.
func cell(row, column int) string {
	const around = 360 * cellsPerDegree
	return fmt.Sprintf("%d/%d", row, ((column%around)+around)%around)
}

func cellOf(p geo.Point) string { return cell(row(p.Lat), row(p.Lon)) }

func row(degrees float64) int { return int(math.Floor(degrees * cellsPerDegree)) }

// near asks for what lies within some kilometres of a point. Bleve's own query looks
// for hundreds of pieces of the globe in every segment; here the cells around the
// point are looked up (cellQuery) and the distance is measured for what lies in them
// and fits otherwise (among).
type near struct {
	at     geo.Point
	within float64
	among  query.Query
}

var _ query.Query = near{}

// cellQuery asks for the cells around the point.
func (n near) cellQuery() query.Query {
	var cells []query.Query
	for _, name := range n.cells() {
		cells = append(cells, termQuery(fieldCell, name, 0))
	}
	return query.NewDisjunctionQuery(cells)
}

// Searcher makes near a query of bleve.
func (n near) Searcher(ctx context.Context, r index.IndexReader, m mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	found, err := n.among.Searcher(ctx, r, m, o)
	if err != nil {
		return nil, err
	}
	places, err := r.DocValueReader([]string{fieldPlace})
	if err != nil {
		return nil, err
	}
	return searcher.NewFilteringSearcher(ctx, found, func(_ *search.SearchContext, d *search.DocumentMatch) bool {
		inside := false
		err := places.VisitDocValues(d.IndexInternalID, func(_ string, term []byte) {
			if p, ok := position(term); ok {
				inside = inside || geo.Distance(n.at, p) <= n.within
			}
		})
		return err == nil && inside
	}), nil
}

// cells are those that any point within the distance may lie in.
func (n near) cells() []string {
	high := n.within / geo.KilometresPerDegree
	shortest := math.Cos(min(89, math.Abs(n.at.Lat)+high) * math.Pi / 180) // of the parallels, next to the equator's
	wide := min(180, high/shortest)
	var names []string
	for y := row(n.at.Lat - high); y <= row(n.at.Lat+high); y++ {
		for x := row(n.at.Lon - wide); x <= row(n.at.Lon+wide); x++ {
			names = append(names, cell(y, x))
		}
	}
	return names
}

// placeOf writes a place as bleve's order by distance reads it. A geographic field
// of its own would keep it in sixteen grades of precision, all of which would have
// to be read again for each distance.
func placeOf(p geo.Point) string {
	return string(numeric.MustNewPrefixCodedInt64(int64(bleveGeo.MortonHash(p.Lon, p.Lat)), 0))
}

// position reads a place.
func position(term []byte) (geo.Point, bool) {
	coded := numeric.PrefixCoded(term)
	if shift, err := coded.Shift(); err != nil || shift != 0 {
		return geo.Point{}, false
	}
	n, err := coded.Int64()
	if err != nil {
		return geo.Point{}, false
	}
	return geo.Point{Lon: bleveGeo.MortonUnhashLon(uint64(n)), Lat: bleveGeo.MortonUnhashLat(uint64(n))}, true
}
