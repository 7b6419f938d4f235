package store_test

import (
	"errors"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestSchema(t *testing.T) {
	current := strconv.Itoa(store.Schema)
	cases := []struct {
		name, written string
		ok, newer     bool
	}{
		{"empty", "", true, false},
		{"the same", current, true, false},
		{"newer", strconv.Itoa(store.Schema + 1), false, true},
		{"much newer", "1000000", false, true},
		{"none", "0", false, false},
		{"negative", "-1", false, false},
		{"no number", "one", false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			db := openBolt(t, filepath.Join(t.TempDir(), "store"))
			defer db.Close()
			must(t, db.Update(t.Context(), func(tx store.Tx) error {
				if c.written != "" {
					tx.Put(store.KeySchema, []byte(c.written))
				}
				return nil
			}))
			_, err := store.Open(t.Context(), db, nil)
			if (err == nil) != c.ok || errors.Is(err, store.ErrNewer) != c.newer {
				t.Errorf("got %v", err)
			}
			want := current
			if !c.ok {
				want = c.written // a refused store is left as it is
			}
			must(t, db.View(t.Context(), func(tx store.Tx) error {
				if got := string(tx.Get(store.KeySchema)); got != want {
					t.Errorf("schema: got %q, want %q", got, want)
				}
				return nil
			}))
		})
	}
}

func TestEveryVersionHasItsMigration(t *testing.T) {
	if store.Migrations != store.Schema-1 {
		t.Errorf("schema %d with %d migrations", store.Schema, store.Migrations)
	}
}

func TestReopenedStoreHoldsWhatItHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	c := &clock{noon}
	for round := range 3 {
		s := openStore(t, openBolt(t, path), c)
		update(t, s, func(tx *store.Txn) {
			if round > 0 {
				if a, err := tx.Lab(); err != nil || a.Handle != "lab" {
					t.Errorf("round %d: got %v, %v", round, a, err)
				}
			}
			putActor(t, tx, store.Group, "lab", home)
			if got := tx.Setting("x"); (got == nil) != (round == 0) {
				t.Errorf("round %d: setting %q", round, got)
			}
			tx.PutSetting("x", []byte("y"))
		})
		must(t, s.Close())
	}
}
