package federation

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/sketch"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// readSketch reads the sketch of a peer, and the name of its version; fetch.ErrUnchanged
// when it is still the one of that name. One that the lab's own key did not sign, or that
// says yes to everything, is ErrMalformed: then the lab is asked like those that have none.
func (n *Node) readSketch(ctx context.Context, p *store.Peer, tag string) (filter []byte, newest string, err error) {
	if n.IsLocal(p.Sketch) {
		return nil, "", ErrMalformed
	}
	got, err := n.Fetch.ObjectUnless(ctx, p.Sketch, tag)
	if err != nil {
		return nil, "", err
	}
	doc, err := vocab.Parse(got.Body)
	if err != nil {
		return nil, "", err
	}
	var said sketchDocument
	if _, ok := n.signed(doc, p.Key); !ok || doc.ID() != p.Sketch || json.Unmarshal(got.Body, &said) != nil || said.Owner != p.IRI {
		return nil, "", ErrMalformed
	}
	if _, err := sketch.Parse(said.Filter); err != nil {
		return nil, "", ErrMalformed
	}
	return said.Filter, got.ETag, nil
}

// askSketch adds the sketch of a lab to what it said of itself, if it has one that is of
// use.
func (n *Node) askSketch(ctx context.Context, s *sighting) {
	if s.descriptor == nil || s.said.Sketch == "" {
		return
	}
	p := *s.said
	p.Key = s.key
	if filter, tag, err := n.readSketch(ctx, &p, ""); err == nil {
		s.sketch, s.sketchTag = filter, tag
	}
}

// renewSketch asks a peer for its sketch alone, between two visits: the words of the day
// are found, and those that were withdrawn are forgotten. Nothing new is one request.
func (n *Node) renewSketch(ctx context.Context, p *store.Peer) error {
	tag := p.SketchTag
	if err := n.Store.View(ctx, func(tx *store.Txn) error {
		if old, _ := tx.Sketch(p.ID); old == nil {
			tag = ""
		}
		return nil
	}); err != nil {
		return err
	}
	filter, newest, failed := n.readSketch(ctx, p, tag)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // stopped in the middle: the job is still there
	}
	return n.Store.Update(ctx, func(tx *store.Txn) error {
		p, err := tx.Peer(p.ID)
		if err != nil || p.State != store.PeerKnown {
			return nil //nolint:nilerr // it was forgotten meanwhile
		}
		switch {
		case errors.Is(failed, fetch.ErrUnchanged):
			old, _ := tx.Sketch(p.ID)
			tx.SetSketch(p.ID, old, tx.Now())
			p.Seen = stamp(tx.Now())
		case failed == nil:
			tx.SetSketch(p.ID, filter, tx.Now())
			p.Seen, p.SketchTag = stamp(tx.Now()), newest
		case hopeless(failed):
			tx.SetSketch(p.ID, nil, tx.Now())
		}
		n.plan(tx, p)
		tx.PutPeer(p)
		return nil
	})
}
