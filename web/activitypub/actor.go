package activitypub

import (
	"errors"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

var errBlocked = federation.ErrBlocked

// actor serves an actor of this node by its id. Its keys verify everything else,
// so it needs no signature.
func (d *dialect) actor(w http.ResponseWriter, r *http.Request) error {
	if prefersPage(r) {
		a, err := d.localActor(r)
		if err != nil {
			return err
		}
		return seePage(w, r, a.Page())
	}
	return d.actorDocument(w, r)
}

// actorPage serves the same document at the address of the actor's page.
func (d *dialect) actorPage(w http.ResponseWriter, r *http.Request) error {
	return d.actorDocument(w, r)
}

func (d *dialect) actorDocument(w http.ResponseWriter, r *http.Request) error {
	doc, err := d.cache.get("actor/"+mux.Vars(r)["handle"], func() (*document, error) {
		a, err := d.localActor(r)
		if err != nil {
			return nil, err
		}
		var body []byte
		err = d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
			body = d.Node.ActorDocument(tx, a)
			return nil
		})
		return activityDocument(body), err
	})
	if errors.Is(err, store.ErrGone) {
		return d.goneActor(w, r)
	}
	if err != nil {
		return err
	}
	return doc.write(w, r, http.StatusOK)
}

// goneActor is the tombstone of a member who left.
func (d *dialect) goneActor(w http.ResponseWriter, r *http.Request) error {
	var body []byte
	err := d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
		a, err := tx.ActorByIRI(d.Node.BaseURL + "/actors/" + mux.Vars(r)["handle"])
		if err == nil {
			body = d.Node.ActorDocument(tx, a)
		}
		return err
	})
	if err != nil {
		return err
	}
	return activityDocument(body).write(w, r, http.StatusGone)
}

// namespace is the JSON-LD context of our own terms.
func (d *dialect) namespace(w http.ResponseWriter, r *http.Request) error {
	return newDocument(vocab.ContextDocument(), "application/ld+json", longCache).write(w, r, http.StatusOK)
}
