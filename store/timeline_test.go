package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/essaim/essaim/store"
)

// readable is a home as its owner reads it: the titles of records, with a + before
// those that were announced.
func readable(strip store.Strip) []string {
	var all []string
	for _, e := range strip.Entries {
		mark := ""
		if e.By != 0 {
			mark = "+"
		}
		all = append(all, mark+e.Item.Envelope().IRI[len("https://home.example/o/"):])
	}
	return all
}

func everything(tx *store.Txn, actors ...store.ID) []string {
	return readable(tx.Home(store.Reader{}, actors, store.Stretch{Limit: 100}))
}

func TestHomeHoldsWhatThoseWhomItFollowsPublish(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		putActor(t, tx, store.Application, "node", home)
		me := putActor(t, tx, store.Person, "ana", home)
		lab := putActor(t, tx, store.Group, "lab", other)
		far := putActor(t, tx, store.Group, "far", "third.example")
		news := func(by *store.Actor, name, answers string) *store.News {
			c.pass(1000)
			n := newNews(by.IRI, "https://home.example/o/"+name)
			n.InReplyTo = answers
			putRecord(t, tx, n)
			return n
		}
		first := news(lab, "before", "")
		tx.PutFollow(&store.Follow{Follower: me.ID, Followed: lab.ID, State: store.Asked})
		if got := everything(tx, me.ID); len(got) != 0 {
			t.Errorf("asked: got %v", got)
		}
		tx.PutFollow(&store.Follow{Follower: me.ID, Followed: lab.ID, State: store.Accepted})
		news(lab, "after", "")
		of := news(far, "of-another", "")
		news(lab, "to-another", of.IRI)
		news(lab, "to-itself", first.IRI)
		mine := news(me, "my-own", "")
		news(lab, "to-me", mine.IRI)
		tx.PutReaction(&store.Reaction{Kind: store.Announced, Record: of.ID, Actor: lab.ID})
		tx.PutReaction(&store.Reaction{Kind: store.Announced, Record: first.ID, Actor: lab.ID})
		want := []string{"+of-another", "after", "before", "my-own", "to-itself", "to-me"}
		got := everything(tx, me.ID)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		tx.DeleteReaction(of.ID, store.Announced, lab.ID)
		if got := everything(tx, me.ID); slices.Contains(got, "+of-another") {
			t.Errorf("taken back: got %v", got)
		}
		tx.DeleteFollow(me.ID, lab.ID)
		if got := everything(tx, me.ID); !slices.Equal(got, []string{"my-own"}) {
			t.Errorf("unfollowed: got %v", got)
		}
	})
}

func TestMergedHomesAreReadBothWays(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		putActor(t, tx, store.Application, "node", home)
		a, b := putActor(t, tx, store.Person, "ana", home), putActor(t, tx, store.Person, "bob", home)
		tx.PutFollow(&store.Follow{Follower: a.ID, Followed: b.ID, State: store.Accepted})
		var all []store.ID
		for i := range 9 {
			c.pass(5000)
			n := newNews([]*store.Actor{a, b}[i%2].IRI, fmt.Sprint("https://home.example/o/", i))
			putRecord(t, tx, n)
			all = append(all, n.ID)
		}
		slices.Sort(all)
		actors := []store.ID{a.ID, b.ID}
		var down, up []store.ID
		for at := store.ID(0); ; {
			strip := tx.Home(store.Reader{}, actors, store.Stretch{Before: at, Limit: 2})
			for _, e := range strip.Entries {
				down = append(down, e.ID)
			}
			if at = strip.Next; at == 0 {
				break
			}
		}
		for at := store.ID(1); ; {
			strip := tx.Home(store.Reader{}, actors, store.Stretch{After: at, Up: true, Limit: 2})
			for _, e := range slices.Backward(strip.Entries) {
				up = append(up, e.ID)
			}
			if at = strip.Next; at == 0 {
				break
			}
		}
		if !slices.Equal(up, all) {
			t.Errorf("up: got %v, want %v", up, all)
		}
		if slices.Reverse(down); !slices.Equal(down, all) {
			t.Errorf("down: got %v, want %v", down, all)
		}
	})
}

func TestNobodyIsToldOfWhatHeWantsNotToHear(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		putActor(t, tx, store.Application, "node", home)
		me, far := putActor(t, tx, store.Person, "ana", home), putActor(t, tx, store.Person, "bob", other)
		n := newNews(me.IRI, "https://home.example/o/1")
		putRecord(t, tx, n)
		told := func() (kinds []store.NoticeKind) {
			for x := range tx.Notices([]store.ID{me.ID, me.ID}, store.Stretch{}) {
				kinds = append(kinds, x.Kind)
			}
			return kinds
		}
		like := &store.Reaction{Kind: store.Liked, Record: n.ID, Actor: far.ID}
		tx.PutReaction(like)
		if got := told(); !slices.Equal(got, []store.NoticeKind{store.LikedBy}) {
			t.Errorf("got %v", got)
		}
		tx.DeleteReaction(n.ID, store.Liked, far.ID)
		if got := told(); len(got) != 0 {
			t.Errorf("taken back: got %v", got)
		}
		tx.PutMute(me.ID, &store.Mute{Actor: far.ID, Notifications: true})
		tx.PutReaction(like)
		tx.DeleteMute(me.ID, far.ID)
		tx.PutBlock(&store.Block{Blocker: me.ID, Blocked: far.ID})
		tx.PutReaction(&store.Reaction{Kind: store.Announced, Record: n.ID, Actor: far.ID})
		tx.DeleteBlock(me.ID, far.ID)
		tx.MuteThread(me.ID, n.ID, true)
		answer := newNews(far.IRI, "https://home.example/o/2")
		answer.InReplyTo, answer.Root = n.IRI, n.ID
		putRecord(t, tx, answer)
		tx.TellMentioned(answer.Envelope(), []string{me.IRI})
		if got := told(); len(got) != 0 {
			t.Errorf("muted, blocked, silenced: got %v", got)
		}
		tx.MuteThread(me.ID, n.ID, false)
		tx.TellMentioned(answer.Envelope(), []string{me.IRI, far.IRI})
		if got := told(); len(got) != 0 {
			t.Errorf("who is answered is told of a mention: %v", got)
		}
	})
}

func TestTallyFollowsWhatIsThere(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		a, b := putActor(t, tx, store.Person, "ana", home), putActor(t, tx, store.Person, "bob", home)
		n := newNews(a.IRI, "https://home.example/o/1")
		putRecord(t, tx, n)
		tx.PutFollow(&store.Follow{Follower: b.ID, Followed: a.ID, State: store.Accepted})
		tx.PutFollow(&store.Follow{Follower: b.ID, Followed: a.ID, State: store.Accepted})
		if got, want := tx.Tally(a), (store.Tally{Posts: 1, Followers: 1}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		n.Audience = store.Team
		putRecord(t, tx, n)
		tx.DeleteFollow(b.ID, a.ID)
		if got := tx.Tally(a); got != (store.Tally{}) {
			t.Errorf("got %+v, want nothing", got)
		}
	})
}
