package search

import (
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/mapping"
)

// format is the version of all that is below and of document.go: an index of
// another one is built afresh.
const format = "8"

// The fields of a document. Texts stand in the field of their language.
const (
	fieldTitle   = "title"   // boosted
	fieldText    = "text"    // everything else that is to be read
	fieldWords   = "words"   // title, pitch and names as they are written, for beginnings of words
	fieldFacet   = "facet"   // "name=value", see facet
	fieldPlace   = "place"   // a position, see placeOf
	fieldCell    = "cell"    // where the position is, roughly: see near.go
	fieldFor     = "for"     // members, of what is not for everybody
	fieldEnglish = "English" // added to the name of a text
)

// The analyzers: words as they are found.
const (
	french  = "essaim-fr"
	english = "essaim-en"
	exact   = "essaim-exact"
)

// newMapping says how documents are taken apart, by the chains of lexicon.go.
func newMapping() (*mapping.IndexMappingImpl, error) {
	m := mapping.NewIndexMapping()
	for name := range chains {
		err := m.AddCustomAnalyzer(name, map[string]any{"type": custom.Name, "tokenizer": unicode.Name, "token_filters": []string{name}})
		if err != nil {
			return nil, err
		}
	}
	d := mapping.NewDocumentStaticMapping()
	for _, field := range []string{fieldTitle, fieldText} {
		d.AddFieldMappingsAt(field, textField(french))
		d.AddFieldMappingsAt(field+fieldEnglish, textField(english))
	}
	d.AddFieldMappingsAt(fieldWords, textField(exact))
	for field, counted := range map[string]bool{fieldFacet: true, fieldCell: false, fieldPlace: true, fieldFor: false} {
		f := textField(keyword.Name)
		f.DocValues = counted // what facets are counted from, and distances
		f.SkipFreqNorm = true
		d.AddFieldMappingsAt(field, f)
	}
	m.DefaultMapping = d
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	return m, nil
}

// textField keeps the words and nothing else: what is shown comes from the store.
func textField(analyzer string) *mapping.FieldMapping {
	f := mapping.NewTextFieldMapping()
	f.Analyzer = analyzer
	f.Store, f.IncludeInAll, f.IncludeTermVectors, f.DocValues = false, false, false, false
	return f
}
