package mastodon

import (
	"regexp"
	"slices"
	"strings"

	"github.com/essaim/essaim/federation/vocab"
)

var (
	// hashtag is a # with letters, digits or underscores, not only digits, that
	// does not stand inside of a word or an address.
	hashtag     = regexp.MustCompile(`(?:^|[^\pL\pN_/#&])[#＃]([\pL\pN_]*[\pL_][\pL\pN_]*)`)
	onlyHashtag = regexp.MustCompile(`^[#＃][\pL\pN_]+$`)
)

const maxHashtags = 30

// lineEnds are those of every system.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// fromTyped makes the Markdown of a record, and its hashtags, of what was typed
// in an app: its line breaks count. Hashtags that stand alone at the end become
// the record's own, which are shown below its text.
func fromTyped(text string) (body string, tags []string) {
	text = strings.TrimSpace(lineEnds.Replace(text))
	for _, m := range hashtag.FindAllStringSubmatch(text, -1) {
		same := func(have string) bool { return vocab.FoldHashtag(have) == vocab.FoldHashtag(m[1]) }
		if !slices.ContainsFunc(tags, same) && len(tags) < maxHashtags {
			tags = append(tags, m[1])
		}
	}
	lines := strings.Split(text, "\n")
	for len(lines) > 1 && allHashtags(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	for i, line := range lines {
		line = strings.TrimRight(line, " \t")
		if i+1 < len(lines) && line != "" && strings.TrimSpace(lines[i+1]) != "" {
			line += "  " // a line break in Markdown
		}
		lines[i] = line
	}
	return strings.TrimSpace(strings.Join(lines, "\n")), tags
}

// allHashtags says whether a line is empty or has nothing but hashtags.
func allHashtags(line string) bool {
	for word := range strings.FieldsSeq(line) {
		if !onlyHashtag.MatchString(word) {
			return false
		}
	}
	return true
}

func hasHashtag(text, tag string) bool {
	for _, m := range hashtag.FindAllStringSubmatch(text, -1) {
		if vocab.FoldHashtag(m[1]) == vocab.FoldHashtag(tag) {
			return true
		}
	}
	return false
}

// unbroken takes the marks of line breaks off again.
func unbroken(body string) string { return strings.ReplaceAll(body, "  \n", "\n") }
