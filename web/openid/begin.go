package openid

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Flow is what a browser's session holds while its owner is at the provider.
type Flow struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier,omitempty"` // RFC 7636; empty for ProConnect
	Fresh    bool      `json:"fresh,omitempty"`    // its owner is to be asked again, signed in or not
	Began    time.Time `json:"began"`
}

// flowLife is how long somebody may be at the provider.
const flowLife = 10 * time.Minute

// secret has 52 characters and 256 bits. ProConnect wants 32 characters at least.
func secret() string { return rand.Text() + rand.Text() }

// Begin is where to send somebody who is to say who he is, and what to keep
// meanwhile. fresh wants the provider to ask even whom it knows. Errors:
// ErrUnreachable.
func (p *Provider) Begin(ctx context.Context, fresh bool) (Flow, string, error) {
	k, err := p.discover(ctx)
	if err != nil {
		return Flow{}, "", err
	}
	f := Flow{State: secret(), Nonce: secret(), Fresh: fresh, Began: p.Now()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce)}
	if fresh {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	if p.Preset == ProConnect {
		options = append(options, oauth2.SetAuthURLParam("claims", `{"id_token":{"amr":{"essential":true}}}`))
		return f, k.oauth.AuthCodeURL(f.State, options...), nil
	}
	if fresh {
		options = append(options, oauth2.SetAuthURLParam("max_age", "0"))
	}
	f.Verifier = oauth2.GenerateVerifier()
	return f, k.oauth.AuthCodeURL(f.State, append(options, oauth2.S256ChallengeOption(f.Verifier))...), nil
}
