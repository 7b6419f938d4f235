package page

import (
	"html"
	"regexp"
	"strings"

	template "github.com/DataDog/datadog-agent/pkg/template/html"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/markup"
)

// topHeading is the level of the first heading in a record's text: the page has
// its title above and a heading for each of its parts.
const topHeading = 3

// text is the body of a record, safe to show.
func (a *ask) text(tx *store.Txn, it store.Item) template.HTML {
	r := it.Envelope()
	if r.Remote {
		return outline(topHeading, markup.ShortLinks(withoutTitle(markup.Federated(r.HTML), r)))
	}
	return outline(topHeading, markup.ShortLinks(markup.Markdown(a.Node.WithMentions(tx, r))))
}

// withoutTitle cuts off the title and the pitch with which the content of a
// titled record begins on the wire: the page shows them itself.
func withoutTitle(content template.HTML, r *store.Record) template.HTML {
	if r.Title == "" {
		return content
	}
	rest, ok := strings.CutPrefix(string(content), "<p><strong>"+html.EscapeString(r.Title)+"</strong></p>")
	if !ok {
		return content
	}
	rest = strings.TrimPrefix(rest, "<p>"+html.EscapeString(r.Pitch)+"</p>")
	return template.HTML(rest) // the end of what was safe
}

var headingTag = regexp.MustCompile(`<(/?)h([1-6])`)

// outline renumbers the headings of a sanitised text, so that they begin at
// the level top and never skip one (RGAA 9.1).
func outline(top byte, content template.HTML) template.HTML {
	if !strings.Contains(string(content), "<h") {
		return content
	}
	var open []byte // the levels above the current one, as they were written
	level := top
	renumbered := headingTag.ReplaceAllStringFunc(string(content), func(tag string) string {
		written := tag[len(tag)-1]
		if tag[1] != '/' {
			for len(open) > 0 && open[len(open)-1] >= written {
				open = open[:len(open)-1]
			}
			level = min(top+byte(len(open)), 6)
			open = append(open, written)
		}
		return tag[:len(tag)-1] + string('0'+level)
	})
	return template.HTML(renumbered) // as safe as it was: digits changed
}
