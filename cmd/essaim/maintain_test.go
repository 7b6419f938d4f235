package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
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
