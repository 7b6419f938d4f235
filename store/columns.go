package store

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Column is a column of a sheet of records of one kind: something of the
// envelope, a field, or a part of a field that is more than a text.
type Column struct {
	Name  string // the first line of a sheet: "title", "place.street"
	Field *Field // nil: of the envelope, not asked for in forms
	Part  string // of a place or a picture: "street"; else empty

	get func(Item) string
	set func(Item, string) *FieldError
}

// Cell is what stands in the column for it; empty when there is nothing. Fill
// reads it back.
func (c *Column) Cell(it Item) string { return c.get(it) }

// Fill puts the text of a cell into it and says what is wrong with its form, or
// nil: the other rules are Kind.Check's. Field of the mistake is the column.
func (c *Column) Fill(it Item, cell string) *FieldError {
	wrong := c.set(it, cell)
	if wrong != nil {
		wrong.Field = c.Name
	}
	return wrong
}

// Columns are the columns of a sheet of the kind: those of the envelope, then the
// fields in the order of the form. What is for the inner circle is not among
// them, nor what the kind keeps by itself.
func (k *Kind) Columns() []Column {
	columns := headColumns()
	for i := range k.Fields {
		f := &k.Fields[i]
		if f.Inner || f.Widget == Shown {
			continue
		}
		columns = append(columns, f.columnsOf()...)
	}
	return columns
}

// Impersonal are the columns that name nobody: what a snapshot holds for ever.
func (k *Kind) Impersonal() []Column {
	return slices.DeleteFunc(k.Columns(), func(c Column) bool { return c.Field != nil && c.Field.Personal })
}

func (f *Field) columnsOf() []Column {
	switch f.Widget {
	case Where:
		return f.placeColumns()
	case Picture:
		return f.pictureColumns()
	case Files:
		return []Column{{Name: f.Name, Field: f, get: f.filesText, set: f.parseFiles}}
	}
	return []Column{{
		Name: f.Name, Field: f,
		get: func(it Item) string { return f.Text(it) },
		set: func(it Item, cell string) *FieldError { return f.ParseText(it, cell) },
	}}
}

// headColumns say which record it is, whose, and since when.
func headColumns() []Column {
	return []Column{
		textColumn("id", func(r *Record) *string { return &r.IRI }),
		textColumn("url", func(r *Record) *string { return &r.URL }),
		textColumn("lab", func(r *Record) *string { return &r.Lab }),
		textColumn("lang", func(r *Record) *string { return &r.Lang }),
		momentColumn("published", func(r *Record) *time.Time { return &r.Created }),
		momentColumn("updated", func(r *Record) *time.Time { return &r.Updated }),
		textColumn("source.name", func(r *Record) *string { return &r.Source.Name }),
		textColumn("source.id", func(r *Record) *string { return &r.Source.ID }),
		textColumn("source.url", func(r *Record) *string { return &r.Source.URL }),
	}
}

func textColumn(name string, at func(*Record) *string) Column {
	return Column{
		Name: name,
		get:  func(it Item) string { return *at(it.Envelope()) },
		set: func(it Item, cell string) *FieldError {
			*at(it.Envelope()) = strings.TrimSpace(cell)
			return nil
		},
	}
}

func momentColumn(name string, at func(*Record) *time.Time) Column {
	return Column{
		Name: name,
		get: func(it Item) string {
			if t := *at(it.Envelope()); !t.IsZero() {
				return t.UTC().Format(time.RFC3339Nano)
			}
			return ""
		},
		set: func(it Item, cell string) *FieldError {
			t, ok := parseMoment(strings.TrimSpace(cell))
			if !ok {
				return &FieldError{Reason: "error.day", Args: map[string]any{"value": cell}}
			}
			*at(it.Envelope()) = t
			return nil
		},
	}
}

// parseMoment reads a moment with its zone, or the beginning of a day in UTC.
func parseMoment(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	for _, form := range []string{time.RFC3339Nano, dayForm} {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 1000 {
			return stamp(t), true
		}
	}
	return time.Time{}, false
}

func (f *Field) part(name string, get func(Item) string, set func(Item, string) *FieldError) Column {
	return Column{Name: f.Name + "." + name, Field: f, Part: name, get: get, set: set}
}

func (f *Field) placeColumns() []Column {
	text := func(name string, at func(*Place) *string) Column {
		return f.part(name,
			func(it Item) string { return *at(f.At(it).(*Place)) },
			func(it Item, cell string) *FieldError {
				*at(f.At(it).(*Place)) = strings.Join(strings.Fields(cell), " ")
				return nil
			})
	}
	return []Column{
		text("name", func(p *Place) *string { return &p.Name }),
		text("street", func(p *Place) *string { return &p.Street }),
		text("postalCode", func(p *Place) *string { return &p.PostalCode }),
		text("commune", func(p *Place) *string { return &p.Commune }),
		text("code", func(p *Place) *string { return &p.Code }),
		f.degrees("lon", 180, func(p *Place) *float64 { return &p.Lon }),
		f.degrees("lat", 90, func(p *Place) *float64 { return &p.Lat }),
		f.part("precision",
			func(it Item) string { return string(f.At(it).(*Place).Precision) },
			func(it Item, cell string) *FieldError { return f.At(it).(*Place).Precision.parse(cell) }),
	}
}

// degrees is a coordinate; it means something in a place that has a position.
func (f *Field) degrees(name string, limit float64, at func(*Place) *float64) Column {
	return f.part(name,
		func(it Item) string {
			if p := f.At(it).(*Place); p.Located() {
				return strconv.FormatFloat(*at(p), 'f', -1, 64)
			}
			return ""
		},
		func(it Item, cell string) *FieldError {
			n, err := parseAmount(strings.TrimSpace(cell))
			if err != nil || n < -limit || n > limit {
				return &FieldError{Reason: "error.degrees", Args: map[string]any{"value": cell, "max": int(limit)}}
			}
			*at(f.At(it).(*Place)) = n
			return nil
		})
}

// Precisions are all that a position can have.
var Precisions = Vocabulary{Name: "precision", Slugs: []string{
	string(Exact), string(AtBourg), string(AtCommune), string(AtEnvirons), string(AtTerritory),
}}

func (p *Precision) parse(cell string) *FieldError {
	cell = strings.TrimSpace(cell)
	if cell != "" && !Precisions.Has(cell) {
		return &FieldError{Reason: "error.choice", Args: map[string]any{"value": cell}}
	}
	*p = Precision(cell)
	return nil
}

// pictureColumns keep what is known of a picture as long as its address stays.
func (f *Field) pictureColumns() []Column {
	at := func(it Item) **Image { return f.At(it).(**Image) }
	return []Column{
		f.part("url",
			func(it Item) string { return f.Text(it) },
			func(it Item, cell string) *FieldError { return setPicture(at(it), strings.TrimSpace(cell)) }),
		f.part("alt",
			func(it Item) string {
				if img := *at(it); img != nil {
					return img.Alt
				}
				return ""
			},
			func(it Item, cell string) *FieldError {
				if img := *at(it); img != nil {
					img.Alt = strings.Join(strings.Fields(cell), " ")
				}
				return nil
			}),
	}
}

func setPicture(at **Image, address string) *FieldError {
	switch {
	case address == "":
		*at = nil
	case !isFile(address):
		return &FieldError{Reason: "error.web", Args: map[string]any{"value": address}}
	case *at == nil || (*at).URL != address:
		*at = &Image{URL: address}
	}
	return nil
}

// isFile says whether a file may lie at an address: that of an upload, or any on
// the web.
func isFile(address string) bool { return strings.HasPrefix(address, uploadPath) || isWeb(address) }

// fileTable is how attachments stand in one cell: a line each.
var fileTable = Field{Name: "attachments", Widget: Table, Columns: []Field{
	{Name: "url", Widget: Line, At: at(func(a *Attachment) any { return &a.URL })},
	{Name: "name", Widget: Line, At: at(func(a *Attachment) any { return &a.Name })},
	{Name: "mediaType", Widget: Line, At: at(func(a *Attachment) any { return &a.MediaType })},
	{Name: "lang", Widget: Line, At: at(func(a *Attachment) any { return &a.Lang })},
}}

func (f *Field) filesText(it Item) string {
	return fileTable.rowsText((*Entries[Attachment])(f.At(it).(*[]Attachment)))
}

// parseFiles keeps what is known of a file as long as its address stays.
func (f *Field) parseFiles(it Item, cell string) *FieldError {
	files := f.At(it).(*[]Attachment)
	known := map[string]Attachment{}
	for _, a := range *files {
		known[a.URL] = a
	}
	*files = nil
	if wrong := fileTable.parseRows((*Entries[Attachment])(files), strings.TrimSpace(cell)); wrong != nil {
		return wrong
	}
	for i := range *files {
		a := &(*files)[i]
		if !isFile(a.URL) {
			return &FieldError{Reason: "error.web", Args: map[string]any{"value": a.URL}}
		}
		a.Size, a.SHA256 = known[a.URL].Size, known[a.URL].SHA256
	}
	return nil
}
