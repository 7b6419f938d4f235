package session

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/alexedwards/argon2id"
)

// MinPassword is the least number of characters of a new password, MaxPassword
// the most: hashing more is a gift to attackers.
const (
	MinPassword = 12
	MaxPassword = 256
)

// cost is what OWASP's Password Storage Cheat Sheet asks of argon2id at least.
var cost = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// nobody is a hash that no password has. Checking against it takes as long as
// against a real one.
var nobody = fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", cost.Memory, cost.Iterations, cost.Parallelism,
	base64.RawStdEncoding.EncodeToString(make([]byte, cost.SaltLength)),
	base64.RawStdEncoding.EncodeToString(make([]byte, cost.KeyLength)))

// Hash is what store.Account keeps of a password.
func Hash(password string) (string, error) {
	p := cost
	h, err := argon2id.CreateHash(password, &p)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return h, nil
}

// matches compares in constant time. stale says that the hash was made at
// another cost than today's. An empty hash matches nothing, as slowly.
func matches(password, hash string) (ok, stale bool, err error) {
	known := hash != ""
	if !known {
		hash = nobody
	}
	ok, params, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, fmt.Errorf("check password: %w", err)
	}
	return ok && known, *params != cost, nil
}

// hashes waits for one of the few slots, so that a flood of sign-ins takes
// neither all memory nor all cores. The caller gives the slot back with done.
func (m *Manager) hashes(ctx context.Context) (done func(), err error) {
	select {
	case m.hashing <- struct{}{}:
		return func() { <-m.hashing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
