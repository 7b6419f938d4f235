//go:build browser

package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/essaim/essaim/web/browsertest"
)

// BenchmarkFirstPaint is how long after the request a visitor sees the home page,
// the processor being four times slower: on a first visit (nothing kept), on
// another one, and, beside them, a page with nothing but a title.
func BenchmarkFirstPaint(b *testing.B) {
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>Bare</title><h1>Bare</h1>")
	}))
	b.Cleanup(bare.Close)
	home := demonstrate(b, 1).nodes[0].page("/")
	p := browsertest.Start(b).Open(b, bare.URL, browsertest.View{Slow: 4}) // a browser that has been in use
	p.Visit(b, home)
	var first, again, counterpart []float64
	for b.Loop() {
		counterpart = append(counterpart, firstPaint(b, p, bare.URL, false))
		first = append(first, firstPaint(b, p, home, true))
		again = append(again, firstPaint(b, p, home, false))
	}
	b.ReportMetric(median(counterpart), "bare-ms")
	b.ReportMetric(median(first), "first-ms")
	b.ReportMetric(median(again), "again-ms")
}

// firstPaint is in milliseconds; forget has the browser use nothing that it keeps.
func firstPaint(b *testing.B, p *browsertest.Page, address string, forget bool) float64 {
	b.Helper()
	if err := chromedp.Do(p.Context(), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: forget})
		return err
	})); err != nil {
		b.Fatal(err)
	}
	p.Visit(b, address)
	return browsertest.Eval[float64](b, p, `new Promise(done => new PerformanceObserver(list => {
		const paint = list.getEntriesByName("first-contentful-paint")[0];
		if (paint) done(paint.startTime);
	}).observe({type: "paint", buffered: true}))`)
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}
