package federation

import (
	"context"
	"fmt"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// FromClient reads what a member's software posts to an actor's outbox
// (ActivityPub §6): an activity, or an object to be created. Ids and times that it
// claims are not taken over; whether the member may do it, Publish decides.
func (n *Node) FromClient(ctx context.Context, doc vocab.Doc, actor string) (*Activity, error) {
	a := &Activity{Verb: doc.Verb(), Actor: actor, Object: doc.IRI("object"), Objects: doc.IRIs("object"), Text: doc.Str("content")}
	switch a.Verb {
	case "Create":
		return a, n.draft(doc.Doc("object"), doc, a)
	case "Update":
		return a, n.redraft(ctx, doc.Doc("object"), a)
	case "Accept", "Reject":
		return a, n.answerDraft(ctx, doc, a)
	case "Delete", "Follow", "Undo", "Like", "Announce", "Block", "Add", "Remove", "Join", "Leave":
		if a.Object == "" {
			return nil, fmt.Errorf("%s without object: %w", a.Verb, ErrMalformed)
		}
		a.Objects = nil
		return a, nil
	}
	if verbOf(a.Verb) != nil {
		return nil, fmt.Errorf("%s from a client: %w", a.Verb, ErrForbidden)
	}
	a.Verb = "Create"
	return a, n.draft(doc, doc, a)
}

// draft reads the object of a Create, addressed by itself or by its activity.
func (n *Node) draft(object, addressed vocab.Doc, a *Activity) error {
	item, err := vocab.ReadDraft(object, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrMalformed)
	}
	a.Item = item
	r := item.Envelope()
	if r.Audience == "" {
		r.Audience = addressed.DraftAudience()
	}
	return nil
}

// redraft reads the object of an Update: what it does not name stays as it is
// (ActivityPub §6.3).
func (n *Node) redraft(ctx context.Context, object vocab.Doc, a *Activity) error {
	if a.Object == a.Actor {
		return n.redraftProfile(ctx, object, a)
	}
	return n.Store.View(ctx, func(tx *store.Txn) error {
		old, err := tx.RecordByIRI(a.Object)
		if err != nil {
			return err
		}
		if a.Item, err = vocab.ReadDraft(object, old); err != nil {
			return fmt.Errorf("%w: %w", err, ErrMalformed)
		}
		return nil
	})
}

func (n *Node) redraftProfile(ctx context.Context, object vocab.Doc, a *Activity) error {
	return n.Store.View(ctx, func(tx *store.Txn) error {
		p, err := tx.ActorByIRI(a.Actor)
		if err != nil {
			return err
		}
		if object.Has("name") {
			p.Name = object.Str("name")
		}
		if object.Has("summary") {
			p.Summary = object.Str("summary")
		}
		a.Profile = p
		return nil
	})
}

// answerDraft finds the follower that an Accept or a Reject is for.
func (n *Node) answerDraft(ctx context.Context, doc vocab.Doc, a *Activity) error {
	if follower := doc.Doc("object").IRI("actor"); follower != "" {
		a.Object, a.Objects = follower, nil
		return nil
	}
	return n.Store.View(ctx, func(tx *store.Txn) error {
		actor, err := tx.ActorByIRI(a.Actor)
		if err != nil {
			return err
		}
		for f := range tx.Followers(actor.ID) {
			if f.IRI != a.Object {
				continue
			}
			follower, err := tx.Actor(f.Follower)
			if err == nil {
				a.Object, a.Objects = follower.IRI, nil
			}
			return err
		}
		return fmt.Errorf("follow %s: %w", a.Object, store.ErrNotFound)
	})
}
