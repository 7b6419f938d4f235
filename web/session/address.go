package session

import (
	"context"
	"time"

	"github.com/essaim/essaim/store"
)

// The scopes of the links by which an e-mail address is confirmed.
const (
	scopeNewAddress = "address-new"
	scopeOldAddress = "address-old"
)

// AddressLife is how long an e-mail address can be confirmed.
const AddressLife = 24 * time.Hour

// AddressLetter is what is to be written on a change of address, and to whom: to
// the new address, to the old one, or to one that is another account's already.
type AddressLetter struct {
	To, New string
	Kind    string // "new", "old" or "taken"; ends message keys
	Secret  string // of the link that confirms: /adresse/{secret}; empty for "taken"
}

// ChangeAddress asks for an account's new address to be confirmed: there, and at
// the old one if that was confirmed. tell writes the letters in the transaction.
// Who asks learns nothing about who has which address: of one that is taken, the
// same is kept and another letter sent. With the address that the account has,
// it is that which is confirmed.
func (m *Manager) ChangeAddress(ctx context.Context, account store.ID, address string, tell func(*store.Txn, AddressLetter) error) error {
	return m.store.Update(ctx, func(tx *store.Txn) error {
		a, err := tx.Account(account)
		if err != nil {
			return err
		}
		tx.EndLinks(a.ID, scopeNewAddress, scopeOldAddress)
		a.Change = &store.AddressChange{Address: address, Old: a.Verified.IsZero(), Began: tx.Now()}
		if err := tx.PutAccount(a); err != nil {
			return err
		}
		if owner, err := tx.AccountByEmail(address); err == nil && owner.ID != a.ID {
			return tell(tx, AddressLetter{To: address, New: address, Kind: "taken"})
		}
		secret := NewLinkIn(tx, a.ID, scopeNewAddress, AddressLife)
		err = tell(tx, AddressLetter{To: address, New: address, Kind: "new", Secret: secret})
		if err != nil || a.Change.Old {
			return err
		}
		secret = NewLinkIn(tx, a.ID, scopeOldAddress, AddressLife)
		return tell(tx, AddressLetter{To: a.Email, New: address, Kind: "old", Secret: secret})
	})
}

// AddressLink is the account that a link would confirm the address of, or
// store.ErrNotFound.
func (m *Manager) AddressLink(ctx context.Context, secret string) (account *store.Account, err error) {
	err = m.store.View(ctx, func(tx *store.Txn) error {
		k, err := link(tx, secret, []string{scopeNewAddress, scopeOldAddress})
		if err == nil {
			account, err = tx.Account(k.Account)
		}
		if err == nil && account.Change == nil {
			return store.ErrNotFound
		}
		return err
	})
	return account, err
}

// ConfirmAddress uses a link, and says whether the address is the account's now;
// else the other side is still to agree. Errors: store.ErrNotFound; store.ErrExists
// when the address became another's meanwhile.
func (m *Manager) ConfirmAddress(ctx context.Context, secret string) (done bool, err error) {
	err = m.store.Update(ctx, func(tx *store.Txn) error {
		k, err := link(tx, secret, []string{scopeNewAddress, scopeOldAddress})
		if err != nil {
			return err
		}
		a, err := tx.Account(k.Account)
		if err != nil || a.Change == nil {
			return store.ErrNotFound
		}
		tx.DeleteToken(secret)
		a.Change.New = a.Change.New || k.Has(scopeNewAddress)
		a.Change.Old = a.Change.Old || k.Has(scopeOldAddress)
		old := a.Email
		done = a.Confirm(tx.Now())
		if err := tx.PutAccount(a); err != nil || !done || old == a.Email {
			return err
		}
		return m.tellAt(tx, Notice{Account: a, To: old, Change: AddressChanged})
	})
	return done, err
}
