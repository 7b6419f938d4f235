package search

import (
	"context"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	"github.com/blevesearch/bleve/v2/search/searcher"
	index "github.com/blevesearch/bleve_index_api"

	"github.com/essaim/essaim/store/geo"
)

// Query is what is looked for. The zero Query finds everything, the newest first.
type Query struct {
	Text   string            // all of its words must be there; of the last one the beginning is enough
	Facets map[string]string // name -> value: a FacetKind, FacetLab … or a facet of kinds
	Near   *geo.Point        // nil: anywhere
	Within float64           // kilometres of Near; 0: however far
	Sort   Sort
	// Members finds what is for the members of this node alone, too: for one of them.
	Members bool
	Offset  int
	Limit   int

	meant meanings // of words that are not in the texts
}

// Sort is the order of what was found.
type Sort string

// The orders. The zero value is ByRelevance.
const (
	ByRelevance Sort = ""
	ByDate      Sort = "recent"
	ByDistance  Sort = "proche" // with Near alone; what has no place comes last
)

// Bounds of a query: what is beyond them is not looked at.
const (
	maxText  = 300 // bytes
	maxWords = 12
	maxDepth = 1000 // how far down the results pages go
	// minPrefix is how many letters of a word that is not finished are enough.
	minPrefix = 3
)

// analyzers are the chains that texts and queries go through alike.
var analyzers = sync.OnceValue(func() map[string]analysis.Analyzer {
	m, err := newMapping()
	if err != nil {
		panic("search: " + err.Error()) // the program itself is wrong
	}
	all := map[string]analysis.Analyzer{}
	for _, name := range []string{french, english, exact} {
		all[name] = m.AnalyzerNamed(name)
	}
	return all
})

// term is a word as one of the analyzers leaves it; empty when it counts for
// nothing.
func term(analyzer, word string) string {
	var terms []string
	for _, token := range analyzers()[analyzer].Analyze([]byte(word)) {
		terms = append(terms, string(token.Term))
	}
	return strings.Join(terms, " ")
}

// span is where a word of a text is.
type span struct{ from, to int }

// spans are the words of a text: letters, digits and the apostrophes within.
func spans(text string) []span {
	var list []span
	from := -1
	for i, r := range text {
		switch {
		case inWord(r):
			if from < 0 {
				from = i
			}
		case from >= 0 && isApostrophe(r) && followsLetter(text[i+utf8.RuneLen(r):]):
		case from >= 0:
			list = append(list, span{from, i})
			from = -1
		}
	}
	if from >= 0 {
		list = append(list, span{from, len(text)})
	}
	return list
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' }

func followsLetter(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return inWord(r)
}

// words are the words of what somebody typed, within bounds.
func words(text string) []string {
	text = strings.ToValidUTF8(text[:min(maxText, len(text))], " ")
	var list []string
	for _, s := range spans(text) {
		if list = append(list, text[s.from:s.to]); len(list) == maxWords {
			break
		}
	}
	return list
}

// IsEmpty says whether nothing is asked for.
func (q *Query) IsEmpty() bool { return len(words(q.Text)) == 0 && len(q.Facets) == 0 && q.Near == nil }

// query is q for bleve. What says only yes or no stands together, and distances are
// measured last, for what fits otherwise.
func (q *Query) query() query.Query {
	all := textQueries(words(q.Text), q.meant)
	var plain []query.Query
	for name, value := range q.Facets {
		plain = append(plain, hasFacet(name, value))
	}
	around := near{within: q.Within}
	if q.Near != nil {
		around.at = *q.Near
	}
	if q.Near != nil && q.Within > 0 {
		plain = append(plain, around.cellQuery())
	}
	if len(plain) > 0 {
		all = append(all, unscored{query.NewConjunctionQuery(plain)})
	}
	if q.Near != nil && q.Within > 0 {
		around.among = q.narrow(all)
		return around
	}
	return q.narrow(all)
}

// narrow asks for all of the queries at once, and leaves out what is not for whoever
// asks.
func (q *Query) narrow(all []query.Query) query.Query {
	var together query.Query = query.NewMatchAllQuery()
	if len(all) > 0 {
		together = query.NewConjunctionQuery(all)
	}
	if q.Members {
		return together
	}
	return open{together}
}

// open is a query that leaves out what is for members alone. Bleve's own boolean query
// finds everything else when what must be there is nowhere.
type open struct{ query.Query }

// Searcher makes open a query of bleve.
func (o open) Searcher(ctx context.Context, r index.IndexReader, m mapping.IndexMapping, options search.SearcherOptions) (search.Searcher, error) {
	found, err := o.Query.Searcher(ctx, r, m, options)
	if isNone(found) || err != nil {
		return found, err
	}
	closed, err := termQuery(fieldFor, members, 0).Searcher(ctx, r, m, search.SearcherOptions{Score: "none"})
	if isNone(closed) || err != nil {
		return found, err
	}
	return searcher.NewBooleanSearcher(ctx, r, found, nil, closed, options)
}

func isNone(s search.Searcher) bool {
	_, none := s.(*searcher.MatchNoneSearcher)
	return none
}

// unscored is a query that says nothing of how well something fits, which is found
// out much faster.
type unscored struct{ query.Query }

// Searcher makes unscored a query of bleve.
func (u unscored) Searcher(ctx context.Context, r index.IndexReader, m mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	o.Score = "none"
	return u.Query.Searcher(ctx, r, m, o)
}

// textQueries ask for each word, or for the theme that words mean. Words that say nothing
// ("les", "the") do not count, unless there are no others.
func textQueries(typed []string, meant meanings) []query.Query {
	var all []query.Query
	for from := 0; from < len(typed); {
		n, theme := meant.run(typed[from:])
		to := from + max(n, 1)
		some := wordQueries(typed[from:to], to == len(typed))
		if theme != "" {
			some = []query.Query{orTheme(some, theme)}
		}
		all, from = append(all, some...), to
	}
	if len(all) > 0 {
		return all
	}
	for _, word := range typed {
		all = append(all, termQuery(fieldWords, term(exact, word), 1))
	}
	return all
}

// wordQueries ask for some of the words; last: they are the end of what was typed.
func wordQueries(typed []string, last bool) (all []query.Query) {
	for i, word := range typed {
		if q := wordQuery(word, last && i == len(typed)-1); q != nil {
			all = append(all, q)
		}
	}
	return all
}

// Significant are the words of a text for which a search asks.
func Significant(text string) []string {
	typed := words(text)
	var some []string
	for i, word := range typed {
		if wordQuery(word, i == len(typed)-1) != nil {
			some = append(some, word)
		}
	}
	if len(some) == 0 {
		return typed
	}
	return some
}

func wordQuery(word string, last bool) query.Query {
	inFrench, inEnglish, asWritten := term(french, word), term(english, word), term(exact, word)
	prefix := last && utf8.RuneCountInString(asWritten) >= minPrefix
	if (inFrench == "" || inEnglish == "") && !prefix || asWritten == "" {
		return nil
	}
	ways := []query.Query{termQuery(fieldWords, asWritten, 2)}
	if inFrench != "" && inEnglish != "" {
		ways = append(ways, termQuery(fieldTitle, inFrench, 4), termQuery(fieldText, inFrench, 1),
			termQuery(fieldTitle+fieldEnglish, inEnglish, 4), termQuery(fieldText+fieldEnglish, inEnglish, 1))
	}
	if prefix {
		begins := query.NewPrefixQuery(asWritten)
		begins.SetField(fieldWords)
		ways = append(ways, begins)
	}
	return query.NewDisjunctionQuery(ways)
}

func termQuery(field, term string, boost float64) query.Query {
	q := query.NewTermQuery(term)
	q.SetField(field)
	q.SetBoost(boost)
	return q
}

// terms are all forms under which a query finds words, and the beginnings that it
// takes for words: what Mark marks.
func terms(text string) (found map[string]bool, prefix string) {
	found = map[string]bool{}
	typed := words(text)
	for i, word := range typed {
		if i == len(typed)-1 {
			if prefix = term(exact, word); utf8.RuneCountInString(prefix) < minPrefix {
				prefix = ""
			}
		}
		inFrench, inEnglish := term(french, word), term(english, word)
		if inFrench != "" && inEnglish != "" {
			found[inFrench], found[inEnglish] = true, true
		}
	}
	return found, prefix
}
