// Package markup turns what people and other servers wrote into HTML that is
// safe to show and to send.
//
// It knows two languages: the Markdown of our members and the HTML of the
// network. What it lets through is the list that Mastodon's strict sanitiser
// lets through, so a text looks the same here and there. It leaves fetching,
// mentions and hashtags to others.
//
// Every function is pure and safe for concurrent use. Federated and Ours are
// idempotent: their own output comes back unchanged.
package markup

import (
	"bytes"
	"html"
	"regexp"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var (
	federated = policy{
		allow:  wirePolicy(),
		rename: map[string]string{"h6": "h5", "tr": "p", "dt": "p", "dd": "p"},
	}
	page = policy{allow: pagePolicy(), links: true}

	markdown = goldmark.New(
		goldmark.WithExtensions(
			extension.Linkify, extension.Strikethrough,
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
		),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(shiftHeadings{}, 100))),
	)
)

// Markdown renders a member's text for a page: CommonMark with tables,
// strikethrough and bare links. Raw HTML shows as nothing, a heading is two
// levels deeper than written (the page has h1 and h2), an image is a link to
// it, and links are rel="nofollow noopener".
func Markdown(src string) template.HTML {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(src), &b); err != nil {
		return template.HTML(html.EscapeString(src))
	}
	return template.HTML(page.clean(b.String()))
}

// Federated makes HTML from another server safe to show. Elements and
// attributes outside Mastodon's list go, their text stays; an image becomes a
// link, so that no page of ours makes a browser call a third party.
func Federated(src string) template.HTML { return template.HTML(federated.clean(src)) }

// Ours brings our own HTML, such as Markdown's, to the form we send to other
// servers: the same list as Federated.
func Ours(src string) string { return federated.clean(src) }

// wirePolicy is the list of Mastodon's MASTODON_STRICT, web links only.
func wirePolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "span", "abbr", "del", "s", "pre", "blockquote", "code", "b", "strong", "u", "sub", "sup",
		"i", "em", "h1", "h2", "h3", "h4", "h5", "ul", "ol", "li", "ruby", "rt", "rp")
	p.AllowAttrs("class").Matching(classList).OnElements("a", "span", "p")
	p.AllowAttrs("translate").Matching(regexp.MustCompile(`^(yes|no)$`)).OnElements("a", "span")
	p.AllowAttrs("title").OnElements("a", "abbr")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("reversed").Matching(regexp.MustCompile(`^(reversed)?$`)).OnElements("ol")
	p.AllowAttrs("value").Matching(bluemonday.Integer).OnElements("li")
	p.AllowAttrs("cite").OnElements("blockquote")
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)).Globally()
	allowLinks(p)
	return p
}

// pagePolicy adds what Markdown makes and the wire does not carry.
func pagePolicy() *bluemonday.Policy {
	p := wirePolicy()
	p.AllowElements("h6", "hr", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|center|right)$`)).OnElements("th", "td")
	p.AllowURLSchemes("mailto")
	p.AllowRelativeURLs(true)
	return p
}

func allowLinks(p *bluemonday.Policy) {
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^nofollow noopener( tag)?$`)).OnElements("a")
	p.AllowNoAttrs().OnElements("a", "span")
	p.RequireParseableURLs(true)
	p.AllowURLSchemes("http", "https")
}

// shiftHeadings moves every heading two levels down, six being the deepest.
type shiftHeadings struct{}

func (shiftHeadings) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		shiftHeading(n)
	}
}

func shiftHeading(n ast.Node) {
	if h, ok := n.(*ast.Heading); ok {
		h.Level = min(h.Level+2, 6)
		return
	}
	if n.Type() != ast.TypeBlock {
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		shiftHeading(c)
	}
}
