package store

import "encoding/binary"

// count changes a number that is kept beside what it counts, so that a profile
// needs no scan.
func (t *Txn) count(k []byte, by int) {
	n := max(0, t.counted(k)+by)
	t.tx.Put(k, binary.BigEndian.AppendUint64(nil, uint64(n)))
}

func (t *Txn) counted(k []byte) int {
	b := t.tx.Get(k)
	if len(b) != 8 {
		return 0
	}
	return int(binary.BigEndian.Uint64(b))
}

// Tally is what a profile counts: records that everybody may see, and accepted
// follows both ways.
type Tally struct{ Posts, Followers, Following int }

// Tally returns the numbers of an actor.
func (t *Txn) Tally(a *Actor) Tally {
	return Tally{
		Posts:     t.counted(key(tPosts, hash16(a.IRI))),
		Followers: t.counted(key(tFollowCount, a.ID, "g")),
		Following: t.counted(key(tFollowCount, a.ID, "f")),
	}
}

// countFollow keeps the numbers of both ends of a follow that was (old) and is
// (now) accepted or not.
func (t *Txn) countFollow(follower, followed ID, old, now bool) {
	var by int
	switch {
	case now && !old:
		by = 1
		t.fillHome(follower, followed)
	case old && !now:
		by = -1
		t.emptyHome(follower, followed)
	default:
		return
	}
	t.count(key(tFollowCount, follower, "f"), by)
	t.count(key(tFollowCount, followed, "g"), by)
}

// LastPost is the id of the newest record of an actor that everybody may see;
// its time is when that was published. Zero: there is none.
func (t *Txn) LastPost(a *Actor) ID {
	for k, v := range t.scan(key(tByLab, hash16(a.IRI)), true) {
		if listing(v).audience().Open() {
			return idFromKey(k)
		}
	}
	return 0
}
