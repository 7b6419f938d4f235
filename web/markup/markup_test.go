package markup

import (
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"paragraph":          {"Bonjour *à* **tous**", "<p>Bonjour <em>à</em> <strong>tous</strong></p>\n"},
		"heading is shifted": {"# Un", "<h3>Un</h3>\n"},
		"deep heading stays": {"##### Cinq", "<h6>Cinq</h6>\n"},
		"heading in quote":   {"> ## Deux", "<blockquote>\n<h4>Deux</h4>\n</blockquote>\n"},
		"link":               {"[a](https://a.example)", `<p><a href="https://a.example" rel="nofollow noopener">a</a></p>` + "\n"},
		"bare link":          {"https://a.example/x", `<p><a href="https://a.example/x" rel="nofollow noopener">https://a.example/x</a></p>` + "\n"},
		"link of our own":    {"[a](/o/1)", `<p><a href="/o/1" rel="nofollow noopener">a</a></p>` + "\n"},
		"mail":               {"<a@b.example>", `<p><a href="mailto:a@b.example" rel="nofollow noopener">a@b.example</a></p>` + "\n"},
		"image is a link":    {"![Plan](https://a.example/p.png)", `<p><a href="https://a.example/p.png" rel="nofollow noopener">Plan</a></p>` + "\n"},
		"raw HTML":           {"a <b onclick=x>b</b>", "<p>a b</p>\n"},
		"script link":        {"[a](javascript:alert(1))", "<p><a rel=\"nofollow noopener\">a</a></p>\n"},
		"strikethrough":      {"~~non~~", "<p><del>non</del></p>\n"},
		"code":               {"`<b>`", "<p><code>&lt;b&gt;</code></p>\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(Markdown(c.in)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestMarkdownTableKeepsItsAlignment(t *testing.T) {
	got := string(Markdown("| a | b |\n|---|--:|\n| 1 | 2 |\n"))
	for _, want := range []string{"<table>", "<th>a</th>", `<td align="right">2</td>`} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

func TestFederated(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"mastodon mention": {
			`<p><span class="h-card" translate="no"><a href="https://m.example/@a" class="u-url mention" rel="nofollow noopener noreferrer" target="_blank">@<span>a</span></a></span> oui</p>`,
			`<p><span class="h-card" translate="no"><a class="u-url mention" href="https://m.example/@a" rel="nofollow noopener">@<span>a</span></a></span> oui</p>`,
		},
		"hashtag keeps rel tag": {
			`<a href="https://m.example/tags/x" class="mention hashtag" rel="tag">#<span>x</span></a>`,
			`<a class="mention hashtag" href="https://m.example/tags/x" rel="nofollow noopener tag">#<span>x</span></a>`,
		},
		"image":                 {`<img src="https://a.example/i.png" alt="Plan">`, `<a href="https://a.example/i.png" rel="nofollow noopener">Plan</a>`},
		"image without alt":     {`<img src="https://a.example/i.png">`, `<a href="https://a.example/i.png" rel="nofollow noopener">https://a.example/i.png</a>`},
		"image in a link":       {`<a href="https://a.example"><img src="https://t.example/i.png" alt="Plan"></a>`, `<a href="https://a.example" rel="nofollow noopener"><span>Plan</span></a>`},
		"unknown class goes":    {`<p class="fr-btn u-x">a</p>`, `<p class="u-x">a</p>`},
		"h6 becomes h5":         {`<h6>a</h6>`, `<h5>a</h5>`},
		"div is a paragraph":    {`<div>a</div><div>b</div>`, `<p>a</p><p>b</p>`},
		"table keeps words":     {`<table><tr><td>a</td><td>b</td></tr></table>`, `<p>a b </p>`},
		"relative link is dead": {`<a href="/connexion">a</a>`, `<a rel="nofollow noopener">a</a>`},
		"unclosed list":         {`</ul></main><ul><li>a`, `<ul><li>a</li></ul>`},
		"list attributes":       {`<ol start="3" reversed=""><li value="7">a</li></ol>`, `<ol start="3" reversed=""><li value="7">a</li></ol>`},
		"lang":                  {`<p lang="br">Demat</p>`, `<p lang="br">Demat</p>`},
		"ruby":                  {`<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>`, `<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>`},
		"plain ampersand":       {`a & b < c`, `a &amp; b &lt; c`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(Federated(c.in)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOursIsWhatFederatedShows(t *testing.T) {
	ours := Ours(string(Markdown("# Titre\n\nUn [lien](https://a.example).\n\n- a\n- b\n")))
	if got := string(Federated(ours)); got != ours {
		t.Errorf("got %q, want %q", got, ours)
	}
	if !strings.Contains(ours, "<h3>Titre</h3>") {
		t.Errorf("got %q, want the heading kept", ours)
	}
}

func TestTooDeepMarkupIsText(t *testing.T) {
	got := string(Federated(strings.Repeat("<b>", 2000) + "fin"))
	if strings.Contains(got, "<b>") || !strings.Contains(got, "fin") {
		t.Errorf("got %.80q, want the text alone", got)
	}
}

func TestPlain(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"blocks are lines":  {"<p>Un</p><p>Deux<br>trois</p>", "Un\nDeux\ntrois"},
		"spaces fold":       {"<p>a \n  b</p>", "a b"},
		"entities":          {"&lt;b&gt; &amp; &eacute;", "<b> & é"},
		"script is no text": {"a<script>alert(1)</script>b", "ab"},
		"no-break space":    {"Quoi\u00a0?", "Quoi\u00a0?"},
		"invisible parts":   {`<a><span class="invisible">https://</span><span>a.example</span></a>`, "https://a.example"},
		"cells":             {"<tr><td>a</td><td>b</td></tr>", "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Plain(c.in); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestExcerpt(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		n    int
		want string
	}{
		"short":       {"Un deux", 20, "Un deux"},
		"exact":       {"Éàü", 3, "Éàü"},
		"between":     {"Un deux trois quatre", 12, "Un deux…"},
		"long word":   {"Anticonstitutionnellement", 10, "Anticonst…"},
		"punctuation": {"Un deux, trois quatre", 10, "Un deux…"},
		"one line":    {"Un\ndeux", 20, "Un deux"},
		"nothing":     {"Un deux", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Excerpt(c.in, c.n); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
