package federation

import (
	"fmt"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// undo takes an activity of the same actor back: a Follow, a Like, an Announce, a
// Block or a Join. It is found by its id in the log, or by its parts, since many servers
// do not keep the ids of such activities; it is never fetched.
func undo(n *Node, tx *store.Txn, a *Activity) error {
	verb, object, err := n.undone(tx, a)
	if err != nil {
		return err
	}
	switch verb {
	case "Follow":
		return n.unfollow(tx, a, object)
	case "Like":
		return n.unreact(tx, a, object, store.Liked)
	case "Announce":
		return n.unreact(tx, a, object, store.Announced)
	case "Block":
		return n.unblock(tx, a, object)
	case "Join":
		a.Object = object
		return leave(n, tx, a)
	}
	return fmt.Errorf("undo %s: %w", verb, ErrIgnored)
}

// undone says which verb about which object is taken back.
func (n *Node) undone(tx *store.Txn, a *Activity) (verb, object string, err error) {
	if row, err := tx.ActivityByIRI(a.Object); err == nil {
		if row.Actor != a.actor.ID {
			return "", "", fmt.Errorf("activity %s is of another actor: %w", a.Object, ErrForbidden)
		}
		if a.local {
			return row.Verb, row.Object, n.sendUndo(tx, a, row)
		}
		return row.Verb, row.Object, nil
	}
	inner := a.object()
	if inner.IsZero() {
		return "", "", fmt.Errorf("activity %s is not known: %w", a.Object, ErrIgnored)
	}
	if actor := inner.IRI("actor"); actor != "" && actor != a.Actor {
		return "", "", fmt.Errorf("activity of %s: %w", actor, ErrForbidden)
	}
	return inner.Verb(), inner.IRI("object"), nil
}

// sendUndo takes it out of the outbox and tells whoever heard of it; nobody did of
// a Block.
func (n *Node) sendUndo(tx *store.Txn, a *Activity, row *store.Activity) error {
	row.Open = false
	tx.PutActivity(row)
	if row.Raw == nil {
		return nil
	}
	asked, err := vocab.Parse(row.Raw)
	if err != nil {
		return fmt.Errorf("kept activity %s: %w", row.IRI, err)
	}
	out := vocab.Undo(a.IRI, asked)
	out.Published = a.When
	a.body = out.Encode()
	for _, iri := range append(row.To, row.Cc...) {
		if actor, err := tx.ActorByIRI(iri); err == nil {
			a.to = append(a.to, recipient(actor))
		}
	}
	return nil
}

func (n *Node) unfollow(tx *store.Txn, a *Activity, object string) error {
	followed, err := tx.ActorByIRI(object)
	if err != nil {
		return fmt.Errorf("followed %s: %w", object, ErrIgnored)
	}
	tx.DeleteFollow(a.actor.ID, followed.ID)
	n.lookAround(tx)
	if a.local && !followed.Local && !tx.FollowedHere(followed.ID) {
		stopSync(tx, followed.ID)
	}
	return nil
}

func (n *Node) unreact(tx *store.Txn, a *Activity, object string, kind store.ReactionKind) error {
	it, err := tx.RecordByIRI(object)
	if err != nil {
		return fmt.Errorf("record %s: %w", object, ErrIgnored)
	}
	tx.DeleteReaction(it.Envelope().ID, kind, a.actor.ID)
	return nil
}
