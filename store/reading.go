package store

import (
	"iter"
	"time"
)

// What a member keeps to himself about what others publish: it is no activity,
// nobody hears of it, and it goes with his login.

// rows yields the values below a key as T.
func rows[T any](t *Txn, prefix []byte) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for k, b := range t.scan(prefix, false) {
			v := new(T)
			mustDecode(k, b, v)
			if !yield(v) {
				return
			}
		}
	}
}

// privateTables hold rows of one actor of this node below its id.
var privateTables = []string{
	tHome, tNotice, tMute, tWish, tBookmark, tBookmarked, tMarker, tPolicy, tFilter, tList, tFollowedTag, tTalk, tMessage, tScheduled, tPush, tUpload, tMutedThread, tDisclosure, tLetters,
}

func (t *Txn) forgetPrivate(actor ID) {
	t.unfollowTags(actor)
	for _, table := range privateTables {
		for k := range t.scan(key(table, actor), false) {
			t.tx.Delete(key(table, actor, k))
		}
	}
}

// Mute hides an actor from another, who alone knows.
type Mute struct {
	Actor         ID        `json:"actor"`
	Notifications bool      `json:"notifications"` // hide those, too
	Until         time.Time `json:"until,omitzero"`
}

// Active says whether the mute holds at a moment.
func (m *Mute) Active(now time.Time) bool {
	return m != nil && (m.Until.IsZero() || now.Before(m.Until))
}

// Silent says whether it keeps notices away, too.
func (m *Mute) Silent(now time.Time) bool { return m.Active(now) && m.Notifications }

// PutMute keeps a mute of an actor.
func (t *Txn) PutMute(by ID, m *Mute) { t.putJSON(key(tMute, by, m.Actor), m) }

// DeleteMute lifts a mute, if there is one.
func (t *Txn) DeleteMute(by, muted ID) { t.tx.Delete(key(tMute, by, muted)) }

// Mute returns the mute of an actor by another, or nil.
func (t *Txn) Mute(by, muted ID) *Mute {
	m := new(Mute)
	if !t.getJSON(key(tMute, by, muted), m) {
		return nil
	}
	return m
}

// Mutes yields the mutes of an actor.
func (t *Txn) Mutes(by ID) iter.Seq[*Mute] { return rows[Mute](t, key(tMute, by)) }

// BlocksBy yields the blocks of an actor.
func (t *Txn) BlocksBy(actor ID) iter.Seq[*Block] { return rows[Block](t, key(tBlock, actor)) }

// Wish is how an actor wants to hear of another that it follows, and what it
// noted about it.
type Wish struct {
	NoAnnouncements bool   `json:"noAnnouncements,omitempty"`
	Tell            bool   `json:"tell,omitempty"`  // a notice for every new record
	Heard           bool   `json:"heard,omitempty"` // its notices come whatever the policy says
	Note            string `json:"note,omitempty"`
}

// Wish returns the wish of an actor about another; zero when there is none.
func (t *Txn) Wish(by, about ID) Wish {
	var w Wish
	t.getJSON(key(tWish, by, about), &w)
	return w
}

// PutWish keeps a wish.
func (t *Txn) PutWish(by, about ID, w Wish) { t.putJSON(key(tWish, by, about), w) }

// Bookmark puts a record among those that an actor wants to find again, or takes
// it out.
func (t *Txn) Bookmark(actor, record ID, on bool) {
	k := key(tBookmarked, actor, record)
	old := t.getID(k)
	switch {
	case on && old == 0:
		id := t.NewID()
		t.tx.Put(k, id.Key())
		t.tx.Put(key(tBookmark, actor, id), announced(record, 0))
	case !on && old != 0:
		t.tx.Delete(k)
		t.tx.Delete(key(tBookmark, actor, old))
	}
}

// HasBookmark says whether an actor keeps a record.
func (t *Txn) HasBookmark(actor, record ID) bool {
	return t.getID(key(tBookmarked, actor, record)) != 0
}

// Bookmarks reads the records that an actor keeps, the latest kept first. The id
// of an entry is that of the bookmark.
func (t *Txn) Bookmarks(by Reader, actor ID, s Stretch) Strip {
	return t.entries(by, s, key(tBookmark, actor))
}

// Favourites reads the records that an actor likes, the latest liked first. The
// id of an entry is that of the like.
func (t *Txn) Favourites(by Reader, actor ID, s Stretch) Strip {
	return t.entries(by, s, reactedKey(actor, Liked))
}

// MuteThread says that an actor wants no notices of a conversation, or wants
// them again; HasMutedThread which it is. A conversation is named by the id of
// its first record.
func (t *Txn) MuteThread(actor, root ID, on bool) {
	if on {
		t.tx.Put(key(tMutedThread, actor, root), nil)
		return
	}
	t.tx.Delete(key(tMutedThread, actor, root))
}

// HasMutedThread says whether an actor wants no notices of a conversation.
func (t *Txn) HasMutedThread(actor, root ID) bool {
	return t.tx.Get(key(tMutedThread, actor, root)) != nil
}
