package markup

import (
	"strings"
	"unicode/utf8"

	xhtml "golang.org/x/net/html"
)

// Plain is the text of src without markup: a line for each block and line
// break, other white space folded, no script or style. It is text, not HTML;
// escape it where HTML is due.
func Plain(src string) string {
	var b strings.Builder
	hidden := 0
	for z := xhtml.NewTokenizer(strings.NewReader(src)); ; {
		switch z.Next() {
		case xhtml.ErrorToken:
			return fold(b.String())
		case xhtml.TextToken:
			if hidden == 0 {
				b.WriteString(strings.Map(breakToSpace, xhtml.UnescapeString(string(z.Raw()))))
			}
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			name, _ := z.TagName()
			hidden += writeBreak(&b, string(name))
		case xhtml.EndTagToken:
			name, _ := z.TagName()
			hidden = max(0, hidden-writeBreak(&b, string(name)))
		}
	}
}

// writeBreak ends the line for a block's tag. It returns 1 for an element whose
// text is not for reading.
func writeBreak(b *strings.Builder, name string) int {
	if blocks[name] || name == "br" {
		b.WriteByte('\n')
	}
	if name == "td" || name == "th" {
		b.WriteByte(' ')
	}
	if name == "script" || name == "style" {
		return 1
	}
	return 0
}

// breakToSpace makes the line breaks of the source what they are in HTML.
func breakToSpace(r rune) rune {
	if isSpace(r) {
		return ' '
	}
	return r
}

// isSpace is white space as HTML means it: the no-break spaces of French
// punctuation are text.
func isSpace(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }

// fold trims lines, drops empty ones and joins runs of spaces.
func fold(s string) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if words := strings.FieldsFunc(line, isSpace); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// Excerpt is the beginning of text on one line, at most n characters long with
// the "…" that marks a cut. It cuts between words where it can. A text that
// fits comes back whole.
func Excerpt(text string, n int) string {
	text = strings.Join(strings.FieldsFunc(text, isSpace), " ")
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	if n < 1 {
		return ""
	}
	cut := string([]rune(text)[:n-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.–-") + "…"
}
