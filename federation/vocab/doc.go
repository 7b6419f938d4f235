// Package vocab is the one place where ActivityStreams documents and the types
// of package store meet: it reads what other servers send and writes what ours
// publishes.
//
// Reading is tolerant about shapes (a string, an object or a list where either
// may stand; null for absent) and strict about who speaks: a document in which a
// property of authority occurs twice, in whatever spelling, is refused. The bytes
// as received stay the truth; a Doc only reads them.
//
// It follows ActivityStreams 2.0 Core and Vocabulary, ActivityPub §3 and, for
// their extension properties, the FEPs that README.md lists. JSON-LD contexts are
// written and never read: a foreign context cannot change what a document says.
//
// With federation/inbox it is the only importer of go-fed/activity. It fetches
// nothing, verifies nothing and sanitises nothing; those are the callers' parts.
package vocab

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// ErrMalformed is wrapped by every error of Parse. Answer it with 400.
var ErrMalformed = errors.New("malformed document")

// Namespace identifiers (ActivityStreams 2.0 Core §2.1, ActivityPub §5.6).
const (
	NS     = "https://www.w3.org/ns/activitystreams"
	Public = NS + "#Public"
)

// Doc reads one document, or one object inside a document. It is a small value
// to be passed around freely, never changes, and is safe for concurrent use. The
// zero Doc reads as an empty object.
type Doc struct {
	whole []byte
	o     *object
}

// Parse reads raw, which must be one JSON object (RFC 8259) and must not be
// changed afterwards.
//
// Besides what is not JSON, Parse refuses: invalid UTF-8, nesting deeper than 32,
// more than 10 000 values, a key that occurs twice in one object, and a property
// of authority (id, type, actor, attributedTo, object) that occurs twice in any
// spelling: other case, as: prefix, @id and @type, the full IRI. Such a property
// in other case alone is an unknown property. NUL and lone surrogates read as
// U+FFFD.
func Parse(raw []byte) (Doc, error) {
	if !utf8.Valid(raw) {
		return Doc{}, errUTF8
	}
	d := decoder{s: string(raw)}
	o, err := d.document()
	if err != nil {
		return Doc{}, err
	}
	return Doc{whole: raw, o: o}, nil
}

// IsZero reports whether there is no document, as when an embedded object that
// was asked for is not there.
func (d Doc) IsZero() bool { return d.o == nil }

// Raw returns the bytes as received; of an embedded object, its part of them.
func (d Doc) Raw() []byte {
	if d.o == nil {
		return nil
	}
	return d.whole[d.o.start:d.o.end:d.o.end]
}

// Has reports whether key is there and not null.
func (d Doc) Has(key string) bool { return d.get(key) != nil }

// Keys returns the names of all properties as they are spelled, in no order.
func (d Doc) Keys() []string {
	if d.o == nil {
		return nil
	}
	keys := make([]string, 0, len(d.o.members))
	for k := range d.o.members {
		keys = append(keys, k)
	}
	return keys
}

func (d Doc) get(key string) any {
	if d.o == nil {
		return nil
	}
	return d.o.get(key)
}

// list returns what key holds as a list: nothing for null, itself for a list.
func (d Doc) list(key string) []any { return listOf(d.get(key)) }

func listOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// Doc returns the object embedded under key, or the only one of a list; else
// the zero Doc.
func (d Doc) Doc(key string) Doc {
	docs := d.Docs(key)
	if len(docs) != 1 || len(d.list(key)) != 1 {
		return Doc{}
	}
	return docs[0]
}

// Docs returns the objects embedded under key, leaving out everything else.
func (d Doc) Docs(key string) []Doc {
	var docs []Doc
	for _, v := range d.list(key) {
		if o, ok := v.(*object); ok {
			docs = append(docs, Doc{d.whole, o})
		}
	}
	return docs
}

func (d Doc) String() string { return fmt.Sprintf("%s %s", d.Type(), d.ID()) }
