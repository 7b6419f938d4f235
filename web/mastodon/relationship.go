package mastodon

import (
	"net/http"
	"strconv"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// Relationship is how who asks stands to an account.
type Relationship struct {
	ID                  string   `json:"id"`
	Following           bool     `json:"following"`
	ShowingReblogs      bool     `json:"showing_reblogs"`
	Notifying           bool     `json:"notifying"`
	Languages           []string `json:"languages"`
	FollowedBy          bool     `json:"followed_by"`
	Blocking            bool     `json:"blocking"`
	BlockedBy           bool     `json:"blocked_by"`
	Muting              bool     `json:"muting"`
	MutingNotifications bool     `json:"muting_notifications"`
	MutingExpiresAt     *string  `json:"muting_expires_at"`
	Requested           bool     `json:"requested"`
	RequestedBy         bool     `json:"requested_by"`
	DomainBlocking      bool     `json:"domain_blocking"`
	Endorsed            bool     `json:"endorsed"`
	Note                string   `json:"note"`
}

func (c *call) relationship(tx *store.Txn, a *store.Actor) *Relationship {
	me := c.actor.ID
	wish := tx.Wish(me, a.ID)
	e := &Relationship{
		ID: a.ID.String(), Following: tx.Follows(me, a.ID), FollowedBy: tx.Follows(a.ID, me),
		Blocking: tx.Blocks(me, a.ID), BlockedBy: tx.Blocks(a.ID, me), Note: wish.Note,
		DomainBlocking: tx.HostBlocked(a.Host),
	}
	e.Requested = asks(tx, me, a.ID)
	e.RequestedBy = asks(tx, a.ID, me)
	e.ShowingReblogs = e.Following && !wish.NoAnnouncements
	e.Notifying = e.Following && wish.Tell
	if m := tx.Mute(me, a.ID); m.Active(tx.Now()) {
		e.Muting, e.MutingNotifications, e.MutingExpiresAt = true, m.Notifications, stampOf(m.Until)
	}
	return e
}

// asks says whether a follow waits for its answer.
func asks(tx *store.Txn, follower, followed store.ID) bool {
	f, err := tx.Follow(follower, followed)
	return err == nil && f.State == store.Asked
}

// relationships is GET /api/v1/accounts/relationships?id[]=.
func relationships(c *call) (any, error) {
	list := []*Relationship{}
	err := c.view(func(tx *store.Txn) error {
		for _, id := range c.ids("id") {
			if a, err := tx.Actor(id); err == nil {
				list = append(list, c.relationship(tx, a))
			}
		}
		return nil
	})
	return list, err
}

// toward does something about the account that the path names, and answers how
// things stand then. do runs outside of a transaction.
func (c *call) toward(do func(a *store.Actor) error) (any, error) {
	var a *store.Actor
	err := c.view(func(tx *store.Txn) (err error) {
		a, err = c.named(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := do(a); err != nil {
		return nil, err
	}
	var e *Relationship
	err = c.view(func(tx *store.Txn) error {
		e = c.relationship(tx, a)
		return nil
	})
	return e, err
}

// follow is POST /api/v1/accounts/:id/follow.
func follow(c *call) (any, error) {
	return c.toward(func(a *store.Actor) error {
		if a.ID == c.actor.ID {
			return &refusal{http.StatusForbidden, "This action is not allowed", ""}
		}
		if err := c.wish(a); err != nil || c.heard(a) {
			return err
		}
		return c.publish(&federation.Activity{Verb: "Follow", Object: a.IRI})
	})
}

// heard says whether the member follows the actor already, or asked.
func (c *call) heard(a *store.Actor) (yes bool) {
	_ = c.view(func(tx *store.Txn) error { // an error is no
		f, err := tx.Follow(c.actor.ID, a.ID)
		yes = err == nil && f.State != store.Refused
		return nil
	})
	return yes
}

// wish keeps how the member wants to hear of the actor.
func (c *call) wish(a *store.Actor) error {
	return c.keep(func(tx *store.Txn) error {
		w := tx.Wish(c.actor.ID, a.ID)
		if c.has("reblogs") {
			w.NoAnnouncements = !c.flag("reblogs")
		}
		if c.has("notify") {
			w.Tell = c.flag("notify")
		}
		tx.PutWish(c.actor.ID, a.ID, w)
		return nil
	})
}

// unfollow is POST /api/v1/accounts/:id/unfollow.
func unfollow(c *call) (any, error) {
	return c.toward(func(a *store.Actor) error {
		var f *store.Follow
		err := c.view(func(tx *store.Txn) (err error) {
			f, err = tx.Follow(c.actor.ID, a.ID)
			return err
		})
		if isMissing(err) {
			return nil
		}
		if err != nil {
			return err
		}
		return c.publish(&federation.Activity{Verb: "Undo", Object: f.IRI})
	})
}

// block is POST /api/v1/accounts/:id/block.
func block(c *call) (any, error) {
	return c.toward(func(a *store.Actor) error {
		return c.publish(&federation.Activity{Verb: "Block", Object: a.IRI})
	})
}

// unblock is POST /api/v1/accounts/:id/unblock.
func unblock(c *call) (any, error) {
	return c.toward(func(a *store.Actor) error {
		iri := ""
		err := c.view(func(tx *store.Txn) error {
			for b := range tx.BlocksBy(c.actor.ID) {
				if b.Blocked == a.ID {
					iri = b.IRI
				}
			}
			return nil
		})
		if err != nil || iri == "" {
			return err
		}
		return c.publish(&federation.Activity{Verb: "Undo", Object: iri})
	})
}

// mute is POST /api/v1/accounts/:id/mute.
func mute(c *call) (any, error) {
	return c.toward(func(a *store.Actor) error {
		m := &store.Mute{Actor: a.ID, Notifications: !c.has("notifications") || c.flag("notifications")}
		if s, err := strconv.Atoi(c.str("duration")); err == nil && s > 0 {
			m.Until = c.Node.Store.Now().Add(time.Duration(s) * time.Second)
		}
		return c.keep(func(tx *store.Txn) error {
			tx.PutMute(c.actor.ID, m)
			return nil
		})
	})
}

// unmute is POST /api/v1/accounts/:id/unmute.
func unmute(c *call) (any, error) {
	return c.toward(func(a *store.Actor) error {
		return c.keep(func(tx *store.Txn) error {
			tx.DeleteMute(c.actor.ID, a.ID)
			return nil
		})
	})
}

// removeFollower is POST /api/v1/accounts/:id/remove_from_followers.
func removeFollower(c *call) (any, error) {
	return c.toward(func(a *store.Actor) error { return c.answerFollow("Reject", a) })
}

// answerFollow accepts or refuses the follow of an actor; nothing happens when
// there is none.
func (c *call) answerFollow(verb string, a *store.Actor) error {
	err := c.publish(&federation.Activity{Verb: verb, Object: a.IRI})
	if isMissing(err) {
		return nil
	}
	return err
}

// accountNote is POST /api/v1/accounts/:id/note.
func accountNote(c *call) (any, error) {
	return c.toward(func(a *store.Actor) error {
		return c.keep(func(tx *store.Txn) error {
			w := tx.Wish(c.actor.ID, a.ID)
			w.Note = c.str("comment")
			if len(w.Note) > maxNote {
				return invalid("Comment is too long")
			}
			tx.PutWish(c.actor.ID, a.ID, w)
			return nil
		})
	})
}

const maxNote = 2000 // bytes of what is noted about an account

// unchanged is for what has no meaning here: it answers how things stand.
func unchanged(c *call) (any, error) {
	return c.toward(func(*store.Actor) error { return nil })
}

// authorizeRequest is POST /api/v1/follow_requests/:id/authorize.
func authorizeRequest(c *call) (any, error) {
	return c.toward(func(a *store.Actor) error { return c.answerFollow("Accept", a) })
}

// rejectRequest is POST /api/v1/follow_requests/:id/reject.
func rejectRequest(c *call) (any, error) { return removeFollower(c) }
