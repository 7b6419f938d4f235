package session

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/essaim/essaim/store"
)

// keyThere is the session that people have at the provider.
const keyThere = "there"

// there is that session: the zero value is none.
type there struct {
	store.Elsewhere
	Hint string `json:"hint"` // by which the provider knows it
}

// Vouched is what an OpenID provider said of who is at the other end.
type Vouched struct {
	Issuer, Subject string
	Session         string    // as the provider names its end: see EndElsewhere; may be empty
	Strong          bool      // it asked for several factors
	Proved          time.Time // when it last asked; zero: not said
	Hint            string    // by which it knows the session there: see Hint
}

// SignInByIdentity makes the session that of the account that an identity is linked
// to. A second factor is asked for here unless the provider did. It is no fresh proof
// (see Fresh) when the provider knew somebody from before. Errors: store.ErrNotFound;
// ErrSecond.
func (m *Manager) SignInByIdentity(ctx context.Context, v Vouched) error {
	account, err := m.vouched(ctx, v)
	if err != nil {
		return err
	}
	at := there{store.Elsewhere{Issuer: v.Issuer, Subject: v.Subject, Session: v.Session}, v.Hint}
	if v.Strong {
		err = m.begin(ctx, account, at)
	} else {
		err = m.enter(ctx, account, at)
	}
	if err == nil {
		m.scs.Put(ctx, keyProved, min(v.Proved.Unix(), m.store.Now().Unix()))
	}
	return err
}

// vouched is the account that an identity is linked to.
func (m *Manager) vouched(ctx context.Context, v Vouched) (account *store.Account, err error) {
	err = m.store.Update(ctx, func(tx *store.Txn) error {
		a, err := tx.UseIdentity(v.Issuer, v.Subject)
		if err != nil {
			return err
		}
		w, err := find(tx, a.ID)
		if err == nil {
			account = w.account
		}
		return err
	})
	return account, err
}

// ProveByIdentity is SignInByIdentity for the account of the session: its owner shows
// again who he is. ErrCredentials: it is somebody else.
func (m *Manager) ProveByIdentity(ctx context.Context, v Vouched) error {
	account, err := m.vouched(ctx, v)
	if errors.Is(err, store.ErrNotFound) || err == nil && (m.Login(ctx) == nil || account.ID != m.Login(ctx).Account) {
		return ErrCredentials
	}
	if err == nil {
		m.prove(ctx)
	}
	return err
}

// LinkIdentity lets the account of this session sign in by an identity. All its other logins
// end. Errors: ErrCredentials; store.ErrExists when it is linked to another account.
func (m *Manager) LinkIdentity(ctx context.Context, i store.Identity) error {
	return m.changeWays(ctx, IdentityLinked, func(tx *store.Txn, account store.ID) (bool, error) {
		return true, tx.LinkIdentity(account, &i)
	})
}

// UnlinkIdentity takes an identity from the account of this session. All its other logins end.
// Errors: ErrCredentials; store.ErrLastWayIn.
func (m *Manager) UnlinkIdentity(ctx context.Context, issuer, subject string) error {
	return m.changeWays(ctx, IdentityUnlinked, func(tx *store.Txn, account store.ID) (bool, error) {
		tx.UnlinkIdentity(account, issuer, subject)
		return true, m.hasWayIn(tx, account)
	})
}

// Hint is by what the provider knows the session that who is signed in has there;
// empty: the provider did not let them in.
func (m *Manager) Hint(ctx context.Context) string { return m.there(ctx).Hint }

func (m *Manager) there(ctx context.Context) (at there) {
	if json.Unmarshal([]byte(m.scs.GetString(ctx, keyThere)), &at) != nil {
		return there{}
	}
	return at
}

func (m *Manager) keepThere(ctx context.Context, at there) error {
	text, err := json.Marshal(at)
	if err == nil && at.Issuer != "" {
		m.scs.Put(ctx, keyThere, string(text))
	}
	return err
}

// thereOf is the session at the provider of who is signed in to an account, or showed
// one factor of it.
func (m *Manager) thereOf(ctx context.Context, account store.ID) there {
	if l := m.Login(ctx); m.scs.GetString(ctx, keyPending) == account.String() || l != nil && l.Account == account {
		return m.there(ctx)
	}
	return there{}
}

// EndElsewhere signs out where the provider let somebody in whose session there ended:
// see store.Txn.EndLoginsBy.
func (m *Manager) EndElsewhere(ctx context.Context, e store.Elsewhere, before time.Time) error {
	return m.store.Update(ctx, func(tx *store.Txn) error {
		tx.EndLoginsBy(e, before)
		return nil
	})
}

// Count counts an answer of a provider as forged, by the network address that brought
// it, until forgive is called. Errors: *Limited.
func (m *Manager) Count(address string) (forgive func(), err error) {
	c := Credentials{device: "provider " + clientOf(address)}
	if wait := m.tries.begin(c); wait > 0 {
		return nil, &Limited{wait}
	}
	return func() { m.tries.forgive(c) }, nil
}
