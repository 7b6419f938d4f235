package markup

import (
	_ "embed"
	"regexp"
	"strconv"
	"strings"
	"testing"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
	xhtml "golang.org/x/net/html"
)

//go:embed testdata/hostile.txt
var hostileLines string

// hostile are ways to run a script, to call home or to break out of the page, each
// a quoted line of the file.
var hostile = func() (all []string) {
	for line := range strings.Lines(hostileLines) {
		text, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			panic(line) // the file itself is wrong
		}
		all = append(all, text)
	}
	return all
}()

var (
	safeElement = regexp.MustCompile(`^(p|br|span|a|abbr|del|s|pre|blockquote|code|b|strong|u|sub|sup|i|em|h[1-6]|ul|ol|li|ruby|rt|rp|hr|table|thead|tbody|tr|th|td)$`)
	safeAttr    = regexp.MustCompile(`^(href|rel|class|title|translate|lang|start|reversed|value|cite|align)$`)
	safeURL     = regexp.MustCompile(`^(https?:|mailto:|/[^/]|/$|[^:/]*$|[^:/]+/|#|\?)`)
)

// assertHarmless parses out as a browser would and looks at what is left.
func assertHarmless(t *testing.T, in, out string) {
	t.Helper()
	nodes, err := parse(out)
	if err != nil {
		t.Fatalf("parse the result of %q: %v", in, err)
	}
	for _, root := range nodes {
		inspect(t, in, root)
		for n := range root.Descendants() {
			inspect(t, in, n)
		}
	}
}

func inspect(t *testing.T, in string, n *xhtml.Node) {
	t.Helper()
	if n.Type == xhtml.TextNode {
		return
	}
	if n.Type != xhtml.ElementNode || n.Namespace != "" || !safeElement.MatchString(n.Data) {
		t.Errorf("%q left the node %q", in, n.Data)
	}
	for _, a := range n.Attr {
		if !safeAttr.MatchString(a.Key) {
			t.Errorf("%q left the attribute %q", in, a.Key)
		}
		if (a.Key == "href" || a.Key == "cite") && !safeURL.MatchString(a.Val) {
			t.Errorf("%q left the address %q", in, a.Val)
		}
	}
}

func TestHostileMarkupIsHarmless(t *testing.T) {
	for _, in := range hostile {
		out := string(Federated(in))
		assertHarmless(t, in, out)
		if again := string(Federated(out)); again != out {
			t.Errorf("%q settles at %q, then %q", in, out, again)
		}
		assertHarmless(t, in, string(Markdown(in)))
		assertHarmless(t, in, string(Markdown("# "+in+"\n\n["+in+"]("+in+")")))
	}
}

func TestNoImageIsLoaded(t *testing.T) {
	for _, in := range hostile {
		if strings.Contains(string(Federated(in)), "<img") {
			t.Errorf("%q left an image", in)
		}
	}
}

func FuzzFederated(f *testing.F) {
	for _, in := range hostile {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out := string(Federated(in))
		assertHarmless(t, in, out)
		if again := string(Federated(out)); again != out {
			t.Errorf("%q settles at %q, then %q", in, out, again)
		}
		assertHarmless(t, in, string(ShortLinks(template.HTML(out))))
	})
}

func FuzzMarkdown(f *testing.F) {
	for _, in := range append(hostile, "# a\n\n| b |\n|--|\n| [c](d) |") {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		assertHarmless(t, in, string(Markdown(in)))
	})
}
