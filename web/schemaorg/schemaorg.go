// Package schemaorg says records in the words of schema.org, as JSON-LD: for the
// head of their page, and for who takes a list away. Which field is which
// property stands in the descriptors of store.Kinds; this package knows the shapes
// of their values. It leaves out what is for the inner circle, and who may see a
// record to its callers.
package schemaorg

import (
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/markup"
)

// Context is the vocabulary of the documents.
const Context = "https://schema.org"

// Writer says in which words and about whom.
type Writer struct {
	Word func(v *store.Vocabulary, slug string) string // the word for a slug
	Name func(iri string) string                       // what an actor is called
}

const titleLength = 90 // characters of a text that has no title

// Title is what a record is called: news have no title but their first words.
func Title(r *store.Record) string {
	if r.Title != "" {
		return r.Title
	}
	text := r.Body
	if r.Remote {
		text = markup.Plain(r.HTML)
	}
	if short := markup.Excerpt(text, titleLength); short != "" {
		return short
	}
	return r.IRI
}

// Record is the document of a record, without its @context.
func (w Writer) Record(it store.Item) map[string]any {
	r, k := it.Envelope(), store.KindOf(it.Envelope().Kind)
	doc := map[string]any{
		"@id": r.IRI, "@type": "CreativeWork", "name": Title(r), "url": page(r),
		"publisher":     map[string]any{"@type": "Organization", "@id": r.Lab, "name": w.Name(r.Lab)},
		"datePublished": moment(r.Created), "dateModified": moment(r.Updated),
	}
	if k.Schema != "" {
		doc["@type"] = k.Schema
	}
	if r.Lang != "" {
		doc["inLanguage"] = r.Lang
	}
	for i := range k.Fields {
		w.add(doc, &k.Fields[i], it)
	}
	for _, rel := range store.Relations(it) {
		if property := relations[rel.Type]; property != "" {
			before, _ := doc[property].([]any)
			doc[property] = append(before, map[string]any{"@id": rel.Target})
		}
	}
	if clock, ok := it.(clock); ok {
		addTimes(doc, clock)
	}
	return doc
}

// relations are the edges that schema.org has a word for.
var relations = map[string]string{
	"replique": "isBasedOn", "inspire-par": "isBasedOn", "issu-de": "isBasedOn", "partie-de": "isPartOf", "a-propos": "about",
}

func (w Writer) add(doc map[string]any, f *store.Field, it store.Item) {
	if f.Schema == "" || f.Inner || f.Widget == store.Shown || f.IsEmpty(it) {
		return
	}
	doc[f.Schema] = w.value(f, it)
}

func (w Writer) value(f *store.Field, v any) any {
	switch p := f.At(v).(type) {
	case *[]string:
		list := make([]any, len(*p))
		for i, slug := range *p {
			list[i] = w.term(f, slug)
		}
		return list
	case *int:
		return *p
	case *float64:
		return *p
	case *bool:
		return *p
	case **store.Image:
		return image(*p)
	case *store.Place:
		return place(p)
	case *[]store.Attachment:
		return files(*p)
	case store.Rows:
		return w.rows(f, p)
	}
	return w.term(f, f.Text(v))
}

// term is a text, or the word for a slug in the shape that the property wants.
func (w Writer) term(f *store.Field, text string) any {
	if f.Widget == store.Link {
		return map[string]any{"@id": text}
	}
	if f.Vocabulary == nil || !f.Vocabulary.Has(text) {
		return text
	}
	word := w.Word(f.Vocabulary, text)
	switch f.Schema {
	case "license":
		return "https://spdx.org/licenses/" + text + ".html"
	case "audience":
		return map[string]any{"@type": "Audience", "audienceType": word}
	case "spatialCoverage", "areaServed":
		return map[string]any{"@type": "AdministrativeArea", "name": word, "identifier": text}
	}
	return word
}

func (w Writer) rows(f *store.Field, rows store.Rows) []any {
	list := make([]any, rows.Len())
	for i := range list {
		list[i] = w.value(&f.Columns[0], rows.Row(i))
	}
	return list
}

func image(img *store.Image) map[string]any {
	doc := map[string]any{"@type": "ImageObject", "contentUrl": img.URL}
	if img.Alt != "" {
		doc["caption"] = img.Alt
	}
	return doc
}

func files(list []store.Attachment) []any {
	docs := make([]any, len(list))
	for i, a := range list {
		docs[i] = map[string]any{"@type": "MediaObject", "contentUrl": a.URL, "name": a.Name, "encodingFormat": a.MediaType}
	}
	return docs
}

func place(p *store.Place) map[string]any {
	address := map[string]any{"@type": "PostalAddress"}
	for property, text := range map[string]string{"streetAddress": p.Street, "postalCode": p.PostalCode, "addressLocality": p.Commune} {
		if text != "" {
			address[property] = text
		}
	}
	doc := map[string]any{"@type": "Place", "name": p.Label(), "address": address}
	if p.Located() {
		doc["geo"] = map[string]any{"@type": "GeoCoordinates", "longitude": p.Lon, "latitude": p.Lat}
	}
	return doc
}

// clock is a record that takes place at a time.
type clock interface{ When() (from, to time.Time) }

// addTimes puts the clocks of an event with their zone.
func addTimes(doc map[string]any, c clock) {
	from, to := c.When()
	if from.IsZero() {
		return
	}
	doc["startDate"] = from.Format(time.RFC3339)
	if to.After(from) {
		doc["endDate"] = to.Format(time.RFC3339)
	}
}

// page is where people read a record.
func page(r *store.Record) string {
	if r.URL != "" {
		return r.URL
	}
	return r.IRI
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }
