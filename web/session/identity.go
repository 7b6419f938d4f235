package session

import (
	"context"
	"errors"
	"time"

	"github.com/essaim/essaim/store"
)

// keyHint is by what the provider knows the session that people have there.
const keyHint = "hint"

// Vouched is what an OpenID provider said of who is at the other end.
type Vouched struct {
	Issuer, Subject string
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
	if v.Strong {
		err = m.Begin(ctx, account)
	} else {
		err = m.enter(ctx, account)
	}
	if err == nil {
		m.scs.Put(ctx, keyProved, min(v.Proved.Unix(), m.store.Now().Unix()))
	}
	if err == nil || errors.Is(err, ErrSecond) {
		m.scs.Put(ctx, keyHint, v.Hint)
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
func (m *Manager) Hint(ctx context.Context) string { return m.scs.GetString(ctx, keyHint) }

// hintOfPending is that of who showed one factor at the provider, and another here.
func (m *Manager) hintOfPending(ctx context.Context, account store.ID) string {
	if m.scs.GetString(ctx, keyPending) != account.String() {
		return ""
	}
	return m.Hint(ctx)
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
