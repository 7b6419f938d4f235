package sheet

import (
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
)

// Mapping says what of a sheet becomes what of the records of a kind.
type Mapping struct {
	Kind string          `json:"kind"`
	From map[string]From `json:"from"` // by the name of a store.Column
}

// From is where a column of the records comes from. The zero From is nowhere.
type From struct {
	Column string `json:"column,omitempty"` // of the sheet
	Value  string `json:"value,omitempty"`  // where neither the row nor the record says anything
}

// Words finds the slug that a person means by a word in a language of the node:
// "Transition écologique" is "transition-ecologique". It answers "" for a word
// that it does not know.
type Words func(v *store.Vocabulary, word string) string

// Filler makes records of rows. It belongs to one goroutine.
type Filler struct {
	kind    *store.Kind
	columns []filled
	id, url int  // of the sheet, or -1
	cut     bool // the pitch is the beginning of the body
	words   Words
	found   map[string]settled
}

type filled struct {
	store.Column
	at    int // of the sheet, or -1
	value string
}

// NewFiller returns the filler of a mapping, which must be of a kind that there
// is. What it names of columns that the sheet does not have is nothing.
func NewFiller(m Mapping, s *Sheet, words Words) *Filler {
	f := &Filler{kind: store.KindOf(m.Kind), words: words, found: map[string]settled{}}
	f.id, f.url = s.Column(m.From["id"].Column), s.Column(m.From["url"].Column)
	f.cut = m.From["pitch"].Column != "" && m.From["pitch"].Column == m.From["body"].Column
	for _, c := range f.kind.Columns() {
		from := m.From[c.Name]
		at := s.Column(from.Column)
		if Imported(&c) && (at >= 0 || from.Value != "") {
			f.columns = append(f.columns, filled{c, at, from.Value})
		}
	}
	return f
}

// Imported says whether an import may set a column. What only the node knows, or
// the source of the record says elsewhere, it may not.
func Imported(c *store.Column) bool {
	return c.Field != nil || c.Name == "lang" || c.Name == "published"
}

// ID is what the source calls the record of a row; empty when it does not say.
// URL is its page there.
func (f *Filler) ID(row *Row) string { return cellAt(row, f.id) }

// URL is the page of a row's record at its source, or empty.
func (f *Filler) URL(row *Row) string {
	if address := cellAt(row, f.url); strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}

func cellAt(row *Row, i int) string {
	if i < 0 {
		return ""
	}
	return strings.TrimSpace(row.Cells[i])
}

// Fill puts a row into it, and says everything that is wrong with it, in the
// order of the columns: what cannot be read, then what the kind does not allow.
func (f *Filler) Fill(row *Row, it store.Item) store.FieldErrors {
	it.Envelope().Kind = f.kind.Name
	f.clearPlaces(it)
	var wrong store.FieldErrors
	for i := range f.columns {
		c := &f.columns[i]
		cell := cellAt(row, c.at)
		if cell == "" && c.value != "" {
			if c.Cell(it) != "" {
				continue // what is for new records does not change those that are there
			}
			cell = c.value
		}
		if f.cut && c.Name == "pitch" {
			cell = beginning(cell, c.Field.Max)
		}
		if e := c.Fill(it, f.slugs(c.Field, cell)); e != nil {
			wrong = append(wrong, e)
		}
	}
	wrong = append(wrong, f.settlePlaces(it)...)
	known := map[string]bool{}
	for _, e := range wrong {
		known[e.Field] = true
	}
	rest, _ := f.kind.Check(it).(store.FieldErrors) //nolint:errorlint // Check answers nothing else
	for _, e := range rest {
		if !known[e.Field] {
			wrong = append(wrong, e)
		}
	}
	return wrong
}

// clearPlaces empties the places that the rows are about: a new commune has
// another position.
func (f *Filler) clearPlaces(it store.Item) {
	for _, c := range f.columns {
		if c.Field != nil && c.Field.Widget == store.Where {
			*c.Field.At(it).(*store.Place) = store.Place{}
		}
	}
}

// beginning is as much of a text as fits, on one line and to the end of a word.
func beginning(text string, limit int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= limit {
		return string(runes)
	}
	s := string(runes[:limit-1])
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		s = s[:i]
	}
	return s + "…"
}

// slugs makes slugs of words. What is unknown stays as it is: Check has its
// message.
func (f *Filler) slugs(field *store.Field, cell string) string {
	if field == nil || field.Vocabulary == nil || cell == "" {
		return cell
	}
	if field.Widget == store.Choice {
		return f.slug(field.Vocabulary, cell)
	}
	parts := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(",;|\n", r) })
	slugs := make([]string, 0, len(parts))
	for _, part := range parts {
		if slug := f.slug(field.Vocabulary, strings.TrimSpace(part)); slug != "" && !slices.Contains(slugs, slug) {
			slugs = append(slugs, slug)
		}
	}
	return strings.Join(slugs, ", ")
}

func (f *Filler) slug(v *store.Vocabulary, word string) string {
	if v.Has(word) || f.words == nil {
		return word
	}
	if slug := f.words(v, word); slug != "" {
		return slug
	}
	return word
}

// settlePlaces completes the places of a record by what is known of communes.
func (f *Filler) settlePlaces(it store.Item) (wrong store.FieldErrors) {
	for i := range f.kind.Fields {
		field := &f.kind.Fields[i]
		if p, ok := field.At(it).(*store.Place); ok && !p.IsZero() {
			if reason := f.settle(p); reason != "" {
				wrong = append(wrong, &store.FieldError{Field: field.Name + ".commune", Reason: reason, Args: map[string]any{"value": p.Commune}})
			}
		}
	}
	return wrong
}

// settled is what a commune that was written is known as.
type settled struct {
	place  geo.Place
	reason string
}

// tooFar is the distance, in kilometres, at which a point lies in no commune.
const tooFar = 15

// settle finds the commune of a position, or the position of a commune.
func (f *Filler) settle(p *store.Place) (reason string) {
	atSea := p.Lon == 0 && p.Lat == 0
	if !atSea && p.Precision == "" {
		p.Precision = store.Exact
	}
	switch {
	case p.Located() && p.Commune == "" && p.Code == "":
		if near, away := geo.Nearest(geo.Point{Lon: p.Lon, Lat: p.Lat}); away < tooFar {
			p.Code, p.Commune = near.Code, near.Name
		}
		return ""
	case p.Located() || p.Commune == "" && p.Code == "" && p.PostalCode == "":
		return ""
	}
	s := f.lookUp(p)
	if s.place.Code == "" {
		return s.reason
	}
	p.Code, p.Commune, p.Precision = s.place.Code, s.place.Name, store.Precision(s.place.Precision)
	p.Lon, p.Lat = s.place.Lon, s.place.Lat
	if p.PostalCode == "" && len(s.place.PostalCodes) > 0 {
		p.PostalCode = s.place.PostalCodes[0]
	}
	return ""
}

func (f *Filler) lookUp(p *store.Place) settled {
	written := strings.TrimSpace(p.PostalCode + " " + p.Commune)
	if p.Code != "" {
		written = p.Code
	}
	s, ok := f.found[written]
	if !ok {
		s = resolve(written)
		f.found[written] = s
	}
	return s
}

func resolve(written string) settled {
	one, several := geo.Resolve(written, geo.Commune)
	switch {
	case one.Code != "":
		return settled{place: one}
	case len(several) > 0:
		return settled{reason: "error.commune-which"}
	}
	return settled{reason: "error.commune-unknown"}
}

// Whole is the mapping of a sheet that was exported from a node: every column is
// what its name says.
func Whole(kind *store.Kind, s *Sheet) Mapping {
	m := Mapping{Kind: kind.Name, From: map[string]From{}}
	for _, c := range kind.Columns() {
		if s.Column(c.Name) >= 0 {
			m.From[c.Name] = From{Column: c.Name}
		}
	}
	return m
}

// Same says whether two records hold the same, as far as rows say it.
func (f *Filler) Same(a, b store.Item) bool {
	for i := range f.kind.Fields {
		if p := &f.kind.Fields[i]; p.Widget == store.Where && p.Text(a) != p.Text(b) {
			return false
		}
	}
	return !slices.ContainsFunc(f.columns, func(c filled) bool { return c.Cell(a) != c.Cell(b) })
}
