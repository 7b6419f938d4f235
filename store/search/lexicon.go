package search

import (
	"sync"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/char/asciifolding"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/registry"
)

// The chains through which the words of a text go. Accents go before anything
// else, since the stemmers tell "médiation" from "mediation" otherwise, and
// capitals before elisions: "L'innovation".
var chains = map[string][]string{
	french:  {lowercase.Name, fr.ElisionName, fr.StopName, fr.LightStemmerName},
	english: {lowercase.Name, en.PossessiveName, en.StopName, en.SnowballStemmerName},
	exact:   {lowercase.Name, fr.ElisionName},
}

// Bleve finds the chains by their names: see newMapping.
var _ = registerChains()

func registerChains() bool {
	for name, filters := range chains {
		err := registry.RegisterTokenFilter(name, func(_ map[string]any, c *registry.Cache) (analysis.TokenFilter, error) {
			l := &lexicon{known: map[string][]byte{}}
			for _, filter := range filters {
				f, err := c.TokenFilterNamed(filter)
				if err != nil {
					return nil, err
				}
				l.chain = append(l.chain, f)
			}
			return l, nil
		})
		if err != nil {
			panic("search: " + err.Error()) // the program itself is wrong
		}
	}
	return true
}

// maxKnown is how many words a lexicon remembers before it begins anew: some 10 MB.
const maxKnown = 100_000

// lexicon is a chain that remembers what it made of each word: a network uses the
// same words again and again, and stemming is the dearest part of indexing. It is
// safe for concurrent use.
type lexicon struct {
	chain []analysis.TokenFilter
	fold  asciifolding.AsciiFoldingFilter

	mu    sync.RWMutex
	known map[string][]byte // nil: the word counts for nothing; never changed in place
}

// Filter replaces the words of a text by what the chain makes of them.
func (l *lexicon) Filter(in analysis.TokenStream) analysis.TokenStream {
	out, later := in[:0], false
	terms := make([][]byte, len(in))
	l.mu.RLock()
	for i, token := range in {
		term, known := l.known[string(token.Term)]
		terms[i], later = term, later || !known
	}
	l.mu.RUnlock()
	if later {
		l.learn(in, terms)
	}
	for i, token := range in {
		if terms[i] != nil {
			token.Term = terms[i]
			out = append(out, token)
		}
	}
	return out
}

// learn looks up all words, and takes those to the chain that are not known.
func (l *lexicon) learn(in analysis.TokenStream, terms [][]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.known) > maxKnown {
		clear(l.known)
	}
	for i, token := range in {
		term, known := l.known[string(token.Term)]
		if !known {
			term = l.term(token.Term)
			l.known[string(token.Term)] = term
		}
		terms[i] = term
	}
}

// term is what the chain makes of a word. One that a filter cannot bear counts for
// nothing: bleve would end the program.
func (l *lexicon) term(word []byte) (term []byte) {
	defer func() {
		if recover() != nil {
			term = nil
		}
	}()
	stream := analysis.TokenStream{{Term: l.fold.Filter(word)}}
	for _, f := range l.chain {
		stream = f.Filter(stream)
	}
	if len(stream) == 0 {
		return nil
	}
	return stream[0].Term
}
