package browsertest

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// viewHeight is the height of every window in CSS pixels.
const viewHeight = 900

// View is how a visitor looks at a page. Its zero value is a wide, light window
// with JavaScript and a French browser.
type View struct {
	Width    int  // in CSS pixels; 0 is 1280
	Dark     bool // prefers-color-scheme
	Contrast bool // prefers-contrast: more
	Forced   bool // the colours of the system alone, as for people who chose them to see better
	NoScript bool
	Patience time.Duration // how long the tab may be used; 0 is a minute
	Slow     int           // how many times slower the processor is; 0: not at all
	Language string        // Accept-Language; "" is fr
	Cookies  []*http.Cookie
}

// Page is one page in a tab and a cookie jar of its own. Its methods must not
// be called at the same time.
type Page struct {
	ctx    context.Context
	origin string
	view   View
	status int64

	mu       sync.Mutex
	requests []string
}

// Open loads address and waits for its load event. The tab is closed when t
// ends.
func (b *Browser) Open(t testing.TB, address string, v View) *Page {
	t.Helper()
	origin, err := originOf(address)
	if err != nil {
		t.Fatalf("open %s: %v", address, err)
	}
	tab, closeTab := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	if err := chromedp.Do(tab); err != nil { // a tab lives as long as the context that opened it
		t.Fatalf("open a tab: %v", err)
	}
	ctx, cancel := context.WithTimeout(tab, cmp.Or(v.Patience, pageTimeout))
	t.Cleanup(cancel)
	p := &Page{ctx: ctx, origin: origin, view: v}
	if err := p.load(address, v); err != nil {
		t.Fatalf("open %s: %v", address, err)
	}
	return p
}

// load prepares the tab and goes to address. Scripts are allowed again
// afterwards, for the checks; what the page skipped stays skipped.
func (p *Page) load(address string, v View) error {
	if err := chromedp.Listen(p.ctx, p.record); err != nil {
		return err
	}
	err := chromedp.Do(p.ctx,
		command(network.Enable, network.EnableParams{}),
		command(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
			Headers: network.Headers{"Accept-Language": cmp.Or(v.Language, "fr")},
		}),
		command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.NoScript}),
		command(emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: float64(max(v.Slow, 1))}),
	)
	if err = errors.Join(err, p.look(v)); err != nil {
		return err
	}
	for _, c := range v.Cookies {
		set := network.SetCookieParams{Name: c.Name, Value: c.Value, URL: p.origin}
		if err := chromedp.Do(p.ctx, command(network.SetCookie, set)); err != nil {
			return err
		}
	}
	response, err := chromedp.Run(p.ctx, chromedp.NavigateResponse(address))
	if err != nil {
		return err
	}
	p.status = response.Status
	return chromedp.Do(p.ctx, command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{}))
}

// Look changes the width and the colours that the open page is looked at with.
func (p *Page) Look(t testing.TB, v View) {
	t.Helper()
	p.view.Dark, p.view.Width = v.Dark, v.Width
	if err := p.look(v); err != nil {
		t.Fatalf("look: %v", err)
	}
}

func (p *Page) look(v View) error {
	return chromedp.Do(p.ctx,
		chromedp.EmulateViewport(int64(cmp.Or(v.Width, 1280)), viewHeight),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: mediaFeatures(v)}))
}

func mediaFeatures(v View) []*emulation.MediaFeature {
	features := []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: map[bool]string{false: "light", true: "dark"}[v.Dark]},
		{Name: "prefers-reduced-motion", Value: "reduce"}, // a moving page has no one contrast
	}
	if v.Contrast {
		features = append(features, &emulation.MediaFeature{Name: "prefers-contrast", Value: "more"})
	}
	if v.Forced {
		features = append(features, &emulation.MediaFeature{Name: "forced-colors", Value: "active"})
	}
	return features
}

// command is a protocol command whose result does not matter.
func command[P, R any](cmd cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cmd, params)
		return err
	})
}

// record runs inside the browser's reading loop.
func (p *Page) record(event any) {
	if e, ok := event.(*network.EventRequestWillBeSent); ok {
		p.mu.Lock()
		p.requests = append(p.requests, e.Request.URL)
		p.mu.Unlock()
	}
}

// Context is the tab, for chromedp.Run and chromedp.Do.
func (p *Page) Context() context.Context { return p.ctx }

// Status is the HTTP status of the page as Open found it.
func (p *Page) Status() int { return int(p.status) }

// Requests lists the addresses that the page has asked for, its own included.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// Screenshot writes the whole page, also what lies below the window, as a PNG.
func (p *Page) Screenshot(t testing.TB, file string) {
	t.Helper()
	const png = 100 // chromedp's "quality" that means PNG
	image, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(png))
	if err == nil {
		err = os.WriteFile(file, image, 0o644)
	}
	if err != nil {
		t.Fatalf("screenshot %s: %v", file, err)
	}
}

// originOf is the scheme and host of an address; it is empty for addresses
// that never leave the page, such as data: and blob:.
func originOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	if u.Host == "" {
		return "", nil
	}
	return u.Scheme + "://" + u.Host, nil
}
