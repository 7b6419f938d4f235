package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
	"github.com/essaim/essaim/store/bolt"
)

// TestRestoredNodeKeepsItsPromises backs a node up while it publishes, and lets the
// copy serve in its place.
func TestRestoredNodeKeepsItsPromises(t *testing.T) {
	t.Parallel()
	l := newLab(t, "estran")
	l.start()
	documents := map[string]string{}
	for i := range 5 {
		iri := l.publish(object{"type": "Create", "object": experimentDraft(fmt.Sprintf("essai-%d", i))})
		documents[l.path(iri)] = l.get(l.path(iri), activityJSON, http.StatusOK)
	}
	for _, path := range []string{"/actors/estran", "/actor", "/actors/estran_admin"} {
		documents[path] = l.get(path, activityJSON, http.StatusOK)
	}
	stop, stopped := make(chan struct{}), make(chan error)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			a, err := l.post(object{"type": "Create", "object": experimentDraft(fmt.Sprintf("essai-9%d", i))})
			if err != nil || a.Status != http.StatusCreated {
				stopped <- fmt.Errorf("publish while it is backed up: got %d, %w", a.Status, err)
				return
			}
		}
	}()
	file, dir := filepath.Join(t.TempDir(), "b.tar.gz"), filepath.Join(t.TempDir(), "new")
	l.essaim("backup", file)
	close(stop)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	l.stop()
	restore := exec.CommandContext(t.Context(), l.binary, "restore", file, dir)
	restore.Env = l.env
	if out, err := restore.CombinedOutput(); err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	l.dir = dir
	l.start()
	for path, want := range documents {
		if got := l.get(path, activityJSON, http.StatusOK); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
		}
	}
	l.publish(object{"type": "Create", "object": experimentDraft("essai-77")})
	l.essaim("check")
	l.stop()
}

// TestTheStoreIsKeptBeforeAnUpgrade opens one of the schema before.
func TestTheStoreIsKeptBeforeAnUpgrade(t *testing.T) {
	t.Parallel()
	dir, log := t.TempDir(), slog.New(slog.DiscardHandler)
	open := func() (backups []backup.Archive) {
		n, err := openNode(t.Context(), nodeOptions{dir: dir, config: defaultConfig(), log: log})
		if err != nil {
			t.Fatal(err)
		}
		if err := n.close(); err != nil {
			t.Fatal(err)
		}
		if backups, err = shelfIn(dir).List(); err != nil {
			t.Fatal(err)
		}
		return backups
	}
	if got := open(); len(got) != 0 {
		t.Fatalf("a new node: got %v", got)
	}
	const before = "4"
	inEngine(t, filepath.Join(dir, storeName), func(db *bolt.DB) error {
		return db.Update(t.Context(), func(tx store.Tx) error {
			tx.Put([]byte("m/schema"), []byte(before))
			return nil
		})
	})
	for range 2 { // the second time there is nothing to upgrade
		if got := open(); len(got) != 1 || got[0].Name != backup.BeforeSchema(got[0].Made, 4) {
			t.Fatalf("got %v, want the store of schema %s", got, before)
		}
	}
	kept := open()[0]
	restored := filepath.Join(t.TempDir(), "old")
	if _, err := backup.Restore(t.Context(), filepath.Join(dir, shelfName, kept.Name), restored); err != nil {
		t.Fatal(err)
	}
	inEngine(t, filepath.Join(restored, storeName), func(db *bolt.DB) error {
		schema, err := store.Outdated(t.Context(), db)
		if schema != 4 {
			t.Errorf("got schema %d", schema)
		}
		return err
	})
}

func inEngine(t *testing.T, path string, do func(*bolt.DB) error) {
	t.Helper()
	db, err := bolt.Open(path, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := do(db); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// TestRestoringSignsBrowsersOut: what was ended since must not come alive again.
func TestRestoringSignsBrowsersOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n, err := openNode(t.Context(), nodeOptions{dir: dir, config: defaultConfig(), log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.close(); err != nil {
			t.Error(err)
		}
	}()
	tomorrow := n.store.Now().Add(day)
	err = n.store.Update(t.Context(), func(tx *store.Txn) error {
		tx.PutSession("session", []byte("x"), tomorrow)
		tx.PutLogin(&store.Login{Account: 7, Expires: tomorrow})
		tx.PutToken("link", &store.Token{Account: 7, Once: true, Expires: tomorrow})
		tx.PutToken("app", &store.Token{Account: 7})
		tx.PutCode("code", &store.Code{Account: 7, Expires: tomorrow})
		return nil
	})
	if err == nil {
		err = n.inBatches(t.Context(), func(tx *store.Txn) int { return tx.EndVisits(tidyBatch) })
	}
	if err != nil {
		t.Fatal(err)
	}
	err = n.store.View(t.Context(), func(tx *store.Txn) error {
		_, session := tx.Session("session")
		_, link := tx.Token("link")
		_, code := tx.Code("code")
		_, app := tx.Token("app")
		if session == nil || link == nil || code == nil || app != nil {
			t.Errorf("got session %v, link %v, code %v, app %v: want the last alone", session, link, code, app)
		}
		for range tx.Logins(7) {
			t.Error("a login is still there")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
