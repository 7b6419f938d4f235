package main

import (
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

// TestChangedSettingsStandInTheJournal: their names, not what they are, and nothing of
// secrets.
func TestChangedSettingsStandInTheJournal(t *testing.T) {
	n := testNode(t, nil)
	entries := func() (said []store.JournalEntry) {
		t.Helper()
		if err := n.noteSettings(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := n.store.View(t.Context(), func(tx *store.Txn) error {
			for e := range tx.Journal(store.JournalQuery{Terminal: true}) {
				if e.Deed == store.ChangeSettings {
					said = append(said, *e)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	if said := entries(); len(said) != 0 {
		t.Errorf("at the first start: got %+v", said)
	}
	if said := entries(); len(said) != 0 {
		t.Errorf("nothing changed: got %+v", said)
	}
	n.config.Mail.Host, n.config.Mail.Password = "courrier.example", "sésame"
	if said := entries(); len(said) != 1 || said[0].What != "mail.host, mail.password" {
		t.Errorf("got %+v", said)
	}
	err := n.store.View(t.Context(), func(tx *store.Txn) error {
		if seen := string(tx.Setting(settingSeen)); seen == "" || strings.Contains(seen, "sésame") {
			t.Errorf("it keeps %s", seen)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestJournalIsForgottenInTime(t *testing.T) {
	n := testNode(t, nil)
	count := func() (many int) {
		err := n.store.View(t.Context(), func(tx *store.Txn) error {
			for range tx.Journal(store.JournalQuery{}) {
				many++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return many
	}
	err := n.store.Update(t.Context(), func(tx *store.Txn) error {
		for range 2*tidyBatch + 1 {
			tx.Note(store.JournalEntry{Deed: store.MakeBackup})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.tidy(t.Context()); err != nil || count() != 2*tidyBatch+1 {
		t.Errorf("got %d entries, %v", count(), err)
	}
	n.config.Retention.Journal.Duration = -day // as if a year and a day had passed
	if err := n.tidy(t.Context()); err != nil || count() != 0 {
		t.Errorf("after their time: got %d entries, %v", count(), err)
	}
}
