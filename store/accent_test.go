package store_test

import (
	"errors"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestAccentIsAColour(t *testing.T) {
	s, _ := open(t)
	put := func(colour string) error {
		return s.Update(t.Context(), func(tx *store.Txn) error { return tx.PutAccent(colour) })
	}
	for _, colour := range []string{"#6a1b9a", ""} {
		before := s.LocalVersion()
		if err := put(colour); err != nil {
			t.Fatal(err)
		}
		err := s.View(t.Context(), func(tx *store.Txn) error {
			if got := tx.Accent(); got != colour || s.LocalVersion() == before {
				t.Errorf("got %q, want %q, and pages to be told", got, colour)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, wrong := range []string{"#6A1B9A", "6a1b9a", "#fff", "red", "#6a1b9a;"} {
		if e, ok := errors.AsType[*store.FieldError](put(wrong)); !ok || e.Field != "colour" {
			t.Errorf("%q: got %v", wrong, e)
		}
	}
}
