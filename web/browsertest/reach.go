package browsertest

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focusing goes to everything that Tab reaches and says where the focus is not
// seen. Markers on a map show it by their frame instead of an outline.
const focusing = `(() => {
	const out = [], root = document.documentElement, begin = document.activeElement;
	const say = (e, what) => out.push(what + ": " + e.outerHTML.slice(0, 120));
	const seen = (e, r) => { // of what is larger than the window, the part in it
		const left = Math.max(r.left, 0), right = Math.min(r.right, innerWidth), top = Math.max(r.top, 0), bottom = Math.min(r.bottom, innerHeight);
		return [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5]].some(([x, y]) => {
			const at = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
			return at && (e === at || e.contains(at));
		});
	};
	for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")) {
		if (e.tabIndex < 0 || e.disabled || !e.checkVisibility({visibilityProperty: true})) continue;
		if (e.closest(".skip-link") === null && e.getClientRects().length === 0) continue;
		e.focus();
		if (document.activeElement !== e) { say(e, "takes no focus"); continue; }
		const ring = getComputedStyle(e), frame = e.matches(".pin") && e.querySelector("rect");
		const wide = frame ? getComputedStyle(frame).strokeWidth : ring.outlineStyle === "none" ? "0" : ring.outlineWidth;
		if (parseFloat(wide) < 2) say(e, "the focus does not show");
		if (![...e.getClientRects()].some(r => seen(e, r))) say(e, "the focus is covered, or outside the window");
	}
	begin?.focus?.();
	root.scrollTo(0, 0);
	return out.slice(0, 5);
})()`

// stopping answers what is wrong with where Tab led to; "end" when it left the page.
const stopping = `(() => {
	const e = document.activeElement, before = window.stopBefore, what = " " + e.outerHTML.slice(0, 120);
	if (e === document.body) return "end";
	window.stopBefore = e;
	if (before && !(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)) return "comes too late:" + what;
	const seen = [...e.getClientRects()].some(r => [0.1, 0.5, 0.9].some(x => {
		const at = document.elementFromPoint(r.left + r.width * x, r.top + r.height / 2);
		return at && (e === at || e.contains(at));
	}));
	return seen ? "" : "is covered, or outside the window:" + what;
})()`

// mostStops is how many places of a page Tab may lead to.
const mostStops = 400

// Stops walks through the page with Tab alone, from its top, and says where that does
// not go in the order in which it is read, to what is covered (WCAG 2.4.3 and 2.4.11),
// or never out at the end (WCAG 2.1.2).
func (p *Page) Stops(t testing.TB) (problems []string) {
	t.Helper()
	for range mostStops {
		p.Press(t, kb.Tab)
		switch said := Eval[string](t, p, stopping); said {
		case "":
		case "end":
			return problems
		default:
			problems = append(problems, said)
		}
	}
	return append(problems, "Tab does not lead out of the page")
}

// enlarging answers what becomes too wide, by the rule that asks for room for it.
const enlarging = `(() => {
	const root = document.scrollingElement, before = document.adoptedStyleSheets, out = [];
	const rules = {
		"text spacing (WCAG 1.4.12)": "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }",
	};
	if (root.clientWidth >= 1280) rules["text of 200 % (WCAG 1.4.4)"] = "html { font-size: 200% !important }";
	for (const [name, rule] of Object.entries(rules)) {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(rule);
		document.adoptedStyleSheets = [...before, sheet];
		if (root.scrollWidth > root.clientWidth) {
			const wide = [...document.body.querySelectorAll("*")].find(e => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest(".table-scroll"));
			out.push(name + ": " + root.scrollWidth + " pixels in a window of " + root.clientWidth + ": " + wide?.outerHTML.slice(0, 120));
		}
	}
	document.adoptedStyleSheets = before;
	return out;
})()`

// Focus says where the focus is not seen, or is covered by something else, on its
// way through the page (WCAG 2.4.7 and 2.4.11).
func (p *Page) Focus(t testing.TB) []string { return p.problems(t, focusing) }

// LargerText says what does not fit into the window when the text has the spacing
// of WCAG 1.4.12 or, in a window of 1280 pixels or more, twice its size.
func (p *Page) LargerText(t testing.TB) []string { return p.problems(t, enlarging) }

func (p *Page) problems(t testing.TB, script string) []string {
	t.Helper()
	found, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](script))
	if err != nil {
		t.Fatalf("look at the page: %v", err)
	}
	return found
}
