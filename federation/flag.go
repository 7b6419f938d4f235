package federation

import (
	"fmt"
	"slices"

	"github.com/essaim/essaim/store"
)

const maxComplaint = 5000 // bytes of a complaint that are kept

// flag keeps a complaint about an actor or a record of this node, or a complaint
// of one of its members about anybody, for its moderators; or it sends one to the
// node that it concerns, in the name of this node. Complaints name the actor
// first, then records; some name records only.
func flag(n *Node, tx *store.Txn, a *Activity) error {
	switch {
	case a.local && a.actor.Type == store.Person:
		return keepReport(tx, a, a.Objects)
	case a.local:
		return n.complain(tx, a)
	}
	if tx.RejectsReports(a.actor.Host) {
		return fmt.Errorf("complaints of %s are not kept: %w", a.actor.Host, ErrIgnored)
	}
	ours := slices.DeleteFunc(slices.Clone(a.Objects), func(iri string) bool { return !n.IsLocal(iri) })
	if len(ours) == 0 {
		return fmt.Errorf("complaint about nothing of this node: %w", ErrIgnored)
	}
	return keepReport(tx, a, ours)
}

func keepReport(tx *store.Txn, a *Activity, about []string) error {
	r := &store.Report{IRI: a.IRI, Reporter: a.Actor, Received: tx.Now(), Text: a.Text[:min(len(a.Text), maxComplaint)]}
	for _, iri := range about {
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
	waiting := 0
	for other := range tx.ReportsBy(a.Actor) {
		if other.State == "" {
			waiting++
		}
	}
	if waiting >= maxOpenReports {
		return fmt.Errorf("%d complaints of %s wait: %w", waiting, a.Actor, ErrForbidden)
	}
	tx.PutReport(r)
	return nil
}

// complain sends a complaint about an actor of another node, in the name of this
// node: who complained stays here.
func (n *Node) complain(tx *store.Txn, a *Activity) error {
	if len(a.Objects) == 0 {
		return fmt.Errorf("complaint about nothing: %w", ErrMalformed)
	}
	if a.actor.Type != store.Application {
		return fmt.Errorf("complaint by %s, not by the node: %w", a.Actor, ErrForbidden)
	}
	target, err := tx.ActorByIRI(a.Objects[0])
	if err != nil || target.Local {
		return fmt.Errorf("complaint about %s: %w", a.Objects[0], store.ErrNotFound)
	}
	a.Object, a.To, a.to = target.IRI, []string{target.IRI}, []store.Recipient{recipient(target)}
	return nil
}
