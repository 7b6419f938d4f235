package store

import (
	"iter"
	"time"
)

// Identity is somebody at an OpenID provider, as an account is linked to it. Two
// providers may call different people by the same Subject.
type Identity struct {
	Issuer  string    `json:"issuer"`
	Subject string    `json:"subject"`
	Label   string    `json:"label"`           // name and address there, for its owner to know it again
	Siret   string    `json:"siret,omitempty"` // of the organisation that its owner works for; empty: not said
	Linked  time.Time `json:"linked"`
	Used    time.Time `json:"used,omitzero"` // when it last let its owner in
}

func (i *Identity) key() []byte { return HashSecret(i.Issuer + "\x00" + i.Subject) }

// LinkIdentity links an identity to an account. ErrExists: it is another's.
func (t *Txn) LinkIdentity(account ID, i *Identity) error {
	if owner := t.getID(key(tIdentityOf, i.key())); owner != 0 && owner != account {
		return ErrExists
	}
	i.Linked = stamp(t.now)
	t.putIdentity(account, i)
	return nil
}

func (t *Txn) putIdentity(account ID, i *Identity) {
	t.tx.Put(key(tIdentityOf, i.key()), account.Key())
	t.putJSON(key(tIdentity, account, i.key()), i)
}

// UseIdentity returns the account that an identity is linked to, and writes down that
// it was used, or ErrNotFound.
func (t *Txn) UseIdentity(issuer, subject string) (*Account, error) {
	i := &Identity{Issuer: issuer, Subject: subject}
	account, err := t.Account(t.getID(key(tIdentityOf, i.key())))
	if err != nil || !t.getJSON(key(tIdentity, account.ID, i.key()), i) {
		return nil, ErrNotFound
	}
	i.Used = stamp(t.now)
	t.putIdentity(account.ID, i)
	return account, nil
}

// IsIdentity says whether an identity is linked to an account, be it open or closed.
func (t *Txn) IsIdentity(issuer, subject string) bool {
	i := &Identity{Issuer: issuer, Subject: subject}
	return t.getID(key(tIdentityOf, i.key())) != 0
}

// Identities yields those that are linked to an account, in no order.
func (t *Txn) Identities(account ID) iter.Seq[*Identity] {
	return rows[Identity](t, key(tIdentity, account))
}

// UnlinkIdentity takes an identity from an account that has it.
func (t *Txn) UnlinkIdentity(account ID, issuer, subject string) {
	k := (&Identity{Issuer: issuer, Subject: subject}).key()
	if t.getID(key(tIdentityOf, k)) == account {
		t.tx.Delete(key(tIdentityOf, k))
		t.tx.Delete(key(tIdentity, account, k))
	}
}

// HasWayIn says whether its owner gets into an account by himself: with a password, a
// passkey or an identity at the provider that this node asks. Letters are no way in,
// for nobody knows whether they arrive.
func (t *Txn) HasWayIn(a *Account, issuer string) bool {
	if a.Password != "" || len(t.Factors(a.ID).Passkeys) > 0 {
		return true
	}
	for i := range t.Identities(a.ID) {
		if i.Issuer == issuer {
			return true
		}
	}
	return false
}
