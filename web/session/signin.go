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
type Credentials struct{ Login, Password, Address string }

// SignIn makes the session that of the account. The session gets a new id, so
// that one planted before is worth nothing. Errors: ErrCredentials, *Limited.
func (m *Manager) SignIn(ctx context.Context, c Credentials) error {
	account, err := m.try(ctx, c)
	if err != nil {
		return err
	}
	return m.Begin(ctx, account)
}

// CheckPassword says whether the password is the account's, under the same
// limits as SignIn and with the same errors.
func (m *Manager) CheckPassword(ctx context.Context, c Credentials) error {
	_, err := m.try(ctx, c)
	return err
}

// try is check within the limits.
func (m *Manager) try(ctx context.Context, c Credentials) (*store.Account, error) {
	if wait := m.tries.begin(c); wait > 0 {
		return nil, &Limited{wait}
	}
	account, err := m.check(ctx, c)
	if !errors.Is(err, ErrCredentials) {
		m.tries.forgive(c)
	}
	return account, err
}

// check finds the account and compares the password; the work is the same
// whether there is one or not. A hash of yesterday's cost is made anew.
func (m *Manager) check(ctx context.Context, c Credentials) (*store.Account, error) {
	if len(c.Password) > 4*MaxPassword { // no password is that long, in bytes
		c.Password = ""
	}
	account := &store.Account{}
	err := m.store.View(ctx, func(tx *store.Txn) error {
		a, err := tx.AccountByLogin(c.Login)
		if err == nil {
			account = a
		}
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	done, err := m.hashes(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	ok, stale, err := matches(c.Password, account.Password)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, ErrCredentials
	case stale:
		return m.rehash(ctx, account, c.Password)
	}
	return account, nil
}

func (m *Manager) rehash(ctx context.Context, account *store.Account, password string) (*store.Account, error) {
	hash, err := Hash(password)
	if err != nil {
		return nil, err
	}
	return m.setHash(ctx, account.ID, hash)
}

func (m *Manager) setHash(ctx context.Context, id store.ID, hash string) (account *store.Account, err error) {
	err = m.store.Update(ctx, func(tx *store.Txn) error {
		account, err = tx.Account(id)
		if err != nil {
			return err
		}
		account.Password = hash
		return tx.PutAccount(account)
	})
	return account, err
}

// SetPassword gives the account a new password. All its sessions end but the one
// of ctx, if that is the account's own.
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
	account, err := m.setHash(ctx, id, hash)
	if err != nil {
		return err
	}
	if _, own, _ := m.Viewer(ctx); own != nil && own.ID == id {
		return m.Begin(ctx, account)
	}
	return nil
}

// Begin makes the session that of an account that proved itself in another way:
// by the set-up, by a link. Nothing of the session before is left.
func (m *Manager) Begin(ctx context.Context, account *store.Account) error {
	if err := m.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	if err := m.scs.Clear(ctx); err != nil {
		return fmt.Errorf("clear session: %w", err)
	}
	m.scs.Put(ctx, keyAccount, account.ID.String())
	m.scs.Put(ctx, keyStamp, stamp(account))
	return nil
}

// SignOut ends the session; its cookie is worth nothing from now on.
func (m *Manager) SignOut(ctx context.Context) error { return m.scs.Destroy(ctx) }
