package session

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
)

// ErrSecond: the password, or the link, is right, and the account wants a second
// proof: SignInByCode or SignInByPasskey in the same session.
var ErrSecond = errors.New("a second factor is asked for")

const (
	keyPending   = "pending"    // account that showed one factor
	keyPendingAt = "pending-at" // when: seconds since 1970
	pendingFor   = 10 * time.Minute
	codeWeight   = 4 // wrong codes count more than wrong passwords: there are fewer codes
	recoveries   = 10
)

// enter is begin for an account that showed one factor, or ErrSecond when it has
// others.
func (m *Manager) enter(ctx context.Context, account *store.Account, at there) error {
	var f *store.Factors
	err := m.store.View(ctx, func(tx *store.Txn) error {
		f = tx.Factors(account.ID)
		return nil
	})
	if err != nil {
		return err
	}
	if !f.Second() {
		return m.begin(ctx, account, at)
	}
	if err := errors.Join(m.renew(ctx), m.keepThere(ctx, at)); err != nil {
		return err
	}
	m.scs.Put(ctx, keyPending, account.ID.String())
	m.scs.Put(ctx, keyPendingAt, m.store.Now().Unix())
	return ErrSecond
}

// Pending is the account that showed one factor in this session and is to show
// another, with its factors, or store.ErrNotFound.
func (m *Manager) Pending(ctx context.Context) (account *store.Account, f *store.Factors, err error) {
	id, err := store.ParseID(m.scs.GetString(ctx, keyPending))
	if err != nil || m.store.Now().Unix()-m.scs.GetInt64(ctx, keyPendingAt) > int64(pendingFor/time.Second) {
		return nil, nil, store.ErrNotFound
	}
	err = m.store.View(ctx, func(tx *store.Txn) error {
		w, err := find(tx, id)
		if err == nil {
			account, f = w.account, tx.Factors(id)
		}
		return err
	})
	return account, f, err
}

// SignInByCode finishes a sign-in with a code of an app, or a recovery code. Each
// works once. Errors: ErrCredentials; *Limited; store.ErrNotFound when nothing is
// Pending.
func (m *Manager) SignInByCode(ctx context.Context, code string) error {
	account, _, err := m.Pending(ctx)
	if err != nil {
		return err
	}
	if err := m.tryCode(ctx, account.ID, code); err != nil {
		return err
	}
	return m.Begin(ctx, account)
}

// tryCode is useCode within limits: few tries for all who know the password, and a
// count of their own for browsers that the account knows.
func (m *Manager) tryCode(ctx context.Context, account store.ID, code string) error {
	c := Credentials{device: "code " + account.String(), weight: codeWeight}
	err := m.store.View(ctx, func(tx *store.Txn) error {
		if v := visitIn(ctx); knows(tx, v, account) {
			c.device += v.known
		}
		return nil
	})
	if err != nil {
		return err
	}
	if wait := m.tries.begin(c); wait > 0 {
		return &Limited{wait}
	}
	if err = m.useCode(ctx, account, code); !errors.Is(err, ErrCredentials) {
		m.tries.forgive(c)
	}
	return err
}

func (m *Manager) useCode(ctx context.Context, account store.ID, code string) error {
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	return m.store.Update(ctx, func(tx *store.Txn) error {
		f := tx.Factors(account)
		if f.TOTP != nil {
			if step, ok := checkTOTP(f.TOTP.Secret, code, f.TOTP.Step, tx.Now()); ok {
				f.TOTP.Step = step
				tx.PutFactors(account, f)
				return nil
			}
		}
		if !f.UseRecovery(code) {
			return ErrCredentials
		}
		tx.PutFactors(account, f)
		return m.tell(tx, account, RecoveryUsed)
	})
}

// SetTOTP lets the account of this session sign in with codes of this secret, of
// which code is one. If these are its first recovery codes, they are returned:
// nobody can see them again. All its other logins end. Errors: ErrCredentials.
func (m *Manager) SetTOTP(ctx context.Context, secret []byte, code string) (recovery []string, err error) {
	step, ok := checkTOTP(secret, strings.ReplaceAll(code, " ", ""), 0, m.store.Now())
	if !ok {
		return nil, ErrCredentials
	}
	codes := newRecovery()
	err = m.changeFactors(ctx, TOTPAdded, func(f *store.Factors, tx *store.Txn) bool {
		f.TOTP = &store.TOTP{Secret: secret, Step: step, Since: tx.Now()}
		if recovery = nil; len(f.Recovery) == 0 {
			recovery = keepRecovery(f, codes)
		}
		return true
	})
	return recovery, err
}

// RemoveTOTP lets the account of this session sign in without codes.
func (m *Manager) RemoveTOTP(ctx context.Context) error {
	return m.changeFactors(ctx, TOTPRemoved, func(f *store.Factors, _ *store.Txn) bool {
		had := f.TOTP != nil
		f.TOTP = nil
		return had
	})
}

// RenewRecovery gives the account of this session new recovery codes; the old ones
// are worthless.
func (m *Manager) RenewRecovery(ctx context.Context) (recovery []string, err error) {
	codes := newRecovery()
	err = m.changeFactors(ctx, RecoveryRenewed, func(f *store.Factors, _ *store.Txn) bool {
		recovery = keepRecovery(f, codes)
		return f.Second()
	})
	return recovery, err
}

func newRecovery() []string {
	codes := make([]string, recoveries)
	for i := range codes {
		codes[i] = rand.Text()[:10]
	}
	return codes
}

// keepRecovery keeps the hashes of codes, and returns them as people read them.
func keepRecovery(f *store.Factors, codes []string) (shown []string) {
	f.Recovery = nil
	for _, code := range codes {
		f.Recovery = append(f.Recovery, store.HashSecret(code))
		shown = append(shown, code[:5]+"-"+code[5:])
	}
	return shown
}

// changeFactors changes the factors of the account of this session: see changeWays.
func (m *Manager) changeFactors(ctx context.Context, what Change, change func(*store.Factors, *store.Txn) (changed bool)) error {
	return m.changeWays(ctx, what, func(tx *store.Txn, account store.ID) (changed bool, err error) {
		f := tx.Factors(account)
		changed = change(f, tx)
		tx.PutFactors(account, f)
		return changed, nil
	})
}

// changeWays changes how its owner gets into the account of this session. If anything
// changed, its other logins end and its owner is told.
func (m *Manager) changeWays(ctx context.Context, what Change, change func(tx *store.Txn, account store.ID) (changed bool, err error)) error {
	l := m.Login(ctx)
	if l == nil {
		return ErrCredentials
	}
	return m.store.Update(ctx, func(tx *store.Txn) error {
		if changed, err := change(tx, l.Account); err != nil || !changed {
			return err
		}
		tx.EndLogins(l.Account, l.ID)
		return m.tell(tx, l.Account, what)
	})
}

// DropFactors lets an account sign in with its password, or a link, alone, for
// somebody who lost the rest. All its logins end, and its owner is told.
func (m *Manager) DropFactors(ctx context.Context, account store.ID) error {
	return m.store.Update(ctx, func(tx *store.Txn) error {
		owner, err := tx.Account(account)
		if err != nil {
			return err
		}
		tx.PutFactors(account, &store.Factors{})
		tx.EndLogins(account, 0)
		tx.Note(store.JournalEntry{Deed: store.DropFactors, Actor: owner.Actor})
		return m.tell(tx, account, FactorsDropped)
	})
}

// hasWayIn is store.ErrLastWayIn when its owner would not get into an account again.
func (m *Manager) hasWayIn(tx *store.Txn, account store.ID) error {
	a, err := tx.Account(account)
	if err == nil && !tx.HasWayIn(a, m.Issuer) {
		return store.ErrLastWayIn
	}
	return err
}
