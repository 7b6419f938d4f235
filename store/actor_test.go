package store_test

import (
	"testing"

	"github.com/essaim/essaim/store"
)

func TestActorIsFoundByIRIHandleAndKey(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) { putActor(t, tx, store.Group, "Marais", "Other.Example") })
	view(t, s, func(tx *store.Txn) {
		a, err := tx.ActorByIRI(iri("Other.Example", "Marais"))
		must(t, err)
		for _, handle := range []string{"Marais", "marais", "MARAIS"} {
			if b, err := tx.ActorByHandle(handle, "OTHER.example"); err != nil || b.ID != a.ID {
				t.Errorf("%s: got %v, %v", handle, b, err)
			}
		}
		if b, k, err := tx.ActorByKey(a.Keys[0].ID); err != nil || b.ID != a.ID || k != a.Keys[0] {
			t.Errorf("key: got %v, %v, %v", b, k, err)
		}
		_, err = tx.ActorByIRI(a.IRI + "/")
		wantErr(t, "another IRI", err, store.ErrNotFound)
		_, err = tx.ActorByHandle("marais", home)
		wantErr(t, "another host", err, store.ErrNotFound)
		_, err = tx.Actor(0)
		wantErr(t, "no id", err, store.ErrNotFound)
	})
}

func TestActorPutAgainIsTheSame(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		first := putActor(t, tx, store.Person, "ana", other)
		again := putActor(t, tx, store.Person, "ana", other)
		if first.ID != again.ID || first.ID == 0 {
			t.Errorf("got %v and %v", first.ID, again.ID)
		}
	})
}

func TestLocalHandleIsUnique(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		first := putActor(t, tx, store.Person, "ana", home)
		second := newActor(store.Person, "ana2", home)
		second.Handle = "ANA"
		wantErr(t, "another member", tx.PutActor(second), store.ErrExists)
		foreign := newActor(store.Person, "eve", other)
		foreign.Handle, foreign.Host = "Ana", home
		wantErr(t, "a remote actor", tx.PutActor(foreign), store.ErrExists)
		if a, err := tx.ActorByHandle("ana", home); err != nil || a.ID != first.ID {
			t.Errorf("got %v, %v", a, err)
		}
		first.Name = "Ana"
		must(t, tx.PutActor(first))
	})
}

func TestRemoteHandleGoesToTheLastOwner(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		before := putActor(t, tx, store.Person, "ana", other)
		after := newActor(store.Person, "users/ana", other)
		after.Handle = "ana"
		must(t, tx.PutActor(after))
		wantHandle(t, tx, "ana", after)
		before.Handle = "ana-old"
		must(t, tx.PutActor(before))
		wantHandle(t, tx, "ana", after)
		wantHandle(t, tx, "ana-old", before)
	})
}

func wantHandle(t *testing.T, tx *store.Txn, handle string, want *store.Actor) {
	t.Helper()
	if a, err := tx.ActorByHandle(handle, want.Host); err != nil || a.ID != want.ID {
		t.Errorf("%s: got %v, %v, want %s", handle, a, err, want.IRI)
	}
}

func TestOldHandleIsFreeAgain(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		a := putActor(t, tx, store.Person, "ana", home)
		a.Handle = "anaïs"
		must(t, tx.PutActor(a))
		_, err := tx.ActorByHandle("ana", home)
		wantErr(t, "old handle", err, store.ErrNotFound)
		wantHandle(t, tx, "ANAÏS", a)
	})
}

func TestKeyIndexFollowsARotation(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		a := putActor(t, tx, store.Person, "ana", other)
		old := a.Keys[0]
		a.Keys = []store.PublicKey{{ID: a.IRI + "#key-2", PEM: "new"}, {ID: a.IRI + "#ed25519", Multibase: "z6Mk"}}
		must(t, tx.PutActor(a))
		_, _, err := tx.ActorByKey(old.ID)
		wantErr(t, "old key", err, store.ErrNotFound)
		for _, want := range a.Keys {
			if _, got, err := tx.ActorByKey(want.ID); err != nil || got != want {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
		}
		a.Keys[0].PEM = "newer" // the same id
		must(t, tx.PutActor(a))
		if _, got, err := tx.ActorByKey(a.Keys[0].ID); err != nil || got.PEM != "newer" {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestKeyOfAnotherStaysWhenAnActorDropsIt(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		before := putActor(t, tx, store.Person, "ana", other)
		after := newActor(store.Person, "users/ana", other)
		after.Keys = before.Keys
		must(t, tx.PutActor(after))
		before.Keys = nil
		must(t, tx.PutActor(before))
		if a, _, err := tx.ActorByKey(after.Keys[0].ID); err != nil || a.ID != after.ID {
			t.Errorf("got %v, %v", a, err)
		}
	})
}

func TestFollowsMoveWithTheInbox(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", home)
		a := putActor(t, tx, store.Person, "ana", other)
		tx.PutFollow(&store.Follow{Follower: a.ID, Followed: lab.ID, State: store.Accepted, Inbox: a.DeliverTo()})
		a.SharedInbox = ""
		must(t, tx.PutActor(a))
		for f := range tx.Followers(lab.ID) {
			if f.Inbox != a.Inbox {
				t.Errorf("got %q, want %q", f.Inbox, a.Inbox)
			}
		}
	})
}

func TestNodeLabAndMembers(t *testing.T) {
	s, _ := open(t)
	view(t, s, func(tx *store.Txn) {
		_, err := tx.Lab()
		wantErr(t, "lab", err, store.ErrNotFound)
		_, err = tx.Node()
		wantErr(t, "node", err, store.ErrNotFound)
	})
	update(t, s, func(tx *store.Txn) {
		putActor(t, tx, store.Group, "lab", other)
		node := putActor(t, tx, store.Application, "node", home)
		lab := putActor(t, tx, store.Group, "lab", home)
		ana := putActor(t, tx, store.Person, "ana", home)
		gone := putActor(t, tx, store.Person, "gone", home)
		tx.EraseActor(gone, noon)
		if a, err := tx.Lab(); err != nil || a.ID != lab.ID {
			t.Errorf("lab: got %v, %v", a, err)
		}
		if a, err := tx.Node(); err != nil || a.ID != node.ID {
			t.Errorf("node: got %v, %v", a, err)
		}
		for a := range tx.Members() {
			if a.ID != ana.ID {
				t.Errorf("member %s", a.Handle)
			}
		}
		if got := tx.Count(); got.Members != 1 {
			t.Errorf("got %d members, want 1", got.Members)
		}
	})
}

func TestErasedActorsLeaveNothingOfWhatTheyDid(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab, a := putActor(t, tx, store.Group, "lab", home), putActor(t, tx, store.Person, "ana", home)
		news := newNews(lab.IRI, "https://home.example/o/1")
		putRecord(t, tx, news)
		e := putEvent(t, tx, "e", "2126-06-01T09:00", "", store.Public)
		tx.PutSeat(&store.Seat{Event: e.ID, Holder: store.HolderOf(a.IRI), Actor: a.IRI, State: store.Accepted})
		tx.PutReaction(&store.Reaction{Kind: store.Liked, Record: news.ID, Actor: a.ID})
		tx.PutReaction(&store.Reaction{Kind: store.Announced, Record: news.ID, Actor: a.ID})
		tx.PutBlock(&store.Block{Blocker: a.ID, Blocked: lab.ID})
		tx.EraseActor(a, noon)
		if tx.Reacted(news.ID, store.Liked, a.ID) || tx.Reacted(news.ID, store.Announced, a.ID) {
			t.Error("its reactions are there")
		}
		if _, err := tx.Seat(e.ID, store.HolderOf(a.IRI)); err == nil || tx.Blocks(a.ID, lab.ID) {
			t.Errorf("its place, or its block, is there: %v", err)
		}
		for _, wrong := range tx.Check() {
			t.Error(wrong)
		}
	})
}

func TestEraseActorLeavesItsPlaceTaken(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", home)
		a := newActor(store.Person, "ana", home)
		a.Name, a.Summary, a.Fields = "Ana", "<p>me</p>", []store.NameValue{{Name: "phone", Value: "1"}}
		must(t, tx.PutActor(a))
		tx.PutKeypair(a.ID, &store.Keypair{RSA: "private"})
		tx.PutFollow(&store.Follow{Follower: a.ID, Followed: lab.ID, State: store.Accepted})
		tx.PutFollow(&store.Follow{Follower: lab.ID, Followed: a.ID, State: store.Accepted})
		putRecord(t, tx, newNews(a.IRI, "https://home.example/o/1"))
		must(t, tx.PutAccount(&store.Account{Actor: a.ID, Email: "ana@example.org"}))
		tx.EraseActor(a, noon)
	})
	view(t, s, func(tx *store.Txn) {
		a, err := tx.ActorByHandle("ana", home)
		must(t, err)
		if a.Name != "" || a.Summary != "" || a.Fields != nil || a.Inbox != "" || !a.Deleted.Equal(noon) {
			t.Errorf("got %+v", a)
		}
		if _, _, err := tx.ActorByKey(a.IRI + "#main-key"); err != nil {
			t.Errorf("its key: %v", err)
		}
		if _, err := tx.Keypair(a.ID); err != nil {
			t.Errorf("its private key: %v", err)
		}
		for f := range tx.Following(a.ID) {
			t.Errorf("still follows %v", f.Followed)
		}
		for f := range tx.Followers(a.ID) {
			t.Errorf("is still followed by %v", f.Follower)
		}
		_, err = tx.RecordByIRI("https://home.example/o/1")
		wantErr(t, "its record", err, store.ErrGone)
		if got := tx.ListLab(a.ID, store.Query{}).Total; got != 0 {
			t.Errorf("got %d records", got)
		}
		_, err = tx.AccountByLogin("ana@example.org")
		wantErr(t, "login by e-mail", err, store.ErrNotFound)
		_, err = tx.AccountOf(a.ID)
		wantErr(t, "login", err, store.ErrNotFound)
	})
	update(t, s, func(tx *store.Txn) {
		next := newActor(store.Person, "users/ana", home)
		next.Handle = "ana"
		wantErr(t, "its handle", tx.PutActor(next), store.ErrExists)
	})
}

func TestActorInWords(t *testing.T) {
	a := newActor(store.Person, "ana", other)
	for _, c := range []struct{ what, got, want string }{
		{"no name", a.DisplayName(), "ana"},
		{"address", a.Address(), "@ana@other.example"},
		{"page", a.Page(), a.IRI},
		{"shared inbox", a.DeliverTo(), "https://other.example/inbox"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
	a.Name, a.URL, a.SharedInbox = " Ana ", "https://other.example/@ana", ""
	if a.DisplayName() != "Ana" || a.Page() != a.URL || a.DeliverTo() != a.Inbox {
		t.Errorf("got %q, %q, %q", a.DisplayName(), a.Page(), a.DeliverTo())
	}
	if a.TakesEd25519() {
		t.Error("takes Ed25519 without saying so")
	}
	a.Implements, a.Keys = []string{store.RFC9421Spec}, append(a.Keys, store.PublicKey{Multibase: "z6Mk"})
	if !a.TakesEd25519() {
		t.Error("does not take Ed25519 although it says so")
	}
}
