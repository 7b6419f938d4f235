package markup

import (
	"strings"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
	xhtml "golang.org/x/net/html"
)

// shortLink is about how many characters of an address are shown.
const shortLink = 40

// ShortLinks shows a link whose text is its own address as people expect it: the
// host and the beginning of the path, without the scheme. Its title has the address
// whole. Content is what Markdown or Federated gave, and is as safe as it was.
func ShortLinks(content template.HTML) template.HTML {
	if !strings.Contains(string(content), "<a ") {
		return content
	}
	nodes, err := parse(string(content))
	if err != nil {
		return content
	}
	for _, n := range nodes {
		shorten(n)
		for below := range n.Descendants() {
			shorten(below)
		}
	}
	short, err := render(nodes)
	if err != nil {
		return content
	}
	return template.HTML(short)
}

func shorten(n *xhtml.Node) {
	if n.Type != xhtml.ElementNode || n.Data != "a" {
		return
	}
	href := attr(n, "href")
	bare := withoutScheme(href)
	if bare == href || strings.TrimSuffix(withoutScheme(textOf(n)), "/") != strings.TrimSuffix(bare, "/") {
		return
	}
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
	}
	n.AppendChild(textNode(cutAddress(strings.TrimSuffix(bare, "/"))))
	removeAttr(n, "title")
	n.Attr = append(n.Attr, xhtml.Attribute{Key: "title", Val: href})
}

func withoutScheme(address string) string {
	return strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")
}

// cutAddress leaves the host whole: who reads a link must know where it leads.
func cutAddress(bare string) string {
	host := len(bare)
	if i := strings.IndexAny(bare, "/?#"); i >= 0 {
		host = i + 1
	}
	path, room := []rune(bare[host:]), max(shortLink-host, 0)
	if len(path) <= room {
		return bare
	}
	return bare[:host] + string(path[:room]) + "…"
}

func textOf(n *xhtml.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == xhtml.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}
