//go:build browser

package page

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/essaim/essaim/web/browsertest"
)

// eval runs a script in the page and returns what it says.
func eval[T any](t *testing.T, p *browsertest.Page, script string) T {
	t.Helper()
	got, err := chromedp.Run(p.Context(), chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return got
}

// press sends keys to what has the focus.
func press(t *testing.T, p *browsertest.Page, keys string) {
	t.Helper()
	if err := chromedp.Do(p.Context(), chromedp.KeyEvent(keys)); err != nil {
		t.Fatal(err)
	}
}

// until waits in the page until a condition holds.
func until(t *testing.T, p *browsertest.Page, condition string) {
	t.Helper()
	eval[bool](t, p, fmt.Sprintf(`new Promise(done => {
		const look = () => (%s) ? done(true) : requestAnimationFrame(look);
		look();
	})`, condition))
}

func TestMapInABrowser(t *testing.T) {
	s := newSite(t)
	s.scatter(t)
	b := browsertest.Start(t)
	for name, view := range map[string]browsertest.View{"script": {}, "no script": {NoScript: true}} {
		for _, path := range []string{"/carte", "/en/carte?cadre=-5,47,-1,49", "/carte?kind=need"} {
			t.Run(name+path, func(t *testing.T) { b.Open(t, s.Server.URL+path, view).CheckLooks(t) })
		}
	}
	t.Run("narrow from the beginning", func(t *testing.T) { b.Open(t, s.Server.URL+"/carte", browsertest.View{Width: 320}).Check(t) })
}

// TestMapByKeyboard goes in, walks over three markers, opens one, and leaves.
func TestMapByKeyboard(t *testing.T) {
	s := newSite(t)
	s.scatter(t)
	p := browsertest.Start(t).Open(t, s.Server.URL+"/carte", browsertest.View{})
	const focused = `document.activeElement.getAttribute("aria-label") || document.activeElement.id`
	if n := eval[int](t, p, `document.querySelectorAll(".live .pin").length`); n < 4 {
		t.Fatalf("%d markers", n)
	}
	if n := eval[int](t, p, `[...document.querySelectorAll(".live .pin")].filter(p => p.tabIndex === 0).length`); n != 1 {
		t.Errorf("Tab reaches %d markers", n)
	}
	eval[bool](t, p, `document.querySelector(".carte .meta a").focus() || true`)
	press(t, p, kb.Tab)
	if got := eval[string](t, p, focused); !strings.HasPrefix(got, "Carte.") {
		t.Fatalf("the focus is on %q", got)
	}
	press(t, p, kb.Tab)
	var walked []string
	for range 3 {
		walked = append(walked, eval[string](t, p, focused))
		press(t, p, kb.ArrowRight)
	}
	if walked[0] == walked[1] || walked[1] == walked[2] || !strings.Contains(strings.Join(walked, "\n"), "Entraide à") {
		t.Errorf("walked over %q", walked)
	}
	eval[bool](t, p, `[...document.querySelectorAll(".live .pin")].find(p => !p.dataset.area).focus() || true`)
	press(t, p, kb.Enter)
	if got := eval[string](t, p, `document.getElementById("panel").textContent`); !strings.Contains(got, "Entraide à") {
		t.Errorf("the panel says %q", got)
	}
	if n := eval[int](t, p, `document.querySelectorAll(".places li[aria-current]").length`); n != 1 {
		t.Errorf("%d lines of the list are marked", n)
	}
	press(t, p, kb.Escape)
	if got := eval[string](t, p, `document.activeElement.id`); got != "after-map" {
		t.Errorf("Escape leads to %q", got)
	}
	if foreign := p.ForeignRequests(); len(foreign) > 0 {
		t.Errorf("the map asks others: %v", foreign)
	}
}

// TestMapGoesWhereTheKeysGo reaches first a marker that is in sight, and takes the map
// with it to one across the ocean.
func TestMapGoesWhereTheKeysGo(t *testing.T) {
	s := newSite(t)
	s.scatter(t)
	p := browsertest.Start(t).Open(t, s.Server.URL+"/carte", browsertest.View{})
	const inSight = `(() => {
		const e = document.activeElement, r = e.getBoundingClientRect();
		return e.matches(".pin") && e.contains(document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2));
	})()`
	eval[bool](t, p, `document.querySelector(".live").focus() || true`)
	press(t, p, kb.Tab)
	if !eval[bool](t, p, inSight) {
		t.Error("the first marker is out of sight:", eval[string](t, p, `document.activeElement.outerHTML`))
	}
	press(t, p, kb.End)
	until(t, p, `new URL(location).searchParams.has("cadre")`)
	if !eval[bool](t, p, inSight+` && document.activeElement.getAttribute("aria-label").includes("Saint-Denis")`) {
		t.Error("the last marker is out of sight:", eval[string](t, p, `document.activeElement.outerHTML`))
	}
}

// TestMapAndListMoveTogether goes closer to a group: list, markers and address
// follow, and show what the address alone shows.
func TestMapAndListMoveTogether(t *testing.T) {
	s := newSite(t)
	s.scatter(t)
	b := browsertest.Start(t)
	p := b.Open(t, s.Server.URL+"/carte", browsertest.View{})
	eval[bool](t, p, `document.querySelector(".live .pin.several").focus() || true`)
	press(t, p, kb.Enter)
	until(t, p, `new URL(location).searchParams.has("cadre")`)
	const numbers = `[...document.querySelectorAll(".places .place-mark span")].map(e => e.textContent).join() + " " + document.getElementById("list-title").textContent`
	moved := eval[string](t, p, numbers)
	if strings.HasPrefix(moved, "1,2,3,4,5,6,7,8") {
		t.Errorf("the list shows %q", moved)
	}
	if got := eval[bool](t, p, `document.activeElement.classList.contains("pin")`); !got {
		t.Error("the focus is lost")
	}
	again := b.Open(t, eval[string](t, p, `location.href`), browsertest.View{NoScript: true})
	if got := eval[string](t, again, numbers); got != moved {
		t.Errorf("the address alone shows %q, the map %q", got, moved)
	}
	p.Check(t)
}

// TestMapWeighsLittle adds up what a first visit brings, packed.
func TestMapWeighsLittle(t *testing.T) {
	s := newSite(t)
	s.scatter(t)
	p := browsertest.Start(t).Open(t, s.Server.URL+"/carte", browsertest.View{})
	until(t, p, `performance.getEntriesByType("resource").some(e => e.name.includes("regions"))`)
	weight := eval[int](t, p, `performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
		.reduce((sum, e) => sum + e.encodedBodySize, 0)`)
	t.Logf("%d bytes", weight)
	if weight > 180_000 {
		t.Errorf("%d bytes", weight)
	}
}
