package mastodon

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/markup"
)

// FilterResult says which filter of the reader a status meets.
type FilterResult struct {
	Filter         FilterV2 `json:"filter"`
	KeywordMatches []string `json:"keyword_matches"`
	StatusMatches  []string `json:"status_matches"`
}

// matcher is a filter, ready to be compared with many records.
type matcher struct {
	filter   *store.Filter
	keywords []*regexp.Regexp
	records  map[store.ID]bool
}

// matchers are the filters of an actor that hold in a context.
func matchers(tx *store.Txn, actor store.ID, context string) []*matcher {
	var list []*matcher
	for f := range tx.Filters(actor) {
		if !slices.Contains(f.Context, context) || !f.Expires.IsZero() && !tx.Now().Before(f.Expires) {
			continue
		}
		m := &matcher{filter: f, records: map[store.ID]bool{}}
		for _, k := range f.Keywords {
			m.keywords = append(m.keywords, keywordPattern(k))
		}
		for _, p := range f.Records {
			m.records[p.Record] = true
		}
		list = append(list, m)
	}
	return list
}

// keywordPattern finds a text whatever its case; a whole one ends where a word
// does, in any script.
func keywordPattern(k store.Keyword) *regexp.Regexp {
	p := regexp.QuoteMeta(k.Text)
	if k.Whole {
		first, _ := utf8.DecodeRuneInString(k.Text)
		last, _ := utf8.DecodeLastRuneInString(k.Text)
		if isWord(first) {
			p = `(?:^|[^\pL\pN_])` + p
		}
		if isWord(last) {
			p += `(?:$|[^\pL\pN_])`
		}
	}
	return regexp.MustCompile("(?i)" + p)
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

func (m *matcher) matches(it store.Item) bool {
	return m.records[it.Envelope().ID] || len(m.found(textOf(it))) > 0
}

// found are the keywords that a text holds.
func (m *matcher) found(text string) []string {
	var found []string
	for i, p := range m.keywords {
		if p.MatchString(text) {
			found = append(found, m.filter.Keywords[i].Text)
		}
	}
	return found
}

// textOf is all that people read of a record, as plain text.
func textOf(it store.Item) string {
	r := it.Envelope()
	parts := []string{r.Title, r.Pitch, r.Body, markup.Plain(r.HTML)}
	if r.Image != nil {
		parts = append(parts, r.Image.Alt)
	}
	for _, tag := range r.Hashtags() {
		parts = append(parts, "#"+tag)
	}
	return strings.Join(parts, "\n")
}

// filtered says which filters a record meets. The reader's own never does.
func (rd *reading) filtered(it store.Item) []FilterResult {
	results := []FilterResult{}
	r := it.Envelope()
	if len(rd.filters) == 0 || r.Lab == rd.viewer.Actor {
		return results
	}
	text := textOf(it)
	for _, m := range rd.filters {
		found := m.found(text)
		if len(found) == 0 && !m.records[r.ID] {
			continue
		}
		res := FilterResult{Filter: filterV2(m.filter, false), KeywordMatches: found}
		if m.records[r.ID] {
			res.StatusMatches = []string{r.ID.String()}
		}
		results = append(results, res)
	}
	return results
}
