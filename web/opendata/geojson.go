package opendata

import (
	"encoding/json"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/schemaorg"
)

// feature is a record on a map (RFC 7946 §3.2).
type feature struct {
	Type       string         `json:"type"`
	ID         string         `json:"id"`
	Geometry   point          `json:"geometry"`
	Properties map[string]any `json:"properties"`
}

type point struct {
	Type        string     `json:"type"`
	Coordinates [2]float64 `json:"coordinates"` // longitude, latitude
}

// exportGeoJSON writes the records that lie somewhere. Who has no place but one
// territory lies in the middle of it, and says so.
func exportGeoJSON(e *export) error {
	if !e.begin("application/geo+json") {
		return nil
	}
	columns := map[string][]store.Column{} // by kind
	return e.array(`{"type":"FeatureCollection","features":[`, "]}", func(it store.Item) any {
		k := store.KindOf(it.Envelope().Kind)
		f, ok := located(k, it)
		if !ok {
			return nil
		}
		if columns[k.Name] == nil {
			columns[k.Name] = k.Columns()
		}
		f.Properties = e.properties(columns[k.Name], it, f.Properties)
		return f
	})
}

// array writes what one gives of each record, leaving out nil, between two texts.
func (e *export) array(head, tail string, one func(store.Item) any) error {
	e.out.WriteString(head)
	comma := ""
	err := e.each(func(it store.Item) error {
		prepare(it)
		value := one(it)
		if value == nil {
			return nil
		}
		b, err := json.Marshal(value)
		if err != nil {
			return err
		}
		e.out.WriteString(comma + "\n")
		e.out.Write(b)
		comma = ","
		return nil
	})
	if err != nil {
		return err
	}
	e.out.WriteString("\n" + tail + "\n")
	return e.send()
}

func located(k *store.Kind, it store.Item) (feature, bool) {
	p, ok := k.Where(it)
	return feature{
		Type: "Feature", ID: it.Envelope().IRI, Geometry: point{Type: "Point", Coordinates: [2]float64{p.Lon, p.Lat}},
		Properties: map[string]any{"precision": p.Precision, "place": p.Label()},
	}, ok
}

// properties are flat: texts and numbers, as maps of other software show them.
// "name" and "description" are what uMap expects.
func (e *export) properties(columns []store.Column, it store.Item, p map[string]any) map[string]any {
	r := it.Envelope()
	p["name"], p["description"], p["kind"] = schemaorg.Title(r), r.Pitch, r.Kind
	p["publisher"] = e.words.Name(r.Lab)
	for i := range columns {
		c := &columns[i]
		if c.Field != nil && c.Field.Widget == store.Where || c.Name == "title" || c.Name == "pitch" || c.Name == "id" {
			continue
		}
		if cell := c.Cell(it); cell != "" {
			p[c.Name] = property(c, it, cell)
		}
	}
	return p
}

func property(c *store.Column, it store.Item, cell string) any {
	if c.Field == nil {
		return cell
	}
	switch v := c.Field.At(it).(type) {
	case *int:
		return *v
	case *float64:
		return *v
	case *bool:
		return *v
	}
	return cell
}
