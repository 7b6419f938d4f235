package federation

import (
	"fmt"
	"slices"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// checkAudience says whether the member who publishes may choose the audience that
// a.Item has now, was being what it had before and what it answers: a circle of
// his own (store.Txn.CheckAudience), and in a thread nothing wider than what is
// answered, which he must be able to see.
func checkAudience(tx *store.Txn, a *Activity, was *store.Record) error {
	if a.by == nil {
		return nil
	}
	chosen := a.Item.Envelope().Audience
	if wrong := tx.CheckAudience(*a.by, chosen, was.Audience); wrong != nil {
		return store.FieldErrors{wrong}
	}
	parent, err := tx.RecordByIRI(was.InReplyTo)
	if err != nil || chosen == was.Audience {
		return nil //nolint:nilerr // an answer to what is not here stands alone
	}
	if !a.by.CanSee(parent.Envelope()) {
		return fmt.Errorf("answered record %s: %w", was.InReplyTo, store.ErrNotFound)
	}
	if !chosen.Within(parent.Envelope().Audience) {
		return store.FieldErrors{{Field: "audience", Reason: "error.audience-wider"}}
	}
	return nil
}

// address writes the audience of a record as the wire has it, and remembers in
// the record whom it names (ActivityPub §5.6, DOMAIN: only labs that follow each
// other with ours, and whom its text names, never the followers collection, for
// followed-labs).
func (n *Node) address(tx *store.Txn, a *Activity, it store.Item) {
	r := it.Envelope()
	a.To, a.Cc, r.Addressed = nil, nil, nil
	switch r.Audience {
	case store.Public:
		a.To, a.Cc = []string{vocab.Public}, []string{a.actor.Followers}
	case store.Unlisted:
		a.To, a.Cc = []string{a.actor.Followers}, []string{vocab.Public}
	case store.FollowedLabs:
		for lab := range tx.MutualLabs(a.actor.ID) {
			a.To = append(a.To, lab.IRI)
		}
		a.To = appendNew(a.To, r.Mentions...)
		r.Addressed = slices.Clone(a.To)
	case store.Named:
		a.To, r.Addressed = slices.Clone(r.Mentions), slices.Clone(r.Mentions)
	default:
		return
	}
	if r.Audience.Open() {
		a.Cc = appendNew(appendNew(a.Cc, r.Mentions...), concernedLabs(tx, it)...)
	}
	a.open = r.Audience == store.Public
}

// appendNew appends what is not in the list yet.
func appendNew(list []string, more ...string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// recipients are those who hear of a record at once: the followers of who publishes it
// when it is open, else those for whom it is; whom its text names; and who publishes
// what it answers or relates to.
func (n *Node) recipients(tx *store.Txn, publisher store.ID, it store.Item) []store.Recipient {
	r := it.Envelope()
	var to []store.Recipient
	if r.Audience.Open() {
		bulk := store.KindOf(r.Kind).Bulk
		for f := range tx.Followers(publisher) {
			if f.State == store.Accepted && (!bulk || readsCatalog(tx, f.Follower)) {
				to = append(to, store.Recipient{Actor: f.Follower, Inbox: f.Inbox})
			}
		}
	}
	var named []string
	if r.Audience.Federates() {
		named = appendNew(appendNew(slices.Clone(r.Addressed), r.Mentions...), concernedLabs(tx, it)...)
	}
	for _, iri := range named {
		if actor, err := tx.ActorByIRI(iri); err == nil {
			to = append(to, recipient(actor))
		}
	}
	return to
}

// readsCatalog says whether an actor's server announced that it reads catalogues.
func readsCatalog(tx *store.Txn, follower store.ID) bool {
	a, err := tx.Actor(follower)
	return err == nil && (a.Local || a.TakesCatalog())
}

func recipient(a *store.Actor) store.Recipient {
	return store.Recipient{Actor: a.ID, Inbox: a.DeliverTo()}
}

// without returns what is in all and not in some, by inbox.
func without(all, some []store.Recipient) []store.Recipient {
	has := make(map[string]bool, len(some))
	for _, r := range some {
		has[r.Inbox] = true
	}
	var rest []store.Recipient
	for _, r := range all {
		if !has[r.Inbox] {
			rest = append(rest, r)
		}
	}
	return rest
}
