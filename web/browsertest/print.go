package browsertest

import (
	"regexp"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// sheetOfPDF begins a page in a PDF.
var sheetOfPDF = regexp.MustCompile(`/Type\s*/Page[^s]`)

// Sheets is how many sheets of paper the page prints on, as its style has it.
func (p *Page) Sheets(t testing.TB) int {
	t.Helper()
	pdf, err := chromedp.Run(p.ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		t.Fatalf("print: %v", err)
	}
	return len(sheetOfPDF.FindAll(pdf, -1))
}

// LookPrinted looks at the open page as it is printed.
func (p *Page) LookPrinted(t testing.TB) {
	t.Helper()
	if err := chromedp.Do(p.ctx, command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})); err != nil {
		t.Fatalf("look at it printed: %v", err)
	}
}
