package vocab

import (
	"net/url"
	"slices"
	"strings"
)

// maxIRI bounds what is taken for an identifier, in bytes.
const maxIRI = 2048

// ID returns the id exactly as it was received: never parsed, cleaned or
// re-encoded, because it is a key. It is "" when the document has none that can
// be one.
func (d Doc) ID() string {
	id, _ := d.get("id").(string)
	return validIRI(id)
}

// validIRI returns s if it can serve as an identifier: no blanks, no control
// characters, no replacement character, of sensible length. Its scheme and host
// are for the caller to judge.
func validIRI(s string) string {
	if len(s) > maxIRI || strings.Contains(s, "\uFFFD") {
		return ""
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7F {
			return ""
		}
	}
	return s
}

// Type returns the first type without its as: prefix, or "".
func (d Doc) Type() string {
	for _, v := range d.list("type") {
		if s, ok := v.(string); ok && s != "" {
			return plainType(s)
		}
	}
	return ""
}

// Types returns all types, each without its as: prefix.
func (d Doc) Types() []string {
	var types []string
	for _, v := range d.list("type") {
		if s, ok := v.(string); ok && s != "" {
			types = append(types, plainType(s))
		}
	}
	return types
}

func plainType(s string) string {
	return strings.TrimPrefix(strings.TrimPrefix(s, "as:"), NS+"#")
}

// Verb is the type of an activity with its dialects folded: Pleroma's EmojiReact
// is a Like.
func (d Doc) Verb() string {
	if t := d.Type(); t != "EmojiReact" {
		return t
	}
	return "Like"
}

// IRI returns the one identifier that key holds: a string, the id of an embedded
// object, or the href of a Link. It is "" when there is none, or more than one:
// nobody speaks for two.
func (d Doc) IRI(key string) string {
	if l := d.list(key); len(l) == 1 {
		return iriOf(l[0])
	}
	return ""
}

// IRIs returns all identifiers that key holds, in their order, without those
// that IRI would not take.
func (d Doc) IRIs(key string) []string {
	var iris []string
	for _, v := range d.list(key) {
		if s := iriOf(v); s != "" {
			iris = append(iris, s)
		}
	}
	return iris
}

func iriOf(v any) string {
	switch v := v.(type) {
	case string:
		return validIRI(v)
	case *object:
		d := Doc{o: v}
		if id := d.ID(); id != "" {
			return id
		}
		if t := d.Type(); t == "Link" || t == "Mention" {
			return validIRI(d.Str("href"))
		}
	}
	return ""
}

// Ref is an item that is named, embedded or both.
type Ref struct {
	IRI string // "" when the embedded object has no id
	Doc Doc    // zero when only the name was given
}

// Refs returns all that key holds, in order: the objects of a Flag, the items of
// a collection.
func (d Doc) Refs(key string) []Ref {
	var refs []Ref
	for _, v := range d.list(key) {
		r := Ref{IRI: iriOf(v)}
		if o, ok := v.(*object); ok {
			r.Doc = Doc{d.whole, o}
		}
		if r.IRI != "" || !r.Doc.IsZero() {
			refs = append(refs, r)
		}
	}
	return refs
}

// AttributedTo returns the author: signer when it is among those named, else the
// only one, else the first Person, else the first. It is "" when none is named.
// PeerTube names a person and a channel, in either order.
func (d Doc) AttributedTo(signer string) string {
	iris := d.IRIs("attributedTo")
	if len(iris) == 0 {
		return ""
	}
	if slices.Contains(iris, signer) {
		return signer
	}
	for _, a := range d.Docs("attributedTo") {
		if a.Type() == "Person" && a.ID() != "" {
			return a.ID()
		}
	}
	return iris[0]
}

// URL returns the address of the page for people: the first text/html Link, else
// the first http address, else the id. It may lie on any host and identifies
// nothing.
func (d Doc) URL() string {
	if u := d.link("url"); u != "" {
		return u
	}
	return d.ID()
}

// link picks an http address out of what key holds.
func (d Doc) link(key string) string {
	first := ""
	for _, v := range d.list(key) {
		href, media := linkOf(v)
		if webURL(href) == "" {
			continue
		}
		if media == "text/html" {
			return href
		}
		if first == "" {
			first = href
		}
	}
	return first
}

// linkOf reads a string or a Link, in both spellings of its media type.
func linkOf(v any) (href, media string) {
	switch v := v.(type) {
	case string:
		return v, ""
	case *object:
		d := Doc{o: v}
		return firstOf(d.Str("href"), d.Str("url")), d.mediaType()
	}
	return "", ""
}

// webURL returns s if it is an absolute http or https address with a host.
func webURL(s string) string {
	u, err := url.Parse(validIRI(s))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return ""
	}
	return s
}
