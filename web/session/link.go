package session

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
)

// The scopes of links. A token with one of them is no bearer token.
const (
	ScopeSignIn = "sign-in" // signs in as the account
	ScopeSetUp  = "set-up"  // opens the set-up wizard; of no account
)

// NewLink makes a secret that works once, for ttl, to be handed over as
// /connexion/{secret} or /installation/{secret}. account is zero for ScopeSetUp.
func (m *Manager) NewLink(ctx context.Context, account store.ID, scope string, ttl time.Duration) (secret string, err error) {
	secret = rand.Text()
	err = m.store.Update(ctx, func(tx *store.Txn) error {
		tx.PutToken(secret, &store.Token{
			Account: account, Scopes: []string{scope}, Once: true, Created: tx.Now(), Expires: tx.Now().Add(ttl),
		})
		return nil
	})
	return secret, err
}

// Link returns the token of a link without using it up, or store.ErrNotFound.
func (m *Manager) Link(ctx context.Context, secret, scope string) (token *store.Token, err error) {
	err = m.store.View(ctx, func(tx *store.Txn) error {
		token, err = link(tx, secret, scope)
		return err
	})
	return token, err
}

func link(tx *store.Txn, secret, scope string) (*store.Token, error) {
	k, err := tx.Token(secret)
	if err != nil || !k.Once || !k.Has(scope) {
		return nil, store.ErrNotFound
	}
	return k, nil
}

// UseLink is Link, and the link never works again: of two who use it at once,
// one gets store.ErrNotFound.
func (m *Manager) UseLink(ctx context.Context, secret, scope string) (token *store.Token, err error) {
	err = m.store.Update(ctx, func(tx *store.Txn) error {
		if token, err = link(tx, secret, scope); err == nil {
			tx.DeleteToken(secret)
		}
		return err
	})
	return token, err
}

// SignInByLink uses a link of ScopeSignIn and makes the session that of its
// account. store.ErrNotFound: the link was used, has expired or never was.
func (m *Manager) SignInByLink(ctx context.Context, secret string) (*store.Account, error) {
	token, err := m.UseLink(ctx, secret, ScopeSignIn)
	if err != nil {
		return nil, err
	}
	var w *who
	err = m.store.View(ctx, func(tx *store.Txn) error {
		w, err = find(tx, token.Account)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := m.Begin(ctx, w.account); err != nil {
		return nil, err
	}
	m.scs.Put(ctx, keyLinked, m.store.Now().Unix())
	return w.account, nil
}

// ByLink says whether this session began with a link within the last hour:
// whoever comes in that way may choose a password without knowing the old one.
func (m *Manager) ByLink(ctx context.Context) bool {
	return m.store.Now().Unix()-m.scs.GetInt64(ctx, keyLinked) < int64(time.Hour/time.Second)
}

// Bearer is who sends a request with a bearer token (RFC 6750 §2.1), and what
// the token allows. ErrToken: there is none, or it is not valid.
func (m *Manager) Bearer(ctx context.Context, r *http.Request) (store.Viewer, *store.Account, *store.Token, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return store.Viewer{}, nil, nil, ErrToken
	}
	var w *who
	var token *store.Token
	err := m.store.View(ctx, func(tx *store.Txn) (err error) {
		token, err = tx.Token(strings.TrimSpace(secret))
		if err != nil || token.Once {
			return ErrToken
		}
		if w, err = find(tx, token.Account); err != nil {
			return ErrToken
		}
		return nil
	})
	if err != nil {
		return store.Viewer{}, nil, nil, err
	}
	return w.viewer, w.account, token, nil
}
