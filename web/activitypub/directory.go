package activitypub

import (
	"net/http"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// maxDirectory is how many accounts of a collection Mastodon reads.
const maxDirectory = 150

// directory serves the members of the lab as FEP-7aa9 has it, which Mastodon shows
// as a collection of accounts: those who want to be found, and no others. Each has
// its consent, on its own server, which is this one.
func (d *dialect) directory(w http.ResponseWriter, r *http.Request) error {
	return d.ofLab(w, r, func(tx *store.Txn, lab *store.Actor) []byte {
		c := d.memberDirectory(tx, lab)
		if mux.Vars(r)["part"] == "directory" {
			return c.Encode()
		}
		return vocab.FeaturedCollections(lab.IRI+"/featuredCollections", c)
	})
}

// directoryItem serves one member's place in the directory.
func (d *dialect) directoryItem(w http.ResponseWriter, r *http.Request) error {
	return d.ofLab(w, r, func(tx *store.Txn, lab *store.Actor) []byte {
		for _, i := range d.memberDirectory(tx, lab).Items {
			if i.ID == lab.IRI+"/directory/"+mux.Vars(r)["member"] {
				return i.Encode()
			}
		}
		return nil
	})
}

// directoryConsent serves a member's consent to be in the directory of its lab, or in
// a collection elsewhere.
func (d *dialect) directoryConsent(w http.ResponseWriter, r *http.Request) error {
	return d.ofActorDocument(w, r, func(tx *store.Txn, m *store.Actor) []byte {
		if m.Type != store.Person || !m.Discoverable {
			return nil
		}
		if of := r.URL.Query().Get(federation.ConsentQuery); of != "" {
			if !d.Node.Consents(tx, m, of) {
				return nil
			}
			return vocab.FeatureAuthorization{ID: federation.ConsentIRI(m.IRI, of), Collection: of, Account: m.IRI}.Encode()
		}
		return vocab.FeatureAuthorization{ID: consentOf(m), Collection: m.Lab + "/directory", Account: m.IRI}.Encode()
	})
}

func consentOf(m *store.Actor) string { return m.IRI + federation.ConsentPath }

func (d *dialect) memberDirectory(tx *store.Txn, lab *store.Actor) vocab.FeaturedCollection {
	c := vocab.FeaturedCollection{
		ID: lab.IRI + "/directory", AttributedTo: lab.IRI, Name: lab.DisplayName(), URL: d.Node.BaseURL + "/membres",
		Published: lab.Created, Updated: lab.Updated,
	}
	for m := range tx.Members() {
		if len(c.Items) == maxDirectory {
			break
		}
		if m.Discoverable {
			c.Items = append(c.Items, vocab.FeaturedItem{
				ID: c.ID + "/" + m.Handle, Object: m.IRI, Authorization: consentOf(m), Published: m.Created,
			})
		}
		if m.Updated.After(c.Updated) {
			c.Updated = m.Updated
		}
	}
	return c
}

// ofLab is ofActorDocument for what only a lab has.
func (d *dialect) ofLab(w http.ResponseWriter, r *http.Request, write func(*store.Txn, *store.Actor) []byte) error {
	return d.ofActorDocument(w, r, func(tx *store.Txn, a *store.Actor) []byte {
		if a.Type != store.Group {
			return nil
		}
		return write(tx, a)
	})
}

// ofActorDocument serves what write makes of an actor of this node, for everybody;
// nil does not exist.
func (d *dialect) ofActorDocument(w http.ResponseWriter, r *http.Request, write func(*store.Txn, *store.Actor) []byte) error {
	if err := d.publicView(r); err != nil {
		return err
	}
	a, err := d.localActor(r)
	if err != nil {
		return err
	}
	var body []byte
	err = d.Node.Store.View(r.Context(), func(tx *store.Txn) error {
		if body = write(tx, a); body == nil {
			return store.ErrNotFound
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.open(body).write(w, r, http.StatusOK)
}
