// Package openid asks an OpenID provider, such as that of an administration, who
// somebody is: OpenID Connect Core 1.0, authorization code flow, one provider per node.
//
// It keeps nothing of people: the Flow lies in the browser's session while its owner is
// at the provider, and what an Identity may do here is others' to say. Signatures,
// issuer, audience and expiry of tokens are checked by go-oidc; state, nonce, authorised
// party, hashes and age are checked here.
//
// Tokens and userinfo may be signed with any asymmetric algorithm, whichever of them the
// provider registered. HS256 is refused, which ProConnect offers, too: its key is the
// client's secret, so that whoever reads that could vouch for anybody, and a public key
// must never be taken for such a secret (RFC 8725 §3.1).
package openid

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// ReturnPath is where the provider sends people back to: with the node's address
// before it, what is registered there.
const ReturnPath = "/connexion/fournisseur/retour"

// Preset is a kind of provider.
type Preset string

// The presets.
const (
	// Generic is whatever keeps to the standard, such as Keycloak and LemonLDAP::NG.
	Generic Preset = "generic"
	// ProConnect is that of the French State for those who work for administrations. It
	// refuses every parameter that it does not know, those of PKCE among them, and
	// answers what it knows of people in a signed token.
	ProConnect Preset = "proconnect"
)

var (
	// ErrDenied: its owner, or the provider, did not want to.
	ErrDenied = errors.New("the provider let nobody in")
	// ErrState: the answer is to no question of this browser, or comes too late.
	ErrState = errors.New("answer without a question")
	// ErrAnswer: the answer is not what a provider may say. The operator may have to act.
	ErrAnswer = errors.New("answer of the provider does not hold")
	// ErrStale: a fresh proof was asked for, and the provider does not say that it is one.
	ErrStale = errors.New("the provider does not say when it last asked")
	// ErrUnreachable: the provider does not answer.
	ErrUnreachable = errors.New("provider does not answer")
)

const (
	timeout   = 10 * time.Second // of one request to the provider
	maxAnswer = 1 << 20          // bytes
	keepFor   = time.Hour        // how long what a provider says of itself holds
	pause     = 10 * time.Second // after which a provider that did not answer is asked again
)

// Config is what a Provider is made of.
type Config struct {
	Preset                 Preset
	Issuer                 string // as the provider spells it
	ClientID, ClientSecret string
	Name                   string // that people know it by; ProConnect has its own
	BaseURL                string // of this node
	Transport              http.RoundTripper
	Now                    func() time.Time
}

// Provider is the provider of a node. It is safe for concurrent use.
type Provider struct {
	Config
	client *http.Client
	keys   *http.Client // for what anybody may make the node ask

	mu    sync.Mutex
	known *known    // nil: it did not answer yet
	next  time.Time // when it is asked again what it says of itself
}

// known is what a provider says of itself (OpenID Connect Discovery 1.0 §3).
type known struct {
	*oidc.Provider
	oauth    oauth2.Config
	idTokens *oidc.IDTokenVerifier
	signed   *oidc.IDTokenVerifier // of userinfo
	logouts  *oidc.IDTokenVerifier

	Keys       string   `json:"jwks_uri"`
	EndSession string   `json:"end_session_endpoint"`
	Methods    []string `json:"token_endpoint_auth_methods_supported"`
	SaysIssuer bool     `json:"authorization_response_iss_parameter_supported"`
}

// New returns a provider; nothing is asked of it yet.
func New(c Config) *Provider {
	if c.Preset == ProConnect {
		c.Name = "ProConnect"
	}
	p := &Provider{Config: c, client: &http.Client{
		Transport: bounded{c.Transport}, Timeout: timeout,
		// A redirect would carry the secret to where nobody registered it.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	keys := *p.client
	keys.Transport = &spaced{RoundTripper: keys.Transport, now: c.Now}
	p.keys = &keys
	return p
}

// bounded is a transport whose answers end after maxAnswer bytes.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = http.MaxBytesReader(nil, res.Body, maxAnswer)
	}
	return res, err
}

// discover is what the provider says of itself, asked now and then. When it does not
// answer, what it said before holds on.
func (p *Provider) discover(ctx context.Context) (*known, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Now().Before(p.next) {
		if p.known == nil {
			return nil, ErrUnreachable
		}
		return p.known, nil
	}
	k, err := p.ask(context.WithoutCancel(ctx)) // others wait for the answer, too
	switch {
	case err == nil:
		p.known, p.next = k, p.Now().Add(keepFor)
	case p.known == nil:
		p.next = p.Now().Add(pause)
		return nil, fmt.Errorf("%w: %s", ErrUnreachable, short(err))
	default:
		p.next = p.Now().Add(pause)
	}
	return p.known, nil
}

func (p *Provider) ask(ctx context.Context) (*known, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.Issuer)
	if err != nil {
		return nil, err
	}
	k := &known{Provider: found}
	if err := found.Claims(k); err != nil {
		return nil, err
	}
	if err := p.checkAddresses(k); err != nil {
		return nil, err
	}
	k.oauth = oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, RedirectURL: p.BaseURL + ReturnPath,
		Endpoint: found.Endpoint(), Scopes: p.scopes(),
	}
	k.oauth.Endpoint.AuthStyle = p.authStyle(k.Methods)
	k.idTokens = found.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, Now: p.Now})
	k.signed = found.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, SkipExpiryCheck: true})
	k.logouts = found.VerifierContext(oidc.ClientContext(ctx, p.keys), &oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, SkipExpiryCheck: true})
	return k, nil
}

// algorithms are those of tokens, userinfo and logout tokens. What discovery lists is of
// tokens alone.
var algorithms = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
}

// checkAddresses wants every address as safe as the issuer's own.
func (p *Provider) checkAddresses(k *known) error {
	scheme, _, _ := strings.Cut(p.Issuer, "://")
	endpoint := k.Endpoint()
	for _, address := range []string{endpoint.AuthURL, endpoint.TokenURL, k.UserInfoEndpoint(), k.Keys, k.EndSession} {
		u, err := url.Parse(address)
		if err != nil || address != "" && (u.Host == "" || u.Scheme != "https" && u.Scheme != scheme) {
			return fmt.Errorf("address %q of the provider", address)
		}
	}
	if endpoint.AuthURL == "" || endpoint.TokenURL == "" || k.Keys == "" {
		return errors.New("the provider lacks an address")
	}
	return nil
}

func (p *Provider) scopes() []string {
	if p.Preset == ProConnect {
		return []string{oidc.ScopeOpenID, "given_name", "usual_name", "email", "uid", "siret", "idp_id"}
	}
	return []string{oidc.ScopeOpenID, "profile", "email"}
}

// authStyle is how this node shows its secret. Without a list the header is meant
// (Discovery §3), and trying both would use codes up.
func (p *Provider) authStyle(methods []string) oauth2.AuthStyle {
	inBody := len(methods) > 0
	for _, m := range methods {
		inBody = inBody && m != "client_secret_basic"
	}
	if inBody || p.Preset == ProConnect {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// EndSession is the address at which people end their session at the provider, too
// (OpenID Connect RP-Initiated Logout 1.0 §2); empty: there is none. Nothing here
// depends on whether they come back.
func (p *Provider) EndSession(ctx context.Context, idToken string) string {
	k, err := p.discover(ctx)
	if err != nil || k.EndSession == "" || idToken == "" {
		return ""
	}
	u, err := url.Parse(k.EndSession)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("id_token_hint", idToken)
	q.Set("state", secret())
	q.Set("post_logout_redirect_uri", p.BaseURL+"/")
	u.RawQuery = q.Encode()
	return u.String()
}

// short is an error for the log: those of libraries carry whole answers.
func short(err error) string {
	const most = 200
	text := err.Error()
	return text[:min(len(text), most)]
}
