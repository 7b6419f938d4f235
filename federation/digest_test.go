package federation

import (
	"fmt"
	"testing"
)

func TestDigestNamesKindsInTheirOrder(t *testing.T) {
	n := New(Config{BaseURL: "https://labo.example", Words: func(_, key string, args ...any) string {
		return fmt.Sprint(append([]any{key}, args...)...)
	}})
	got := n.digestText(map[string]int{"initiative": 25, "resource": 3})
	want := "note.digestListlist.resource.title (3) https://labo.example/ressources, list.initiative.title (25) https://labo.example/initiatives"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
