// Package webtest gives tests of pages a node to run on: a bolt store with the
// lab "estran", an administrator and a contributor, and its pages over real HTTP.
package webtest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/bolt"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/session"
)

const (
	// BaseURL is the address of every test node. No server answers there but to
	// the clients of Site.
	BaseURL = "http://estran.test"
	// Password is that of both accounts.
	Password = "marée haute à midi"
)

// Node is a node with a lab and two members.
type Node struct {
	*federation.Node
	Lab, Admin, Contributor *store.Actor

	db *bolt.DB
}

// At is the node's store with another clock.
func (n *Node) At(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), n.db, now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// New returns a node of its own on a bolt store in a directory of the test.
func New(t testing.TB) *Node {
	t.Helper()
	file, err := template()
	if err != nil {
		t.Fatal(err)
	}
	n := open(t, file)
	err = n.Store.View(t.Context(), func(tx *store.Txn) (err error) {
		if n.Lab, err = tx.Lab(); err != nil {
			return err
		}
		for member := range tx.Members() {
			if member.Handle == "maelle" {
				n.Admin = member
			} else {
				n.Contributor = member
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Empty returns a node that was not set up.
func Empty(t testing.TB) *Node { return open(t, nil) }

func open(t testing.TB, file []byte) *Node {
	t.Helper()
	path := filepath.Join(t.TempDir(), "essaim.db")
	if file != nil {
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n, db, err := start(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		n.Fetch.Close()
		if err := n.Store.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Node{Node: n, db: db}
}

var catalog = sync.OnceValues(assets.NewCatalog)

func start(ctx context.Context, path string) (*federation.Node, *bolt.DB, error) {
	db, err := bolt.Open(path, bolt.Options{NoSync: true, InitialMmap: 64 << 20})
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(ctx, db, nil)
	if err != nil {
		return nil, nil, err
	}
	words, err := catalog()
	if err != nil {
		return nil, nil, err
	}
	return federation.New(federation.Config{
		Store: s, BaseURL: BaseURL, Fetch: fetch.New(fetch.Config{}), Keys: keyring.Of(s),
		Log: slog.New(slog.DiscardHandler), Lang: "fr",
		Words:  func(lang, key string, args ...any) string { return words.T(assets.Lang(lang), key, args...) },
		Render: func(text string) string { return string(markup.Markdown(text)) },
	}), db, nil
}

// template is the file of a node that was set up. Keys take long to make, so it
// is made once.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "essaim-webtest-")
	if err != nil {
		return nil, err
	}
	file, err := build(filepath.Join(dir, "essaim.db"))
	return file, errors.Join(err, os.RemoveAll(dir))
})

func build(path string) ([]byte, error) {
	n, _, err := start(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := fill(context.Background(), n); err != nil {
		return nil, fmt.Errorf("fill the store of the test: %w", err)
	}
	n.Fetch.Close()
	if err := n.Store.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

func fill(ctx context.Context, n *federation.Node) error {
	lab := store.Actor{Handle: "estran", Name: "Estran", Summary: "<p>Laboratoire fictif</p>", Lang: "fr", Territory: []string{"region:53"}}
	if _, err := n.SetUp(ctx, lab); err != nil {
		return err
	}
	hash, err := session.Hash(Password)
	if err != nil {
		return err
	}
	for _, m := range []struct {
		actor store.Actor
		role  store.Role
	}{
		{store.Actor{Handle: "maelle", Name: "Maëlle Kerbiriou", Lang: "fr", Discoverable: true}, store.Admin},
		{store.Actor{Handle: "yann", Name: "Yann Le Goff", Lang: "fr", Discoverable: true}, store.Contributor},
	} {
		account := &store.Account{Email: m.actor.Handle + "@estran.test", Password: hash, Role: m.role, Lang: "fr"}
		if _, err := n.AddMember(ctx, m.actor, account); err != nil {
			return err
		}
	}
	return nil
}

// Holds says whether a text stands anywhere in the store.
func (n *Node) Holds(t testing.TB, text string) (found bool) {
	t.Helper()
	for k, v := range n.Rows(t) {
		found = found || strings.Contains(k, text) || strings.Contains(v, text)
	}
	return found
}

// Rows are all keys of the store with their values.
func (n *Node) Rows(t testing.TB) map[string]string {
	t.Helper()
	rows := map[string]string{}
	err := n.db.View(t.Context(), func(tx store.Tx) error {
		for k, v := range tx.Scan([]byte{0}, nil, false) {
			rows[string(k)] = string(v)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
