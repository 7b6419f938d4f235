package federation

import (
	"fmt"
	"slices"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// like notes that an actor likes a record.
func like(n *Node, tx *store.Txn, a *Activity) error {
	it, err := n.reactTo(tx, a, store.Liked)
	if err != nil || !a.local {
		return err
	}
	return n.addressAuthor(tx, a, it)
}

// announce passes a record on. What a followed actor announces and is not here
// yet is fetched from its own origin: what the announcement embeds is not
// trusted.
func announce(n *Node, tx *store.Txn, a *Activity) error {
	if err := unwrap(a); err != nil {
		return err
	}
	it, err := n.reactTo(tx, a, store.Announced)
	if err != nil {
		if !a.local && a.Object != "" && !n.IsLocal(a.Object) && tx.FollowedHere(a.actor.ID) {
			tx.AddJob(jobFetch, fetchJob{IRI: a.Object, Announced: true, By: a.Actor, Activity: a.IRI})
			return nil
		}
		return err
	}
	if !a.local {
		if tx.FollowedHere(a.actor.ID) && it.Envelope().Remote {
			tx.AddToRiver(it)
		}
		return nil
	}
	if err := n.addressAuthor(tx, a, it); err != nil {
		return err
	}
	a.To, a.Cc, a.open = []string{vocab.Public}, append(a.To, a.actor.Followers), true
	for f := range tx.Followers(a.actor.ID) {
		if f.State == store.Accepted {
			a.to = append(a.to, store.Recipient{Actor: f.Follower, Inbox: f.Inbox})
		}
	}
	return nil
}

// unwrap looks into an announced activity. Groups pass on whole what was sent to
// them (FEP-1b12): of a Create or an Update that names the group the record
// counts, and nothing of all else.
func unwrap(a *Activity) error {
	inner := a.object()
	if a.local || verbOf(inner.Verb()) == nil {
		return nil
	}
	named := slices.Concat(inner.Recipients(), inner.Doc("object").Recipients())
	if verb := inner.Verb(); verb != "Create" && verb != "Update" || !slices.Contains(named, a.Actor) {
		return fmt.Errorf("announced %s: %w", inner.Verb(), ErrIgnored)
	}
	a.Object = inner.IRI("object")
	return nil
}

// reactTo keeps the reaction, once per actor and record. Only what is open can be
// passed on, or liked from outside; a member likes what he may see.
func (n *Node) reactTo(tx *store.Txn, a *Activity, kind store.ReactionKind) (store.Item, error) {
	if a.Object == "" {
		return nil, fmt.Errorf("no object: %w", ErrMalformed)
	}
	it, err := tx.RecordByIRI(a.Object)
	if err != nil || !mayReact(a, it.Envelope(), kind) {
		return nil, fmt.Errorf("record %s: %w", a.Object, ErrIgnored)
	}
	tx.PutReaction(&store.Reaction{Kind: kind, Record: it.Envelope().ID, Actor: a.actor.ID, IRI: a.IRI, When: a.When})
	return it, nil
}

func mayReact(a *Activity, r *store.Record, kind store.ReactionKind) bool {
	return r.Audience.Open() || kind == store.Liked && a.by != nil && a.by.CanSee(r)
}

func (n *Node) addressAuthor(tx *store.Txn, a *Activity, it store.Item) error {
	author, err := tx.ActorByIRI(it.Envelope().Lab)
	if err != nil {
		return err
	}
	a.To = []string{author.IRI}
	a.to = []store.Recipient{recipient(author)}
	return nil
}
