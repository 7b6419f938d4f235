package session

import "github.com/essaim/essaim/store"

// Change is what was done to how an account signs in. It ends message keys.
type Change string

// The changes that owners are told of.
const (
	PasswordChanged  Change = "password"
	AddressChanged   Change = "address" // told to the address of before
	TOTPAdded        Change = "totp-added"
	TOTPRemoved      Change = "totp-removed"
	PasskeyAdded     Change = "passkey-added"
	PasskeyRemoved   Change = "passkey-removed"
	IdentityLinked   Change = "identity-linked"
	IdentityUnlinked Change = "identity-unlinked"
	RecoveryUsed     Change = "recovery-used"
	RecoveryRenewed  Change = "recovery-renewed"
	FactorsDropped   Change = "factors-dropped" // all of them, by somebody who runs the node
)

// Notice is a change of an account, to be told to an e-mail address.
type Notice struct {
	Account *store.Account
	To      string
	Change  Change
}

// tell has the owner of an account told of a change, in the transaction of the
// change: whoever took an account over cannot keep that from being written.
func (m *Manager) tell(tx *store.Txn, id store.ID, c Change) error {
	a, err := tx.Account(id)
	if err != nil {
		return err
	}
	return m.tellAt(tx, Notice{Account: a, To: a.Email, Change: c})
}

func (m *Manager) tellAt(tx *store.Txn, n Notice) error {
	if m.Tell == nil || n.To == "" {
		return nil
	}
	return m.Tell(tx, n)
}
