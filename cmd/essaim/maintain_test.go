package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
)

func TestTidyForgetsWhatEndedHoweverMuch(t *testing.T) {
	n := testNode(t, nil)
	const ended = 2*tidyBatch + 1
	err := n.store.Update(t.Context(), func(tx *store.Txn) error {
		for i := range ended {
			tx.PutSession(fmt.Sprint("ended", i), nil, tx.Now().Add(-time.Second))
		}
		tx.PutSession("lasts", []byte("data"), tx.Now().Add(time.Hour))
		tx.PutToken("forever", &store.Token{Scopes: []string{"read"}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = n.store.Update(t.Context(), func(tx *store.Txn) error {
		if left := tx.ForgetExpired(ended); left != 0 {
			t.Errorf("%d ended sessions are left", left)
		}
		if _, err := tx.Session("lasts"); err != nil {
			t.Errorf("a living session is gone: %v", err)
		}
		if _, err := tx.Token("forever"); err != nil {
			t.Errorf("a token without end is gone: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTidyRemovesFilesThatNothingNames: a form that was never saved leaves
// nothing for ever, and what a record, an actor or a page shows stays.
func TestTidyRemovesFilesThatNothingNames(t *testing.T) {
	n := testNode(t, nil)
	inRecord, asIcon, asHeader, orphan := n.upload(t, "1"), n.upload(t, "2"), n.upload(t, "3"), n.upload(t, "4")
	n.age(t)
	if err := n.tidy(t.Context()); err != nil || !n.media.Keep(orphan) {
		t.Fatalf("a node that nobody set up lost what is to be restored: %v", err)
	}
	n.age(t)
	err := n.store.Update(t.Context(), func(tx *store.Txn) error {
		tx.PutSetting("header", []byte(n.config.Node.BaseURL+asHeader))
		lab := &store.Actor{
			IRI: n.config.Node.BaseURL + "/actors/lab", Type: store.Group, Local: true, Handle: "lab", Host: "localhost:8080",
			Icon: &store.Image{URL: n.config.Node.BaseURL + asIcon},
		}
		r := &store.News{Record: store.Record{IRI: n.config.Node.BaseURL + "/o/1", Kind: "news", Lab: lab.IRI, Audience: store.Team, Created: tx.Now()}}
		r.Image = &store.Image{URL: "/elsewhere", Small: n.config.Node.BaseURL + inRecord}
		return errors.Join(tx.PutActor(lab), tx.PutRecord(r, nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{inRecord: true, asIcon: true, asHeader: true, orphan: false} {
		if got := n.media.Keep(path); got != want {
			t.Errorf("%s is there: %v, want %v", path, got, want)
		}
	}
}

// upload keeps a file and returns its path.
func (n *node) upload(t *testing.T, text string) string {
	t.Helper()
	a, err := n.media.PutFile(t.Context(), strings.NewReader(text), "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	return a.URL
}

// age makes all files of the node three days old.
func (n *node) age(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(n.dir, mediaName, "*"))
	for _, f := range files {
		old := time.Now().Add(-3 * day)
		err = errors.Join(err, os.Chtimes(f, old, old))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestABackupIsOrderedWhenItIsTime: at once when there is none, once only, then at its
// pace, whoever made the last one; one that was given up is not waited for for ever.
func TestABackupIsOrderedWhenItIsTime(t *testing.T) {
	n := testNode(t, nil)
	now := n.store.Now()
	clocked, err := store.Open(t.Context(), n.engine, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	n.store = clocked
	change := func(do func(*store.Txn)) {
		t.Helper()
		err := n.store.Update(t.Context(), func(tx *store.Txn) error {
			do(tx)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ordered := func(what string, want int) (jobs []*store.Job) {
		t.Helper()
		if err := n.planBackup(t.Context()); err != nil {
			t.Fatal(err)
		}
		change(func(tx *store.Txn) { jobs = slices.Collect(tx.JobsOf(backup.Job)) })
		if len(jobs) != want {
			t.Fatalf("%s: got %d orders, want %d", what, len(jobs), want)
		}
		return jobs
	}
	made := func(order *store.Job) {
		change(func(tx *store.Txn) {
			tx.DeleteJob(order)
			tx.NoteBackup()
		})
	}
	pace := func(pace store.BackupPace) {
		change(func(tx *store.Txn) {
			if err := tx.SetBackupPace(pace); err != nil {
				t.Error(err)
			}
		})
	}
	ordered("nobody asked", 0)
	pace(store.BackupsDaily)
	ordered("none was made", 1)
	made(ordered("it is under way", 1)[0])
	now = now.Add(day - time.Second)
	ordered("a day is not over", 0)
	now = now.Add(time.Second)
	order := ordered("a day is over", 1)[0]
	change(func(tx *store.Txn) { tx.RetryJob(order, tx.Now(), "no room", true) })
	if again := ordered("it was given up", 1)[0]; !again.Stuck {
		t.Error("one that was given up was ordered again at once")
	}
	now = now.Add(day)
	order = ordered("it was given up a day ago", 1)[0]
	if order.Stuck {
		t.Error("one that was given up is waited for for ever")
	}
	made(order)
	pace(store.BackupsByHand)
	now = now.Add(30 * day)
	ordered("by hand again", 0)
}
