package store_test

import (
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestOffersRunOutAfterTheirLastDay(t *testing.T) {
	r := &store.Resource{Mutual: store.Mutual{Expires: "2026-06-30"}}
	for at, want := range map[string]string{
		"2026-06-30T21:59:00Z": "", // 23:59 in Paris
		"2026-06-30T22:00:00Z": "expire",
		"2027-01-01T00:00:00Z": "expire",
	} {
		now, err := time.Parse(time.RFC3339, at)
		must(t, err)
		if _, got := r.Stamp(now); got != want {
			t.Errorf("%s: got %q, want %q", at, got, want)
		}
	}
	if _, got := new(store.Need).Stamp(time.Now()); got != "" {
		t.Errorf("without a last day: got %q", got)
	}
}

func TestContactIsAnAddress(t *testing.T) {
	f := store.KindOf("need").Field("contact")
	for _, s := range []string{"ana", "Ana <ana@exemple.fr>", "ana@exemple", "ana@exemple.fr, bob@exemple.fr", "ana@exemple.fr\nBcc: x@exemple.fr"} {
		if f.Valid(s) != "email" {
			t.Errorf("%q is taken", s)
		}
	}
	if !f.Inner || f.Wire != "" || f.Valid("ana@exemple.fr") != "" {
		t.Error("an address is refused, or it leaves the node")
	}
}

func TestDaysComeInOrder(t *testing.T) {
	n := &store.Need{Mutual: store.Mutual{Available: store.Entries[store.Span]{{First: "2026-06-02"}, {First: "2026-06-02", Last: "2026-06-01"}}}}
	if got := n.Check(); len(got) != 1 || got[0].Field != "available.1.until" || got[0].Reason != "error.end-before-start" {
		t.Errorf("got %v", got)
	}
}

func TestNotesAreWhatTheyPropose(t *testing.T) {
	for purpose, want := range map[any]string{"offer": "resource", "request": "need", "": "news", "sale": "news", nil: "news", 7: "news"} {
		get := func(name string) any {
			if name == "purpose" {
				return purpose
			}
			return nil
		}
		if got := store.KindFor("Note", get).Name; got != want {
			t.Errorf("%v: got %s, want %s", purpose, got, want)
		}
	}
}
