package activitypub

import (
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation/catalog"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/reply"
)

// catalogue serves the catalogue of the lab: its head, its pages, its feed of
// changes and its buckets. Who signed decides how much of it there is, so a
// signature that cannot be verified is refused and not overlooked.
func (d *dialect) catalogue(w http.ResponseWriter, r *http.Request) error {
	lab, err := d.localActor(r)
	if err != nil {
		return err
	}
	if lab.Type != store.Group {
		return store.ErrNotFound
	}
	v, err := d.Front.Viewer(r)
	if err != nil {
		return err
	}
	if v.Actor == "" && d.SignedOnly {
		return &reply.Error{Status: http.StatusUnauthorized, Detail: "requests must be signed", Authenticate: "Signature"}
	}
	body, err := d.Node.Catalog(r.Context(), lab, v, part(r))
	if err != nil {
		return err
	}
	doc := activityDocument(body)
	if v.Actor != "" {
		doc.private()
	}
	doc.vary = "Accept, Authorization, Signature"
	return doc.write(w, r, http.StatusOK)
}

// part is the document of the catalogue that the address names.
func part(r *http.Request) func(*catalog.Source, *store.Txn) ([]byte, error) {
	q := r.URL.Query()
	switch name := mux.Vars(r)["part"]; {
	case name == "feed":
		return func(s *catalog.Source, tx *store.Txn) ([]byte, error) {
			after, _ := strconv.ParseUint(q.Get("after"), 10, 63) // nonsense begins at the beginning
			return s.Feed(tx, after)
		}
	case q.Has("bucket"):
		return func(s *catalog.Source, tx *store.Txn) ([]byte, error) { return s.Bucket(tx, q.Get("bucket")) }
	case name == "buckets":
		return (*catalog.Source).Buckets
	case q.Has("page"):
		return func(s *catalog.Source, tx *store.Txn) ([]byte, error) { return s.Page(tx, q.Get("page")) }
	}
	return (*catalog.Source).Head
}
