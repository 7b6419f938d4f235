package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestCharterHasAVersionForEveryText(t *testing.T) {
	s, _ := open(t)
	put := func(text, lang string) error {
		return s.Update(t.Context(), func(tx *store.Txn) error { return tx.PutCharter(text, lang) })
	}
	for i, x := range []struct {
		text, lang string
		version    int
	}{{" Soyez gentils.\n", "fr", 1}, {"Soyez gentils.", "fr", 1}, {"Be kind.", "en", 2}, {"", "en", 2}, {"Be kind.", "en", 3}} {
		before := s.LocalVersion()
		if err := put(x.text, x.lang); err != nil {
			t.Fatal(err)
		}
		if s.LocalVersion() == before {
			t.Error("pages are not told of it")
		}
		err := s.View(t.Context(), func(tx *store.Txn) error {
			if c := tx.Charter(); c.Text != strings.TrimSpace(x.text) || c.Lang != x.lang || c.Version != x.version || c.Updated.IsZero() {
				t.Errorf("%d: got %+v, want %+v", i, c, x)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct{ text, lang, wrong string }{
		{strings.Repeat("é", store.MaxCharter+1), "fr", "text"}, {"Soyez gentils.", "klingon", "lang"}, {"", "", "lang"},
	} {
		if e, ok := errors.AsType[*store.FieldError](put(x.text, x.lang)); !ok || e.Field != x.wrong {
			t.Errorf("%.20q in %q: got %v, want something about %s", x.text, x.lang, e, x.wrong)
		}
	}
	if err := put(strings.Repeat("é", store.MaxCharter), "fr"); err != nil {
		t.Error(err)
	}
}
