package intake

import (
	"context"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
)

// Mistake is one thing that is wrong with a row, and what stands there in the file.
type Mistake struct {
	*store.FieldError
	Line   int
	Column string // of the file; empty: no one column
	Value  string // of its cell
}

// Mistakes are those of all rows that an import left out, or would leave out when it
// was not applied. Errors: store.ErrNotFound.
func (d *Desk) Mistakes(ctx context.Context, id store.ID) ([]Mistake, error) {
	r, err := d.read(ctx, id)
	if err != nil {
		return nil, err
	}
	rows, err := d.leftOut(ctx, r)
	if err != nil {
		return nil, err
	}
	at := make(map[int]*sheet.Row, len(r.sheet.Rows))
	for n := range r.sheet.Rows {
		at[r.sheet.Rows[n].Line] = &r.sheet.Rows[n]
	}
	var all []Mistake
	for _, row := range rows {
		for _, e := range row.Wrong {
			m := Mistake{FieldError: e, Line: row.Line, Column: r.mapping.ColumnOf(e.Field)}
			if i := r.sheet.Column(m.Column); i >= 0 {
				m.Value = at[row.Line].Cells[i]
			}
			all = append(all, m)
		}
	}
	return all, nil
}

func (d *Desk) leftOut(ctx context.Context, r *reading) (rows []*store.ImportedRow, err error) {
	if r.State == store.ImportDraft {
		p, err := d.plan(ctx, r, len(r.sheet.Rows))
		if err != nil {
			return nil, err
		}
		return p.Wrong, nil
	}
	err = d.Node.Store.View(ctx, func(tx *store.Txn) error {
		rows = nil
		for _, row := range tx.ImportedRows(r.ID, 0) {
			if row.Wrong != nil {
				rows = append(rows, row)
			}
		}
		return nil
	})
	return rows, err
}
