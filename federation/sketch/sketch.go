// Package sketch says in a few kilobytes which words can be found at a node, so that
// others ask only those that may have what somebody looks for: a Bloom filter of the
// beginnings of words. It says yes to everything that is there and to little else, and
// nobody can read the words out of it who does not guess them.
//
// A word is a run of letters and digits, in lower case and without accents (geo.Fold),
// of three letters at least; an s or x at its end does not count. Its terms are its
// first three, four and five letters, so that what was typed only half is found, and
// most endings make no difference. Each term sets four bits: with the SHA-256 of the
// term, a its first eight bytes and b the next eight (big-endian, b made odd), those of
// the numbers a, a+b, a+2b and a+3b, modulo 2^64 and then modulo the number of bits.
// Bit n is the bit n mod 8 of byte n div 8, the lowest first.
//
// What is in a sketch, who may read it and how it travels is federation's.
package sketch

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"iter"
	"math/bits"
	"strings"

	"github.com/essaim/essaim/store/geo"
)

// The size of a sketch, in bytes: a power of two from the one to the other.
const (
	Least = 512
	Most  = 16 << 10
)

const (
	hashes      = 4
	bitsPerTerm = 10 // one question in fifty is answered with a yes that is wrong
	shortest    = 3  // letters of a word, and of a term
	longest     = 5  // letters of a term
	// crowded is the share of bits beyond which a sketch says yes to too much to be
	// of use.
	crowded = 0.75
)

// ErrMalformed: these bytes are no sketch.
var ErrMalformed = errors.New("malformed sketch")

// Sketch says which words may be there. The zero Sketch has none. It is never changed
// once it was made.
type Sketch []byte

// Parse takes over a sketch that somebody else made. One that says yes to nearly
// everything says nothing, and is ErrMalformed, too.
func Parse(b []byte) (Sketch, error) {
	if len(b) < Least || len(b) > Most || len(b)&(len(b)-1) != 0 {
		return nil, ErrMalformed
	}
	set := 0
	for _, c := range b {
		set += bits.OnesCount8(c)
	}
	if float64(set) > crowded*8*float64(len(b)) {
		return nil, ErrMalformed
	}
	return Sketch(b), nil
}

// MayHave says whether all of the words may be there, finished or not. Words that are
// too short say nothing.
func (s Sketch) MayHave(text string) bool {
	for word := range words(text) {
		if !s.has(word[:min(longest, len(word))]) {
			return false
		}
	}
	return true
}

func (s Sketch) has(term string) bool {
	for n := range positions(term, len(s)) {
		if s[n/8]&(1<<(n%8)) == 0 {
			return false
		}
	}
	return len(s) > 0
}

// Maker gathers words for a sketch. The zero Maker has none.
type Maker struct{ terms map[string]struct{} }

// Add takes in the words of a text.
func (m *Maker) Add(text string) {
	if m.terms == nil {
		m.terms = map[string]struct{}{}
	}
	for word := range words(text) {
		for n := shortest; n <= min(longest, len(word)); n++ {
			m.terms[word[:n]] = struct{}{}
		}
	}
}

// Sketch makes the sketch of what was gathered, as small as its words allow.
func (m *Maker) Sketch() Sketch {
	size := Least
	for size < Most && size*8 < len(m.terms)*bitsPerTerm {
		size *= 2
	}
	s := make(Sketch, size)
	for term := range m.terms {
		for n := range positions(term, size) {
			s[n/8] |= 1 << (n % 8)
		}
	}
	return s
}

// words yields the words of a text that count, without their plurals.
func words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for word := range strings.FieldsSeq(geo.Fold(text)) {
			if end := word[len(word)-1]; len(word) > shortest && (end == 's' || end == 'x') {
				word = word[:len(word)-1]
			}
			if len(word) >= shortest && !yield(word) {
				return
			}
		}
	}
}

// positions yields the bits of a term in a sketch of so many bytes.
func positions(term string, size int) iter.Seq[uint64] {
	sum := sha256.Sum256([]byte(term))
	a, b := binary.BigEndian.Uint64(sum[:]), binary.BigEndian.Uint64(sum[8:])|1
	return func(yield func(uint64) bool) {
		for i := range uint64(hashes) {
			if size == 0 || !yield((a+i*b)%(8*uint64(size))) {
				return
			}
		}
	}
}
