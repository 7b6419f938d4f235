// Package browsertest looks at pages as visitors do: in a real Chromium, at a
// given width and colour scheme, with and without JavaScript. It checks what a
// test of the HTML cannot see: contrast, overflow, requests to other sites.
//
// It is for tests only; the axe rules in axe/ are embedded. It drives the
// browser with chromedp, and Page.Context lets a test do the same.
package browsertest

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const (
	startTimeout = time.Minute
	pageTimeout  = 3 * time.Minute // for all that is done in a tab
)

// browserNames are the commands that may start Chromium, the likeliest first.
var browserNames = [...]string{"chromium", "chromium-browser", "google-chrome", "chrome"}

// Browser is one headless Chromium with a fresh profile. It may be used by
// parallel subtests, each with its own Page.
type Browser struct{ ctx context.Context }

// Start starts the browser and stops it when t ends. It takes the keys of the
// trusted certificates for good, whoever signed them. Without a Chromium t fails: a
// check that did not run has not passed.
func Start(t testing.TB, trusted ...*x509.Certificate) *Browser {
	t.Helper()
	dir := t.TempDir() // removed after the browser, which is stopped by a later cleanup
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(flags(),
		chromedp.ExecPath(findBrowser(t)), chromedp.UserDataDir(dir),
		chromedp.Flag("ignore-certificate-errors-spki-list", pins(trusted)))...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Errorf("stop the browser: %v", err)
		}
		cancel()
	})
	late := time.AfterFunc(startTimeout, cancel)
	defer late.Stop()
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return &Browser{ctx: ctx}
}

// pins are the hashes of keys, as Chromium wants them.
func pins(certificates []*x509.Certificate) string {
	var all []string
	for _, c := range certificates {
		sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
		all = append(all, base64.StdEncoding.EncodeToString(sum[:]))
	}
	return strings.Join(all, ",")
}

func findBrowser(t testing.TB) string {
	t.Helper()
	for _, name := range browserNames {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium found: apt-get install chromium")
	return ""
}

// flags keep the browser quiet: no request of its own, and none but to this
// machine, whatever a page asks for.
func flags() []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.*, EXCLUDE [::1]"),
	)
}
