package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/essaim/essaim/store"
)

var (
	// ErrCredentials: no account has this name and this password.
	ErrCredentials = errors.New("wrong name or password")
	// ErrToken: no token, or one that is not valid.
	ErrToken = errors.New("no valid token")
)

// Limited: too many wrong passwords. HTTP 429.
type Limited struct{ RetryAfter time.Duration }

func (l *Limited) Error() string {
	return fmt.Sprintf("too many wrong passwords: retry after %s", l.RetryAfter)
}

// Credentials are what somebody signs in with. Login is an e-mail address or a
// handle; Address is the client's network address, with or without a port.
type Credentials struct {
	Login, Password, Address string

	device string // the secret of a browser that the account knows; empty: another
	weight int    // that a wrong try counts; 0: 1
}

// SignIn makes the session that of the account. The session gets a new id, so that
// one planted before is worth nothing. Errors: ErrCredentials, *Limited, ErrSecond.
func (m *Manager) SignIn(ctx context.Context, c Credentials) error {
	account, err := m.try(ctx, c)
	if err != nil {
		return err
	}
	return m.enter(ctx, account, there{})
}

// Prove is SignIn for the account of the session: its owner shows again who he is,
// with the same limits and errors. See Fresh.
func (m *Manager) Prove(ctx context.Context, c Credentials) error {
	_, _, actor := m.Viewer(ctx)
	if actor == nil {
		return ErrCredentials
	}
	c.Login = actor.Handle
	if _, err := m.try(ctx, c); err != nil {
		return err
	}
	m.prove(ctx)
	return nil
}

// try is check within the limits.
func (m *Manager) try(ctx context.Context, c Credentials) (*store.Account, error) {
	account := &store.Account{}
	err := m.store.View(ctx, func(tx *store.Txn) error {
		a, err := tx.AccountByLogin(c.Login)
		if err != nil {
			return err
		}
		if account = a; knows(tx, visitIn(ctx), a.ID) {
			c.device = visitIn(ctx).known
		}
		return nil
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if wait := m.tries.begin(c); wait > 0 {
		return nil, &Limited{wait}
	}
	account, err = m.check(ctx, account, c.Password)
	if !errors.Is(err, ErrCredentials) {
		m.tries.forgive(c)
	}
	return account, err
}

// check compares the password; the work is the same whether there is an account or
// not. A hash of yesterday's cost is made anew.
func (m *Manager) check(ctx context.Context, account *store.Account, password string) (*store.Account, error) {
	if len(password) > 4*MaxPassword { // no password is that long, in bytes
		password = ""
	}
	done, err := m.hashes(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	ok, stale, err := matches(password, account.Password)
	switch {
	case err != nil:
		return nil, err
	case !ok, account.Suspended:
		return nil, ErrCredentials
	case stale:
		return m.rehash(ctx, account, password)
	}
	return account, nil
}

func (m *Manager) rehash(ctx context.Context, account *store.Account, password string) (*store.Account, error) {
	hash, err := Hash(password)
	if err != nil {
		return nil, err
	}
	return m.setHash(ctx, account.ID, hash, func(*store.Txn, *store.Account) error { return nil })
}

func (m *Manager) setHash(ctx context.Context, id store.ID, hash string, then func(*store.Txn, *store.Account) error) (account *store.Account, err error) {
	err = m.store.Update(ctx, func(tx *store.Txn) error {
		account, err = tx.Account(id)
		if err != nil {
			return err
		}
		account.Password = hash
		if err := then(tx, account); err != nil {
			return err
		}
		return tx.PutAccount(account)
	})
	return account, err
}

// SetPassword gives the account a new password, and has its owner told. All that a
// thief of the old one may have opened ends: its sessions, the tokens of apps, links
// and a change of address that still wait. The session of ctx, if it is the account's
// own, goes on under a new id.
func (m *Manager) SetPassword(ctx context.Context, id store.ID, password string) error {
	done, err := m.hashes(ctx)
	if err != nil {
		return err
	}
	defer done()
	hash, err := Hash(password)
	if err != nil {
		return err
	}
	account, err := m.setHash(ctx, id, hash, func(tx *store.Txn, a *store.Account) error {
		tx.EndLogins(id, 0)
		tx.EndTokens(id)
		a.Change = nil
		return m.tell(tx, id, PasswordChanged)
	})
	if err != nil {
		return err
	}
	if _, own, _ := m.Viewer(ctx); own != nil && own.ID == id {
		return m.Begin(ctx, account)
	}
	return nil
}
