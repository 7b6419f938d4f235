package search

import (
	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/char/asciifolding"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/mapping"
)

// format is the version of all that is below and of document.go: an index of
// another one is built afresh.
const format = "2"

// The fields of a document. Texts stand in the field of their language.
const (
	fieldTitle   = "title"   // boosted
	fieldText    = "text"    // everything else that is to be read
	fieldWords   = "words"   // title, pitch and names as they are written, for beginnings of words
	fieldFacet   = "facet"   // "name=value", see facet
	fieldPlace   = "place"   // a position
	fieldCell    = "cell"    // where the position is, roughly: see near.go
	fieldEnglish = "English" // added to the name of a text
)

// The analyzers: words as they are found.
const (
	french  = "essaim-fr"
	english = "essaim-en"
	exact   = "essaim-exact"
)

// newMapping says how documents are taken apart. Accents go before anything else,
// since the stemmers tell "médiation" from "mediation" otherwise, and capitals
// before elisions: "L'innovation".
func newMapping() (*mapping.IndexMappingImpl, error) {
	m := bleve.NewIndexMapping()
	for name, filters := range map[string][]string{
		french:  {lowercase.Name, fr.ElisionName, fr.StopName, fr.LightStemmerName},
		english: {lowercase.Name, en.PossessiveName, en.StopName, en.SnowballStemmerName},
		exact:   {lowercase.Name, fr.ElisionName},
	} {
		err := m.AddCustomAnalyzer(name, map[string]any{
			"type": custom.Name, "char_filters": []string{asciifolding.Name}, "tokenizer": unicode.Name, "token_filters": filters,
		})
		if err != nil {
			return nil, err
		}
	}
	d := bleve.NewDocumentStaticMapping()
	for _, field := range []string{fieldTitle, fieldText} {
		d.AddFieldMappingsAt(field, textField(french))
		d.AddFieldMappingsAt(field+fieldEnglish, textField(english))
	}
	d.AddFieldMappingsAt(fieldWords, textField(exact))
	facets := textField(keyword.Name)
	facets.DocValues = true // what facets are counted from
	d.AddFieldMappingsAt(fieldFacet, facets)
	d.AddFieldMappingsAt(fieldCell, textField(keyword.Name))
	place := bleve.NewGeoPointFieldMapping()
	place.Store, place.IncludeInAll = false, false
	d.AddFieldMappingsAt(fieldPlace, place)
	m.DefaultMapping = d
	m.StoreDynamic, m.IndexDynamic, m.DocValuesDynamic = false, false, false
	return m, nil
}

// textField keeps the words and nothing else: what is shown comes from the store.
func textField(analyzer string) *mapping.FieldMapping {
	f := bleve.NewTextFieldMapping()
	f.Analyzer = analyzer
	f.Store, f.IncludeInAll, f.IncludeTermVectors, f.DocValues = false, false, false, false
	return f
}
