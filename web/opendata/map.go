package opendata

import (
	"encoding/json"
	"iter"
	"math"
	"net/http"
	"strconv"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/frame"
)

// mapped answers with everything that lies somewhere, of all kinds, as short as a
// map needs it: name, kind, publisher, address, and the facets by which it can be
// narrowed. The lists of the kinds have the rest.
func (d *dialect) mapped(w http.ResponseWriter, r *http.Request) error {
	return d.export(w, r, nil).answer(exportMap)
}

// exportMap writes in one transaction: nothing is read but the index of the map,
// and nothing is sent meanwhile.
func exportMap(e *export) error {
	if !e.begin("application/geo+json") {
		return nil
	}
	query, area := frame.MapQuery(e.by, frame.MapNarrowing(e.r.URL.Query()))
	var within func(geo.Point) bool
	if !area.IsZero() {
		within = area.Has
	}
	err := e.view(func(tx *store.Txn) error {
		e.out.Reset()
		e.out.WriteString(`{"type":"FeatureCollection","features":[`)
		end := "\n"
		for _, p := range tx.Pins(query, within).List {
			e.out.WriteString(end)
			e.pin(tx, &p)
			end = ",\n"
		}
		e.out.WriteString("\n]}\n")
		return nil
	})
	if err != nil {
		return err
	}
	return e.send()
}

// pin writes one place. There may be thousands, so it is written by hand, and short.
// "url" says the id again, for maps that show properties alone; "name" is what uMap
// expects.
func (e *export) pin(tx *store.Txn, p *store.Pin) {
	text := p.Text()
	e.meet(tx, text.Lab)
	id := quoted(text.IRI)
	e.write(`{"type":"Feature","geometry":{"type":"Point","coordinates":[`, degrees(p.At.Lon), ",", degrees(p.At.Lat),
		`]},"properties":{"publisher":`, quoted(e.words.Name(text.Lab)), `,"kind":`, quoted(text.Kind), `,"precision":`, quoted(string(text.Precision)))
	for name, values := range joined(p.Facets()) {
		if name != store.PinKind && name != store.PinLab {
			e.write(",", quoted(name), ":", quoted(values))
		}
	}
	e.write(`,"name":`, quoted(text.Title), `,"url":`, id, `},"id":`, id, "}")
}

func (e *export) write(parts ...string) {
	for _, s := range parts {
		e.out.WriteString(s)
	}
}

// joined yields every name once, with its values between commas.
func joined(facets iter.Seq2[string, string]) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		name, values := "", ""
		for next, value := range facets {
			if next == name {
				values += "," + value
				continue
			}
			if name != "" && !yield(name, values) {
				return
			}
			name, values = next, value
		}
		if name != "" {
			yield(name, values)
		}
	}
}

// degrees is a number to about a metre.
func degrees(x float64) string {
	return strconv.FormatFloat(math.Round(x*1e5)/1e5, 'f', -1, 64)
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // of a text
	}
	return string(b)
}
