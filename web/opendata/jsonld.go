package opendata

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/schemaorg"
)

const jsonLD = "application/ld+json"

// exportJSONLD writes the list as a graph in the words of schema.org.
func exportJSONLD(e *export) error {
	if !e.begin(jsonLD) {
		return nil
	}
	head := `{"@context":"` + schemaorg.Context + `","@graph":[`
	return e.array(head, "]}", func(it store.Item) any { return e.words.Record(it) })
}

// record is one record in the words of schema.org.
func (d *dialect) record(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := store.ParseID(mux.Vars(r)["id"])
		if err != nil {
			return store.ErrNotFound
		}
		e := d.export(w, r, k)
		var doc map[string]any
		err = e.view(func(tx *store.Txn) error {
			it, err := tx.Record(id)
			if err != nil {
				return err
			}
			if record := it.Envelope(); record.Kind != k.Name || !e.by.CanSee(record) {
				return store.ErrNotFound
			}
			e.changed = tx.LastChange()
			e.meet(tx, it.Envelope().Lab)
			prepare(it)
			doc = e.words.Record(it)
			return nil
		})
		if err != nil || !e.begin(jsonLD) {
			return err
		}
		doc["@context"] = schemaorg.Context
		return json.NewEncoder(w).Encode(doc)
	}
}
