package store

import (
	"strings"
	"unicode/utf8"

	"github.com/essaim/essaim/store/geo"
)

// Synonyms are other words for the themes, by slug: what people search for, and what
// the files say that they bring. The themes themselves are the same for all labs.
type Synonyms map[string][]string

// Bounds of the words for one theme.
const (
	MaxSynonyms = 20
	MaxSynonym  = 60 // characters
)

const settingSynonyms = "synonyms"

// Synonyms returns those of this node.
func (t *Txn) Synonyms() Synonyms {
	s := Synonyms{}
	t.shown(settingSynonyms, &s)
	return s
}

// PutSynonyms keeps the words for themes, each once, without white space around it.
// FieldErrors, by slug, say what is wrong with them: too many, too long, or the word for
// another theme.
func (t *Txn) PutSynonyms(s Synonyms) error {
	whole, wrong := Synonyms{}, FieldErrors(nil)
	taken := map[string]string{} // folded word -> slug
	for _, slug := range Themes.Slugs {
		taken[geo.Fold(slug)] = slug
	}
	for _, slug := range Themes.Slugs {
		words, err := ownWords(slug, s[slug], taken)
		if err != nil {
			wrong = append(wrong, err)
		}
		if len(words) > 0 {
			whole[slug] = words
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return t.putShown(settingSynonyms, whole)
}

// ownWords are the words for a theme, which are taken then.
func ownWords(slug string, said []string, taken map[string]string) (words []string, wrong *FieldError) {
	for _, word := range said {
		word = strings.Join(strings.Fields(word), " ")
		folded := geo.Fold(word)
		switch other := taken[folded]; {
		case folded == "", other == slug: // nothing, or said already
			continue
		case other != "":
			return nil, &FieldError{Field: slug, Reason: "error.synonym-taken", Args: map[string]any{"word": word}}
		case utf8.RuneCountInString(word) > MaxSynonym:
			return nil, &FieldError{Field: slug, Reason: "error.synonym-long", Args: map[string]any{"word": word, "max": MaxSynonym}}
		}
		taken[folded] = slug
		words = append(words, word)
	}
	if len(words) > MaxSynonyms {
		return nil, &FieldError{Field: slug, Reason: "error.synonyms-many", Args: map[string]any{"max": MaxSynonyms}}
	}
	return words, nil
}
