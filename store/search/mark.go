package search

import (
	"strings"
	"unicode/utf8"
)

// Piece is a part of a text. Hit: it is a word that was looked for. Text is plain:
// escape it where HTML is due.
type Piece struct {
	Text string
	Hit  bool
}

// Marker finds the words of a query in texts.
type Marker struct {
	found  map[string]bool
	prefix string
}

// NewMarker returns the marker of a query's text.
func NewMarker(text string) *Marker {
	m := &Marker{}
	m.found, m.prefix = terms(text)
	return m
}

// maxMarked is how many bytes of a text are looked through.
const maxMarked = 20_000

// Excerpt is the piece of a text around the first word that was looked for, about
// n bytes long, in pieces that make it up in their order; nil when there is none.
func (m *Marker) Excerpt(text string, n int) []Piece {
	text = strings.ToValidUTF8(text[:min(maxMarked, len(text))], "")
	all := spans(text)
	first := 0
	for first < len(all) && !m.hits(text[all[first].from:all[first].to]) {
		first++
	}
	if first == len(all) {
		return nil
	}
	from, to := window(text, all, first, n)
	pieces := []Piece{}
	add := func(text string, hit bool) {
		if text != "" {
			pieces = append(pieces, Piece{text, hit})
		}
	}
	if from > 0 {
		add("… ", false)
	}
	at := from
	for _, s := range all {
		if s.from >= at && s.to <= to && m.hits(text[s.from:s.to]) {
			add(text[at:s.from], false)
			add(text[s.from:s.to], true)
			at = s.to
		}
	}
	add(text[at:to], false)
	if to < len(text) {
		add(" …", false)
	}
	return pieces
}

// window chooses n bytes from the beginning of a word on, a third of them before
// the word of this number.
func window(text string, all []span, word, n int) (from, to int) {
	start := word
	for start > 0 && all[word].to-all[start-1].from <= n/3 {
		start--
	}
	if start > 0 {
		from = all[start].from
	}
	to = all[word].to
	for _, s := range all[word:] {
		if s.to-from <= n {
			to = s.to
		}
	}
	if to == all[len(all)-1].to && len(text)-to < utf8.UTFMax*4 {
		to = len(text)
	}
	return from, to
}

// hits says whether a word is one of those that were looked for.
func (m *Marker) hits(word string) bool {
	if m.prefix != "" && strings.HasPrefix(term(exact, word), m.prefix) {
		return true
	}
	return m.found[term(french, word)] || m.found[term(english, word)]
}
