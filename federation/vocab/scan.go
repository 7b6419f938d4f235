package vocab

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads the string at hand (RFC 8259 §7).
func (d *decoder) text() (string, error) {
	d.at++
	start := d.at
	for d.at < len(d.s) {
		switch c := d.s[d.at]; {
		case c == '"':
			d.at++
			return d.s[start : d.at-1], nil
		case c == '\\':
			return d.escaped(start)
		case c < ' ':
			return "", d.fail(errSyntax)
		}
		d.at++
	}
	return "", d.fail(errSyntax)
}

// escaped goes on where text met the first backslash.
func (d *decoder) escaped(start int) (string, error) {
	var b strings.Builder
	for d.at < len(d.s) {
		switch c := d.s[d.at]; {
		case c == '"':
			b.WriteString(d.s[start:d.at])
			d.at++
			return b.String(), nil
		case c == '\\':
			b.WriteString(d.s[start:d.at])
			if !d.escape(&b) {
				return "", d.fail(errSyntax)
			}
			start = d.at
		case c < ' ':
			return "", d.fail(errSyntax)
		default:
			d.at++
		}
	}
	return "", d.fail(errSyntax)
}

const (
	escapes   = `"\/bfnrt`
	unescaped = "\"\\/\b\f\n\r\t"
)

// escape reads one escape, and reports whether it is one.
func (d *decoder) escape(b *strings.Builder) bool {
	d.at++
	c := d.peek()
	if c == 'u' {
		return d.unicode(b)
	}
	i := strings.IndexByte(escapes, c)
	if i < 0 {
		return false
	}
	d.at++
	b.WriteByte(unescaped[i])
	return true
}

// unicode reads \uXXXX, two of them for a surrogate pair. NUL, which databases
// and terminals choke on, and half a pair become U+FFFD.
func (d *decoder) unicode(b *strings.Builder) bool {
	r, ok := d.hex()
	if !ok {
		return false
	}
	if utf16.IsSurrogate(r) {
		r = d.pair(r)
	}
	if r == 0 {
		r = utf8.RuneError
	}
	b.WriteRune(r)
	return true
}

// pair reads the second half of a surrogate pair if it is there.
func (d *decoder) pair(high rune) rune {
	if !strings.HasPrefix(d.s[d.at:], `\u`) {
		return utf8.RuneError
	}
	before := d.at
	d.at++
	low, ok := d.hex()
	r := utf16.DecodeRune(high, low)
	if !ok || r == utf8.RuneError {
		d.at = before
		return utf8.RuneError
	}
	return r
}

// hex reads uXXXX.
func (d *decoder) hex() (rune, bool) {
	if len(d.s) < d.at+5 {
		return 0, false
	}
	digits := d.s[d.at+1 : d.at+5]
	n, err := strconv.ParseUint(digits, 16, 16)
	if err != nil {
		return 0, false
	}
	d.at += 5
	return rune(n), true
}

// number reads the number at hand and keeps its text (RFC 8259 §6): a float64
// would lose the last digits of large integers.
func (d *decoder) number() (json.Number, error) {
	start := d.at
	if d.peek() == '-' {
		d.at++
	}
	ok := true
	if d.peek() == '0' {
		d.at++
	} else {
		ok = d.digits()
	}
	if ok && d.peek() == '.' {
		d.at++
		ok = d.digits()
	}
	if ok && d.peek()|0x20 == 'e' {
		d.at++
		if c := d.peek(); c == '+' || c == '-' {
			d.at++
		}
		ok = d.digits()
	}
	if !ok {
		return "", d.fail(errSyntax)
	}
	return json.Number(d.s[start:d.at]), nil
}

// digits steps over digits and reports whether there was one.
func (d *decoder) digits() bool {
	start := d.at
	for c := d.peek(); '0' <= c && c <= '9'; c = d.peek() {
		d.at++
	}
	return d.at > start
}
