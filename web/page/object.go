package page

import (
	"net/http"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// object sends a person from a record's id, which never changes, to its page.
func (p *Pages) object(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	path := ""
	err := a.view(func(tx *store.Txn) error {
		it, err := a.see(tx, mux.Vars(r)["id"])
		if err == nil {
			path = federation.PagePath(it.Envelope())
		}
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept")
	return a.redirect(w, http.StatusSeeOther, path)
}
