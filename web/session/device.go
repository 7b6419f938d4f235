package session

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
)

// ScopeDevice is that of the secret by which a browser is known again in which
// somebody signed in before. It opens nothing: wrong passwords from there are
// counted apart, so that whoever guesses elsewhere does not lock its owner out.
const ScopeDevice = "device"

// deviceLife is how long a browser is known after the last sign-in.
const deviceLife = 365 * 24 * time.Hour

// deviceCookie is the name beside that of the session's.
func (m *Manager) deviceCookie() string {
	return strings.Replace(m.scs.Cookie.Name, "session", "device", 1)
}

// knows says whether the browser of this visit is known to an account.
func knows(tx *store.Txn, v *visit, account store.ID) bool {
	k, err := tx.Token(v.known)
	return err == nil && k.Has(ScopeDevice) && k.Account == account
}

// knowDevice gives the browser a cookie by which the account knows it again.
func (m *Manager) knowDevice(ctx context.Context, account store.ID) error {
	v, secret, known := visitIn(ctx), rand.Text(), false
	err := m.store.Update(ctx, func(tx *store.Txn) error {
		if known = v.known != "" && knows(tx, v, account); known {
			return nil
		}
		tx.PutToken(secret, &store.Token{
			Account: account, Scopes: []string{ScopeDevice}, Once: true, Created: tx.Now(), Expires: tx.Now().Add(deviceLife),
		})
		return nil
	})
	if err != nil || known {
		return err
	}
	c := &http.Cookie{ //nolint:gosec // Secure where the session's cookie is
		Name: m.deviceCookie(), Value: secret, Path: "/", MaxAge: int(deviceLife / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: m.scs.Cookie.Secure,
	}
	v.header.Add("Set-Cookie", c.String())
	return nil
}
