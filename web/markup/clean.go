package markup

import (
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Classes that Mastodon keeps: microformats and the marks of links.
var (
	class     = regexp.MustCompile(`^((h|p|u|dt|e)-[A-Za-z0-9-]{1,40}|mention|hashtag|ellipsis|invisible|quote-inline)$`)
	classList = regexp.MustCompile(`^[A-Za-z0-9-]+( [A-Za-z0-9-]+)*$`)
)

// policy is one way of cleaning HTML.
type policy struct {
	allow  *bluemonday.Policy
	rename map[string]string // elements kept under another name
	links  bool              // relative links may stay: the text is ours
}

// clean parses src, changes what is to be changed in the tree, and lets the
// allow list decide on the result; parsing once more balances what the list
// took apart. The rounds end when nothing changes any more. Markup that does
// not settle, or that is nested too deep to parse, is shown as plain text.
func (p policy) clean(src string) string {
	for range 6 {
		out, err := p.round(src)
		if err != nil {
			break
		}
		if out == src {
			return out
		}
		src = out
	}
	return html.EscapeString(Plain(src))
}

func (p policy) round(src string) (string, error) {
	nodes, err := parse(src)
	if err != nil {
		return "", err
	}
	for _, n := range nodes {
		p.rewrite(n, false)
	}
	tree, err := render(nodes)
	if err != nil {
		return "", err
	}
	nodes, err = parse(p.allow.Sanitize(tree))
	if err != nil {
		return "", err
	}
	return render(nodes)
}

func parse(src string) ([]*xhtml.Node, error) {
	return xhtml.ParseFragment(strings.NewReader(src), &xhtml.Node{Type: xhtml.ElementNode, Data: "div", DataAtom: atom.Div})
}

func render(nodes []*xhtml.Node) (string, error) {
	var b strings.Builder
	for _, n := range nodes {
		if err := xhtml.Render(&b, n); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// rewrite changes one element and those below it, linked meaning inside an a.
func (p policy) rewrite(n *xhtml.Node, linked bool) {
	if n.Type == xhtml.ElementNode {
		p.element(n, linked)
		linked = linked || n.Data == "a"
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.rewrite(c, linked)
	}
}

func (p policy) element(n *xhtml.Node, linked bool) {
	switch {
	case n.Data == "img":
		imageToLink(n, linked)
	case n.Data == "div" && !p.links && inlineOnly(n):
		retag(n, "p")
	case p.rename[n.Data] != "":
		retag(n, p.rename[n.Data])
	case (n.Data == "td" || n.Data == "th") && !p.links:
		n.AppendChild(textNode(" "))
	}
	if n.Data == "a" {
		setRel(n)
	}
	keepClasses(n)
}

// imageToLink shows an image by its description, linked to the image.
func imageToLink(n *xhtml.Node, linked bool) {
	src, alt := attr(n, "src"), strings.TrimSpace(attr(n, "alt"))
	if alt == "" && !linked {
		alt = src
	}
	n.Attr = nil
	retag(n, "span")
	if !linked {
		retag(n, "a")
		n.Attr = []xhtml.Attribute{{Key: "href", Val: src}}
	}
	n.AppendChild(textNode(alt))
}

// setRel keeps rel="tag", by which servers know a hashtag, and nothing else of
// what the author put there.
func setRel(n *xhtml.Node) {
	rel := "nofollow noopener"
	if slices.Contains(strings.Fields(strings.ToLower(attr(n, "rel"))), "tag") {
		rel += " tag"
	}
	removeAttr(n, "rel")
	n.Attr = append(n.Attr, xhtml.Attribute{Key: "rel", Val: rel})
}

func keepClasses(n *xhtml.Node) {
	kept := slices.DeleteFunc(strings.Fields(attr(n, "class")), func(c string) bool { return !class.MatchString(c) })
	for i := range n.Attr {
		if n.Attr[i].Key == "class" {
			n.Attr[i].Val = strings.Join(kept, " ")
		}
	}
	if len(kept) == 0 {
		removeAttr(n, "class")
	}
}

// blocks are the elements that end a paragraph.
var blocks = map[string]bool{
	"p": true, "div": true, "ul": true, "ol": true, "li": true, "pre": true, "blockquote": true, "table": true, "tr": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "section": true, "article": true, "header": true,
	"footer": true, "figure": true, "figcaption": true, "dl": true, "dt": true, "dd": true, "hr": true, "address": true,
}

func inlineOnly(n *xhtml.Node) bool {
	for d := range n.Descendants() {
		if blocks[d.Data] {
			return false
		}
	}
	return true
}

func retag(n *xhtml.Node, name string) {
	n.Data, n.DataAtom = name, atom.Lookup([]byte(name))
}

func textNode(s string) *xhtml.Node { return &xhtml.Node{Type: xhtml.TextNode, Data: s} }

func attr(n *xhtml.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func removeAttr(n *xhtml.Node, key string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a xhtml.Attribute) bool { return a.Key == key })
}
