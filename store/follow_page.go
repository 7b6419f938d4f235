package store

import "slices"

// FollowerPage is a stretch of the accepted followers of an actor, FollowingPage
// of those whom it follows, ordered by their ids from the newest.
func (t *Txn) FollowerPage(actor ID, s Stretch) []ID {
	return t.followPage(key(tFollowers, actor), Accepted, s)
}

// FollowingPage is described at FollowerPage.
func (t *Txn) FollowingPage(actor ID, s Stretch) []ID {
	return t.followPage(key(tFollowing, actor), Accepted, s)
}

// AskingPage is a stretch of those who wait for an actor's answer.
func (t *Txn) AskingPage(actor ID, s Stretch) []ID {
	return t.followPage(key(tFollowers, actor), Asked, s)
}

func (t *Txn) followPage(prefix []byte, state FollowState, s Stretch) []ID {
	var ids []ID
	for id, v := range t.ids(s, prefix) {
		f := new(Follow)
		mustDecode(id.Key(), v, f)
		if f.State == state {
			ids = append(ids, id)
		}
		if len(ids) == s.Limit {
			break
		}
	}
	if s.Up {
		slices.Reverse(ids)
	}
	return ids
}

// HasPinned says whether a record is among the few that an actor shows first.
func (t *Txn) HasPinned(actor, record ID) bool { return t.tx.Get(key(tPinned, actor, record)) != nil }

// ReactionPage is a stretch of the reactions of a kind to a record, by the ids of
// who reacted.
func (t *Txn) ReactionPage(record ID, kind ReactionKind, s Stretch) []ID {
	var ids []ID
	for id := range t.ids(s, key(tReaction, record, string(kind), byte(0))) {
		if ids = append(ids, id); len(ids) == s.Limit {
			break
		}
	}
	if s.Up {
		slices.Reverse(ids)
	}
	return ids
}
