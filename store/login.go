package store

import (
	"iter"
	"time"
)

// Login is a browser in which an account is signed in, as its owner recognises
// it. The session that goes with it ends when the Login is deleted.
type Login struct {
	ID      ID        `json:"id"`
	Account ID        `json:"account"`
	Device  string    `json:"device,omitempty"`  // "Firefox, Windows"; empty: not known
	Network string    `json:"network,omitempty"` // that it was last used from, such as "192.0.2.0/24"
	Created time.Time `json:"created"`
	Used    time.Time `json:"used"` // last, to the hour
	Expires time.Time `json:"expires"`

	Elsewhere Elsewhere `json:"elsewhere,omitzero"` // zero: it began here
}

// Elsewhere is a session at an OpenID provider with which a login began.
type Elsewhere struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
	Session string `json:"session,omitempty"` // as the provider names it; empty: it does not
}

// isOf says whether a session is among those that another value names: of a subject,
// or one of them, or both.
func (e Elsewhere) isOf(those Elsewhere) bool {
	return e.Issuer != "" && e.Issuer == those.Issuer &&
		(those.Subject == "" || e.Subject == those.Subject) && (those.Session == "" || e.Session == those.Session)
}

// PutLogin keeps a login; a new one gets its ID here.
func (t *Txn) PutLogin(l *Login) {
	if l.ID == 0 {
		l.ID = t.NewID()
	}
	t.putJSON(key(tLogin, l.Account, l.ID), l)
}

// Login returns a login of an account, or ErrNotFound when it ended.
func (t *Txn) Login(account, id ID) (*Login, error) {
	l := new(Login)
	if !t.getJSON(key(tLogin, account, id), l) || t.isOver(l.Expires) {
		return nil, ErrNotFound
	}
	return l, nil
}

// Logins yields the logins of an account, the oldest first.
func (t *Txn) Logins(account ID) iter.Seq[*Login] {
	return func(yield func(*Login) bool) {
		for l := range rows[Login](t, key(tLogin, account)) {
			if !t.isOver(l.Expires) && !yield(l) {
				return
			}
		}
	}
}

// EndLogin signs one browser out.
func (t *Txn) EndLogin(account, id ID) { t.tx.Delete(key(tLogin, account, id)) }

// EndLogins signs an account out everywhere but in one browser; zero: there, too.
func (t *Txn) EndLogins(account, but ID) {
	for l := range rows[Login](t, key(tLogin, account)) {
		if l.ID != but {
			t.EndLogin(account, l.ID)
		}
	}
}

// EndLoginsBy signs everybody out whose login began by a moment with one of the
// sessions elsewhere that are named by their subject, their session or both.
func (t *Txn) EndLoginsBy(those Elsewhere, before time.Time) {
	for l := range rows[Login](t, []byte(tLogin)) {
		if l.Elsewhere.isOf(those) && !l.Created.After(before) {
			t.EndLogin(l.Account, l.ID)
		}
	}
}
