package mastodon

import (
	"cmp"
	"slices"

	"github.com/essaim/essaim/store"
)

// people answers with a page of actors, which pick chooses by their ids.
func (c *call) people(pick func(tx *store.Txn, s store.Stretch) ([]store.ID, error)) (any, error) {
	s := c.stretch(40, 80)
	var list []*Account
	err := c.view(func(tx *store.Txn) error {
		ids, err := pick(tx, s)
		if err != nil {
			return err
		}
		list = c.accountsOf(tx, ids)
		if len(ids) > 0 {
			c.links(ids[0], ids[len(ids)-1], s.Up || len(ids) == s.Limit)
		}
		return nil
	})
	return list, err
}

// followers is GET /api/v1/accounts/:id/followers.
func followers(c *call) (any, error) {
	return c.people(func(tx *store.Txn, s store.Stretch) ([]store.ID, error) {
		a, err := c.named(tx)
		if err != nil || c.onlyCounts(a) {
			return nil, err
		}
		return tx.FollowerPage(a.ID, s), nil
	})
}

// following is GET /api/v1/accounts/:id/following.
func following(c *call) (any, error) {
	return c.people(func(tx *store.Txn, s store.Stretch) ([]store.ID, error) {
		a, err := c.named(tx)
		if err != nil || c.onlyCounts(a) {
			return nil, err
		}
		return tx.FollowingPage(a.ID, s), nil
	})
}

// onlyCounts says whether who asks is told how many somebody follows, and not whom: as
// in the collections for servers, the acquaintances of a person are for members.
func (c *call) onlyCounts(a *store.Actor) bool { return a.Type == store.Person && c.actor == nil }

// followRequests is GET /api/v1/follow_requests.
func followRequests(c *call) (any, error) {
	return c.people(func(tx *store.Txn, s store.Stretch) ([]store.ID, error) {
		return tx.AskingPage(c.actor.ID, s), nil
	})
}

// blocks is GET /api/v1/blocks.
func blocks(c *call) (any, error) {
	return c.people(func(tx *store.Txn, _ store.Stretch) ([]store.ID, error) {
		var ids []store.ID
		for b := range tx.BlocksBy(c.actor.ID) {
			ids = append(ids, b.Blocked)
		}
		return c.pageOfIDs(ids), nil
	})
}

// mutes is GET /api/v1/mutes.
func mutes(c *call) (any, error) {
	return c.people(func(tx *store.Txn, _ store.Stretch) ([]store.ID, error) {
		var ids []store.ID
		for m := range tx.Mutes(c.actor.ID) {
			if m.Active(tx.Now()) {
				ids = append(ids, m.Actor)
			}
		}
		return c.pageOfIDs(ids), nil
	})
}

func (c *call) pageOfIDs(ids []store.ID) []store.ID {
	slices.SortFunc(ids, func(a, b store.ID) int { return cmp.Compare(b, a) })
	return pageOf(c, ids, 40, 80, func(id store.ID) store.ID { return id })
}

// favouritedBy is GET /api/v1/statuses/:id/favourited_by.
func favouritedBy(c *call) (any, error) { return c.reactors(store.Liked) }

// rebloggedBy is GET /api/v1/statuses/:id/reblogged_by.
func rebloggedBy(c *call) (any, error) { return c.reactors(store.Announced) }

func (c *call) reactors(kind store.ReactionKind) (any, error) {
	return c.people(func(tx *store.Txn, s store.Stretch) ([]store.ID, error) {
		e, err := c.record(tx)
		if err != nil {
			return nil, err
		}
		return tx.ReactionPage(e.Item.Envelope().ID, kind, s), nil
	})
}

// FamiliarFollowers are those whom the reader follows among the followers of an
// account.
type FamiliarFollowers struct {
	ID       string     `json:"id"`
	Accounts []*Account `json:"accounts"`
}

// familiarFollowers is GET /api/v1/accounts/familiar_followers?id[]=.
func familiarFollowers(c *call) (any, error) {
	list := []FamiliarFollowers{}
	err := c.view(func(tx *store.Txn) error {
		list = list[:0]
		for _, id := range c.ids("id") {
			var common []store.ID
			for f := range tx.Following(c.actor.ID) {
				if f.State == store.Accepted && tx.Follows(f.Followed, id) {
					common = append(common, f.Followed)
				}
			}
			list = append(list, FamiliarFollowers{ID: id.String(), Accounts: c.accountsOf(tx, common)})
		}
		return nil
	})
	return list, err
}
