package intake

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/store/sheet"
)

// reading is an import with its file, read. It belongs to one goroutine.
type reading struct {
	*store.Import
	kind    *store.Kind
	mapping sheet.Mapping
	sheet   *sheet.Sheet
	filler  *sheet.Filler
	ids     []string       // of the rows at their source
	first   map[string]int // the row in which an id comes first
}

// read opens an import again.
func (d *Desk) read(ctx context.Context, id store.ID) (*reading, error) {
	r := &reading{}
	var data []byte
	var synonyms store.Synonyms
	err := d.Node.Store.View(ctx, func(tx *store.Txn) (err error) {
		r.Import, err = tx.Import(id)
		data, synonyms = tx.ImportFile(id), tx.Synonyms()
		return err
	})
	if err != nil {
		return nil, err
	}
	if r.mapping, err = MappingOf(r.Import); err != nil {
		return nil, err
	}
	r.kind = store.KindOf(r.mapping.Kind)
	if r.sheet, err = sheet.Read(data, r.Import.Created); err != nil {
		return nil, err
	}
	r.filler = sheet.NewFiller(r.mapping, r.sheet, d.words(synonyms))
	r.identify()
	return r, nil
}

// MappingOf reads the mapping of an import. Its kind is one that there is.
func MappingOf(i *store.Import) (m sheet.Mapping, err error) {
	if err := json.Unmarshal(i.Mapping, &m); err != nil {
		return m, fmt.Errorf("mapping of import %s: %w", i.ID, err)
	}
	if store.KindOf(m.Kind) == nil {
		return m, fmt.Errorf("kind %q of import %s: %w", m.Kind, i.ID, store.ErrNotFound)
	}
	return m, nil
}

// identify finds what the source calls its rows. Where it does not say, a row is
// known by what it is about, so that the same file twice is the same records.
func (r *reading) identify() {
	r.ids, r.first = make([]string, len(r.sheet.Rows)), map[string]int{}
	for n := range r.sheet.Rows {
		id := r.filler.ID(&r.sheet.Rows[n])
		if id == "" {
			id = "~" + r.gist(&r.sheet.Rows[n])
		}
		r.ids[n] = id
		if _, again := r.first[id]; !again {
			r.first[id] = n
		}
	}
}

// gist is the title of a row, where and when.
func (r *reading) gist(row *sheet.Row) string {
	gist := ""
	for _, name := range []string{"title", "body", "place.commune", "start"} {
		if i := r.sheet.Column(r.mapping.From[name].Column); i >= 0 && (name != "body" || gist == "") {
			gist += geo.Fold(row.Cells[i]) + "|"
		}
	}
	return gist
}

// outcome is what becomes of a row.
type outcome struct {
	store.ImportedRow
	item store.Item // nil: nothing is to be done
	was  store.Item // nil: it is new
	id   string
}

// look says what becomes of the n-th row.
func (r *reading) look(tx *store.Txn, n int) outcome {
	row := &r.sheet.Rows[n]
	o := outcome{ImportedRow: store.ImportedRow{Line: row.Line}, id: r.ids[n]}
	if first := r.first[o.id]; first != n {
		o.wrong("id", "error.row-again", map[string]any{"line": r.sheet.Rows[first].Line})
	}
	if row.Long {
		o.wrong("", "error.row-long", map[string]any{"max": len(r.sheet.Columns)})
	}
	it := r.kind.New()
	if o.was = r.known(tx, o.id); o.was != nil {
		o.Before = store.EncodeItem(o.was)
		it = store.DecodeItem(o.Before)
		open(o.was, it)
	}
	o.Wrong = append(o.Wrong, r.filler.Fill(row, it)...)
	switch {
	case len(o.Wrong) > 0:
		o.Before = nil
	case o.was == nil:
		it.Envelope().Source = store.Source{Name: r.Source, ID: o.id, URL: r.filler.URL(row)}
		o.item = it
	case !r.filler.Same(o.was, it):
		o.item = it
	}
	return o
}

func (o *outcome) wrong(field, reason string, args map[string]any) {
	o.Wrong = append(o.Wrong, &store.FieldError{Field: field, Reason: reason, Args: args})
}

func open(items ...store.Item) {
	for _, it := range items {
		if o, ok := it.(store.Opener); ok {
			o.Open()
		}
	}
}

// known is the record that an import brought before, or that the id is the address
// of; nil when there is none of this node.
func (r *reading) known(tx *store.Txn, id string) store.Item {
	it, err := tx.RecordFrom(r.kind.Name, store.Source{Name: r.Source, ID: id})
	if err != nil {
		it, err = tx.RecordByIRI(id)
	}
	if err != nil || it.Envelope().Remote || it.Envelope().Kind != r.kind.Name {
		return nil
	}
	return it
}

// Plan is what an import would do.
type Plan struct {
	Import  *store.Import
	Mapping sheet.Mapping
	Columns []string // of the file
	Sample  []string // the first text in each
	Count   store.ImportCount
	Wrong   []*store.ImportedRow // the first of them
	First   []Preview            // the first that it would make or change
}

// Preview is a record as an import would make or change it.
type Preview struct {
	Line int
	Item store.Item
	New  bool
}

// How many wrong rows a plan lists, and how many records.
const (
	maxWrong   = 200
	maxPreview = 5
)

// viewed is how many rows are looked at in one transaction.
const viewed = 500

// Plan looks at every row and changes nothing.
func (d *Desk) Plan(ctx context.Context, id store.ID) (*Plan, error) {
	r, err := d.read(ctx, id)
	if err != nil {
		return nil, err
	}
	return d.plan(ctx, r, maxWrong)
}

// plan lists as many wrong rows as most says.
func (d *Desk) plan(ctx context.Context, r *reading, most int) (*Plan, error) {
	p := &Plan{Import: r.Import, Mapping: r.mapping, Columns: r.sheet.Columns, Sample: r.sample()}
	for n := 0; n < len(r.sheet.Rows); n += viewed {
		var part Plan
		err := d.Node.Store.View(ctx, func(tx *store.Txn) error {
			part = Plan{}
			for i := n; i < min(n+viewed, len(r.sheet.Rows)); i++ {
				o := r.look(tx, i)
				part.add(&o)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		p.Count.Created += part.Count.Created
		p.Count.Updated += part.Count.Updated
		p.Count.Same += part.Count.Same
		p.Count.Wrong += part.Count.Wrong
		p.Wrong = append(p.Wrong, part.Wrong[:min(len(part.Wrong), most-len(p.Wrong))]...)
		p.First = append(p.First, part.First[:min(len(part.First), maxPreview-len(p.First))]...)
	}
	return p, nil
}

// add tells of a row.
func (p *Plan) add(o *outcome) {
	o.count(&p.Count)
	switch {
	case o.Wrong != nil:
		p.Wrong = append(p.Wrong, &o.ImportedRow)
	case o.item != nil && len(p.First) < maxPreview:
		p.First = append(p.First, Preview{o.Line, o.item, o.was == nil})
	}
}

func (o *outcome) count(c *store.ImportCount) {
	switch {
	case o.Wrong != nil:
		c.Wrong++
	case o.item == nil:
		c.Same++
	case o.was == nil:
		c.Created++
	default:
		c.Updated++
	}
}

func (r *reading) sample() []string {
	sample := make([]string, len(r.sheet.Columns))
	for i := range sample {
		for n := range r.sheet.Rows {
			if sample[i] = r.sheet.Rows[n].Cells[i]; sample[i] != "" {
				break
			}
		}
	}
	return sample
}
