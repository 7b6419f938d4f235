package main

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// checkPages looks at what no validator knows: how a page is built and where its
// links lead.
func checkPages(t *testing.T, who string, pages []visited) {
	t.Helper()
	for _, p := range pages {
		problems := append(outline(p.doc), twins(p.doc)...)
		problems = append(problems, dangling(p.doc)...)
		for _, problem := range append(problems, landmarks(p)...) {
			t.Errorf("%s, as %s: %s", p.path, who, problem)
		}
	}
}

// outline wants one title, and no level left out below it (RGAA 9.1).
func outline(doc *html.Node) (problems []string) {
	level, titles := 0, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
			continue
		}
		at := int(n.Data[1] - '0')
		if at > level+1 {
			problems = append(problems, fmt.Sprintf("%s %q follows a heading of level %d", n.Data, said(n), level))
		}
		if level = at; at == 1 {
			titles++
		}
	}
	if titles != 1 {
		problems = append(problems, fmt.Sprintf("%d headings of level 1", titles))
	}
	return problems
}

// twins are links of one list that say the same and lead elsewhere (RGAA 6.1). Of
// answers, only those who read them can tell which is which.
func twins(doc *html.Node) (problems []string) {
	lists := map[*html.Node]map[string]string{}
	for n := range doc.Descendants() {
		list := listOf(n)
		if n.Type != html.ElementNode || n.Data != "a" || list == nil {
			continue
		}
		if lists[list] == nil {
			lists[list] = map[string]string{}
		}
		text, to := said(n), attribute(n, "href")
		if text != "" {
			text += momentOf(n)
		} else {
			problems = append(problems, "a link to "+to+" says nothing")
		}
		if other, ok := lists[list][text]; ok && other != to && !strings.Contains(to, "/n/") {
			problems = append(problems, fmt.Sprintf("%q leads to %s and to %s", text, other, to))
		}
		lists[list][text] = to
	}
	return problems
}

// listOf is the list, the table or the line of links around a node.
func listOf(n *html.Node) *html.Node {
	for p := n.Parent; p != nil; p = p.Parent {
		switch p.Data {
		case "ul", "ol", "table", "nav", "p":
			return p
		}
	}
	return nil
}

// momentOf is the moment that the item of a list around a node names: things that
// happen again are told apart by it.
func momentOf(n *html.Node) string {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data != "li" {
			continue
		}
		for d := range p.Descendants() {
			if d.Data == "time" {
				return " " + attribute(d, "datetime")
			}
		}
	}
	return ""
}

// said is what a node is called by those who do not see it.
func said(n *html.Node) string {
	if label := attribute(n, "aria-label"); label != "" {
		return label
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
		b.WriteString(attribute(d, "alt"))
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// dangling are references within the page to what is not there.
func dangling(doc *html.Node) (problems []string) {
	ids := map[string]bool{}
	for n := range doc.Descendants() {
		if id := attribute(n, "id"); id != "" {
			if ids[id] {
				problems = append(problems, "twice the id "+id)
			}
			ids[id] = true
		}
	}
	for n := range doc.Descendants() {
		for _, name := range []string{"aria-labelledby", "aria-describedby", "for"} {
			for id := range strings.FieldsSeq(attribute(n, name)) {
				if !ids[id] {
					problems = append(problems, name+" names "+id+", which is not there")
				}
			}
		}
		if id, ok := strings.CutPrefix(attribute(n, "href"), "#"); ok && !ids[id] {
			problems = append(problems, "a link leads to #"+id+", which is not there")
		}
	}
	return problems
}

// landmarks wants what every page has: the title of the document, the six entries
// of the navigation, the search, and the way back to the home page.
func landmarks(p visited) (problems []string) {
	counts := map[string]int{}
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "a" && n.Parent.Parent != nil && attribute(n.Parent.Parent.Parent, "id") == "nav" {
			counts["entries of the navigation"]++
		}
		if n.Data == "nav" && attribute(n, "class") == "crumbs" {
			counts["trails"]++
		}
		if n.Data == "main" || attribute(n, "id") == "seek" {
			counts[n.Data]++
		}
		if n.Data == "title" && said(n) == "" {
			problems = append(problems, "no title")
		}
	}
	want := map[string]int{"entries of the navigation": 6, "trails": 1, "main": 1, "input": 1}
	path, _, _ := strings.Cut(p.path, "?")
	switch path {
	case "/", "/en", "/br":
		want["trails"] = 0
	}
	if strings.Contains(path, "/embed/") {
		want = map[string]int{"main": 1}
	}
	for what, n := range want {
		if counts[what] != n {
			problems = append(problems, fmt.Sprintf("%d %s, want %d", counts[what], what, n))
		}
	}
	return problems
}
