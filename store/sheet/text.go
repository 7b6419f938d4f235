package sheet

import (
	"strings"

	"golang.org/x/net/html"
)

// withoutMarkup is the text of what was written with the editors of other
// software: a line for each block. What is no markup comes back as it is.
func withoutMarkup(s string) string {
	if !strings.Contains(s, "<") || !strings.Contains(s, ">") {
		return html.UnescapeString(s)
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return tidyLines(b.String())
		case html.TextToken:
			if hidden == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			hidden += tag(&b, z, 1)
		case html.EndTagToken:
			hidden = max(0, hidden+tag(&b, z, -1))
		}
	}
}

// tag ends the line for a block, and counts what is not for reading.
func tag(b *strings.Builder, z *html.Tokenizer, step int) int {
	name, _ := z.TagName()
	switch string(name) {
	case "script", "style":
		return step
	case "br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "blockquote":
		b.WriteByte('\n')
	}
	return 0
}

// tidyLines unescapes, and leaves no line empty.
func tidyLines(s string) string {
	var lines []string
	for line := range strings.Lines(html.UnescapeString(s)) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n\n")
}

// positionColumn is the one in which older YesWikis write both coordinates:
// "48.1|-1.6".
const positionColumn = "carte_google"

// splitPosition makes two columns of the one that holds latitude and longitude.
func (s *Sheet) splitPosition() {
	from := s.Column(positionColumn)
	if from < 0 {
		return
	}
	lat, lon := s.columnFor("bf_latitude"), s.columnFor("bf_longitude")
	for i := range s.Rows {
		cells := s.Rows[i].Cells
		if north, east, ok := strings.Cut(cells[from], "|"); ok && cells[lat] == "" && cells[lon] == "" {
			cells[lat], cells[lon] = strings.TrimSpace(north), strings.TrimSpace(east)
		}
	}
}

// columnFor is the column of this name, whatever it lies in; a new one when there
// is none.
func (s *Sheet) columnFor(name string) int {
	for i, c := range s.Columns {
		if c == name || strings.HasSuffix(c, "."+name) {
			return i
		}
	}
	s.Columns = append(s.Columns, name)
	for i := range s.Rows {
		s.Rows[i].Cells = append(s.Rows[i].Cells, "")
	}
	return len(s.Columns) - 1
}
