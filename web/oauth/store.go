package oauth

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-oauth2/oauth2/v4"
	oautherrors "github.com/go-oauth2/oauth2/v4/errors"
	"github.com/go-oauth2/oauth2/v4/models"

	"github.com/essaim/essaim/store"
)

// clients are the registered apps as go-oauth2 reads them.
type clients struct{ *store.Store }

// GetByID is oauth2.ClientStore.
func (c clients) GetByID(ctx context.Context, id string) (oauth2.ClientInfo, error) {
	var app *store.App
	err := c.View(ctx, func(tx *store.Txn) (err error) {
		app, err = tx.App(id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, oautherrors.ErrInvalidClient
	}
	if err != nil {
		return nil, err
	}
	return client{app}, nil
}

// client is one app. Its secret is compared by its hash.
type client struct{ app *store.App }

func (c client) GetID() string     { return c.app.ID }
func (c client) GetSecret() string { return "" }
func (c client) GetDomain() string { return strings.Join(c.app.Redirects, "\n") }
func (c client) IsPublic() bool    { return false }
func (c client) GetUserID() string { return "" }

// VerifyPassword is oauth2.ClientPasswordVerifier.
func (c client) VerifyPassword(secret string) bool {
	return subtle.ConstantTimeCompare(store.HashSecret(secret), c.app.Secret) == 1
}

// sameRedirect compares a redirect with those of an app, as a whole (RFC 9700
// §2.1).
func sameRedirect(registered, asked string) error {
	if slices.Contains(strings.Split(registered, "\n"), asked) {
		return nil
	}
	return oautherrors.ErrInvalidRedirectURI
}

// grants keep codes and tokens by their hashes.
type grants struct{ *store.Store }

// Create is oauth2.TokenStore: it keeps a code, or a token.
func (g grants) Create(ctx context.Context, info oauth2.TokenInfo) error {
	var account store.ID
	if info.GetUserID() != "" {
		id, err := store.ParseID(info.GetUserID())
		if err != nil {
			return err
		}
		account = id
	}
	scopes := strings.Fields(info.GetScope())
	return g.Update(ctx, func(tx *store.Txn) error {
		if code := info.GetCode(); code != "" {
			tx.PutCode(code, &store.Code{
				Account: account, App: info.GetClientID(), Redirect: info.GetRedirectURI(), Scopes: scopes,
				Challenge: info.GetCodeChallenge(), Created: tx.Now(), Expires: tx.Now().Add(codeLife),
			})
			return nil
		}
		tx.PutToken(info.GetAccess(), &store.Token{Account: account, App: info.GetClientID(), Scopes: scopes, Created: tx.Now()})
		return nil
	})
}

// GetByCode returns what a code stands for; nil when it is none, or was used.
// Whoever uses one a second time may have stolen it: what it gave is revoked
// (RFC 6749 §4.1.2).
func (g grants) GetByCode(ctx context.Context, secret string) (info oauth2.TokenInfo, err error) {
	var code *store.Code
	err = g.View(ctx, func(tx *store.Txn) error {
		code, err = tx.Code(secret)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, oautherrors.ErrInvalidAuthorizeCode
	}
	if err != nil {
		return nil, err
	}
	if code.Used {
		return nil, g.RemoveByCode(ctx, secret)
	}
	t := models.NewToken()
	t.SetClientID(code.App)
	t.SetUserID(code.Account.String())
	t.SetRedirectURI(code.Redirect)
	t.SetScope(strings.Join(code.Scopes, " "))
	t.SetCode(secret)
	t.SetCodeCreateAt(code.Created)
	t.SetCodeExpiresIn(codeLife)
	t.SetCodeChallenge(code.Challenge)
	t.SetCodeChallengeMethod(oauth2.CodeChallengeS256)
	return t, nil
}

// watched is how long a code that was used is remembered.
const watched = 24 * time.Hour

// RemoveByCode uses a code up. Of two who do at once, one gets an error, and what
// the other got is revoked.
func (g grants) RemoveByCode(ctx context.Context, secret string) error {
	var again bool
	err := g.Update(ctx, func(tx *store.Txn) error {
		code, err := tx.Code(secret)
		if err != nil {
			return err
		}
		if again = code.Used; again {
			tx.Revoke(code.Account, code.App)
			return nil
		}
		code.Used, code.Expires = true, tx.Now().Add(watched)
		tx.PutCode(secret, code)
		return nil
	})
	if again || errors.Is(err, store.ErrNotFound) {
		return oautherrors.ErrInvalidAuthorizeCode
	}
	return err
}

// errUnused: go-oauth2 asks for it only where tokens are refreshed or read by it.
var errUnused = errors.New("not used by this server")

// RemoveByAccess is oauth2.TokenStore.
func (g grants) RemoveByAccess(context.Context, string) error { return errUnused }

// RemoveByRefresh is oauth2.TokenStore; there are no refresh tokens.
func (g grants) RemoveByRefresh(context.Context, string) error { return errUnused }

// GetByAccess is oauth2.TokenStore.
func (g grants) GetByAccess(context.Context, string) (oauth2.TokenInfo, error) { return nil, errUnused }

// GetByRefresh is oauth2.TokenStore.
func (g grants) GetByRefresh(context.Context, string) (oauth2.TokenInfo, error) {
	return nil, errUnused
}

// codeMaker and tokenMaker make secrets.
type (
	codeMaker  struct{}
	tokenMaker struct{}
)

// Token is oauth2.AuthorizeGenerate.
func (codeMaker) Token(context.Context, *oauth2.GenerateBasic) (string, error) { return newCode(), nil }

// Token is oauth2.AccessGenerate; there are no refresh tokens.
func (tokenMaker) Token(context.Context, *oauth2.GenerateBasic, bool) (access, refresh string, err error) {
	return NewSecret(), "", nil
}
