package search

import (
	"cmp"
	"strings"

	"github.com/blevesearch/bleve/v2/search/query"

	"github.com/essaim/essaim/store"
)

// maxRun is how many words a synonym has at the most that is found in a query.
const maxRun = 6

// meanings are themes by the words for them, as wordKeys makes them.
type meanings map[string]string

func meaningsOf(s store.Synonyms) meanings {
	m := meanings{}
	for slug, said := range s {
		for _, synonym := range said {
			m[wordKeys(words(synonym))] = slug
		}
	}
	return m
}

// wordKeys are words as they are compared: "les vélos" is "vélo".
func wordKeys(list []string) string {
	keys := make([]string, len(list))
	for i, word := range list {
		keys[i] = cmp.Or(term(french, word), term(exact, word))
	}
	return strings.Join(keys, " ")
}

// run is how many of the first words are a word for a theme, and which; 0: they are
// none. The longest counts.
func (m meanings) run(typed []string) (n int, theme string) {
	for n = min(maxRun, len(typed)); n > 0 && len(m) > 0; n-- {
		if theme := m[wordKeys(typed[:n])]; theme != "" {
			return n, theme
		}
	}
	return 0, ""
}

// orTheme finds what has the words, and what has the theme that they mean.
func orTheme(all []query.Query, theme string) query.Query {
	of := hasFacet("themes", theme)
	if len(all) == 0 {
		return of
	}
	return query.NewDisjunctionQuery([]query.Query{query.NewConjunctionQuery(all), of})
}
