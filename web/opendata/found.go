package opendata

import (
	"iter"
	"net/http"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/reply"
)

// mostFound is how many finds of a search are taken away.
const mostFound = 1000

// found is what a search found, the newest first.
type found struct {
	*search.Found
	asked *frame.Search
}

// search answers with what a search finds, in a form of its own.
func (d *dialect) search(form func(*export) error) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return d.export(w, r, nil).answer(func(e *export) error {
			asked := frame.ReadSearch(r.URL.Query())
			asked.Query.Sort, asked.Query.Limit, asked.Query.Members = search.ByDate, mostFound, e.by.Local
			all, err := d.Search.Find(r.Context(), asked.Query)
			if err != nil {
				return err
			}
			e.found = &found{all, asked}
			return form(e)
		})
	}
}

// walk yields the records that were found and come after one of them, or all.
func (f *found) walk(tx *store.Txn, by store.Viewer, after store.ID) iter.Seq[store.Item] {
	return func(yield func(store.Item) bool) {
		reached := after == 0
		for _, hit := range f.Show(tx, by) {
			if hit.Item == nil {
				continue
			}
			if reached && !yield(hit.Item) {
				return
			}
			reached = reached || hit.Item.Envelope().ID == after
		}
	}
}
