package federation

import (
	"encoding/json"
	"fmt"

	"github.com/essaim/essaim/store"
)

// follow asks to hear of an actor. An actor of this node answers at once, unless
// a person shall decide. Asked again, it answers again (ActivityPub §7.5).
func follow(n *Node, tx *store.Txn, a *Activity) error {
	followed, err := tx.ActorByIRI(a.Object)
	if err != nil || !followed.Deleted.IsZero() {
		return fmt.Errorf("followed %s: %w", a.Object, store.ErrNotFound)
	}
	switch {
	case followed.ID == a.actor.ID:
		return fmt.Errorf("nobody follows himself: %w", ErrForbidden)
	case !a.local && !followed.Local:
		return fmt.Errorf("%s is not of this node: %w", a.Object, store.ErrNotFound)
	case tx.Blocks(followed.ID, a.actor.ID):
		return fmt.Errorf("follower %s: %w", a.Actor, ErrBlocked)
	}
	f, err := tx.Follow(a.actor.ID, followed.ID)
	if err != nil {
		f = &store.Follow{Follower: a.actor.ID, Followed: followed.ID, Asked: a.When}
	}
	if a.local {
		choose(tx, followed, a.Wants)
		a.To = []string{followed.IRI}
		a.to = []store.Recipient{recipient(followed)}
		a.body = n.encode(a)
	}
	if f.State != store.Accepted { // what was agreed holds until it is answered otherwise
		f.State = store.Asked
	}
	f.IRI, f.Activity, f.Inbox = a.IRI, followBytes(a), a.actor.DeliverTo()
	tx.PutFollow(f)
	if followed.Local && (!followed.Approves || f.State == store.Accepted) {
		a.cause(&Activity{Verb: "Accept", Actor: followed.IRI, Object: a.Actor})
	}
	return nil
}

// choose keeps what shall be copied of an actor of another node once it accepts.
func choose(tx *store.Txn, followed *store.Actor, s store.Selection) {
	if followed.Local || tx.Sync(followed.ID) != nil {
		return
	}
	tx.PutSync(&store.Sync{Actor: followed.ID, Wants: s})
}

func followBytes(a *Activity) json.RawMessage {
	if a.local {
		return a.body
	}
	return a.Doc.Raw()
}
