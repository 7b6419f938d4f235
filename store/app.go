package store

import (
	"iter"
	"slices"
	"time"
)

// App is software that was registered to act for members (RFC 6749 §2).
type App struct {
	ID        string    `json:"id"`     // its client id
	Secret    []byte    `json:"secret"` // SHA-256 of its client secret
	Row       ID        `json:"row"`    // a number, for clients that want one
	Name      string    `json:"name"`
	Website   string    `json:"website,omitempty"`
	Redirects []string  `json:"redirects"`
	Scopes    []string  `json:"scopes"`
	Created   time.Time `json:"created"`
}

// PutApp keeps an app under its client id; a new one gets its Row here.
func (t *Txn) PutApp(a *App) {
	if a.Row == 0 {
		a.Row = t.NewID()
	}
	t.putJSON(key(tApp, a.ID), a)
}

// App returns the app with this client id, or ErrNotFound.
func (t *Txn) App(id string) (*App, error) {
	a := new(App)
	if id == "" || len(id) > 100 || !t.getJSON(key(tApp, id), a) {
		return nil, ErrNotFound
	}
	return a, nil
}

// Grants are the apps that hold a token of an account, the first token of each.
func (t *Txn) Grants(account ID) iter.Seq2[*App, *Token] {
	return func(yield func(*App, *Token) bool) {
		var seen []string
		for k := range rows[Token](t, []byte(tToken)) {
			if k.Account != account || k.App == "" || t.isOver(k.Expires) || slices.Contains(seen, k.App) {
				continue
			}
			seen = append(seen, k.App)
			if a, err := t.App(k.App); err == nil && !yield(a, k) {
				return
			}
		}
	}
}

// Revoke ends all tokens of an account that an app holds, and what is pushed to it.
func (t *Txn) Revoke(account ID, app string) {
	for k, v := range t.scan([]byte(tToken), false) {
		var token Token
		mustDecode(k, v, &token)
		if token.Account == account && token.App == app {
			t.dropToken(k, &token)
		}
	}
}

// EndTokens ends everything that an account handed out to act or to sign in as it:
// tokens, with what is pushed to them, links and codes.
func (t *Txn) EndTokens(account ID) {
	for k, v := range t.scan([]byte(tToken), false) {
		var token Token
		if mustDecode(k, v, &token); token.Account == account {
			t.dropToken(k, &token)
		}
	}
	for k, v := range t.scan([]byte(tCode), false) {
		var code Code
		if mustDecode(k, v, &code); code.Account == account {
			t.tx.Delete(key(tCode, k))
		}
	}
}

// dropToken removes a token and the subscription that goes with it.
func (t *Txn) dropToken(hash []byte, token *Token) {
	if a, err := t.Account(token.Account); err == nil {
		t.DeletePush(a.Actor, hash)
	}
	t.tx.Delete(key(tToken, hash))
}

// Code is an authorization code: for a few minutes an app can change it for a
// token, once (RFC 6749 §4.1). Only its hash is kept.
type Code struct {
	Account   ID        `json:"account"`
	App       string    `json:"app"`
	Redirect  string    `json:"redirect"`
	Scopes    []string  `json:"scopes"`
	Challenge string    `json:"challenge,omitempty"` // RFC 7636, S256
	Created   time.Time `json:"created"`
	Expires   time.Time `json:"expires"`
	Used      bool      `json:"used,omitempty"`
}

// PutCode keeps a code under the hash of its secret.
func (t *Txn) PutCode(secret string, c *Code) { t.putJSON(secretKey(tCode, secret), c) }

// Code returns the code with this secret, or ErrNotFound.
func (t *Txn) Code(secret string) (*Code, error) {
	c := new(Code)
	if !t.getJSON(secretKey(tCode, secret), c) || t.isOver(c.Expires) {
		return nil, ErrNotFound
	}
	return c, nil
}
