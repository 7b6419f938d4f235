package openid

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// LogoutPath is where the provider says that sessions ended there: with the node's
// address before it, the back-channel logout URI that is registered there.
const LogoutPath = "/connexion/fournisseur/deconnexion"

// logoutEvent is what a logout token tells of (OpenID Connect Back-Channel Logout 1.0
// §2.4).
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// logoutLife is how old a logout token may be, whatever it says itself.
const logoutLife = 10 * time.Minute

// Ended are sessions that ended at the provider: one of them, or all of somebody's.
type Ended struct {
	Subject string    // whose; empty: Session says which
	Session string    // as Identity has it; empty: all of Subject
	Before  time.Time // what began here later is not meant
}

// logout is what a logout token says beside what go-oidc reads.
type logout struct {
	Subject string                    `json:"sub"`
	Session string                    `json:"sid"`
	Nonce   any                       `json:"nonce"`
	Events  map[string]map[string]any `json:"events"`
}

// Logout reads a logout token, whoever brings it. One that is brought again ends
// nothing that began after it was made. Errors: ErrAnswer, ErrUnreachable.
func (p *Provider) Logout(ctx context.Context, raw string) (*Ended, error) {
	k, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	token, err := k.logouts.Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrAnswer, short(err))
	}
	said := new(logout)
	if err := token.Claims(said); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrAnswer, short(err))
	}
	// Back-Channel Logout §2.6: no token of another kind passes for one of these.
	ends := said.Events[logoutEvent] != nil && said.Nonce == nil && said.Subject+said.Session != ""
	if age := p.Now().Sub(token.IssuedAt); !ends || age < -skew || age > logoutLife || p.isPast(token.Expiry) {
		return nil, fmt.Errorf("%w: logout token: tells of an end %t, made %s ago", ErrAnswer, ends, age)
	}
	return &Ended{Subject: said.Subject, Session: said.Session, Before: token.IssuedAt.Add(skew)}, nil
}

// isPast says whether a moment is over; some providers leave it out, whose tokens
// logoutLife ends.
func (p *Provider) isPast(expiry time.Time) bool {
	return !expiry.IsZero() && p.Now().After(expiry.Add(skew))
}

// spaced is a transport that asks once in a while only. Anybody may send a token that
// names an unknown key, for which go-oidc then asks.
type spaced struct {
	http.RoundTripper
	now func() time.Time

	mu   sync.Mutex
	next time.Time
}

var errTooSoon = errors.New("the keys were asked for just now")

func (s *spaced) RoundTrip(r *http.Request) (*http.Response, error) {
	if !s.isTime() {
		return nil, errTooSoon
	}
	return s.RoundTripper.RoundTrip(r)
}

func (s *spaced) isTime() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if now.Before(s.next) {
		return false
	}
	s.next = now.Add(pause)
	return true
}
