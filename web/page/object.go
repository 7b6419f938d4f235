package page

import (
	"net/http"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// object sends a person from a record's id, which never changes, to its page.
func (p *Pages) object(w http.ResponseWriter, r *http.Request) error {
	id, err := store.ParseID(mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	a := p.ask(r)
	path := ""
	err = a.view(func(tx *store.Txn) error {
		it, err := tx.Record(id)
		switch {
		case err == nil && a.viewer.CanSee(it.Envelope()):
			path = federation.PagePath(it.Envelope())
			return nil
		case err != nil && a.wasOpen(tx, id):
			return store.ErrGone
		}
		return store.ErrNotFound
	})
	if err != nil {
		return err
	}
	return a.redirect(w, http.StatusSeeOther, path)
}
