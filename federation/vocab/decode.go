package vocab

import (
	"fmt"
	"strings"
)

// Bounds of a document (SECURITY.md, rule 4).
const (
	maxDepth = 32
	maxNodes = 10_000
)

var (
	errUTF8      = fmt.Errorf("%w: not UTF-8", ErrMalformed)
	errSyntax    = fmt.Errorf("%w: not JSON", ErrMalformed)
	errNotObject = fmt.Errorf("%w: not an object", ErrMalformed)
	errDepth     = fmt.Errorf("%w: nested too deep", ErrMalformed)
	errNodes     = fmt.Errorf("%w: too many values", ErrMalformed)
	errDuplicate = fmt.Errorf("%w: duplicate key", ErrMalformed)
)

// decoder reads JSON in one pass and checks the bounds and the keys on its way.
// encoding/json would let the last of two equal keys win and needs a second pass
// for the bounds. Strings without escapes are parts of s, not copies.
type decoder struct {
	s     string
	at    int
	nodes int
}

func (d *decoder) fail(why error) error { return fmt.Errorf("%w at byte %d", why, d.at) }

func (d *decoder) document() (*object, error) {
	if d.space(); d.peek() != '{' {
		return nil, d.fail(errNotObject)
	}
	o, err := d.object(1)
	if err != nil {
		return nil, err
	}
	if d.space(); d.at < len(d.s) {
		return nil, d.fail(errSyntax)
	}
	return o, nil
}

// peek returns the byte at hand, or 0 at the end. No valid JSON has a NUL where
// peek is asked.
func (d *decoder) peek() byte {
	if d.at < len(d.s) {
		return d.s[d.at]
	}
	return 0
}

func (d *decoder) space() {
	for d.at < len(d.s) {
		switch d.s[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// value reads the value at hand, which lies in an object or list of that depth.
func (d *decoder) value(depth int) (any, error) {
	if d.nodes++; d.nodes > maxNodes {
		return nil, d.fail(errNodes)
	}
	switch c := d.peek(); c {
	case '{':
		return d.object(depth + 1)
	case '[':
		return d.array(depth + 1)
	case '"':
		return d.text()
	case 't':
		return true, d.word("true")
	case 'f':
		return false, d.word("false")
	case 'n':
		return nil, d.word("null")
	}
	return d.number()
}

func (d *decoder) word(w string) error {
	if !strings.HasPrefix(d.s[d.at:], w) {
		return d.fail(errSyntax)
	}
	d.at += len(w)
	return nil
}

func (d *decoder) object(depth int) (*object, error) {
	if depth > maxDepth {
		return nil, d.fail(errDepth)
	}
	o := &object{members: make(map[string]any), start: d.at}
	for first := true; ; first = false {
		more, err := d.next(first, '}')
		if err != nil {
			return nil, err
		}
		if !more {
			o.end = d.at
			return o, nil
		}
		if err := d.member(o, depth); err != nil {
			return nil, err
		}
	}
}

func (d *decoder) member(into *object, depth int) error {
	if d.peek() != '"' {
		return d.fail(errSyntax)
	}
	key, err := d.text()
	if err != nil {
		return err
	}
	if d.space(); d.peek() != ':' {
		return d.fail(errSyntax)
	}
	d.at++
	d.space()
	v, err := d.value(depth)
	if err != nil {
		return err
	}
	if !into.add(key, v) {
		return d.fail(errDuplicate)
	}
	return nil
}

func (d *decoder) array(depth int) ([]any, error) {
	if depth > maxDepth {
		return nil, d.fail(errDepth)
	}
	list := []any{}
	for first := true; ; first = false {
		more, err := d.next(first, ']')
		if err != nil || !more {
			return list, err
		}
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

// next steps over the opening bracket or the comma before an element, or over
// the closing bracket, when it answers false.
func (d *decoder) next(first bool, closing byte) (bool, error) {
	if first {
		d.at++
	}
	d.space()
	c := d.peek()
	if c == closing {
		d.at++
		return false, nil
	}
	if first {
		return true, nil
	}
	if c != ',' {
		return false, d.fail(errSyntax)
	}
	d.at++
	if d.space(); d.peek() == closing {
		return false, d.fail(errSyntax)
	}
	return true, nil
}
