package session

import (
	_ "embed"
	"strings"
	"sync"
)

// common are passwords of MinPassword characters and more that are tried first by
// those who guess.
//
//go:embed common.txt
var common string

var isCommon = sync.OnceValue(func() map[string]bool {
	list := map[string]bool{}
	for line := range strings.Lines(common) {
		list[strings.TrimSpace(line)] = true
	}
	return list
})

// fewest is the least number of different characters in a password.
const fewest = 5

// Guessable says whether a password of the right length is among the first to be
// guessed (NIST SP 800-63B §3.1.1.2): it is common, has few different characters,
// or is little more than one of the words about its owner.
func Guessable(password string, about ...string) bool {
	p := strings.ToLower(strings.TrimSpace(password))
	different := map[rune]bool{}
	for _, r := range p {
		different[r] = true
	}
	if isCommon()[p] || len(different) < fewest {
		return true
	}
	for _, word := range about {
		word = strings.ToLower(word)
		rest := strings.ReplaceAll(p, word, "")
		if len(word) > 2 && len([]rune(rest)) < fewest {
			return true
		}
	}
	return false
}
