//go:build browser

package page

import (
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/browsertest"
)

// A printed sheet is one or two pages, with its code, and says also what is folded on
// the screen.
func TestPrintedSheetIsShortAndUnfolded(t *testing.T) {
	s := newSite(t)
	e := experiment("Une fiche à imprimer", store.Public)
	e.Hypothesis, e.Results, e.Panel = "Si, alors.", "Oui.", "Douze personnes qui passent le bac tous les jours, et trois qui y ont renoncé l'hiver."
	e.Body = strings.Repeat("Il était une fois une cale, et trente personnes qui attendaient la marée. ", 40)
	path := federation.PagePath(s.publish(t, s.node.Admin, e))
	p := browsertest.Start(t).Open(t, s.Server.URL+path, browsertest.View{NoScript: true})
	// seen says of what is folded, and of the code, whether it has room.
	const seen = `[...document.querySelectorAll("details:not([open]) .lines, .print-only svg")].map(e => e.checkVisibility() && e.getBoundingClientRect().height > 0)`
	if got := browsertest.Eval[[]bool](t, p, seen); len(got) < 2 || slices.Contains(got, true) {
		t.Errorf("on the screen: got %v, want nothing of it", got)
	}
	if n := p.Sheets(t); n < 1 || n > 2 {
		t.Errorf("it prints on %d pages, want one or two", n)
	}
	p.LookPrinted(t)
	if got := browsertest.Eval[[]bool](t, p, seen); len(got) < 2 || slices.Contains(got, false) {
		t.Errorf("printed: got %v, want all of it", got)
	}
}
