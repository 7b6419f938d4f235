package federation

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/essaim/essaim/federation/sketch"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// SketchPath follows the IRI of a lab in that of its sketch.
const SketchPath = "/sketch"

const (
	sketchAtOnce = 200            // records that are read in one transaction
	sketchEvery  = 24 * time.Hour // it is made anew, whatever changed
)

var sketchContext = json.RawMessage(`["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v1",` +
	`{"essaim":"https://w3id.org/essaim/ns#"}]`)

// sketchDocument is a sketch as it travels. package sketch says what its filter is.
type sketchDocument struct {
	Context json.RawMessage `json:"@context"`
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Owner   string          `json:"attributedTo"`
	Updated time.Time       `json:"updated"`
	Filter  []byte          `json:"essaim:filter"` // base64
}

// ownSketch is the sketch of what can be found here, as it is served.
type ownSketch struct {
	mu      sync.Mutex
	filter  sketch.Sketch
	updated time.Time // when the filter was last another
	doc     []byte
	made    time.Time
	at      store.ID // the newest change that it knows of
}

// Sketch writes the sketch of what other nodes can find here, signed by the lab: of
// what FarAnswer would tell them, and of nothing else. What is withdrawn has left it
// with the next answer. store.ErrNotFound: the lab does not want to be found.
func (n *Node) Sketch(ctx context.Context) ([]byte, error) {
	own := &n.sketched
	own.mu.Lock()
	defer own.mu.Unlock()
	var lab *store.Actor
	var at store.ID
	same := false
	err := n.Store.View(ctx, func(tx *store.Txn) (err error) {
		lab, err = tx.Lab()
		at = tx.LastChange()
		same = own.doc != nil && tx.Now().Sub(own.made) < sketchEvery && !tx.ChangedHere(own.at)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case !n.Discover || n.Text == nil || !lab.Discoverable:
		return nil, store.ErrNotFound
	case !same:
		if err := n.makeSketch(ctx, own, lab); err != nil {
			return nil, err
		}
	}
	own.at = at
	return own.doc, nil
}

// makeSketch gathers the words and writes the document, which is the same to the byte as
// long as the words and the keys are: then nobody reads it again.
func (n *Node) makeSketch(ctx context.Context, own *ownSketch, lab *store.Actor) error {
	var m sketch.Maker
	for _, k := range store.Kinds {
		if err := n.sketchKind(ctx, k.Name, &m); err != nil {
			return err
		}
	}
	now, filter := n.Store.Now(), m.Sketch()
	if !bytes.Equal(filter, own.filter) {
		own.filter, own.updated = filter, stamp(now)
	}
	doc := vocab.Encode(sketchDocument{
		Context: sketchContext, ID: lab.IRI + SketchPath, Type: "Document", Owner: lab.IRI, Updated: own.updated, Filter: filter,
	})
	return n.Store.View(ctx, func(tx *store.Txn) (err error) {
		if doc, err = Prove(tx, doc, lab, own.updated); err == nil {
			own.doc, own.made = doc, now
		}
		return err
	})
}

// sketchKind takes in the words of one kind of records.
func (n *Node) sketchKind(ctx context.Context, kind string, m *sketch.Maker) error {
	everybody := store.Query{Viewer: store.Viewer{Away: true}, Home: true}
	for before, more := store.ID(0), true; more; {
		err := n.Store.View(ctx, func(tx *store.Txn) error {
			read := 0
			more = false
			for it := range tx.WalkKind(kind, everybody, before) {
				r := it.Envelope()
				before = r.ID
				if a, err := tx.ActorByIRI(r.Lab); err == nil && a.FoundElsewhere() {
					m.Add(n.Text(it))
				}
				if read++; read == sketchAtOnce {
					more = true
					break
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
