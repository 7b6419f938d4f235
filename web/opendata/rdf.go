package opendata

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// The namespaces of the catalogue.
var prefixes = map[string]string{
	"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
	"hydra": "http://www.w3.org/ns/hydra/core#", "spdx": "http://spdx.org/rdf/terms#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}

const rdfType = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

// thing is a subject with what is said of it, in order. Names of types and
// properties are short: "dct:title".
type thing struct {
	iri  string
	typ  string
	says []statement
}

// statement is a property with a value: a literal, an iri or a *thing.
type statement struct {
	property string
	value    any
}

// iri is a whole address.
type iri string

// literal is a text in a language, or of a type ("xsd:integer"), or neither.
type literal struct{ text, lang, typ string }

func (t *thing) say(property string, value any) { t.says = append(t.says, statement{property, value}) }

// writeJSONLD writes a thing and all that hangs on it, with its context inside:
// nobody has to fetch anything to understand it.
func writeJSONLD(w io.Writer, t *thing) error {
	doc := t.document()
	doc["@context"] = prefixes
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(doc)
}

func (t *thing) document() map[string]any {
	doc := map[string]any{"@id": t.iri, "@type": t.typ}
	for _, s := range t.says {
		values, _ := doc[s.property].([]any)
		doc[s.property] = append(values, valueOf(s.value))
	}
	return doc
}

func valueOf(v any) any {
	switch v := v.(type) {
	case *thing:
		return v.document()
	case iri:
		return map[string]any{"@id": string(v)}
	case literal:
		said := map[string]any{"@value": v.text}
		if v.lang != "" {
			said["@language"] = v.lang
		}
		if v.typ != "" {
			said["@type"] = v.typ
		}
		return said
	}
	panic(fmt.Sprintf("opendata: %T is no value", v))
}

// writeTurtle writes the same, a triple a line: the part of Turtle that every
// reader of it knows (RDF 1.1 Turtle §2, N-Triples §2).
func writeTurtle(w io.Writer, t *thing) error {
	line := func(property, object string) error {
		_, err := fmt.Fprintf(w, "%s %s %s .\n", angled(t.iri), property, object)
		return err
	}
	if err := line(angled(rdfType), angled(long(t.typ))); err != nil {
		return err
	}
	for _, s := range t.says {
		object := ""
		switch v := s.value.(type) {
		case *thing:
			object = angled(v.iri)
		case iri:
			object = angled(string(v))
		case literal:
			object = v.turtle()
		}
		if err := line(angled(long(s.property)), object); err != nil {
			return err
		}
		if inner, ok := s.value.(*thing); ok {
			if err := writeTurtle(w, inner); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l literal) turtle() string {
	text := `"` + turtleText.Replace(l.text) + `"`
	switch {
	case l.lang != "":
		return text + "@" + l.lang
	case l.typ != "":
		return text + "^^" + angled(long(l.typ))
	}
	return text
}

var (
	turtleText = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`)
	turtleIRI  = strings.NewReplacer("<", "%3C", ">", "%3E", `"`, "%22", " ", "%20", "{", "%7B", "}", "%7D", "|", "%7C", "^", "%5E", "`", "%60", `\`, "%5C")
)

func angled(iri string) string { return "<" + turtleIRI.Replace(iri) + ">" }

// long is a short name written out.
func long(name string) string {
	prefix, rest, _ := strings.Cut(name, ":")
	return prefixes[prefix] + rest
}
