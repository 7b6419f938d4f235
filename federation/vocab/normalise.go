package vocab

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Bounds of what is handed to go-fed, whose parser needs 0.7 s for a document
// of 9 000 nested values.
const (
	maxTypedNodes = 2_000
	maxTypedItems = 256
)

// ErrTooLarge: the document is fine but too large to be read as a typed value.
var ErrTooLarge = fmt.Errorf("%w: too large", ErrMalformed)

// Normalised returns the document in the shape that go-fed/activity reads
// without loss of sense or panic: nothing null, no prefixes, the plain AS2
// context, actors named by id, lists where lists may be, Public spelled out,
// numbers as float64, and without times, durations and ids that cannot be read.
// The map is the caller's. It answers ErrTooLarge for more than 2 000 values or
// a list of more than 256.
//
// It is a copy for typed access and dispatch: ids in go-fed's types are
// re-encoded, so compare and keep those of the Doc.
func (d Doc) Normalised() (map[string]any, error) {
	if d.o == nil {
		return map[string]any{"@context": NS}, nil
	}
	n := normaliser{}
	m := n.object(d.o)
	if n.large || n.nodes > maxTypedNodes {
		return nil, fmt.Errorf("%w: %d values", ErrTooLarge, n.nodes)
	}
	m["@context"] = NS
	return m, nil
}

type normaliser struct {
	nodes int
	large bool
}

func (n *normaliser) object(o *object) map[string]any {
	m := make(map[string]any, len(o.members))
	for key, v := range o.members {
		plain := plainKey(key)
		if _, ok := m[plain]; ok && plain != key {
			continue
		}
		if v = n.property(plain, v); v != nil {
			m[plain] = v
		}
	}
	return m
}

// property returns the value of one property, nil to leave it out.
func (n *normaliser) property(key string, v any) any {
	switch key {
	case "@context", "duration":
		return nil // the one is ours to say, the other panics the parser
	case "id", "href":
		s, _ := v.(string)
		return orNil(validIRI(s))
	case "type":
		return typeNames(v)
	case "actor", "attributedTo":
		return single(iriList(v))
	case "to", "cc", "bto", "bcc", "audience":
		return spellPublic(iriList(v))
	case "published", "updated", "startTime", "endTime", "deleted", "closed":
		return timeValue(v)
	case "tag", "attachment", "items", "orderedItems", "alsoKnownAs", "assertionMethod":
		return emptyNil(n.items(listOf(v)))
	}
	return n.value(v)
}

func (n *normaliser) value(v any) any {
	n.nodes++
	switch v := v.(type) {
	case json.Number:
		return float(v)
	case []any:
		return emptyNil(n.items(v))
	case *object:
		if n.nodes > maxTypedNodes {
			return nil
		}
		return n.object(v)
	}
	return v
}

func (n *normaliser) items(list []any) []any {
	if len(list) > maxTypedItems {
		n.large = true
		return nil
	}
	var out []any
	for _, v := range list {
		if v = n.value(v); v != nil {
			out = append(out, v)
		}
	}
	return out
}

// float is nil for what no float64 holds.
func float(v json.Number) any {
	f, err := v.Float64()
	if err != nil {
		return nil
	}
	return f
}

// typeNames returns one name or several; EmojiReact is a Like, as in Verb.
func typeNames(v any) any {
	var names []any
	for _, t := range listOf(v) {
		s, ok := t.(string)
		if !ok || s == "" {
			continue
		}
		if s = plainType(s); s == "EmojiReact" {
			s = "Like"
		}
		names = append(names, s)
	}
	return single(names)
}

func iriList(v any) []any {
	var iris []any
	for _, item := range listOf(v) {
		if s := iriOf(item); s != "" {
			iris = append(iris, s)
		}
	}
	return iris
}

func spellPublic(iris []any) any {
	for i, v := range iris {
		if IsPublic(v.(string)) {
			iris[i] = Public
		}
	}
	return emptyNil(iris)
}

// timeValue returns what go-fed can read as a time, in its own form. closed may
// be true or a thing as well.
func timeValue(v any) any {
	if b, ok := v.(bool); ok {
		return b
	}
	s, _ := v.(string)
	t, ok := parseTime(s)
	if !ok {
		return nil
	}
	return t.Format(time.RFC3339)
}

func single(list []any) any {
	if len(list) == 1 {
		return list[0]
	}
	return emptyNil(list)
}

func emptyNil(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

func orNil(s string) any {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	return s
}
