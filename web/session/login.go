package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/essaim/essaim/store"
)

// used is how often the last use of a login is written down: reading must not
// write.
const used = time.Hour

// freshFor is how long a proof of who somebody is counts for grave acts.
const freshFor = 15 * time.Minute

// Begin makes the session that of an account that proved itself, and says so in
// the list of its logins. Nothing of the session before is left, and it gets a new
// id, so that one planted before is worth nothing.
func (m *Manager) Begin(ctx context.Context, account *store.Account) error {
	return m.begin(ctx, account, m.thereOf(ctx, account.ID))
}

// begin is Begin for who has a session at the provider, too.
func (m *Manager) begin(ctx context.Context, account *store.Account, at there) error {
	if err := m.renew(ctx); err != nil {
		return err
	}
	v := visitIn(ctx)
	login := &store.Login{Account: account.ID, Device: v.device, Network: v.network, Elsewhere: at.Elsewhere}
	err := m.store.Update(ctx, func(tx *store.Txn) error {
		login.ID, login.Created, login.Used, login.Expires = 0, tx.Now(), tx.Now(), tx.Now().Add(m.Idle)
		tx.PutLogin(login)
		return nil
	})
	if err != nil {
		return fmt.Errorf("begin session: %w", err)
	}
	m.scs.Put(ctx, keyAccount, account.ID.String())
	m.scs.Put(ctx, keyLogin, login.ID.String())
	m.prove(ctx)
	return errors.Join(m.keepThere(ctx, at), m.knowDevice(ctx, account.ID))
}

// renew empties the session and gives it a new id. If somebody was signed in, that
// login ends.
func (m *Manager) renew(ctx context.Context) error {
	if err := m.endLogin(ctx); err != nil {
		return err
	}
	if err := m.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	if err := m.scs.Clear(ctx); err != nil {
		return fmt.Errorf("clear session: %w", err)
	}
	return nil
}

// SignOut ends the session; its cookie is worth nothing from now on.
func (m *Manager) SignOut(ctx context.Context) error {
	if err := m.endLogin(ctx); err != nil {
		return err
	}
	return m.scs.Destroy(ctx)
}

func (m *Manager) endLogin(ctx context.Context) error {
	w, ok := ctx.Value(whoKey{}).(*who)
	if !ok {
		return nil
	}
	return m.EndLogin(ctx, w.account.ID, w.login.ID)
}

// Login is the one of this session, or nil for a visitor.
func (m *Manager) Login(ctx context.Context) *store.Login {
	if w, ok := ctx.Value(whoKey{}).(*who); ok {
		return w.login
	}
	return nil
}

// EndLogin signs an account out in one browser.
func (m *Manager) EndLogin(ctx context.Context, account, login store.ID) error {
	return m.store.Update(ctx, func(tx *store.Txn) error {
		tx.EndLogin(account, login)
		return nil
	})
}

// EndOthers signs the account of this session out in all other browsers.
func (m *Manager) EndOthers(ctx context.Context) error {
	l := m.Login(ctx)
	if l == nil {
		return nil
	}
	return m.store.Update(ctx, func(tx *store.Txn) error {
		tx.EndLogins(l.Account, l.ID)
		return nil
	})
}

// useLogin writes down that a login is in use, from time to time.
func (m *Manager) useLogin(ctx context.Context, l *store.Login) error {
	v, now := visitIn(ctx), m.store.Now()
	if now.Sub(l.Used) < used {
		return nil
	}
	return m.store.Update(ctx, func(tx *store.Txn) error {
		kept, err := tx.Login(l.Account, l.ID)
		if err != nil {
			return nil //nolint:nilerr // it ended meanwhile; the next request will see that
		}
		kept.Used, kept.Network, kept.Expires = now, v.network, now.Add(m.Idle)
		tx.PutLogin(kept)
		return nil
	})
}

// prove writes down that whoever is at the other end showed it just now.
func (m *Manager) prove(ctx context.Context) { m.scs.Put(ctx, keyProved, m.store.Now().Unix()) }

// Fresh says whether somebody proved in this session, within the last quarter of
// an hour, who he is: what a grave act asks for (store.Act.Grave).
func (m *Manager) Fresh(ctx context.Context) bool {
	return m.store.Now().Unix()-m.scs.GetInt64(ctx, keyProved) < int64(freshFor/time.Second)
}
