package browsertest

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Authenticator is a virtual device beside a page that keeps passkeys, whose owner is
// there and verified.
type Authenticator struct {
	page *Page
	id   webauthn.AuthenticatorID
}

// AddAuthenticator puts one beside the page, for as long as its tab is open.
func (p *Page) AddAuthenticator(t testing.TB) *Authenticator {
	t.Helper()
	id, err := chromedp.Run(p.ctx, chromedp.Action[webauthn.AuthenticatorID](func(ctx context.Context, target *chromedp.Target) (webauthn.AuthenticatorID, error) {
		if _, err := cdp.Call(ctx, target, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return "", err
		}
		added, err := cdp.Call(ctx, target, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
			Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true,
				IsUserVerified: true, AutomaticPresenceSimulation: true,
			},
		})
		if err != nil {
			return "", err
		}
		return added.AuthenticatorID, nil
	}))
	if err != nil {
		t.Fatalf("add an authenticator: %v", err)
	}
	return &Authenticator{p, id}
}

// Forget makes its owner somebody whom it does not verify any more.
func (a *Authenticator) Forget(t testing.TB) {
	t.Helper()
	unverified := webauthn.SetUserVerifiedParams{AuthenticatorID: a.id}
	if err := chromedp.Do(a.page.ctx, command(webauthn.SetUserVerified, unverified)); err != nil {
		t.Fatal(err)
	}
}
