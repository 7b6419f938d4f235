package session_test

import (
	"testing"

	"github.com/essaim/essaim/web/session"
)

func TestGuessable(t *testing.T) {
	about := []string{"maelle", "maelle@estran.test", "Estran", ""}
	for password, want := range map[string]bool{
		"azertyuiop123":           true,
		" Motdepasse2026 ":        true,
		"aaaaaaaaaaaaaaaaaaa":     true,
		"121212121212":            true,
		"maellemaelle":            true,
		"Estran 2026!":            false,
		"maelle@estran.test":      true,
		"maelle@estran.test1":     true,
		"marée haute à midi":      false,
		"cheval juste pile agraf": false,
	} {
		if got := session.Guessable(password, about...); got != want {
			t.Errorf("%q: got %v, want %v", password, got, want)
		}
	}
}
