package browsertest

import (
	"context"
	"regexp"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// pageOfPDF begins a page in what Chromium writes.
var pageOfPDF = regexp.MustCompile(`/Type\s*/Page\b`)

// PrintedPages prints the page on the paper that it asks for, and counts the sheets.
func (p *Page) PrintedPages(t testing.TB) int {
	t.Helper()
	own := true
	pdf, err := chromedp.Run(p.ctx, chromedp.Action[[]byte](func(ctx context.Context, target *chromedp.Target) ([]byte, error) {
		printed, err := cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &own})
		if err != nil {
			return nil, err
		}
		return printed.Data, nil
	}))
	if err != nil {
		t.Fatalf("print: %v", err)
	}
	return len(pageOfPDF.FindAll(pdf, -1))
}

// LookPrinted looks at the open page as it is printed.
func (p *Page) LookPrinted(t testing.TB) {
	t.Helper()
	if err := chromedp.Do(p.ctx, command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})); err != nil {
		t.Fatalf("look at it printed: %v", err)
	}
}
