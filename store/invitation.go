package store

import (
	"encoding/hex"
	"iter"
	"time"
)

// Invitation lets whoever has its link become a member, once. Only the hash of the
// link's secret is kept.
type Invitation struct {
	ID      string    `json:"-"`               // hexadecimal hash of the secret; set by reading
	Role    Role      `json:"role"`            // that the new account gets
	Email   string    `json:"email,omitempty"` // whom it is for; empty: not said
	Mailed  bool      `json:"mailed,omitempty"`
	By      ID        `json:"by"` // account
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

// PutInvitation keeps an invitation under the hash of its secret.
func (t *Txn) PutInvitation(secret string, i *Invitation) {
	t.putJSON(secretKey(tInvitation, secret), i)
}

// Invitation returns the invitation with this secret. It answers ErrNotFound when
// there is none, when it has expired, and when who made it may not any more.
func (t *Txn) Invitation(secret string) (*Invitation, error) {
	i := new(Invitation)
	if !t.getJSON(secretKey(tInvitation, secret), i) || !t.holds(i) {
		return nil, ErrNotFound
	}
	i.ID = hex.EncodeToString(HashSecret(secret))
	return i, nil
}

func (t *Txn) holds(i *Invitation) bool {
	by, err := t.Account(i.By)
	return err == nil && by.Role.Manages(i.Role) && !t.isOver(i.Expires)
}

// Invitations yields those that can be used, in no order.
func (t *Txn) Invitations() iter.Seq[*Invitation] {
	return func(yield func(*Invitation) bool) {
		for k, v := range t.scan([]byte(tInvitation), false) {
			i := &Invitation{ID: hex.EncodeToString(k)}
			mustDecode(k, v, i)
			if t.holds(i) && !yield(i) {
				return
			}
		}
	}
}

// DeleteInvitation makes the invitation with this id worthless.
func (t *Txn) DeleteInvitation(id string) {
	if hash, err := hex.DecodeString(id); err == nil {
		t.tx.Delete(key(tInvitation, hash))
	}
}
