package vocab

import (
	"encoding/json"
	"net/url"
	"time"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"
)

// thing is what every go-fed value of an object, actor or activity can do.
type thing interface {
	vocab.Type
	SetJSONLDId(vocab.JSONLDIdProperty)
	SetActivityStreamsTo(vocab.ActivityStreamsToProperty)
	SetActivityStreamsCc(vocab.ActivityStreamsCcProperty)
	GetUnknownProperties() map[string]any
}

// verbatim carries an IRI through go-fed as it is: as url.URL's opaque part it is
// neither parsed nor escaped again.
func verbatim(iri string) *url.URL { return &url.URL{Opaque: iri} }

// iris appends IRIs to a go-fed property that may have several values.
func iris[P interface{ AppendIRI(*url.URL) }](p P, list ...string) P {
	for _, s := range list {
		p.AppendIRI(verbatim(s))
	}
	return p
}

// iri sets a go-fed property that has one value.
func iri[P interface{ SetIRI(*url.URL) }](p P, s string) P {
	p.SetIRI(verbatim(s))
	return p
}

// text appends a plain value to a natural language property.
func text[P interface{ AppendXMLSchemaString(string) }](p P, s string) P {
	p.AppendXMLSchemaString(s)
	return p
}

func setID(t thing, id string) { t.SetJSONLDId(iri(streams.NewJSONLDIdProperty(), id)) }

func address(t thing, to, cc []string) {
	if len(to) > 0 {
		t.SetActivityStreamsTo(iris(streams.NewActivityStreamsToProperty(), to...))
	}
	if len(cc) > 0 {
		t.SetActivityStreamsCc(iris(streams.NewActivityStreamsCcProperty(), cc...))
	}
}

// extension is a go-fed value's live map of the properties that it has no setter
// for, or whose setter loses something: fractions of seconds, lists of one,
// contentMap beside content.
type extension map[string]any

// set leaves out what is empty.
func (x extension) set(key, value string) {
	if value != "" {
		x[key] = value
	}
}

func (x extension) setTime(key string, t time.Time) {
	if !t.IsZero() {
		x[key] = stamp(t)
	}
}

// stamp is a time as we write it: UTC, milliseconds where there are any.
func stamp(t time.Time) string {
	return t.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano)
}

// lists are the properties that peers want as lists even of one; go-fed writes a
// list of one as its element.
var lists = [...]string{"to", "cc"}

// marshal writes t under the context.
func marshal(t thing, context string) []byte {
	m, err := t.Serialize()
	if err != nil {
		panic(err) // it holds texts and IRIs; go-fed writes them all
	}
	for _, key := range lists {
		if v, ok := m[key]; ok {
			m[key] = listOf(v)
		}
	}
	m["@context"] = json.RawMessage(context)
	return Encode(m)
}
