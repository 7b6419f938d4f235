package store_test

import (
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
)

func TestNetworkIsOverdueWhenItsCadenceHasPassed(t *testing.T) {
	today := time.Date(2026, 6, 15, 9, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		cadence  string
		meetings []string
		want     bool
	}{
		{"trimestriel", nil, false},
		{"", []string{"2020-01-01"}, false},
		{"libre", []string{"2020-01-01"}, false},
		{"trimestriel", []string{"2026-03-15"}, false}, // due today
		{"trimestriel", []string{"2026-03-14"}, true},
		{"trimestriel", []string{"2026-03-20", "2020-01-01"}, false},
		{"mensuel", []string{"2026-05-20"}, false},
		{"mensuel", []string{"2026-05-10"}, true},
		{"mensuel", []string{"2026-01-10", "2026-07-01"}, false}, // the next one is planned
		{"annuel", []string{"2025-06-01"}, true},
	} {
		n := &store.Network{Cadence: x.cadence}
		for _, day := range x.meetings {
			n.Meetings = append(n.Meetings, store.Meeting{Date: day})
		}
		_, slug := n.Stamp(today)
		if got := n.Overdue(today); got != x.want || (slug != "") != x.want {
			t.Errorf("%s after %v: got %v, %q, want %v", x.cadence, x.meetings, got, slug, x.want)
		}
	}
}

func TestConventionEndsAfterItBegan(t *testing.T) {
	n := kindtest.Fill(store.KindOf("network")).(*store.Network)
	wantMistakes(t, n)
	n.Partners[1].Since, n.Partners[1].Until = "2026-03-01", "2026-02-01"
	wantMistakes(t, n, "partners.1.until: until")
}
