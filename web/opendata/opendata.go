// Package opendata is the dialect of who takes lists away: every list of records
// by the suffix of its own address, with its filters, as a table (CSV), a map
// (GeoJSON), linked data (JSON-LD) and feeds (Atom, RSS, JSON Feed), and the
// codebook that says what the columns mean. What a search finds is taken away the
// same way, but as a table: kinds have columns of their own.
//
// A list is the viewer's: visitors get what everybody may see, members what they
// may meet in lists. Lists are not cut in pages, but feeds: they hold the newest
// records, whole. What visitors get is open to the scripts of other sites (CORS)
// and carries an ETag that changes whenever anything here does.
//
// The data sets are described for harvesters in a catalogue (DCAT 3), and once a
// month what is public is kept as a snapshot that never changes.
//
// Formats: RFC 4180, RFC 7946, RFC 4287, RSS 2.0, JSON Feed 1.1, JSON-LD 1.1,
// RDF 1.1 Turtle.
package opendata

import (
	"context"
	"embed"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/route"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Templates are the dialect's own, for assets.New.
var Templates = assets.Pages(templateFiles)

// Config is what the dialect needs.
type Config struct {
	Frame  *frame.Frame
	Node   *federation.Node
	Search Searcher // nil: nothing can be searched
}

// Searcher finds what people look for.
type Searcher interface {
	Find(ctx context.Context, q search.Query) (*search.Found, error)
}

type dialect struct{ Config }

// Routes mounts the dialect. It must come before the pages: the addresses of
// records would take those of their data.
func Routes(r *mux.Router, c Config) {
	d := &dialect{c}
	for _, k := range store.Kinds {
		list := "/" + k.Path
		d.get(r, list+".csv", d.list(k, exportCSV))
		d.get(r, list+".geojson", d.list(k, exportGeoJSON))
		d.get(r, list+".jsonld", d.list(k, exportJSONLD))
		d.get(r, list+".atom", d.list(k, exportAtom))
		d.get(r, list+".rss", d.list(k, exportRSS))
		d.get(r, list+".json", d.list(k, exportJSONFeed))
		d.get(r, list+".codebook.csv", d.codebook(k))
		d.get(r, "/donnees"+list, d.codebookPage(k))
		d.get(r, "/"+k.Letter+"/{slug:(?:[^/]*-)?}{id:[0-9]+}.jsonld", d.record(k))
	}
	d.get(r, indexPath, d.index)
	d.get(r, "/chiffres.csv", d.indicators(figuresCSV))
	d.get(r, "/indicators.json", d.indicators(indicatorsJSON))
	d.get(r, snapshotsPath+"/{name}", d.snapshot)
	d.get(r, snapshotsPath+"/{name}/"+sumsName, d.sums)
	d.get(r, snapshotsPath+"/{name}/{file}", d.snapshotFile)
	d.get(r, "/catalogue.jsonld", d.catalogue(jsonLD, writeJSONLD))
	d.get(r, "/catalogue.ttl", d.catalogue(turtle, writeTurtle))
	d.get(r, frame.MapData, d.mapped)
	if d.Search == nil {
		return
	}
	d.get(r, frame.SearchPath+".geojson", d.search(exportGeoJSON))
	d.get(r, frame.SearchPath+".jsonld", d.search(exportJSONLD))
	d.get(r, frame.SearchPath+".atom", d.search(exportAtom))
	d.get(r, frame.SearchPath+".rss", d.search(exportRSS))
	d.get(r, frame.SearchPath+".json", d.search(exportJSONFeed))
}

func (d *dialect) get(r *mux.Router, path string, h reply.Handler) {
	route.Handle(r, path, d.Frame.Handle(h)).Methods(http.MethodGet, http.MethodHead)
}
