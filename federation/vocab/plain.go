package vocab

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// oneLine joins the words of s by single blanks; control characters part words.
func oneLine(s string) string {
	gap := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	return strings.Join(strings.FieldsFunc(s, gap), " ")
}

// line is oneLine, at most n characters long.
func line(s string, n int) string { return cut(oneLine(s), n) }

// cut shortens s to n characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// cutBytes shortens s to n bytes at most, between characters.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// unmarked returns the text of an HTML summary: tags are dropped, what ends a
// line becomes a blank. What it returns is text, to be escaped like any other.
func unmarked(s string) string {
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(s, "<")
		b.WriteString(text)
		if !found {
			return html.UnescapeString(b.String())
		}
		tag, after, closed := strings.Cut(rest, ">")
		if !closed || !isTag(tag) {
			b.WriteByte('<')
			s = rest
			continue
		}
		if breaks(tag) {
			b.WriteByte(' ')
		}
		s = after
	}
}

// isTag reports whether what follows a < begins a tag, and not a comparison.
func isTag(s string) bool {
	s = strings.TrimPrefix(s, "/")
	return s != "" && (s[0] == '!' || 'a' <= s[0]|0x20 && s[0]|0x20 <= 'z')
}

// breaks reports whether a tag ends a line.
func breaks(tag string) bool {
	fields := strings.FieldsFunc(strings.ToLower(tag), func(r rune) bool { return r == '/' || unicode.IsSpace(r) })
	return len(fields) > 0 && slices.Contains([]string{"br", "p", "div", "li"}, fields[0])
}

var marks = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;")

// marked makes a plain text HTML. Apostrophes stay: they are in every French
// sentence, and some servers show what they get.
func marked(s string) string { return marks.Replace(s) }
