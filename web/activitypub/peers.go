package activitypub

import (
	"bytes"
	"cmp"
	"net/http"
	"strconv"

	"github.com/essaim/essaim/federation/peers"
	"github.com/essaim/essaim/store"
)

// peers serves the list of the labs that this node knows: its head, or what changed
// in it after a number.
func (d *dialect) peers(w http.ResponseWriter, r *http.Request) error {
	if err := d.publicView(r); err != nil {
		return err
	}
	q := r.URL.Query()
	after, _ := strconv.ParseUint(q.Get("after"), 10, 63) // nonsense begins at the beginning
	var body []byte
	err := d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		list := &peers.List{IRI: d.Node.PeersIRI(), Lab: lab}
		if body = list.Head(tx); q.Has("after") {
			body = list.Page(tx, after)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.open(body).write(w, r, http.StatusOK)
}

// sketch serves what other nodes need to know to ask here only for what may be here.
func (d *dialect) sketch(w http.ResponseWriter, r *http.Request) error {
	if err := d.publicView(r); err != nil {
		return err
	}
	if a, err := d.localActor(r); err != nil || a.Type != store.Group {
		return cmp.Or(err, store.ErrNotFound)
	}
	body, err := d.Node.Sketch(r.Context())
	if err != nil {
		return err
	}
	return d.open(body).write(w, r, http.StatusOK)
}

// descriptor serves what our lab says of itself for others to hand on. There is none
// of a lab that does not want to be found.
func (d *dialect) descriptor(w http.ResponseWriter, r *http.Request) error {
	return d.ofLab(w, r, func(tx *store.Txn, lab *store.Actor) []byte {
		self, err := tx.PeerByIRI(lab.IRI)
		if err != nil || !lab.Discoverable {
			return nil
		}
		return bytes.Clone(tx.Descriptor(self.ID))
	})
}
