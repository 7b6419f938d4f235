// Package integrity signs documents, and verifies the signatures that documents
// carry: who wrote one can be told whoever hands it on.
//
// It follows FEP-8b32 with the cryptosuite eddsa-jcs-2022 of Data Integrity
// EdDSA Cryptosuites 1.0 §3.3. Whose key a proof names, and whether that actor
// may speak for the document, is the caller's business.
package integrity

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/mr-tron/base58"

	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/store/jcs"
)

var (
	// ErrNone: the document carries no proof that is understood here.
	ErrNone = errors.New("no integrity proof")
	// ErrInvalid: the proof does not fit the document and the key.
	ErrInvalid = errors.New("invalid integrity proof")
)

const (
	proofType   = "DataIntegrityProof"
	cryptosuite = "eddsa-jcs-2022"
	purpose     = "assertionMethod"
)

// proof is a proof as it stands in a document.
type proof struct {
	Type        string `json:"type"`
	Cryptosuite string `json:"cryptosuite"`
	Method      string `json:"verificationMethod"`
	Purpose     string `json:"proofPurpose"`
	Created     string `json:"created"`
	Value       string `json:"proofValue,omitempty"`
}

// Sign returns doc, a JSON object, with a proof by the signer's Ed25519 key,
// made at the moment now. The bytes of doc stay as they are; a proof that it
// has already is an error. The same call makes the same bytes.
func Sign(doc []byte, by httpsig.Signer, now time.Time) ([]byte, error) {
	o, err := object(doc)
	if err != nil {
		return nil, err
	}
	if _, signed := o["proof"]; signed {
		return nil, fmt.Errorf("sign document: %w: there is a proof already", ErrInvalid)
	}
	p := proof{Type: proofType, Cryptosuite: cryptosuite, Method: by.KeyID, Purpose: purpose, Created: now.UTC().Format(time.RFC3339)}
	config, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	options, err := object(config)
	if err != nil {
		return nil, err
	}
	base, err := hashed(options, o)
	if err != nil {
		return nil, err
	}
	value, err := by.Key.Sign(nil, base, crypto.Hash(0))
	if err != nil {
		return nil, fmt.Errorf("sign document as %s: %w", by.KeyID, err)
	}
	p.Value = "z" + base58.Encode(value)
	if config, err = json.Marshal(p); err != nil {
		return nil, err
	}
	body := bytes.TrimSuffix(bytes.TrimSpace(doc), []byte{'}'})
	return append(append(append(bytes.Clone(body), `,"proof":`...), config...), '}'), nil
}

// Method is the id of the key that the proof of doc names, or ErrNone.
func Method(doc []byte) (string, error) {
	o, err := object(doc)
	if err != nil {
		return "", err
	}
	p, ok := o["proof"].(map[string]any)
	method, _ := p["verificationMethod"].(string)
	if !ok || method == "" || p["type"] != proofType || p["cryptosuite"] != cryptosuite || p["proofPurpose"] != purpose {
		return "", ErrNone
	}
	return method, nil
}

// Verify says whether the proof of doc was made with key: nil, ErrNone or
// ErrInvalid. doc must be as it was signed, with its context.
func Verify(doc []byte, key ed25519.PublicKey) error {
	if _, err := Method(doc); err != nil {
		return err
	}
	o, err := object(doc)
	if err != nil {
		return err
	}
	p := o["proof"].(map[string]any)
	text, _ := p["proofValue"].(string)
	delete(o, "proof")
	delete(p, "proofValue")
	if err := takeContext(o, p); err != nil {
		return err
	}
	value, err := signature(text)
	if err != nil {
		return err
	}
	base, err := hashed(p, o)
	if err != nil {
		return err
	}
	if !ed25519.Verify(key, base, value) {
		return ErrInvalid
	}
	return nil
}

// takeContext lets the proof's context, which must begin the document's, stand
// for it (§3.3.2).
func takeContext(o, p map[string]any) error {
	own, ok := p["@context"]
	if !ok {
		return nil
	}
	mine, all := listOf(own), listOf(o["@context"])
	if len(mine) > len(all) || !reflect.DeepEqual(mine, all[:len(mine)]) {
		return fmt.Errorf("%w: another context", ErrInvalid)
	}
	o["@context"] = own
	return nil
}

func listOf(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// signature decodes a proofValue: base58btc with its multibase prefix. The length is
// checked first, for decoding takes quadratic time.
func signature(text string) ([]byte, error) {
	if len(text) < 2 || len(text) > 2*ed25519.SignatureSize || text[0] != 'z' {
		return nil, fmt.Errorf("%w: not a base58 value", ErrInvalid)
	}
	value, err := base58.Decode(text[1:])
	if err != nil || len(value) != ed25519.SignatureSize {
		return nil, fmt.Errorf("%w: not a signature", ErrInvalid)
	}
	return value, nil
}

// hashed is what is signed: the hash of the proof's options, then that of the
// document without its proof (§3.3.4).
func hashed(options, doc map[string]any) ([]byte, error) {
	base := make([]byte, 0, 2*sha256.Size)
	for _, o := range []map[string]any{options, doc} {
		b, err := jcs.Append(nil, o)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(b)
		base = append(base, sum[:]...)
	}
	return base, nil
}

func object(doc []byte) (map[string]any, error) {
	v, err := jcs.Parse(doc)
	if err != nil {
		return nil, err
	}
	o, ok := v.(map[string]any)
	if !ok || len(o) == 0 {
		return nil, fmt.Errorf("%w: not an object with members", jcs.ErrSyntax)
	}
	return o, nil
}
