package store

import (
	"crypto/subtle"
	"encoding/json"
	"slices"
	"time"
)

// Factors are what an account signs in with beside its password. The zero Factors
// are none.
type Factors struct {
	TOTP     *TOTP     `json:"totp,omitempty"` // nil: none
	Passkeys []Passkey `json:"passkeys,omitempty"`
	Recovery [][]byte  `json:"recovery,omitempty"` // hashes of the codes that were not used
}

// TOTP is the secret that an account shares with an app of codes (RFC 6238).
type TOTP struct {
	Secret []byte    `json:"secret"`
	Step   int64     `json:"step,omitempty"` // of the last code that was used
	Since  time.Time `json:"since"`
}

// Passkey is a key of an authenticator (WebAuthn).
type Passkey struct {
	Name       string          `json:"name"`       // that its owner gave it
	ID         []byte          `json:"id"`         // of the credential
	Credential json.RawMessage `json:"credential"` // as package session keeps it
	Created    time.Time       `json:"created"`
	Used       time.Time       `json:"used,omitzero"`
}

// Second says whether a password alone does not let the account in.
func (f *Factors) Second() bool { return f.TOTP != nil || len(f.Passkeys) > 0 }

// UseRecovery uses a recovery code up, and says whether there was one.
func (f *Factors) UseRecovery(code string) (ok bool) {
	hash := HashSecret(code)
	f.Recovery = slices.DeleteFunc(f.Recovery, func(h []byte) bool {
		same := subtle.ConstantTimeCompare(h, hash) == 1
		ok = ok || same
		return same
	})
	return ok
}

// PutFactors keeps the factors of an account. Recovery codes go with the last
// other factor.
func (t *Txn) PutFactors(account ID, f *Factors) {
	if !f.Second() {
		t.tx.Delete(key(tFactors, account))
		return
	}
	t.putJSON(key(tFactors, account), f)
}

// Factors returns those of an account, never nil.
func (t *Txn) Factors(account ID) *Factors {
	f := new(Factors)
	t.getJSON(key(tFactors, account), f)
	return f
}
