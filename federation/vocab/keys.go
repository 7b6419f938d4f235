package vocab

import "strings"

// authority are the properties that decide who speaks, of what, as what. They
// occur once per object, whatever their spelling, so that no two readers of the
// same bytes can disagree about them.
var authority = [...]string{"id", "type", "actor", "attributedTo", "object"}

// prefixes may stand before a property that AS2 or common practice knows without
// one; some servers write them out.
var prefixes = [...]string{"as:", "toot:", "schema:", NS + "#"}

// Namespace of our own terms, and the prefix that stands for it in every
// document that we write. Neither ever changes.
const (
	EssaimNS     = "https://w3id.org/essaim/ns#"
	EssaimPrefix = "essaim:"
)

// object is a JSON object with its place in the document. Properties of
// authority lie under their plain names, all others as they were spelled.
type object struct {
	members    map[string]any
	start, end int
	seen       uint // a bit per property of authority
	prefixed   bool // some key has a prefix that may be left out
}

// add reports false when key may not stand beside one that is there already.
func (o *object) add(key string, v any) bool {
	if i := authorityOf(key); i >= 0 {
		if o.seen&(1<<i) != 0 {
			return false
		}
		o.seen |= 1 << i
		key = plainKey(key)
	} else if strings.IndexByte(key, ':') > 0 && plainKey(key) != key {
		o.prefixed = true
	}
	before := len(o.members)
	o.members[key] = v
	return len(o.members) > before
}

// get returns nil, a string, a json.Number, a bool, an *object or an []any. A
// property without prefix wins over the same with one.
func (o *object) get(key string) any {
	if v := o.members[key]; v != nil || !o.prefixed {
		return v
	}
	if term, ok := strings.CutPrefix(key, EssaimPrefix); ok {
		return o.members[EssaimNS+term]
	}
	for _, p := range prefixes {
		if v := o.members[p+key]; v != nil && plainKey(p+key) == key {
			return v
		}
	}
	return nil
}

// authorityOf tells which property of authority key spells, in any case; -1 if
// none.
func authorityOf(key string) int {
	name := strings.TrimPrefix(key, "@")
	if strings.IndexByte(key, ':') > 0 {
		name = trimPrefixFold(trimPrefixFold(key, "as:"), NS+"#")
	}
	for i, a := range authority {
		if len(name) == len(a) && strings.EqualFold(name, a) {
			return i
		}
	}
	return -1
}

func trimPrefixFold(s, prefix string) string {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):]
	}
	return s
}

// plainKey strips what may stand before a property: as:sensitive is sensitive,
// @id is id. schema:actor and the like stay, for only ActivityStreams names
// authority.
func plainKey(key string) string {
	if key == "@id" || key == "@type" {
		return key[1:]
	}
	if term, ok := strings.CutPrefix(key, EssaimNS); ok {
		return EssaimPrefix + term
	}
	for _, p := range prefixes {
		name, ok := strings.CutPrefix(key, p)
		if ok && (authorityOf(name) < 0 || authorityOf(key) >= 0) {
			return name
		}
	}
	return key
}
