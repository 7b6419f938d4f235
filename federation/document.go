package federation

import (
	"fmt"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// ActivityDocument writes an activity of this node as it went out. A Create or an
// Update shows its record, or its actor, as it is today; store.ErrGone when it is no
// more.
func (n *Node) ActivityDocument(tx *store.Txn, a *store.Activity) ([]byte, error) {
	if a.Raw != nil {
		return a.Raw, nil
	}
	actor, err := tx.Actor(a.Actor)
	if err != nil {
		return nil, err
	}
	out := vocab.Activity{Verb: a.Verb, ID: a.IRI, Actor: actor.IRI, Embed: tx.Raw(a.Record), To: a.To, Cc: a.Cc, Published: a.When}
	if a.Object == actor.IRI {
		out.Embed = n.ActorDocument(tx, actor)
	}
	if out.Embed == nil {
		return nil, fmt.Errorf("record of activity %s: %w", a.IRI, store.ErrGone)
	}
	return out.Encode(), nil
}
