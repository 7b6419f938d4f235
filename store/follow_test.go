package store_test

import (
	"slices"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestFollowTwiceIsOneFollower(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		for _, id := range []string{"https://other.example/follow/1", "https://other.example/follow/2"} {
			tx.PutFollow(&store.Follow{Follower: 2, Followed: 1, State: store.Asked, IRI: id})
		}
		tx.PutFollow(&store.Follow{Follower: 1, Followed: 2, State: store.Asked})
		count := 0
		for f := range tx.Followers(1) {
			count++
			if f.IRI != "https://other.example/follow/2" {
				t.Errorf("got %q", f.IRI)
			}
		}
		if count != 1 {
			t.Errorf("got %d followers, want 1", count)
		}
		if tx.Follows(2, 1) {
			t.Error("follows before it was accepted")
		}
		tx.PutFollow(&store.Follow{Follower: 2, Followed: 1, State: store.Accepted})
		if !tx.Follows(2, 1) || tx.Follows(1, 2) {
			t.Error("accepted one way only")
		}
		tx.DeleteFollow(2, 1)
		_, err := tx.Follow(2, 1)
		wantErr(t, "after the end", err, store.ErrNotFound)
		for range tx.Followers(1) {
			t.Error("still a follower")
		}
		if _, err := tx.Follow(1, 2); err != nil {
			t.Errorf("the other way: %v", err)
		}
	})
}

func TestMutualLabsFollowEachOther(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", home)
		follow := func(a, b *store.Actor, state store.FollowState) {
			tx.PutFollow(&store.Follow{Follower: a.ID, Followed: b.ID, State: state})
		}
		mutual := putActor(t, tx, store.Group, "mutual", other)
		follow(lab, mutual, store.Accepted)
		follow(mutual, lab, store.Accepted)
		follow(lab, putActor(t, tx, store.Group, "followed", other), store.Accepted)
		follow(putActor(t, tx, store.Group, "follower", other), lab, store.Accepted)
		for _, state := range []store.FollowState{store.Asked, store.Refused} {
			a := putActor(t, tx, store.Group, "there-"+string(state), other)
			follow(lab, a, state)
			follow(a, lab, store.Accepted)
			b := putActor(t, tx, store.Group, "back-"+string(state), other)
			follow(lab, b, store.Accepted)
			follow(b, lab, state)
		}
		person := putActor(t, tx, store.Person, "ana", other)
		follow(lab, person, store.Accepted)
		follow(person, lab, store.Accepted)

		var got []string
		for a := range tx.MutualLabs(lab.ID) {
			got = append(got, a.Handle)
		}
		if !slices.Equal(got, []string{"mutual"}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestFollowedHere(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		ana := putActor(t, tx, store.Person, "ana", home)
		bob := putActor(t, tx, store.Person, "bob", other)
		lab := putActor(t, tx, store.Group, "lab", other)
		steps := []struct {
			follow store.Follow
			want   bool
		}{
			{store.Follow{Follower: bob.ID, State: store.Accepted}, false},
			{store.Follow{Follower: ana.ID, State: store.Asked}, false},
			{store.Follow{Follower: ana.ID, State: store.Accepted}, true},
			{store.Follow{Follower: ana.ID, State: store.Refused}, false},
		}
		for _, c := range steps {
			c.follow.Followed = lab.ID
			tx.PutFollow(&c.follow)
			if got := tx.FollowedHere(lab.ID); got != c.want {
				t.Errorf("%v %s: got %v, want %v", c.follow.Follower, c.follow.State, got, c.want)
			}
		}
	})
}

func TestReactionCountsOncePerActorAndKind(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		like := func(actor store.ID, id string) bool {
			return tx.PutReaction(&store.Reaction{Kind: store.Liked, Record: 7, Actor: actor, IRI: id})
		}
		if !like(1, "first") || like(1, "first") || like(1, "second") || !like(2, "third") {
			t.Error("only the first of an actor is new")
		}
		tx.PutReaction(&store.Reaction{Kind: store.Announced, Record: 7, Actor: 1})
		tx.PutReaction(&store.Reaction{Kind: store.Liked, Record: 8, Actor: 1})
		if likes, shares := tx.CountReactions(7, store.Liked), tx.CountReactions(7, store.Announced); likes != 2 || shares != 1 {
			t.Errorf("got %d likes, %d announcements", likes, shares)
		}
		for r := range tx.Reactions(7, store.Liked) {
			if r.Actor == 1 && r.IRI != "first" {
				t.Errorf("got %q, want the first", r.IRI)
			}
		}
		tx.DeleteReaction(7, store.Liked, 1)
		tx.DeleteReaction(7, store.Liked, 1)
		if likes := tx.CountReactions(7, store.Liked); likes != 1 {
			t.Errorf("got %d likes, want 1", likes)
		}
		if !like(1, "fourth") {
			t.Error("a reaction that was taken back can be made again")
		}
	})
}
