package store

import (
	"encoding/json"
	"iter"
	"time"
)

// FollowState is how far a follow got.
type FollowState string

// The states of a follow.
const (
	Asked    FollowState = "asked"
	Accepted FollowState = "accepted"
	Refused  FollowState = "refused"
)

// Follow is an actor's wish to hear of another. There is one per pair, whatever
// the number of activities that asked for it.
type Follow struct {
	Follower ID              `json:"follower"`
	Followed ID              `json:"followed"`
	State    FollowState     `json:"state"`
	IRI      string          `json:"iri"`                // of the Follow that counts, verbatim
	Activity json.RawMessage `json:"activity,omitempty"` // that Follow as it came, for the answer
	Inbox    string          `json:"inbox,omitempty"`    // where the follower hears of us
	Asked    time.Time       `json:"asked"`
	Answered time.Time       `json:"answered,omitzero"`
}

// PutFollow creates or replaces a follow.
func (t *Txn) PutFollow(f *Follow) {
	old, err := t.Follow(f.Follower, f.Followed)
	if err != nil {
		old = &Follow{}
	}
	t.putJSON(key(tFollowing, f.Follower, f.Followed), f)
	t.putJSON(key(tFollowers, f.Followed, f.Follower), f)
	t.local = true
	t.countFollow(f.Follower, f.Followed, old.State == Accepted, f.State == Accepted)
	t.tellOfFollow(old.State, f)
	t.change(Updated, "follow", f.Followed)
}

// DeleteFollow forgets a follow, if there is one.
func (t *Txn) DeleteFollow(follower, followed ID) {
	t.countFollow(follower, followed, t.Follows(follower, followed), false)
	t.tx.Delete(key(tFollowing, follower, followed))
	t.tx.Delete(key(tFollowers, followed, follower))
	t.local = true
	t.change(Deleted, "follow", followed)
}

// Follow returns the follow of one actor by another, or ErrNotFound.
func (t *Txn) Follow(follower, followed ID) (*Follow, error) {
	f := new(Follow)
	if !t.getJSON(key(tFollowing, follower, followed), f) {
		return nil, ErrNotFound
	}
	return f, nil
}

// Following yields the follows of an actor, in whatever state.
func (t *Txn) Following(actor ID) iter.Seq[*Follow] { return t.follows(key(tFollowing, actor)) }

// Followers yields the follows that an actor has, in whatever state.
func (t *Txn) Followers(actor ID) iter.Seq[*Follow] { return t.follows(key(tFollowers, actor)) }

func (t *Txn) follows(prefix []byte) iter.Seq[*Follow] {
	return func(yield func(*Follow) bool) {
		for k, v := range t.scan(prefix, false) {
			f := new(Follow)
			mustDecode(k, v, f)
			if !yield(f) {
				return
			}
		}
	}
}

// Follows says whether a follow between the two was accepted.
func (t *Txn) Follows(follower, followed ID) bool {
	f, err := t.Follow(follower, followed)
	return err == nil && f.State == Accepted
}

// FollowedHere says whether any actor of this node follows the actor.
func (t *Txn) FollowedHere(actor ID) bool {
	for f := range t.Followers(actor) {
		if f.State == Accepted && t.isLocal(f.Follower) {
			return true
		}
	}
	return false
}

// MutualLabs yields the labs that follow lab and that lab follows.
func (t *Txn) MutualLabs(lab ID) iter.Seq[*Actor] {
	return func(yield func(*Actor) bool) {
		for f := range t.Following(lab) {
			if f.State != Accepted || !t.Follows(f.Followed, lab) {
				continue
			}
			if a, err := t.Actor(f.Followed); err == nil && a.Type == Group && !yield(a) {
				return
			}
		}
	}
}

// moveInbox tells an actor's follows where it now wants its deliveries.
func (t *Txn) moveInbox(a *Actor) {
	for f := range t.Following(a.ID) {
		f.Inbox = a.DeliverTo()
		t.PutFollow(f)
	}
}

// FollowsOn says whether anybody of this node follows an actor of a host, or asked
// to.
func (t *Txn) FollowsOn(host string) bool {
	host = canonicalHost(host)
	for member := range t.LocalActors() {
		for f := range t.Following(member.ID) {
			a, err := t.Actor(f.Followed)
			if err == nil && f.State != Refused && !a.Local && (canonicalHost(a.Host) == host || canonicalHost(HostOf(a.IRI)) == host) {
				return true
			}
		}
	}
	return false
}
