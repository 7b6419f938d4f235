package session

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
)

// The scopes of links. A token with one of them is no bearer token.
const (
	ScopeSignIn = "sign-in" // signs in as the account
	ScopeReset  = "reset"   // the same, for who forgot the password
	ScopeSetUp  = "set-up"  // opens the set-up wizard; of no account
)

// NewLink makes a secret that works once, for ttl, to be handed over as
// /connexion/{secret} or /installation/{secret}. account is zero for ScopeSetUp.
func (m *Manager) NewLink(ctx context.Context, account store.ID, scope string, ttl time.Duration) (secret string, err error) {
	err = m.store.Update(ctx, func(tx *store.Txn) error {
		secret = NewLinkIn(tx, account, scope, ttl)
		owner, err := tx.Account(account)
		if err == nil {
			tx.Note(store.JournalEntry{Deed: store.MakeLink, Actor: owner.Actor})
		}
		return nil // the link that sets a node up is nobody's
	})
	return secret, err
}

// NewLinkIn is NewLink in a transaction.
func NewLinkIn(tx *store.Txn, account store.ID, scope string, ttl time.Duration) (secret string) {
	secret = rand.Text()
	tx.PutToken(secret, &store.Token{
		Account: account, Scopes: []string{scope}, Once: true, Created: tx.Now(), Expires: tx.Now().Add(ttl),
	})
	return secret
}

// Link returns the token of a link that has one of the scopes, without using it up,
// or store.ErrNotFound.
func (m *Manager) Link(ctx context.Context, secret string, scopes ...string) (token *store.Token, err error) {
	err = m.store.View(ctx, func(tx *store.Txn) error {
		token, err = link(tx, secret, scopes)
		return err
	})
	return token, err
}

func link(tx *store.Txn, secret string, scopes []string) (*store.Token, error) {
	k, err := tx.Token(secret)
	if err != nil || !k.Once || !slices.ContainsFunc(scopes, k.Has) {
		return nil, store.ErrNotFound
	}
	return k, nil
}

// UseLink is Link, and the link never works again: of two who use it at once,
// one gets store.ErrNotFound.
func (m *Manager) UseLink(ctx context.Context, secret string, scopes ...string) (token *store.Token, err error) {
	err = m.store.Update(ctx, func(tx *store.Txn) error {
		if token, err = link(tx, secret, scopes); err == nil {
			tx.DeleteToken(secret)
		}
		return err
	})
	return token, err
}

// SignInByLink uses a link of ScopeSignIn or ScopeReset and makes the session that of its
// account. store.ErrNotFound: the link was used, has expired or never was. With
// ErrSecond the account is returned, too.
func (m *Manager) SignInByLink(ctx context.Context, secret string) (*store.Account, error) {
	token, err := m.UseLink(ctx, secret, ScopeSignIn, ScopeReset)
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
	return w.account, m.enter(ctx, w.account, there{})
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
