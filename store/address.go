package store

import (
	"slices"
	"time"
)

// AddressChange is a new e-mail address of an account that waits to be confirmed:
// at the new address, and at the old one if that was confirmed.
type AddressChange struct {
	Address string    `json:"address"`
	Old     bool      `json:"old,omitempty"` // the old address agreed, or has no say
	New     bool      `json:"new,omitempty"` // somebody reads the new one
	Began   time.Time `json:"began"`
}

// Confirm takes the address over once it is confirmed on both sides, and says
// whether it is. The account is to be put afterwards.
func (a *Account) Confirm(now time.Time) bool {
	if a.Change == nil || !a.Change.Old || !a.Change.New {
		return false
	}
	a.Email, a.Verified, a.Change = a.Change.Address, now, nil
	return true
}

// EndLinks makes the links of an account worthless that carry one of the scopes.
func (t *Txn) EndLinks(account ID, scopes ...string) {
	for k, v := range t.scan([]byte(tToken), false) {
		var token Token
		mustDecode(k, v, &token)
		if token.Once && token.Account == account && slices.ContainsFunc(scopes, token.Has) {
			t.tx.Delete(key(tToken, k))
		}
	}
}
