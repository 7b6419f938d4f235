package store_test

import (
	"reflect"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestAdoptionIsARelation(t *testing.T) {
	const (
		first  = "https://peer.example/o/1"
		second = "https://peer.example/o/2"
	)
	other := store.Relation{Type: "croise", Target: first}
	a := &store.Adoption{Of: first, Degree: "adapte", Changes: "Le samedi."}
	a.Kind, a.Relations = "adoption", store.Entries[store.Relation]{other}
	a.Revise(nil, noon)
	want := []store.Relation{{Type: "replique", Target: first, Degree: "adapte", Note: "Le samedi."}, other}
	if got := store.Relations(a); !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}

	again := *a
	again.Open()
	if len(again.Relations) != 1 {
		t.Errorf("the form asks twice: %+v", again.Relations)
	}
	again.Of, again.Degree, again.Changes = second, "inspire", ""
	again.Revise(a, noon)
	want = []store.Relation{{Type: "replique", Target: second, Degree: "inspire"}, other}
	if got := store.Relations(&again); !reflect.DeepEqual(got, want) {
		t.Errorf("of another record: got %+v, want %+v", got, want)
	}
	if a.Relations[0].Target != first {
		t.Error("the old version was changed")
	}
}
