package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	bleve "github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/mapping"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
)

// The names of facets that do not come from the fields of kinds, and the kinds of
// actors.
const (
	FacetKind = "kind"
	FacetLab  = "lab" // the id of the actor that publishes
	FacetYear = "year"
	FacetLang = "lang"
	FacetHome = "home" // Yes for what this node publishes itself
	// FacetReusable is Yes for what anybody may use again.
	FacetReusable = "reusable"
	FacetSize     = "size" // of the commune: one of store.Sizes
	Yes           = "yes"

	KindLab    = "lab"
	KindMember = "member"
)

// document is what bleve is given, by field.
type document map[string]any

// mapped takes a document apart.
func (d document) mapped(id string, m mapping.IndexMapping) (*bleve.Document, error) {
	mapped := bleve.NewDocument(id)
	if err := m.MapDocument(mapped, d); err != nil {
		return nil, fmt.Errorf("index %s: %w", id, err)
	}
	return mapped, nil
}

// The endings of the ids of documents.
const (
	recordEnd = "r"
	actorEnd  = "a"
)

// documentID sorts by the moment of publication.
func documentID(id store.ID, end string) string {
	s := strconv.FormatUint(uint64(id), 16)
	return strings.Repeat("0", 16-len(s)) + s + end
}

// parseID takes a documentID apart.
func parseID(s string) (id store.ID, end string) {
	if len(s) != 17 {
		return 0, ""
	}
	n, err := strconv.ParseUint(s[:16], 16, 64)
	if err != nil {
		return 0, ""
	}
	return store.ID(n), s[16:]
}

// facet is how a value of a facet is indexed.
func facet(name, value string) string { return name + "=" + value }

// Findable says whether what an actor publishes may be found. Our own lab's
// always may, on its own site. Everybody else must have said so (FEP-5feb); who
// says nothing has not.
func Findable(publisher *store.Actor) bool {
	return publisher.Deleted.IsZero() && (publisher.Indexable || publisher.Local && publisher.Type == store.Group)
}

// recordDocument is a record as it is found, or nil when it is not.
func (x *Index) recordDocument(tx *store.Txn, it store.Item) document {
	r := it.Envelope()
	if !indexed(r.Audience) {
		return nil
	}
	publisher, err := tx.ActorByIRI(r.Lab)
	if err != nil || !Findable(publisher) {
		return nil
	}
	d := document{fieldFacet: recordFacets(it, publisher), fieldWords: join(r.Title, r.Pitch, strings.Join(r.Tags, " "))}
	if r.Place.Located() {
		at := geo.Point{Lon: r.Place.Lon, Lat: r.Place.Lat}
		d[fieldPlace], d[fieldCell] = placeOf(at), cellOf(at)
	}
	if r.Audience != store.Public {
		d[fieldFor] = members
	}
	d.addText(r.Lang, r.Title, x.text(it))
	return d
}

// members stands for whoever signed in at this node, the only readers of what is not
// for everybody.
const members = "members"

// indexed says whether records of an audience are in the index: what everybody may
// list, or every member of this node.
func indexed(a store.Audience) bool {
	return a == store.Public || a == store.FollowedLabs || a == store.LabOnly
}

func recordFacets(it store.Item, publisher *store.Actor) []string {
	r := it.Envelope()
	facets := []string{
		facet(FacetKind, r.Kind), facet(FacetLab, publisher.ID.String()), facet(FacetYear, strconv.Itoa(r.Created.UTC().Year())),
	}
	if lang := baseLang(r.Lang); lang != "" {
		facets = append(facets, facet(FacetLang, lang))
	}
	if size := r.Place.Size(); size != "" {
		facets = append(facets, facet(FacetSize, size))
	}
	if !r.Remote {
		facets = append(facets, facet(FacetHome, Yes))
	}
	if r.Reusable() {
		facets = append(facets, facet(FacetReusable, Yes))
	}
	for _, f := range store.KindOf(r.Kind).Fields {
		for _, slug := range facetValues(&f, it) {
			facets = append(facets, facet(f.Name, slug))
		}
	}
	return facets
}

// facetValues are what a record says in a facet, as far as its vocabulary knows
// it: a mirrored record says anything.
func facetValues(f *store.Field, it store.Item) []string {
	if !f.Facet || f.Inner || f.Vocabulary == nil {
		return nil
	}
	var said []string
	switch p := f.At(it).(type) {
	case *string:
		said = []string{*p}
	case *[]string:
		said = slices.Clone(*p)
	}
	return slices.DeleteFunc(said, func(slug string) bool { return !f.Vocabulary.Has(slug) })
}

// baseLang is the language of a tag without its country: "fr" of "fr-FR".
func baseLang(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if len(base) > 3 {
		return ""
	}
	return base
}

// Text is all by which a record of this node is found.
func Text(it store.Item) string {
	r := it.Envelope()
	return join(r.Title, textOf(it, r.Body))
}

// text is everything of a record that is to be read, but its title.
func (x *Index) text(it store.Item) string {
	r := it.Envelope()
	if r.Remote {
		return textOf(it, x.Plain(r.HTML))
	}
	return textOf(it, r.Body)
}

func textOf(it store.Item, body string) string {
	r := it.Envelope()
	parts := []string{r.Pitch, body, strings.Join(r.Tags, " "), r.Place.Label()}
	k := store.KindOf(r.Kind)
	for _, f := range k.Fields {
		parts = append(parts, facetValues(&f, it)...)
	}
	return join(append(parts, fieldTexts(k.Fields, it)...)...)
}

// fieldTexts are the texts of the fields that everybody may read and the envelope
// does not have already.
func fieldTexts(fields []store.Field, v any) []string {
	var texts []string
	for i := range fields {
		f := &fields[i]
		switch {
		case f.Inner || f.Envelope:
		case f.Widget == store.Line, f.Widget == store.Text, f.Widget == store.Markdown, f.Widget == store.Words:
			texts = append(texts, f.Text(v))
		case f.Widget == store.Table:
			rows, _ := f.At(v).(store.Rows)
			for n := range rows.Len() {
				texts = append(texts, fieldTexts(f.Columns, rows.Row(n))...)
			}
		}
	}
	return texts
}

// actorDocument is an actor as it is found, or nil when it is not.
func (x *Index) actorDocument(a *store.Actor) document {
	if !a.Listed() {
		return nil
	}
	kind := KindLab
	if a.Type == store.Person {
		kind = KindMember
	}
	d := document{
		fieldFacet: []string{facet(FacetKind, kind)},
		fieldWords: join(a.Name, a.Handle, strings.Join(a.Tags, " ")),
	}
	for _, code := range a.Territory {
		if store.Territories.Has(code) {
			d[fieldFacet] = append(d[fieldFacet].([]string), facet("territory", code))
		}
	}
	d.addText(a.Lang, a.Name, x.Plain(a.Summary))
	return d
}

// addText puts a title and a text into the fields of their language. What is not
// English is taken for French.
func (d document) addText(lang, title, text string) {
	end := ""
	if baseLang(lang) == "en" {
		end = fieldEnglish
	}
	d[fieldTitle+end], d[fieldText+end] = title, text
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}
