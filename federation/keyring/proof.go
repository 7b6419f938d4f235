package keyring

import (
	"crypto/ed25519"
	"fmt"

	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/store"
)

// Prover is the signer of an actor's documents, as opposed to its requests: its
// Ed25519 key alone, which is read in no time.
func Prover(actor string, k *store.Keypair) (httpsig.Signer, error) {
	if len(k.Ed25519) != ed25519.SeedSize {
		return httpsig.Signer{}, fmt.Errorf("Ed25519 seed of %d bytes", len(k.Ed25519))
	}
	return httpsig.Signer{KeyID: actor + ed25519Tag, Key: ed25519.NewKeyFromSeed(k.Ed25519)}, nil
}
