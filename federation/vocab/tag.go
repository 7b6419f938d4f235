package vocab

import (
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Hashtags returns the hashtags, folded and each once, in order. It reads tag
// and, for Prismo, tags, and skips what has no name.
func (d Doc) Hashtags() []string {
	var names []string
	for _, t := range d.tags("Hashtag") {
		name := FoldHashtag(t.Str("name"))
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// FoldHashtag returns the form under which spellings of a hashtag are one:
// without #, NFKC, case folded. It is "" for what cannot be a hashtag.
func FoldHashtag(name string) string {
	name = strings.TrimLeft(strings.TrimSpace(name), "#＃")
	name = cases.Fold().String(norm.NFKC.String(name))
	if strings.ContainsAny(name, " \t\r\n<>\"/#\uFFFD") || len(name) > 200 {
		return ""
	}
	return name
}

// Mentions returns the actors that are mentioned. The href decides; names are
// for show.
func (d Doc) Mentions() []string {
	var iris []string
	for _, t := range d.tags("Mention") {
		if href := validIRI(t.Str("href")); href != "" && !slices.Contains(iris, href) {
			iris = append(iris, href)
		}
	}
	return iris
}

func (d Doc) tags(kind string) []Doc {
	var tags []Doc
	for _, t := range slices.Concat(d.Docs("tag"), d.Docs("tags")) {
		if t.Type() == kind {
			tags = append(tags, t)
		}
	}
	return tags
}
