package store_test

import (
	"errors"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestWhoIsOnTheList(t *testing.T) {
	s, _ := open(t)
	off := func(host string) (is bool) {
		view(t, s, func(tx *store.Txn) { is = tx.OffList(host) })
		return is
	}
	if off("anybody.example") {
		t.Error("somebody is off a list that there is not")
	}
	update(t, s, func(tx *store.Txn) {
		for _, wrong := range [][]string{nil, make([]string, 501)} {
			if mistake, ok := errors.AsType[*store.FieldError](tx.AdmitOnly(wrong)); !ok || mistake.Field != "hosts" || tx.OnlyHosts() != nil {
				t.Errorf("a list of %d: got %v", len(wrong), mistake)
			}
		}
		if err := tx.AdmitOnly([]string{"lab.example", "127.0.0.1:8102"}); err != nil {
			t.Error(err)
		}
	})
	for host, want := range map[string]bool{
		"lab.example": false, "LAB.example.": false, "lab.example:8443": false, "127.0.0.1": false,
		"sub.lab.example": true, "example": true, "alab.example": true, "127.0.0.2": true, "": true,
	} {
		if off(host) != want {
			t.Errorf("%q off the list: got %v, want %v", host, !want, want)
		}
	}
	update(t, s, func(tx *store.Txn) { tx.AdmitFollowed() })
	view(t, s, func(tx *store.Txn) {
		if tx.OnlyHosts() != nil || !tx.FollowsOnly() {
			t.Error("the list stays beside another choice")
		}
	})
	update(t, s, func(tx *store.Txn) { tx.AdmitAll() })
	view(t, s, func(tx *store.Txn) {
		if tx.OnlyHosts() != nil || tx.FollowsOnly() || tx.OffList("anybody.example") {
			t.Error("not everybody is let in again")
		}
	})
}
