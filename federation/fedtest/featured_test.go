package fedtest

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// Mastodon and GoToSocial look for what is pinned in the root of the collection.
func TestFeaturedStandsWholeInItsRoot(t *testing.T) {
	n := Start(t, "estran")
	item := experiment("Épinglé", store.Public)
	publish(t, n, &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: item})
	for _, want := range [][]string{{}, {item.IRI}} {
		var got struct {
			Type         string   `json:"type"`
			First        string   `json:"first"`
			TotalItems   int      `json:"totalItems"`
			OrderedItems []string `json:"orderedItems"`
		}
		if err := json.NewDecoder(n.Get("/actors/estran/featured").Body).Decode(&got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.OrderedItems, want) || got.TotalItems != len(want) || got.First != "" || got.Type != "OrderedCollection" {
			t.Errorf("got %+v, want %v", got, want)
		}
		publish(t, n, &federation.Activity{Verb: "Add", Actor: n.Lab.IRI, Object: item.IRI, Target: n.Lab.IRI + "/featured"})
	}
}
