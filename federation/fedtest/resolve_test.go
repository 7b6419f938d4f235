package fedtest

import (
	"errors"
	"testing"

	"github.com/essaim/essaim/store"
)

// TestLabIsFoundByAnyOfItsAddresses: people paste what they have.
func TestLabIsFoundByAnyOfItsAddresses(t *testing.T) {
	here, there := Start(t, "estran"), Start(t, "calanques")
	for _, typed := range []string{"@calanques@" + there.Host(), there.Host(), there.URL, there.URL + "/", there.URL + "/lab", there.Lab.IRI} {
		found, err := here.Resolve(t.Context(), typed)
		if err != nil || found.IRI != there.Lab.IRI {
			t.Errorf("%s: got %v, %v, want %s", typed, found, err, there.Lab.IRI)
		}
	}
	for _, typed := range []string{"@nobody@" + there.Host(), there.URL + "/nowhere", "@nobody@" + here.Host()} {
		if _, err := here.Resolve(t.Context(), typed); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: got %v, want %v", typed, err, store.ErrNotFound)
		}
	}
	for _, typed := range []string{here.URL, here.URL + "/lab", here.URL + "/experimentations"} {
		found, err := here.Resolve(t.Context(), typed)
		if err != nil || found.IRI != here.Lab.IRI {
			t.Errorf("%s: got %v, %v, want our own lab", typed, found, err)
		}
	}
}
