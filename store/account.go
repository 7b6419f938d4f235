package store

import (
	"crypto/sha256"
	"iter"
	"slices"
	"strings"
	"time"
)

// Account is a login of this node: it signs in, and acts as its actor. (Mastodon
// calls an actor an account; only this file calls a login one.)
type Account struct {
	ID       ID        `json:"id"`
	Actor    ID        `json:"actor"`
	Email    string    `json:"email,omitempty"`
	Verified time.Time `json:"verified,omitzero"`  // when its owner showed that he reads it; zero: not yet
	Password string    `json:"password,omitempty"` // argon2id, encoded; empty: no password yet
	Role     Role      `json:"role"`
	Lang     string    `json:"lang,omitempty"`
	Created  time.Time `json:"created"`

	Forgot    time.Time      `json:"forgot,omitzero"`     // when a new password was last asked for by mail
	Change    *AddressChange `json:"change,omitempty"`    // nil: no new address waits to be confirmed
	Suspended bool           `json:"suspended,omitempty"` // by a moderator: it neither signs in nor acts
}

// PutAccount creates or replaces an account; a new one gets its ID here. It
// answers ErrExists when the e-mail address belongs to another account.
func (t *Txn) PutAccount(a *Account) error {
	if owner := t.getID(emailKey(a.Email)); owner != 0 && owner != a.ID {
		return ErrExists
	}
	if a.ID == 0 {
		a.ID = t.NewID()
	}
	if old, err := t.Account(a.ID); err == nil {
		t.tx.Delete(emailKey(old.Email))
	}
	if a.Email != "" {
		t.tx.Put(emailKey(a.Email), a.ID.Key())
	}
	t.tx.Put(key(tByActor, a.Actor), a.ID.Key())
	t.putJSON(key(tAccount, a.ID), a)
	return nil
}

func (t *Txn) deleteAccount(a *Account) {
	t.EndTokens(a.ID)
	t.tx.Delete(emailKey(a.Email))
	t.tx.Delete(key(tByActor, a.Actor))
	t.tx.Delete(key(tAccount, a.ID))
	t.tx.Delete(key(tFactors, a.ID))
	for i := range t.Identities(a.ID) {
		t.UnlinkIdentity(a.ID, i.Issuer, i.Subject)
	}
	t.EndLogins(a.ID, 0)
}

func emailKey(email string) []byte {
	return key(tEmail, hash16(strings.ToLower(strings.TrimSpace(email))))
}

// Account returns the account with this id, or ErrNotFound.
func (t *Txn) Account(id ID) (*Account, error) {
	a := new(Account)
	if id == 0 || !t.getJSON(key(tAccount, id), a) {
		return nil, ErrNotFound
	}
	return a, nil
}

// AccountByEmail returns the account with this e-mail address, or ErrNotFound.
func (t *Txn) AccountByEmail(email string) (*Account, error) {
	return t.Account(t.getID(emailKey(email)))
}

// AccountByLogin returns the account with this e-mail address or handle, or
// ErrNotFound.
func (t *Txn) AccountByLogin(login string) (*Account, error) {
	if a, err := t.AccountByEmail(login); err == nil {
		return a, nil
	}
	node, err := t.Node()
	if err != nil {
		return nil, ErrNotFound
	}
	a, err := t.ActorByHandle(strings.TrimPrefix(strings.TrimSpace(login), "@"), node.Host)
	if err != nil {
		return nil, ErrNotFound
	}
	return t.AccountOf(a.ID)
}

// AccountOf returns the account that acts as an actor, or ErrNotFound.
func (t *Txn) AccountOf(actor ID) (*Account, error) { return t.Account(t.getID(key(tByActor, actor))) }

// Accounts yields all accounts, oldest first.
func (t *Txn) Accounts() iter.Seq[*Account] {
	return func(yield func(*Account) bool) {
		for k, v := range t.scan([]byte(tAccount), false) {
			a := new(Account)
			mustDecode(k, v, a)
			if !yield(a) {
				return
			}
		}
	}
}

// Token lets software, or a person with a link, act as an account. Only its hash
// is kept.
type Token struct {
	Account ID        `json:"account"`
	App     string    `json:"app,omitempty"` // client id of the software it was given to
	Scopes  []string  `json:"scopes"`        // "read", "write", "follow", "push"; "sign-in", "set-up" for links
	Once    bool      `json:"once,omitempty"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
}

// Has says whether the token carries a scope.
func (k *Token) Has(scope string) bool { return slices.Contains(k.Scopes, scope) }

// PutToken keeps a token under the hash of its secret.
func (t *Txn) PutToken(secret string, k *Token) { t.putJSON(secretKey(tToken, secret), k) }

// Token returns the token with this secret, or ErrNotFound when there is none or
// it has expired.
func (t *Txn) Token(secret string) (*Token, error) {
	k := new(Token)
	if !t.getJSON(secretKey(tToken, secret), k) || t.isOver(k.Expires) {
		return nil, ErrNotFound
	}
	return k, nil
}

// isOver says whether something that expires at a moment has; zero never does.
func (t *Txn) isOver(expires time.Time) bool { return !expires.IsZero() && !t.now.Before(expires) }

// DeleteToken revokes a token.
func (t *Txn) DeleteToken(secret string) {
	k := new(Token)
	if t.getJSON(secretKey(tToken, secret), k) {
		t.dropToken(HashSecret(secret), k)
	}
}

// HashSecret is what is kept of a secret.
func HashSecret(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

func secretKey(table, secret string) []byte { return key(table, HashSecret(secret)) }

type session struct {
	Data    []byte    `json:"data"`
	Expires time.Time `json:"expires"`
}

// PutSession keeps the data of a browser's session under the hash of its id.
func (t *Txn) PutSession(id string, data []byte, expires time.Time) {
	t.putJSON(secretKey(tSession, id), session{data, expires})
}

// Session returns the data of a browser's session, or ErrNotFound when there is
// none or it has expired.
func (t *Txn) Session(id string) ([]byte, error) {
	var s session
	if !t.getJSON(secretKey(tSession, id), &s) || t.isOver(s.Expires) {
		return nil, ErrNotFound
	}
	return s.Data, nil
}

// DeleteSession ends a browser's session.
func (t *Txn) DeleteSession(id string) { t.tx.Delete(secretKey(tSession, id)) }

// ForgetExpired removes sessions, logins, tokens and unconfirmed subscriptions that ended, at most limit at a time,
// and says how many.
func (t *Txn) ForgetExpired(limit int) int {
	n := 0
	for _, table := range []string{tSession, tLogin, tToken, tCode, tInvitation, tPending, tPendingOf} {
		for k, v := range t.scan([]byte(table), false) {
			var e struct {
				Expires time.Time `json:"expires"`
			}
			mustDecode(k, v, &e)
			if !t.isOver(e.Expires) {
				continue
			}
			t.tx.Delete(key(table, k))
			if n++; n >= limit {
				return n
			}
		}
	}
	return n
}
