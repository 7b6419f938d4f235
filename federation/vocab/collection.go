package vocab

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// Collection is the root of an ordered collection (ActivityStreams 2.0 §4): a
// count, and the way to its pages or the items themselves.
type Collection struct {
	ID           string
	AttributedTo string // whose it is (FEP-5711); empty: not said
	Total        int
	First, Last  string   // pages; empty: not offered
	IRIs         []string // the items of a collection without pages; nil: it has pages
}

// Encode writes the collection.
func (c Collection) Encode() []byte {
	w := begin(plainContext, "OrderedCollection", c.ID)
	w.text("attributedTo", c.AttributedTo)
	w.number("totalItems", c.Total)
	w.text("first", c.First)
	w.text("last", c.Last)
	if c.IRIs != nil {
		w.key("orderedItems")
		w.b.WriteByte('[')
		w.names(c.IRIs)
		w.b.WriteByte(']')
	}
	return w.end()
}

// Page is one page of an ordered collection. Its items are names, or documents
// of this package as they are stored, or first the ones and then the others.
type Page struct {
	ID, PartOf string
	Next, Prev string // empty: there is none
	Total      int
	IRIs       []string
	Documents  [][]byte
}

// Encode writes the page: the documents are copied, not parsed. A page without
// items has an empty list.
func (p Page) Encode() []byte {
	context := p.context()
	w := begin(context, "OrderedCollectionPage", p.ID)
	w.text("partOf", p.PartOf)
	w.number("totalItems", p.Total)
	w.text("next", p.Next)
	w.text("prev", p.Prev)
	w.key("orderedItems")
	w.b.WriteByte('[')
	w.names(p.IRIs)
	w.b.Grow(p.size())
	for _, d := range p.Documents {
		rest, c := withoutContext(d)
		if c != context && c != plainContext {
			rest = d[1:]
		}
		w.b.Write(append(w.item(), '{'))
		w.b.Write(rest)
	}
	w.b.WriteByte(']')
	return w.end()
}

// context is the one that serves the documents: that of the first which needs
// more than the plain one. Those that need another keep their own.
func (p Page) context() string {
	for _, d := range p.Documents {
		if _, c := withoutContext(d); c != plainContext {
			return c
		}
	}
	return plainContext
}

// size is the length of the documents together, and of what stands between.
func (p Page) size() int {
	n := 2
	for _, d := range p.Documents {
		n += len(d) + 1
	}
	return n
}

// PageQuery is what follows the id of a collection in that of its first page.
const PageQuery = "?page=true"

// repliesOf shows the answers to an object from within it. GoToSocial and Mastodon
// look there for the first page and read on from it; the answers themselves change
// later than the object, so this page is empty and the next one has them.
func repliesOf(iri string) map[string]any {
	id := iri + "/replies"
	return map[string]any{
		"id": id, "type": "OrderedCollection",
		"first": map[string]any{
			"type": "OrderedCollectionPage", "partOf": id, "next": id + PageQuery, "orderedItems": []string{},
		},
	}
}

// writer writes one flat object.
type writer struct{ b bytes.Buffer }

func begin(context, typ, id string) *writer {
	w := new(writer)
	w.b.WriteString(`{"@context":` + context)
	w.text("id", id)
	w.text("type", typ)
	return w
}

func (w *writer) key(key string) { w.b.WriteString(`,"` + key + `":`) }

// item returns a buffer for the next element of a list, after its comma.
func (w *writer) item() []byte {
	if b := w.b.Bytes(); b[len(b)-1] != '[' {
		w.b.WriteByte(',')
	}
	return w.b.AvailableBuffer()
}

// names writes the elements of a list of IRIs.
func (w *writer) names(iris []string) {
	for _, s := range iris {
		w.b.Write(appendString(w.item(), s))
	}
}

// text leaves out what is empty.
func (w *writer) text(key, value string) {
	if value != "" {
		w.key(key)
		w.b.Write(appendString(w.b.AvailableBuffer(), value))
	}
}

func (w *writer) number(key string, n int) {
	w.key(key)
	w.b.WriteString(strconv.Itoa(n))
}

func (w *writer) end() []byte {
	w.b.WriteByte('}')
	return w.b.Bytes()
}

// appendString appends s as a JSON string; IRIs rarely need an escape.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7F || c == '"' || c == '\\' {
			return append(b, Encode(s)...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// MarshalJSON writes an object of a document that was read, as read.
func (o *object) MarshalJSON() ([]byte, error) { return json.Marshal(o.members) }
