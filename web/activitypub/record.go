package activitypub

import (
	"errors"
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// record serves a record of this node, by its id or by its page's address. For
// mirrored records it names their own node.
func (d *dialect) record(w http.ResponseWriter, r *http.Request) error {
	id, err := store.ParseID(mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	it, raw, err := d.readRecord(r, id)
	if errors.Is(err, store.ErrNotFound) {
		return d.tombstone(w, r, id)
	}
	if err != nil {
		return err
	}
	rec := it.Envelope()
	if rec.Remote && rec.Audience.Open() {
		return seePage(w, r, rec.IRI)
	}
	if !rec.Audience.Open() {
		return d.restricted(w, r, rec, raw)
	}
	if err := d.publicView(r); err != nil {
		return err
	}
	return d.open(raw).write(w, r, http.StatusOK)
}

func (d *dialect) readRecord(r *http.Request, id store.ID) (it store.Item, raw []byte, err error) {
	err = d.Node.Store.View(r.Context(), func(tx *store.Txn) (err error) {
		if it, err = tx.Record(id); err != nil {
			return err
		}
		rec := it.Envelope()
		if !rec.Remote { // of others only the address is told
			if raw, err = federation.ProvedRecord(tx, it); err != nil {
				return err
			}
		}
		rec.Addressed = slices.DeleteFunc(rec.Addressed, func(iri string) bool { // who was blocked since
			a, err := tx.ActorByIRI(iri)
			return err == nil && tx.BlockedHere(a.ID)
		})
		return nil
	})
	return it, raw, err
}

// restricted serves a record that is not open, when who signed may see it: of
// what does not federate, only the members of this node may.
func (d *dialect) restricted(w http.ResponseWriter, r *http.Request, rec *store.Record, raw []byte) error {
	viewer, err := d.viewer(r)
	if err != nil {
		return err
	}
	if rec.Remote || !rec.Audience.Federates() && !viewer.Local || !viewer.CanSee(rec) {
		return store.ErrNotFound
	}
	return activityDocument(raw).private().write(w, r, http.StatusOK)
}

// tombstone stands for a record that was open and was deleted.
func (d *dialect) tombstone(w http.ResponseWriter, r *http.Request, id store.ID) error {
	var ts *store.Tombstone
	err := d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
		ts = tx.Tombstone(d.Node.BaseURL + "/o/" + id.String())
		return nil
	})
	if err != nil {
		return err
	}
	if ts == nil || !ts.Public {
		return store.ErrNotFound
	}
	return activityDocument(vocab.TombstoneDocument(ts)).write(w, r, http.StatusGone)
}

// activity serves an activity of this node to whoever may see it.
func (d *dialect) activity(w http.ResponseWriter, r *http.Request) error {
	viewer, err := d.viewer(r)
	if err != nil && (d.SignedOnly || isRefusal(err)) {
		return err
	}
	var doc *document
	err = d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
		a, err := tx.ActivityByIRI(d.Node.BaseURL + "/activities/" + mux.Vars(r)["id"])
		if err != nil || !a.Local {
			return store.ErrNotFound
		}
		open := isOpen(tx, a)
		if !open && !mayRead(tx, a, viewer) {
			return store.ErrNotFound
		}
		body, err := d.Node.ActivityDocument(tx, a)
		if doc = d.open(body); !open {
			doc.private()
		}
		return err
	})
	if err != nil {
		return err
	}
	return doc.write(w, r, http.StatusOK)
}

// isOpen says whether everybody may read an activity: one about a record shows it
// as it is today, so today's audience counts.
func isOpen(tx *store.Txn, a *store.Activity) bool {
	if it, err := tx.Record(a.Record); err == nil {
		return a.Open && it.Envelope().Audience.Open()
	}
	return a.Open
}

// mayRead says whether a member may read an activity that is not for everybody:
// one about a record he may see, or one of an actor for whom he acts.
func mayRead(tx *store.Txn, a *store.Activity, v store.Viewer) bool {
	if !v.Local {
		return false
	}
	if a.Record != 0 {
		it, err := tx.Record(a.Record)
		return err == nil && v.CanSee(it.Envelope())
	}
	actor, err := tx.Actor(a.Actor)
	return err == nil && (v.Runs || v.Actor == actor.IRI)
}
