package federation

import (
	"slices"

	"github.com/essaim/essaim/store"
)

// concernedLabs are the actors of other records, and the actors themselves, that
// an open record names: who publishes what it answers, and what it relates to.
// They hear of it though they may not follow.
func concernedLabs(tx *store.Txn, it store.Item) []string {
	r := it.Envelope()
	if !r.Audience.Open() {
		return nil
	}
	var labs []string
	add := func(iri string) {
		if iri != r.Lab && !slices.Contains(labs, iri) {
			labs = append(labs, iri)
		}
	}
	if parent, err := tx.RecordByIRI(r.InReplyTo); err == nil {
		add(parent.Envelope().Lab)
	}
	for _, rel := range store.Relations(it) {
		if target, err := tx.RecordByIRI(rel.Target); err == nil {
			add(target.Envelope().Lab)
		} else if actor, err := tx.ActorByIRI(rel.Target); err == nil {
			add(actor.IRI)
		}
	}
	return labs
}

// checkRelations leaves the jobs that ask the origin of a mirrored record whether
// it says the same: of this one, and of those that waited for it as their target.
// Until then no page shows the relation from the other side.
func checkRelations(tx *store.Txn, it store.Item) {
	r := it.Envelope()
	if !tx.Confirmed(it) && slices.ContainsFunc(store.Relations(it), func(rel store.Relation) bool { return known(tx, rel.Target) }) {
		tx.AddJob(jobFetch, fetchJob{IRI: r.IRI})
	}
	for source := range tx.Sources(r.IRI) {
		if !tx.Confirmed(source) {
			tx.AddJob(jobFetch, fetchJob{IRI: source.Envelope().IRI})
		}
	}
}

func known(tx *store.Txn, iri string) bool {
	if _, err := tx.RecordByIRI(iri); err == nil {
		return true
	}
	_, err := tx.ActorByIRI(iri)
	return err == nil
}
