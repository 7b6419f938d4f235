package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestAccountIsFoundByEmailAndHandle(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		_, err := tx.AccountByLogin("ana")
		wantErr(t, "before the node is set up", err, store.ErrNotFound)
		putActor(t, tx, store.Application, "node", home)
		ana := putActor(t, tx, store.Person, "ana", home)
		putActor(t, tx, store.Person, "bob", home)
		want := &store.Account{Actor: ana.ID, Email: "Ana@Example.org", Role: store.Contributor}
		must(t, tx.PutAccount(want))
		for _, login := range []string{"ana@example.org", " ANA@example.ORG ", "ana", "@Ana", " @ana "} {
			if a, err := tx.AccountByLogin(login); err != nil || a.ID != want.ID {
				t.Errorf("%q: got %v, %v", login, a, err)
			}
		}
		if a, err := tx.AccountOf(ana.ID); err != nil || a.ID != want.ID || !want.ID.Time().Equal(noon) {
			t.Errorf("of its actor: got %v, %v", a, err)
		}
		for _, login := range []string{"", "@", "bob", "eve", "ana@other.example"} {
			_, err := tx.AccountByLogin(login)
			wantErr(t, login, err, store.ErrNotFound)
		}
	})
}

func TestEmailBelongsToOneAccount(t *testing.T) {
	s, _ := open(t)
	update(t, s, func(tx *store.Txn) {
		ana, bob := &store.Account{Actor: 1, Email: "ana@example.org"}, &store.Account{Actor: 2, Email: "bob@example.org"}
		must(t, tx.PutAccount(ana))
		must(t, tx.PutAccount(bob))
		must(t, tx.PutAccount(&store.Account{Actor: 3}))
		must(t, tx.PutAccount(&store.Account{Actor: 4})) // two without an address
		moved := *bob
		moved.Email = "ANA@example.org"
		wantErr(t, "taken", tx.PutAccount(&moved), store.ErrExists)
		if a, err := tx.AccountByLogin("bob@example.org"); err != nil || a.ID != bob.ID {
			t.Errorf("after the refusal: got %v, %v", a, err)
		}
		ana.Email = "ana@lab.example"
		must(t, tx.PutAccount(ana))
		must(t, tx.PutAccount(&moved))
		if a, err := tx.AccountByLogin("ana@example.org"); err != nil || a.ID != bob.ID {
			t.Errorf("free again: got %v, %v", a, err)
		}
		var ids []store.ID
		for a := range tx.Accounts() {
			ids = append(ids, a.ID)
		}
		if len(ids) != 4 || !slices.IsSorted(ids) {
			t.Errorf("got %v", ids)
		}
	})
}

func TestTokensAndSessionsEnd(t *testing.T) {
	s, c := open(t)
	hour := c.at.Add(time.Hour)
	update(t, s, func(tx *store.Txn) {
		tx.PutToken("for ever", &store.Token{Account: 1, Scopes: []string{"read", "write"}})
		tx.PutToken("an hour", &store.Token{Account: 1, Scopes: []string{"sign-in"}, Expires: hour})
		tx.PutSession("browser", []byte("data"), hour)
	})
	valid := func(want bool) {
		t.Helper()
		view(t, s, func(tx *store.Txn) {
			k, err := tx.Token("for ever")
			if err != nil || !k.Has("read") || k.Has("rea") || k.Has("follow") {
				t.Errorf("for ever: got %+v, %v", k, err)
			}
			if _, err := tx.Token("an hour"); (err == nil) != want {
				t.Errorf("token: got %v", err)
			}
			if data, err := tx.Session("browser"); (err == nil) != want || want && string(data) != "data" {
				t.Errorf("session: got %q, %v", data, err)
			}
		})
	}
	valid(true)
	c.at = hour.Add(-time.Millisecond)
	valid(true)
	update(t, s, func(tx *store.Txn) {
		if got := tx.ForgetExpired(9); got != 0 {
			t.Errorf("forgot %d, want none", got)
		}
	})
	c.at = hour
	valid(false)
	update(t, s, func(tx *store.Txn) {
		if a, b, c := tx.ForgetExpired(1), tx.ForgetExpired(9), tx.ForgetExpired(9); a != 1 || b != 1 || c != 0 {
			t.Errorf("forgot %d, %d, %d", a, b, c)
		}
	})
	valid(false)
}

func TestTokensAndSessionsAreRevoked(t *testing.T) {
	s, c := open(t)
	update(t, s, func(tx *store.Txn) {
		tx.PutToken("x", &store.Token{})
		tx.PutSession("x", nil, c.at.Add(time.Hour))
		tx.DeleteToken("x")
		if _, err := tx.Session("x"); err != nil {
			t.Errorf("a token and a session of one name: %v", err)
		}
		tx.DeleteSession("x")
		_, err := tx.Token("x")
		wantErr(t, "token", err, store.ErrNotFound)
		_, err = tx.Session("x")
		wantErr(t, "session", err, store.ErrNotFound)
		_, err = tx.Token("")
		wantErr(t, "no token", err, store.ErrNotFound)
	})
}
