package store_test

import (
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// TestWhatIsOverIsForgottenInItsTime moves the clock over the time that each is kept.
func TestWhatIsOverIsForgottenInItsTime(t *testing.T) {
	s, c := open(t)
	const year = 365 * 24 * time.Hour
	update := func(fn func(tx *store.Txn)) {
		t.Helper()
		if err := s.Update(t.Context(), func(tx *store.Txn) error { fn(tx); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	update(func(tx *store.Txn) {
		tx.PutReport(&store.Report{IRI: "open", Target: "x"})
		tx.PutReport(&store.Report{IRI: "closed", Target: "x", State: store.ReportDismissed, Closed: tx.Now()})
		tx.PutDisclosure(1, &store.Disclosure{To: "x"})
		tx.PutApp(&store.App{ID: "used", Created: tx.Now()})
		tx.PutApp(&store.App{ID: "unused", Created: tx.Now()})
		tx.PutToken("secret", &store.Token{Account: 1, App: "used", Scopes: []string{"read"}})
	})
	left := func() (reports, shared, apps int) {
		update(func(tx *store.Txn) {
			reports, shared, apps = 0, 0, 0
			tx.ForgetReports(tx.Now().Add(-year), 10)
			tx.ForgetDisclosures(tx.Now().Add(-year), 10)
			tx.ForgetApps(tx.Now().Add(-year), 10)
			for range tx.Reports() {
				reports++
			}
			for range tx.Disclosures(1) {
				shared++
			}
			for _, id := range []string{"used", "unused"} {
				if _, err := tx.App(id); err == nil {
					apps++
				}
			}
		})
		return reports, shared, apps
	}
	c.pass(year - time.Hour)
	if r, d, a := left(); r != 2 || d != 1 || a != 2 {
		t.Errorf("before the time: got %d, %d, %d", r, d, a)
	}
	c.pass(2 * time.Hour)
	if r, d, a := left(); r != 1 || d != 0 || a != 1 {
		t.Errorf("after it: got %d, %d, %d, want the open report and the app in use", r, d, a)
	}
}
