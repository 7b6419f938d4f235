package httpsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
)

func pkixPEM(t *testing.T, key crypto.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func TestPublicKeyComesBack(t *testing.T) {
	for _, key := range []crypto.Signer{rsaKey(), edKey()} {
		text, err := EncodePublicKey(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(text, "-----BEGIN PUBLIC KEY-----\n") {
			t.Errorf("got %q, want PKIX PEM", text)
		}
		got, err := ParsePublicKey(text)
		if err != nil {
			t.Fatal(err)
		}
		if !key.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(got) {
			t.Errorf("got another %T than was written", got)
		}
	}
}

// Mobilizon and Lemmy's tests publish PKCS#1; labels lie, line ends vary.
func TestPublicKeyInOldForms(t *testing.T) {
	pkcs1 := x509.MarshalPKCS1PublicKey(&rsaKey().PublicKey)
	for _, label := range []string{"RSA PUBLIC KEY", "PUBLIC KEY"} {
		text := string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: pkcs1}))
		for _, form := range []string{text, strings.ReplaceAll(text, "\n", "\r\n"), "\n  " + text + "\n\n", strings.TrimSpace(text)} {
			got, err := ParsePublicKey(form)
			if err != nil {
				t.Fatalf("%q: %v", form, err)
			}
			if !rsaKey().PublicKey.Equal(got) {
				t.Errorf("%q: got another key", form)
			}
		}
	}
}

func TestUnusablePublicKeys(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey())}))
	for _, text := range []string{"", "no key", "-----BEGIN PUBLIC KEY-----\nYQ==\n-----END PUBLIC KEY-----\n", private, pkixPEM(t, ec.Public())} {
		key, err := ParsePublicKey(text)
		wantError(t, err, ErrKey, "")
		if key != nil {
			t.Errorf("got a key from %q", text)
		}
	}
	if _, err := EncodePublicKey(ec.Public()); err == nil {
		t.Error("got nil for an ECDSA key, want an error")
	}
	if _, err := EncodePublicKey(&rsa.PublicKey{N: rsaOfBits(512).N, E: 3}); err == nil {
		t.Error("got nil for a short key, want an error")
	}
}

// The first key of the did:key specification's Ed25519 examples.
func TestMultikeyVector(t *testing.T) {
	const text = "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
	key, err := ParseMultikey(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := EncodeMultikey(key); got != text {
		t.Errorf("got %s, want %s", got, text)
	}
}

func TestMultikeyComesBack(t *testing.T) {
	want := edKey().Public().(ed25519.PublicKey)
	got, err := ParseMultikey(EncodeMultikey(want))
	if err != nil || !want.Equal(got) {
		t.Errorf("got %x, %v, want %x", got, err, want)
	}
}

func TestUnusableMultikeys(t *testing.T) {
	good := EncodeMultikey(edKey().Public().(ed25519.PublicKey))
	for _, text := range []string{
		"", "z", good[1:], "m" + good[1:], good + "1", good[:len(good)-1], "z1" + good[1:], "z0OIl", "zé", " " + good,
		"zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169", strings.Repeat("z", 1<<16),
	} {
		_, err := ParseMultikey(text)
		wantError(t, err, ErrKey, "")
	}
}

// rsaOfBits is a public key of that size which nobody had to generate.
func rsaOfBits(bits uint) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}
}

func TestS33S34KeySizes(t *testing.T) {
	s, err := policy.Parse(signed(t, Cavage, rsaKey()), now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.VerifyBody([]byte(note)); err != nil {
		t.Fatal(err)
	}
	for _, bits := range []uint{512, 1024, 2047, 8193, 16384} {
		wantError(t, s.Verify(rsaOfBits(bits)), ErrKey, "RSA of")
		_, err := ParsePublicKey(pkixPEM(t, rsaOfBits(bits)))
		wantError(t, err, ErrKey, "RSA of")
	}
	for _, bits := range []uint{2048, 3072, 4096, 8192} {
		if _, err := ParsePublicKey(pkixPEM(t, rsaOfBits(bits))); err != nil {
			t.Errorf("%d bits: got %v, want nil", bits, err)
		}
	}
	wantError(t, s.Verify(ed25519.PublicKey("short")), ErrKey, "")
	wantError(t, s.Verify(nil), ErrKey, "")
	_, err = ParsePublicKey(strings.Repeat("A", 1<<20))
	wantError(t, err, ErrKey, "bytes of PEM")
}
