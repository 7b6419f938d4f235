package httpsig

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"strings"
)

// Verify checks the signature with the public key of KeyID. The kind of the key
// decides the algorithm, never the name in the header alone. For draft-cavage the
// request target counts with and without its query. Where the method has a body,
// VerifyBody must have succeeded before.
func (s *Signature) Verify(key crypto.PublicKey) error {
	if s.bodyDue {
		return refused("the body was not compared with its digest")
	}
	if err := checkPublicKey(key); err != nil {
		return err
	}
	if !s.algorithmFits(key) {
		return refused("the algorithm does not fit the key")
	}
	for _, base := range s.bases {
		if verify(key, s.algorithm, []byte(base), s.value) {
			return nil
		}
	}
	return refused("it does not verify")
}

// algorithmFits enforces RFC 9421 §3.2 step 6.3. In draft-cavage the name says
// nothing: many servers send rsa-sha256 or hs2019 always.
func (s *Signature) algorithmFits(key crypto.PublicKey) bool {
	if s.Scheme != RFC9421 || s.algorithm == "" {
		return true
	}
	_, isRSA := key.(*rsa.PublicKey)
	return strings.HasPrefix(s.algorithm, "rsa-") == isRSA
}

func verify(key crypto.PublicKey, algorithm string, base, value []byte) bool {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(k, base, value)
	case *rsa.PublicKey:
		return verifyRSA(k, algorithm, base, value)
	}
	return false
}

// verifyRSA takes hs2019 and an absent name for SHA-256, as every server that
// sends them means it.
func verifyRSA(key *rsa.PublicKey, algorithm string, base, value []byte) bool {
	switch algorithm {
	case "rsa-pss-sha512":
		h := sha512.Sum512(base)
		return rsa.VerifyPSS(key, crypto.SHA512, h[:], value, &rsa.PSSOptions{SaltLength: sha512.Size}) == nil
	case "rsa-sha512", "rsa-v1_5-sha512":
		h := sha512.Sum512(base)
		return rsa.VerifyPKCS1v15(key, crypto.SHA512, h[:], value) == nil
	}
	h := sha256.Sum256(base)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, h[:], value) == nil
}
