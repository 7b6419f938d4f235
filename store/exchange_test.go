package store_test

import (
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestExchangesAreCountedByDayAndForgotten(t *testing.T) {
	s, c := open(t)
	say := func(host string) { update(t, s, func(tx *store.Txn) { tx.CountExchange(host) }) }
	want := func(host string, count int, last time.Time) {
		t.Helper()
		view(t, s, func(tx *store.Txn) {
			if e := tx.ExchangesWith(host); e.Count != count || !e.Last.Equal(last) {
				t.Errorf("%s: got %+v, want %d, %s", host, e, count, last)
			}
		})
	}
	first := noon.Truncate(24 * time.Hour)
	say(other)
	say(other)
	say(other + ".fr")
	want(other, 2, first)
	c.pass(50 * 24 * time.Hour)
	say(other)
	second := first.AddDate(0, 0, 50)
	want(other, 3, second)
	want("nobody.example", 0, time.Time{})
	view(t, s, func(tx *store.Txn) {
		if got := tx.ExchangedDaily(other, 51); got[0] != 2 || got[1] != 0 || got[50] != 1 {
			t.Errorf("by day: got %v", got)
		}
	})
	c.pass(50 * 24 * time.Hour)
	want(other, 1, second) // the first days do not count any more
	update(t, s, func(tx *store.Txn) {
		if n := tx.TrimExchanges(1); n != 1 {
			t.Errorf("a batch of 1 took %d", n)
		}
		if n := tx.TrimExchanges(10); n != 1 {
			t.Errorf("the rest was %d", n)
		}
	})
	want(other, 1, second)
}
