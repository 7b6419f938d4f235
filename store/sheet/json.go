package sheet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// object is one thing of a JSON file.
type object = map[string]any

// readJSON reads the formats that are JSON, and tells them by what they hold.
func readJSON(data []byte) (*Sheet, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil {
		return nil, &Malformed{Reason: "json", Err: err}
	}
	format, things := thingsOf(doc)
	if format == "" {
		return nil, &Malformed{Reason: "unknown"}
	}
	t := table{Sheet: Sheet{Format: format}, at: map[string]int{}}
	for n, thing := range things {
		if len(t.Rows) == MaxRows {
			return nil, &Malformed{Format: format, Line: n + 1, Reason: "too-many-rows"}
		}
		row := t.row(n + 1)
		t.addThing(row, thing)
		if len(t.Columns) > maxColumns {
			return nil, &Malformed{Format: format, Line: n + 1, Reason: "too-many-columns"}
		}
	}
	return t.done()
}

// thingsOf finds the things of a file, and its format; empty when it is none.
func thingsOf(doc any) (Format, []object) {
	switch v := doc.(type) {
	case []any:
		if list := objects(v); isBazar(list) {
			return YesWiki, list
		}
	case object:
		if layers, ok := v["layers"].([]any); ok && v["type"] == "umap" {
			return UMap, layerFeatures(layers)
		}
		if features, ok := v["features"].([]any); ok && v["type"] == "FeatureCollection" {
			return GeoJSON, objects(features)
		}
		if data, ok := v["data"].([]any); ok && v["ontology"] != nil {
			return gogocarto(data)
		}
		if list := values(v); isBazar(list) {
			return YesWiki, list
		}
	}
	return "", nil
}

func objects(list []any) []object {
	var all []object
	for _, v := range list {
		if o, ok := v.(object); ok {
			all = append(all, o)
		}
	}
	return all
}

// values are the things of a YesWiki file, which are named by their page.
func values(doc object) []object {
	var all []object
	for _, key := range slices.Sorted(maps.Keys(doc)) {
		if o, ok := doc[key].(object); ok {
			all = append(all, o)
		}
	}
	return all
}

func isBazar(list []object) bool {
	return len(list) > 0 && (list[0]["id_fiche"] != nil || list[0]["bf_titre"] != nil)
}

// gogocarto is the ontology "gogofull"; the compact one names no columns.
func gogocarto(data []any) (Format, []object) {
	list := objects(data)
	if len(list) == 0 && len(data) > 0 {
		return "", nil
	}
	return GoGoCarto, list
}

// layerFeatures are the features of all layers of a uMap map, with the name of
// theirs.
func layerFeatures(layers []any) []object {
	var all []object
	for _, layer := range objects(layers) {
		options, _ := layer["_umap_options"].(object)
		if options == nil {
			options, _ = layer["_storage"].(object)
		}
		features, _ := layer["features"].([]any)
		for _, f := range objects(features) {
			f["layer"] = options["name"]
			all = append(all, f)
		}
	}
	return all
}

// table is a sheet whose columns are found row by row.
type table struct {
	Sheet
	at map[string]int
}

func (t *table) row(line int) int {
	t.Rows = append(t.Rows, Row{Line: line})
	return len(t.Rows) - 1
}

// set puts a text into a cell. Nothing leaves it as it is.
func (t *table) set(row int, column, text string) {
	if text = strings.TrimSpace(text); text == "" || column == "" {
		return
	}
	i, ok := t.at[column]
	if !ok {
		i = len(t.Columns)
		t.at[column], t.Columns = i, append(t.Columns, column)
	}
	cells := &t.Rows[row].Cells
	for len(*cells) <= i {
		*cells = append(*cells, "")
	}
	(*cells)[i] = text
}

// done makes all rows equally long.
func (t *table) done() (*Sheet, error) {
	if len(t.Columns) == 0 {
		return nil, &Malformed{Format: t.Format, Reason: "empty"}
	}
	for i := range t.Rows {
		r := &t.Rows[i]
		r.Cells = append(r.Cells, make([]string, len(t.Columns)-len(r.Cells))...)
	}
	return &t.Sheet, nil
}

// addThing puts an object into a row: a feature of a map by its properties, any
// other by its members.
func (t *table) addThing(row int, o object) {
	properties, isFeature := o["properties"].(object)
	if !isFeature {
		t.addMembers(row, "", o, 0)
		return
	}
	t.addMembers(row, "", properties, 0)
	t.set(row, "id", text(o["id"]))
	t.set(row, "layer", text(o["layer"]))
	geometry, _ := o["geometry"].(object)
	if lon, lat, ok := middle(geometry["coordinates"]); ok {
		t.set(row, "lon", lon)
		t.set(row, "lat", lat)
	}
}

const maxNesting = 4 // of objects in objects

func (t *table) addMembers(row int, prefix string, o object, depth int) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if inner, ok := o[name].(object); ok && depth < maxNesting && !strings.HasPrefix(name, "_umap") {
			t.addMembers(row, prefix+name+".", inner, depth+1)
			continue
		}
		value := text(o[name])
		if t.Format != GeoJSON {
			value = withoutMarkup(value)
		}
		t.set(row, strings.Join(strings.Fields(prefix+name), " "), value)
	}
}

// text is a value as a cell: lists are separated by commas.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "oui"
		}
		return ""
	case []any:
		parts := make([]string, 0, len(v))
		for _, part := range v {
			if s := text(part); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ", ")
	case object:
		return text(v["name"])
	}
	return fmt.Sprint(v)
}

// middle is the middle of the positions of a geometry (RFC 7946 §3.1), as text: of
// a point the point itself.
func middle(coordinates any) (lon, lat string, ok bool) {
	var b bounds
	b.add(coordinates, 0)
	if b.n == 0 {
		return "", "", false
	}
	if b.n == 1 {
		return string(b.first[0]), string(b.first[1]), true
	}
	return degrees((b.west + b.east) / 2), degrees((b.south + b.north) / 2), true
}

func degrees(n float64) string { return fmt.Sprintf("%.6f", n) }

// bounds are what positions lie within.
type bounds struct {
	n                        int
	first                    [2]json.Number
	west, south, east, north float64
}

func (b *bounds) add(v any, depth int) {
	list, ok := v.([]any)
	if !ok || depth > maxNesting {
		return
	}
	if lon, lat, ok := position(list); ok {
		b.grow(lon, lat)
		return
	}
	for _, part := range list {
		b.add(part, depth+1)
	}
}

func position(list []any) (lon, lat json.Number, ok bool) {
	if len(list) < 2 {
		return "", "", false
	}
	lon, ok1 := list[0].(json.Number)
	lat, ok2 := list[1].(json.Number)
	return lon, lat, ok1 && ok2
}

func (b *bounds) grow(lon, lat json.Number) {
	x, err1 := lon.Float64()
	y, err2 := lat.Float64()
	if err1 != nil || err2 != nil {
		return
	}
	if b.n == 0 {
		b.first, b.west, b.east, b.south, b.north = [2]json.Number{lon, lat}, x, x, y, y
	}
	b.n++
	b.west, b.east, b.south, b.north = min(b.west, x), max(b.east, x), min(b.south, y), max(b.north, y)
}
