package browsertest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

//go:embed axe/axe.min.js
var axeScript string

// runAxe answers one entry for every element that breaks a rule: one of those named,
// or of all when none is.
const runAxe = `(async (rules) => {
	const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
	const runOnly = rules ? {type: "rule", values: rules} : {type: "tag", values: tags};
	const result = await axe.run(document, {runOnly, resultTypes: ["violations"]});
	return result.violations.flatMap(v => v.nodes.map(n => ({
		rule: v.id, help: v.help, element: n.target.flat(Infinity).join(" "), html: n.html, why: n.failureSummary,
	})));
})(%s)`

// overflowing answers the widths of window and page, and what sticks out.
const overflowing = `(() => {
	const root = document.scrollingElement, out = [];
	for (const e of document.body.querySelectorAll("*")) {
		if (e.getBoundingClientRect().right > root.clientWidth + 1) out.push(e.outerHTML.slice(0, 120));
	}
	return {window: root.clientWidth, page: root.scrollWidth, elements: out.slice(0, 3)};
})()`

// Violation is one element that breaks one accessibility rule.
type Violation struct {
	Rule    string `json:"rule"` // axe's name of it, such as "color-contrast"
	Help    string `json:"help"`
	Element string `json:"element"` // a CSS selector
	HTML    string `json:"html"`
	Why     string `json:"why"`
}

func (v Violation) String() string {
	return fmt.Sprintf("%s (%s)\n  at %s\n  %s\n  %s", v.Rule, v.Help, v.Element, v.HTML, v.Why)
}

// Check runs every check that each page must pass: no accessibility violation,
// no sideways scrolling, no request to another origin.
func (p *Page) Check(t testing.TB) {
	t.Helper()
	for _, v := range p.Violations(t) {
		t.Errorf("accessibility: %v", v)
	}
	if problem := p.Overflow(t); problem != "" {
		t.Error(problem)
	}
	for _, address := range p.ForeignRequests() {
		t.Errorf("the page asks another origin for %s", address)
	}
}

// ofLooks are the rules that a page may keep in one width and colour scheme and break
// in others.
var ofLooks = []string{"color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"}

// CheckLooks is Check, and then looks at the open page once more, dark and narrow.
func (p *Page) CheckLooks(t testing.TB) {
	t.Helper()
	p.Check(t)
	p.Look(t, View{Dark: true, Width: 320})
	for _, v := range p.Violations(t, ofLooks...) {
		t.Errorf("accessibility, dark and narrow: %v", v)
	}
	if problem := p.Overflow(t); problem != "" {
		t.Error(problem)
	}
	p.Look(t, p.view)
}

// CheckReach checks that the focus is seen wherever it goes, and that there is room
// for larger text.
func (p *Page) CheckReach(t testing.TB) {
	t.Helper()
	for _, problem := range append(p.Focus(t), p.LargerText(t)...) {
		t.Error(problem)
	}
}

// Violations runs axe with these rules; without any, with those of WCAG 2.0 to 2.2, A
// and AA, and its best practices. It reaches past a Content-Security-Policy.
func (p *Page) Violations(t testing.TB, rules ...string) []Violation {
	t.Helper()
	if !Eval[bool](t, p, `"axe" in window`) {
		if err := chromedp.Do(p.ctx, chromedp.Evaluate[chromedp.Void](axeScript)); err != nil {
			t.Fatalf("load axe: %v", err)
		}
	}
	named, err := json.Marshal(rules)
	if err != nil {
		t.Fatal(err)
	}
	found, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]Violation](fmt.Sprintf(runAxe, named), chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("run axe: %v", err)
	}
	return found
}

// Overflow says how the page is wider than its window, or "" when it is not.
// WCAG 1.4.10 asks it of 320 pixels.
func (p *Page) Overflow(t testing.TB) string {
	t.Helper()
	type widths struct {
		Window   int      `json:"window"`
		Page     int      `json:"page"`
		Elements []string `json:"elements"`
	}
	w, err := chromedp.Run(p.ctx, chromedp.Evaluate[widths](overflowing))
	if err != nil {
		t.Fatalf("measure the page: %v", err)
	}
	if w.Page <= w.Window {
		return ""
	}
	return fmt.Sprintf("the page is %d pixels wide in a window of %d; too wide: %q", w.Page, w.Window, w.Elements)
}

// ForeignRequests lists what the page asked of other origins.
func (p *Page) ForeignRequests() []string {
	var foreign []string
	for _, address := range p.Requests() {
		if origin, err := originOf(address); err != nil || (origin != "" && origin != p.origin) {
			foreign = append(foreign, address)
		}
	}
	return foreign
}
