package sketch_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation/sketch"
)

func of(texts ...string) sketch.Sketch {
	var m sketch.Maker
	for _, t := range texts {
		m.Add(t)
	}
	return m.Sketch()
}

func TestASketchHasWhatASearchWouldFind(t *testing.T) {
	s := of("L'accès aux droits à Saint-Étienne", "Œuvres d’été, 2026")
	for text, want := range map[string]bool{
		"acces": true, "ACCÈS au droit": true, "l'acc": true, "St-Etienne": true, "oeuvre": true, "2026": true, "été": true, "d'": true, "": true,
		"navette": false, "accès navette": false, "drone": false,
	} {
		if got := s.MayHave(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestASketchIsAsLargeAsItsWords(t *testing.T) {
	if got := len(of()); got != sketch.Least || of().MayHave("mot") || !of().MayHave("à") {
		t.Errorf("of nothing: got %d bytes", got)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var m sketch.Maker
	for range 100_000 {
		m.Add(word(r))
	}
	s := m.Sketch()
	if len(s) != sketch.Most {
		t.Errorf("of a hundred thousand words: got %d bytes", len(s))
	}
	if _, err := sketch.Parse(s); !errors.Is(err, sketch.ErrMalformed) {
		t.Errorf("one that is crowded says something: %v", err)
	}
	s, wrong := of(strings.Repeat("un essai de médiation ", 10)), 0
	for range 2000 {
		if s.MayHave(word(r)) {
			wrong++
		}
	}
	if wrong > 40 {
		t.Errorf("%d of 2000 words are there that are not", wrong)
	}
}

func word(r *rand.Rand) string {
	b := make([]byte, 5+r.IntN(4))
	for i := range b {
		b[i] = byte('b' + r.IntN(20)) // never an essai, never a plural
	}
	return string(b)
}

// The bits of a word are part of the protocol.
func TestBitsOfATerm(t *testing.T) {
	var set []int
	for n, c := range of("mot") {
		for bit := range 8 {
			if c&(1<<bit) != 0 {
				set = append(set, 8*n+bit)
			}
		}
	}
	if got, want := fmt.Sprint(set), "[1489 2224 2959 3694]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHostileSketches(t *testing.T) {
	good := of("navette")
	for name, b := range map[string][]byte{
		"nothing": nil, "short": good[1:], "long": append(bytes.Clone(good), 0), "an odd size": make([]byte, 3*sketch.Least),
		"huge": make([]byte, 2*sketch.Most), "all ones": bytes.Repeat([]byte{0xff}, sketch.Least),
	} {
		if _, err := sketch.Parse(b); !errors.Is(err, sketch.ErrMalformed) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if s, err := sketch.Parse(good); err != nil || !s.MayHave("navettes") {
		t.Errorf("a good one: %v", err)
	}
}

func FuzzSketch(f *testing.F) {
	f.Add("L'accès aux droits", []byte("xx"))
	f.Add("\xffœ sx ssss xxx", bytes.Repeat([]byte{1}, sketch.Least))
	f.Fuzz(func(t *testing.T, text string, b []byte) {
		if s := of(text); !s.MayHave(text) {
			t.Errorf("%q is not in its own sketch", text)
		}
		if s, err := sketch.Parse(b); err == nil {
			s.MayHave(text)
		}
	})
}

// BenchmarkMake makes the sketch of a lab of 1,000 records.
func BenchmarkMake(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	texts := make([]string, 1000)
	for i := range texts {
		for range 170 {
			texts[i] += word(r)[:4+r.IntN(2)] + " "
		}
	}
	for b.Loop() {
		of(texts...)
	}
}

// BenchmarkAsk looks three words up.
func BenchmarkAsk(b *testing.B) {
	s := of("la navette fluviale des démarches")
	for b.Loop() {
		s.MayHave("navette fluviale démarche")
	}
}
