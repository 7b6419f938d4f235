package page

import (
	"context"
	"errors"
	"time"

	"github.com/essaim/essaim/store"
)

const identifyTimeout = 10 * time.Second // for all links of a form

// eachField calls what for every simple field of an item and of its tables.
func eachField(fields []store.Field, v any, prefix string, what func(f *store.Field, v any, name string)) {
	for i := range fields {
		f := &fields[i]
		rows, ok := f.At(v).(store.Rows)
		if !ok {
			what(f, v, prefix+f.Name)
			continue
		}
		for n := range rows.Len() {
			eachField(f.Columns, rows.Row(n), prefix+store.RowName(f.Name, n)+".", what)
		}
	}
}

// linked are the addresses that the links of an item name.
func linked(k *store.Kind, it store.Item) map[string]bool {
	all := map[string]bool{}
	eachField(k.Fields, it, "", func(f *store.Field, v any, _ string) {
		if f.Widget == store.Link {
			all[f.Text(v)] = true
		}
	})
	return all
}

// identify turns the addresses of pages that were pasted into ids. Those that
// stood in the record before stay, whether anybody answers there now or not.
func (a *ask) identify(d *draft, before map[string]bool) (store.FieldErrors, error) {
	ctx, cancel := context.WithTimeout(a.r.Context(), identifyTimeout)
	defer cancel()
	var wrong store.FieldErrors
	var failed error
	eachField(d.kind.Fields, d.item, "", func(f *store.Field, v any, name string) {
		address := f.Text(v)
		if f.Widget != store.Link || address == "" || !f.Formed(address) || before[address] {
			return
		}
		iri, err := a.Node.Identify(ctx, a.by, address)
		switch {
		case errors.Is(err, store.ErrBusy), errors.Is(err, store.ErrFull), errors.Is(err, store.ErrClosed):
			failed = err
		case err != nil:
			wrong = append(wrong, &store.FieldError{Field: name, Reason: "error.link-unknown", Args: map[string]any{"value": address}})
		default:
			*f.At(v).(*string) = iri
		}
	})
	return wrong, failed
}
