package federation

import (
	"context"
	"errors"
	"fmt"

	"github.com/essaim/essaim/store"
)

// Restrict does what a moderator decided about an actor: SuspendActor keeps an
// actor of another node away, with the copies of what it published, and closes the
// account of a member; LimitActor keeps what an actor of another node publishes out
// of lists; LiftActor ends both. Errors: ErrForbidden, store.ErrNotFound,
// store.ErrNotNow for a lab or server of this node, and to limit a member.
func (n *Node) Restrict(ctx context.Context, by store.Viewer, iri string, act store.Deed) error {
	if !by.May(store.Moderate) {
		return fmt.Errorf("%s by %s: %w", act, by.Actor, ErrForbidden)
	}
	return n.update(ctx, by, func(tx *store.Txn) error {
		actor, err := tx.ActorByIRI(iri)
		if err != nil {
			return err
		}
		if actor.Local {
			err = closeAccount(tx, by, actor, act)
		} else {
			err = n.restrictRemote(tx, by, actor, act)
		}
		if err != nil {
			return err
		}
		tx.Note(store.JournalEntry{Deed: act, Actor: actor.ID})
		return nil
	})
}

// closeAccount closes the account of a member, or opens it again. Nobody closes
// one that may do more than he himself.
func closeAccount(tx *store.Txn, by store.Viewer, member *store.Actor, act store.Deed) error {
	account, err := tx.AccountOf(member.ID)
	if err != nil || act == store.LimitActor {
		return fmt.Errorf("%s %s: %w", act, member.IRI, store.ErrNotNow)
	}
	if account.Role.May(store.Moderate) && !by.Role.May(store.Appoint) || member.IRI == by.Actor {
		return fmt.Errorf("%s %s: %w", act, member.IRI, ErrForbidden)
	}
	account.Suspended = act == store.SuspendActor
	return tx.PutAccount(account)
}

func (n *Node) restrictRemote(tx *store.Txn, by store.Viewer, actor *store.Actor, act store.Deed) error {
	lab, err := tx.Lab()
	if err != nil {
		return err
	}
	switch act {
	case store.SuspendActor:
		return n.apply(tx, &Activity{Verb: "Block", Actor: lab.IRI, Object: actor.IRI, local: true})
	case store.LimitActor:
		tx.PutLimit(&store.Limit{Actor: actor.ID, By: actorIDOf(tx, by.Actor), Since: tx.Now()})
		return relist(tx, actor)
	}
	tx.DeleteLimit(actor.ID)
	if tx.Blocks(lab.ID, actor.ID) {
		tx.DeleteBlock(lab.ID, actor.ID)
	}
	return relist(tx, actor)
}

// HideRecord takes a record away from everybody but those who run the node. A copy
// of another node's is forgotten and does not come again; one of this node is the
// team's from then on, and other nodes are told to delete it. Errors: ErrForbidden,
// store.ErrNotFound.
func (n *Node) HideRecord(ctx context.Context, by store.Viewer, iri string) error {
	if !by.May(store.Moderate) {
		return fmt.Errorf("hide %s by %s: %w", iri, by.Actor, ErrForbidden)
	}
	return n.update(ctx, by, func(tx *store.Txn) error {
		it, err := tx.RecordByIRI(iri)
		if errors.Is(err, store.ErrGone) {
			return store.ErrNotFound
		}
		if err != nil {
			return err
		}
		r := it.Envelope()
		tx.Note(store.JournalEntry{Deed: store.HideRecord, Kind: r.Kind, Record: r.ID, Before: r.Audience})
		if r.Remote {
			tx.DeleteRecord(it, &store.Tombstone{IRI: r.IRI, Type: r.Type, Owner: r.Lab, Deleted: tx.Now()})
			return nil
		}
		r.Audience = store.Team
		return n.apply(tx, &Activity{Verb: "Update", Actor: r.Lab, Item: it, local: true})
	})
}
