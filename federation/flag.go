package federation

import (
	"fmt"
	"slices"

	"github.com/essaim/essaim/store"
)

const maxComplaint = 5000 // bytes of a complaint that are kept

// flag keeps a complaint about an actor or a record of this node for its
// moderators. Complaints name the actor first, then records; some name records
// only.
func flag(n *Node, tx *store.Txn, a *Activity) error {
	ours := slices.DeleteFunc(slices.Clone(a.Objects), func(iri string) bool { return !n.IsLocal(iri) })
	if len(ours) == 0 {
		return fmt.Errorf("complaint about nothing of this node: %w", ErrIgnored)
	}
	r := &store.Report{IRI: a.IRI, Reporter: a.Actor, Received: tx.Now(), Text: a.Text[:min(len(a.Text), maxComplaint)]}
	for _, iri := range ours {
		if it, err := tx.RecordByIRI(iri); err == nil {
			r.Records = append(r.Records, iri)
			if r.Target == "" {
				r.Target = it.Envelope().Lab
			}
		} else if actor, err := tx.ActorByIRI(iri); err == nil {
			r.Target = actor.IRI
		}
	}
	if r.Target == "" {
		return fmt.Errorf("complaint about nothing that is here: %w", ErrIgnored)
	}
	tx.PutReport(r)
	return nil
}
