package markup

import (
	"regexp"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"
)

// hostile are ways to run a script, to call home or to break out of the page.
var hostile = []string{
	`<script>alert(1)</script>`,
	`<SCRIPT SRC=https://x.example/x.js></SCRIPT>`,
	`<scr<script>ipt>alert(1)</scr</script>ipt>`,
	`<script/xss src="https://x.example/x.js"></script>`,
	`<<script>alert(1);//<</script>`,
	`<script>alert(1)//`,
	`<img src=x onerror=alert(1)>`,
	`<img src="javascript:alert(1)">`,
	`<img """><script>alert(1)</script>">`,
	`<img src=x:alert(alt) onerror=eval(src) alt=1>`,
	`<img srcset="https://t.example/p.gif 1x" src="https://t.example/p.gif">`,
	`<svg onload=alert(1)>`,
	`<svg><script>alert(1)</script></svg>`,
	`<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`,
	`<svg><style><img src=x onerror=alert(1)></style></svg>`,
	`<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
	`<svg><animate attributeName=href values=javascript:alert(1)></animate></svg>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<math href="javascript:alert(1)">x</math>`,
	`<math><mi><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<a href="javascript:alert(1)">x</a>`,
	`<a href="JaVaScRiPt:alert(1)">x</a>`,
	`<a href="java&#x09;script:alert(1)">x</a>`,
	`<a href="&#106;&#97;&#118;&#97;script:alert(1)">x</a>`,
	`<a href=" javascript:alert(1)">x</a>`,
	"<a href=\"java\nscript:alert(1)\">x</a>",
	"<a href=\"\x01javascript:alert(1)\">x</a>",
	`<a href="data:text/html,<script>alert(1)</script>">x</a>`,
	`<a href="vbscript:msgbox(1)">x</a>`,
	`<a href="//x.example/phish">x</a>`,
	`<a href="https://a.example" onclick="alert(1)" style="position:fixed;inset:0">x</a>`,
	`<a href="https://a.example/&quot;onmouseover=&quot;alert(1)">x</a>`,
	`<iframe src="https://x.example"></iframe>`,
	`<iframe srcdoc="<script>alert(1)</script>">`,
	`<object data="javascript:alert(1)"></object>`,
	`<embed src="https://x.example/x.swf">`,
	`<form action="https://x.example"><input name=password><button>ok</button></form>`,
	`<input autofocus onfocus=alert(1)>`,
	`<details open ontoggle=alert(1)>`,
	`<video><source onerror=alert(1)></video>`,
	`<audio src=x onerror=alert(1)>`,
	`<body onload=alert(1)>`,
	`<base href="https://x.example/">`,
	`<link rel=stylesheet href=https://x.example/x.css>`,
	`<meta http-equiv=refresh content="0;url=https://x.example">`,
	`<style>*{background:url(https://t.example/p)}</style>`,
	`<p style="background:url(https://t.example/p)">x</p>`,
	`<p class="skip-link" id="main">x</p>`,
	`<template><img src=x onerror=alert(1)></template>`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	`<noembed><img title="</noembed><img src onerror=alert(1)>"></noembed>`,
	`<textarea></p><img src=x onerror=alert(1)></textarea>`,
	`<title></title><img src=x onerror=alert(1)>`,
	`<xmp><p title="</xmp><img src=x onerror=alert(1)>">`,
	`<plaintext><script>alert(1)</script>`,
	`<!--><img src=x onerror=alert(1)>-->`,
	`<![CDATA[<img src=x onerror=alert(1)>]]>`,
	`<?xml version="1.0"?><script>alert(1)</script>`,
	`<select><template><style><!--</style><a rel="--></style></template></select><img id=x src onerror=alert(1)>">`,
	`<b title="</b><script>alert(1)</script>">x</b>`,
	`</div></main></body></html><script>alert(1)</script>`,
	`<p lang="x&quot; onload=&quot;alert(1)">x</p>`,
	`<ol start="1 onload=alert(1)"><li>x</li></ol>`,
	`<blockquote cite="javascript:alert(1)">x</blockquote>`,
	"<p>\x00<scr\x00ipt>alert(1)</scr\x00ipt></p>",
}

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
