package openid

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Identity is what a provider said of somebody just now.
type Identity struct {
	Issuer, Subject string // together, who it is
	Session         string // theirs at the provider, as Ended names it; empty: not said
	Name            string
	Email           string
	Verified        bool      // whether the provider knows that the address is theirs
	Siret           string    // of the organisation that they work for
	Declared        bool      // nobody but they say that they work for it
	Strong          bool      // several factors were asked for
	Proved          time.Time // when they last showed who they are; zero: not said
	IDToken         string    // for EndSession
}

// skew is how far the clocks of node and provider may be apart.
const skew = time.Minute

// Finish reads the answer that a browser brought back. Errors: ErrState, ErrDenied,
// ErrAnswer, ErrStale, ErrUnreachable.
func (p *Provider) Finish(ctx context.Context, f Flow, answer url.Values) (*Identity, error) {
	if !p.isOf(f, answer) {
		return nil, ErrState
	}
	k, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	code, err := p.code(k, answer)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := p.exchange(ctx, k, code, f.Verifier)
	if err != nil {
		return nil, err
	}
	said, raw, err := p.idToken(ctx, k, f, tokens)
	if err != nil {
		return nil, err
	}
	about, err := p.userInfo(ctx, k, tokens, said)
	if err != nil {
		return nil, err
	}
	i := p.identity(said, about)
	i.IDToken = raw
	if f.Fresh && i.Proved.Before(f.Began.Add(-skew)) {
		return nil, ErrStale
	}
	return i, nil
}

// isOf says whether an answer is to this question, within its time.
func (p *Provider) isOf(f Flow, answer url.Values) bool {
	same := subtle.ConstantTimeCompare([]byte(f.State), []byte(answer.Get("state"))) == 1
	return f.State != "" && same && len(answer["state"]) == 1 && p.Now().Sub(f.Began) < flowLife
}

// code is that of an answer (OpenID Connect Core §3.1.2.5 and §3.1.2.6).
func (p *Provider) code(k *known, answer url.Values) (string, error) {
	// RFC 9207 §2.4: an answer of another provider is none.
	if iss, ok := answer["iss"]; k.SaysIssuer && !ok || ok && !slices.Equal(iss, []string{p.Issuer}) {
		return "", fmt.Errorf("%w: it is of %.200q", ErrAnswer, iss)
	}
	switch problem := answer.Get("error"); problem {
	case "":
	case "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required":
		return "", fmt.Errorf("%w: %s", ErrDenied, problem)
	case "server_error", "temporarily_unavailable":
		return "", fmt.Errorf("%w: %s", ErrUnreachable, problem)
	default:
		return "", fmt.Errorf("%w: %.200q", ErrAnswer, problem)
	}
	if code := answer["code"]; len(code) == 1 && code[0] != "" {
		return code[0], nil
	}
	return "", fmt.Errorf("%w: no code", ErrAnswer)
}

func (p *Provider) exchange(ctx context.Context, k *known, code, verifier string) (*oauth2.Token, error) {
	var options []oauth2.AuthCodeOption
	if verifier != "" {
		options = append(options, oauth2.VerifierOption(verifier))
	}
	tokens, err := k.oauth.Exchange(ctx, code, options...)
	if refusal, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refusal.Response.StatusCode < http.StatusInternalServerError {
		return nil, fmt.Errorf("%w: code is refused: %d %.200q", ErrAnswer, refusal.Response.StatusCode, refusal.ErrorCode)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrUnreachable, short(err))
	}
	return tokens, nil
}

// claims are what tokens and userinfo say (OpenID Connect Core §2 and §5.1, and those
// of ProConnect).
type claims struct {
	Subject   string   `json:"sub"`
	Session   string   `json:"sid"`
	Party     string   `json:"azp"`
	Methods   []string `json:"amr"`
	Class     string   `json:"acr"`
	AuthTime  float64  `json:"auth_time"` // seconds since 1970
	Name      string   `json:"name"`
	GivenName string   `json:"given_name"`
	UsualName string   `json:"usual_name"`
	Email     string   `json:"email"`
	Verified  any      `json:"email_verified"` // some say "true"
	Siret     string   `json:"siret"`
}

// idToken checks what go-oidc does not (OpenID Connect Core §3.1.3.7).
func (p *Provider) idToken(ctx context.Context, k *known, f Flow, tokens *oauth2.Token) (*claims, string, error) {
	raw, _ := tokens.Extra("id_token").(string)
	token, err := k.idTokens.Verify(ctx, raw)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %s", ErrAnswer, short(err))
	}
	said := new(claims)
	if err := token.Claims(said); err != nil {
		return nil, "", fmt.Errorf("%w: %s", ErrAnswer, short(err))
	}
	hash := token.AccessTokenHash == "" || token.VerifyAccessToken(tokens.AccessToken) == nil
	party := said.Party == p.ClientID || said.Party == "" && len(token.Audience) == 1
	nonce := subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(f.Nonce)) == 1
	const longest = 255 // §2
	if !hash || !party || !nonce || said.Subject == "" || max(len(said.Subject), len(said.Session)) > longest {
		return nil, "", fmt.Errorf("%w: token for this access %t, this node %t, this question %t", ErrAnswer, hash, party, nonce)
	}
	return said, raw, nil
}

// userInfo asks for the rest, if the provider has more to say (§5.3). ProConnect
// signs it; what others sign is checked, too.
func (p *Provider) userInfo(ctx context.Context, k *known, tokens *oauth2.Token, said *claims) (*claims, error) {
	if k.UserInfoEndpoint() == "" && p.Preset != ProConnect {
		return said, nil
	}
	body, signed, err := p.getUserInfo(ctx, k, tokens)
	if err != nil {
		return nil, err
	}
	about := new(claims)
	switch {
	case signed:
		token, err := k.signed.Verify(ctx, string(body))
		if err != nil {
			return nil, fmt.Errorf("%w: userinfo: %s", ErrAnswer, short(err))
		}
		if err := token.Claims(about); err != nil {
			return nil, fmt.Errorf("%w: userinfo: %s", ErrAnswer, short(err))
		}
	case p.Preset == ProConnect:
		return nil, fmt.Errorf("%w: userinfo is not signed", ErrAnswer)
	default:
		if err := json.Unmarshal(body, about); err != nil {
			return nil, fmt.Errorf("%w: userinfo: %s", ErrAnswer, short(err))
		}
	}
	if about.Subject != said.Subject { // §5.3.2: else it is not used
		return nil, fmt.Errorf("%w: userinfo is about somebody else", ErrAnswer)
	}
	return about, nil
}

func (p *Provider) getUserInfo(ctx context.Context, k *known, tokens *oauth2.Token) (body []byte, signed bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.UserInfoEndpoint(), nil)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %s", ErrAnswer, short(err))
	}
	tokens.SetAuthHeader(r)
	res, err := p.client.Do(r)
	if err != nil {
		return nil, false, fmt.Errorf("%w: %s", ErrUnreachable, short(err))
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return nil, false, fmt.Errorf("%w: userinfo: status %d", ErrUnreachable, res.StatusCode)
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return body, kind == "application/jwt", nil
}

// identity is what counts of all that was said. ProConnect gives no address that it
// did not get from whom people work for.
func (p *Provider) identity(said, about *claims) *Identity {
	i := &Identity{
		Issuer: p.Issuer, Subject: said.Subject, Session: said.Session, Name: about.Name, Email: about.Email, Siret: about.Siret,
		Verified: about.Verified == true || about.Verified == "true", Strong: p.strong(said), Declared: p.declared(said),
	}
	if said.AuthTime > 0 {
		i.Proved = time.Unix(int64(said.AuthTime), 0)
	}
	if p.Preset == ProConnect {
		i.Verified = true
		i.Name = about.GivenName + " " + about.UsualName
	}
	i.Verified = i.Verified && i.Email != ""
	return i
}

// Vouches is what the provider stands for of the organisation that somebody works for:
// its SIRET, and an address that is theirs. Either may be empty.
func (i *Identity) Vouches() (siret, email string) {
	if !i.Declared {
		siret = i.Siret
	}
	if i.Verified {
		email = i.Email
	}
	return siret, email
}

// declaredClasses are ProConnect's levels at which nobody checked for whom people work.
var declaredClasses = []string{
	"https://proconnect.gouv.fr/assurance/self-asserted", "https://proconnect.gouv.fr/assurance/self-asserted-2fa",
}

func (p *Provider) declared(said *claims) bool {
	return p.Preset == ProConnect && slices.Contains(declaredClasses, said.Class)
}

// strongClasses are ProConnect's levels with two factors.
var strongClasses = []string{
	"eidas2", "eidas3", "https://proconnect.gouv.fr/assurance/self-asserted-2fa", "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
}

// strong says whether a token tells of several factors (RFC 8176 §2).
func (p *Provider) strong(said *claims) bool {
	return slices.Contains(said.Methods, "mfa") || p.Preset == ProConnect && slices.Contains(strongClasses, said.Class)
}
