package browsertest

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Eval is what a script says in the page; a promise is waited for.
func Eval[T any](t testing.TB, p *Page, script string) T {
	t.Helper()
	got, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return got
}

// Until waits for a condition in the page, which is to hold before long.
func (p *Page) Until(t testing.TB, condition string) {
	t.Helper()
	ok := Eval[bool](t, p, fmt.Sprintf(`new Promise(done => {
		const late = performance.now() + 60_000;
		const look = () => (%s) ? done(true) : performance.now() > late ? done(false) : setTimeout(look, 5);
		look();
	})`, condition))
	if !ok {
		t.Fatalf("never so: %s; the focus is on %s", condition, Eval[string](t, p, "document.activeElement.outerHTML.slice(0, 200)"))
	}
}

// Run evaluates a script that may lead to another page, and waits until a condition
// holds, on whatever page that is.
func (p *Page) Run(t testing.TB, script, condition string) {
	t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.Evaluate[chromedp.Void]("{"+script+"}")); err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	for {
		_, err := chromedp.Run(p.ctx, chromedp.Poll[bool](condition))
		if err == nil {
			return
		}
		if p.ctx.Err() != nil { // else the page was left while it was asked
			t.Fatalf("after %q, never so: %s: %v", script, condition, err)
		}
	}
}

// Activate does what a click on what has the focus does, within the page.
func (p *Page) Activate(t testing.TB) {
	t.Helper()
	Eval[bool](t, p, `document.activeElement.click() || true`)
}

// Press sends keys to what has the focus.
func (p *Page) Press(t testing.TB, keys string) {
	t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.KeyEvent(keys)); err != nil {
		t.Fatalf("press %q: %v", keys, err)
	}
}

// Type writes into the field that a CSS selector finds first, instead of what is
// there. Choices are made by what they begin with.
func (p *Page) Type(t testing.TB, selector, text string) {
	t.Helper()
	p.focus(t, selector)
	Eval[bool](t, p, `document.activeElement.select?.() || true`)
	p.Press(t, text)
}

// Attach chooses a file of this machine for a field.
func (p *Page) Attach(t testing.TB, selector, file string) {
	t.Helper()
	err := chromedp.Do(p.ctx, chromedp.QueryAfter(chromedp.CSS(selector), func(ctx context.Context, target *chromedp.Target, nodes []*chromedp.Node) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, dom.SetFileInputFiles, dom.SetFileInputFilesParams{NodeID: nodes[0].NodeID, Files: []string{file}})
		return chromedp.Void{}, err
	}))
	if err != nil {
		t.Fatalf("attach to %s: %v", selector, err)
	}
}

// Go presses Enter on what a CSS selector finds first and waits for the page that it
// leads to, which runs no script either when the view has none.
func (p *Page) Go(t testing.TB, selector string) {
	t.Helper()
	p.focus(t, selector)
	p.Enter(t)
}

// Enter presses Enter on what has the focus and waits for the page that it leads to.
func (p *Page) Enter(t testing.TB) {
	t.Helper()
	p.leave(t, chromedp.KeyEvent(kb.Enter))
}

// Tab presses Tab until what a CSS selector finds has the focus.
func (p *Page) Tab(t testing.TB, selector string) {
	t.Helper()
	for range mostStops {
		p.Press(t, kb.Tab)
		if Eval[bool](t, p, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			return
		}
	}
	t.Fatalf("Tab does not reach %s", selector)
}

// Visit goes to another address in the same tab.
func (p *Page) Visit(t testing.TB, address string) {
	t.Helper()
	p.leave(t, chromedp.Navigate(address))
}

// focus fails when nothing is found, or it cannot have the focus.
func (p *Page) focus(t testing.TB, selector string) {
	t.Helper()
	problem := Eval[string](t, p, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e?.closest("details")?.setAttribute("open", "");
		e?.focus();
		return !e ? "is not there" : document.activeElement !== e ? "takes no focus" : "";
	})()`, selector))
	if problem != "" {
		t.Fatalf("%s %s on %s", selector, problem, Eval[string](t, p, `location.href + "\n" + document.body.innerText.slice(0, 2000)`))
	}
}

func (p *Page) leave(t testing.TB, step chromedp.Action[chromedp.Void]) {
	t.Helper()
	scripts := func(off bool) {
		err := chromedp.Do(p.ctx, command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off}))
		if err != nil {
			t.Fatal(err)
		}
	}
	scripts(p.view.NoScript)
	response, err := chromedp.RunResponse(p.ctx, step)
	if err != nil {
		t.Fatalf("go on: %v", err)
	}
	p.status = response.Status
	scripts(false)
}

// Weight is how many bytes the page and all that it loaded came as.
func (p *Page) Weight(t testing.TB) int {
	t.Helper()
	return Eval[int](t, p, `performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
		.reduce((sum, e) => sum + e.encodedBodySize, 0)`)
}
