package httpsig

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/mr-tron/base58"
)

// Sizes of RSA keys that we verify with, in bits. Smaller ones can be broken,
// larger ones cost more time than a stranger may take.
const (
	minRSA = 2048
	maxRSA = 8192
)

// maxPEM bounds what is parsed of a key, in bytes; an RSA key of 8192 bits has 1,500.
const maxPEM = 8 << 10

// ParsePublicKey reads the publicKeyPem of an actor: an RSA or Ed25519 key in
// PKIX form, or an RSA key in PKCS#1 form whatever its label says. Another kind of
// key, or an RSA key outside 2048 to 8192 bits, is an ErrKey.
func ParsePublicKey(text string) (crypto.PublicKey, error) {
	if len(text) > maxPEM {
		return nil, fmt.Errorf("%w: %d bytes of PEM", ErrKey, len(text))
	}
	block, _ := pem.Decode([]byte(strings.TrimSpace(text)))
	if block == nil {
		return nil, fmt.Errorf("%w: not PEM", ErrKey)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: neither PKIX nor PKCS#1", ErrKey)
	}
	if err := checkPublicKey(key); err != nil {
		return nil, err
	}
	return key, nil
}

// EncodePublicKey writes an RSA or Ed25519 key as PKIX PEM ("BEGIN PUBLIC KEY").
func EncodePublicKey(key crypto.PublicKey) (string, error) {
	if err := checkPublicKey(key); err != nil {
		return "", err
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("encode public key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

func checkPublicKey(key crypto.PublicKey) error {
	switch k := key.(type) {
	case ed25519.PublicKey:
		if len(k) == ed25519.PublicKeySize {
			return nil
		}
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits < minRSA || bits > maxRSA {
			return fmt.Errorf("%w: RSA of %d bits, not %d to %d", ErrKey, bits, minRSA, maxRSA)
		}
		return nil
	}
	return fmt.Errorf("%w: %T", ErrKey, key)
}

// multikeyEd25519 is the multicodec prefix of an Ed25519 public key.
const multikeyEd25519 = "\xed\x01"

// EncodeMultikey writes the publicKeyMultibase of a Multikey (FEP-521a): "z6Mk…".
func EncodeMultikey(key ed25519.PublicKey) string {
	return "z" + base58.Encode([]byte(multikeyEd25519+string(key)))
}

// ParseMultikey reads what EncodeMultikey writes. Other kinds of keys and other
// encodings are an ErrKey.
func ParseMultikey(text string) (ed25519.PublicKey, error) {
	// The length is checked first: decoding takes quadratic time.
	digits, ok := strings.CutPrefix(text, "z")
	if !ok || len(text) > 2*ed25519.PublicKeySize {
		return nil, fmt.Errorf("%w: not a base58 multikey", ErrKey)
	}
	raw, err := base58.Decode(digits)
	if err != nil {
		return nil, fmt.Errorf("%w: not base58", ErrKey)
	}
	key, ok := strings.CutPrefix(string(raw), multikeyEd25519)
	if !ok || len(key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("%w: not an Ed25519 multikey", ErrKey)
	}
	return ed25519.PublicKey(key), nil
}
