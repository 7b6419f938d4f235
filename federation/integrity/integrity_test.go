package integrity

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/mr-tron/base58"

	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/store/jcs"
)

// The document, the keys and the proof of the test of FEP-8b32.
const (
	theirDocument = `{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v2"],` +
		`"id":"https://server.example/activities/1","type":"Create","actor":"https://server.example/users/alice",` +
		`"object":{"id":"https://server.example/objects/1","type":"Note","attributedTo":"https://server.example/users/alice",` +
		`"content":"Hello world","location":{"type":"Place","longitude":-71.184902,"latitude":25.273962}}}`
	theirProof = `,"proof":{"@context":["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v2"],` +
		`"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","verificationMethod":"https://server.example/users/alice#ed25519-key",` +
		`"proofPurpose":"assertionMethod","proofValue":"z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL",` +
		`"created":"2023-02-24T23:36:38Z"}}`
	theirKey    = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
	theirSecret = "3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
	method      = "https://server.example/users/alice#ed25519-key"
)

var at = time.Date(2023, 2, 24, 23, 36, 38, 0, time.UTC)

func signer(t testing.TB) (httpsig.Signer, ed25519.PublicKey) {
	t.Helper()
	raw, err := base58.Decode(theirSecret)
	if err != nil {
		t.Fatal(err)
	}
	key := ed25519.NewKeyFromSeed(raw[2:]) // after the multicodec prefix
	return httpsig.Signer{KeyID: method, Key: key}, key.Public().(ed25519.PublicKey)
}

func signed(t testing.TB, doc string) []byte {
	t.Helper()
	by, _ := signer(t)
	out, err := Sign([]byte(doc), by, at)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestVectorOfTheFEPVerifies(t *testing.T) {
	key, err := httpsig.ParseMultikey(theirKey)
	if err != nil {
		t.Fatal(err)
	}
	doc := strings.TrimSuffix(theirDocument, "}") + theirProof
	if err := Verify([]byte(doc), key); err != nil {
		t.Errorf("got %v, want nothing", err)
	}
	if got, err := Method([]byte(doc)); got != method || err != nil {
		t.Errorf("method: got %q, %v", got, err)
	}
	if _, own := signer(t); !own.Equal(key) {
		t.Error("the secret key of the test is not that of its public key")
	}
}

func TestSignedDocumentVerifiesAndKeepsItsBytes(t *testing.T) {
	doc := signed(t, theirDocument)
	_, key := signer(t)
	if err := Verify(doc, key); err != nil {
		t.Errorf("got %v, want nothing", err)
	}
	if !bytes.HasPrefix(doc, []byte(strings.TrimSuffix(theirDocument, "}"))) {
		t.Errorf("the document changed: %s", doc)
	}
	if !bytes.Equal(doc, signed(t, theirDocument)) {
		t.Error("signing twice makes other bytes")
	}
	spaced := bytes.ReplaceAll(doc, []byte(`","`), []byte("\" ,\n \""))
	if err := Verify(spaced, key); err != nil {
		t.Errorf("written with spaces: got %v, want nothing", err)
	}
}

func TestAnyChangeBreaksTheProof(t *testing.T) {
	_, key := signer(t)
	other, _, _ := ed25519.GenerateKey(nil)
	doc := string(signed(t, theirDocument))
	for from, to := range map[string]string{
		"Hello world":          "Hello World",
		"25.273962":            "25.273963",
		"data-integrity/v2":    "data-integrity/v1",
		"2023-02-24T23:36:38Z": "2023-02-24T23:36:39Z",
		"ed25519-key":          "ed25519-kez",
		`"proofValue":"z`:      `"proofValue":"u`,
		`"type":"Create"`:      `"type":"Create","extra":null`,
	} {
		changed := strings.ReplaceAll(doc, from, to)
		if err := Verify([]byte(changed), key); changed == doc || !errors.Is(err, ErrInvalid) {
			t.Errorf("%s to %s: got %v, want ErrInvalid", from, to, err)
		}
	}
	if err := Verify([]byte(doc), other); !errors.Is(err, ErrInvalid) {
		t.Errorf("another key: got %v, want ErrInvalid", err)
	}
	theirs := strings.TrimSuffix(theirDocument, "}") + strings.Replace(theirProof, "activitystreams", "activitystreamz", 1)
	if err := Verify([]byte(theirs), key); !errors.Is(err, ErrInvalid) {
		t.Errorf("another context: got %v, want ErrInvalid", err)
	}
}

func TestDocumentWithoutUsableProof(t *testing.T) {
	_, key := signer(t)
	doc := string(signed(t, theirDocument))
	for _, d := range []string{
		theirDocument,
		strings.Replace(doc, "eddsa-jcs-2022", "eddsa-rdfc-2022", 1),
		strings.Replace(doc, "assertionMethod", "authentication", 1),
		strings.TrimSuffix(theirDocument, "}") + `,"proof":["z"]}`,
	} {
		if err := Verify([]byte(d), key); !errors.Is(err, ErrNone) {
			t.Errorf("got %v, want ErrNone: %s", err, d)
		}
	}
	by, _ := signer(t)
	if _, err := Sign([]byte(doc), by, at); !errors.Is(err, ErrInvalid) {
		t.Errorf("signed twice: got %v, want ErrInvalid", err)
	}
	for _, d := range []string{"[]", "{}", "", "{"} {
		if _, err := Sign([]byte(d), by, at); !errors.Is(err, jcs.ErrSyntax) {
			t.Errorf("%q: got %v, want ErrSyntax", d, err)
		}
	}
}

// Nothing that is not the signed document verifies, and nothing panics.
func FuzzVerify(f *testing.F) {
	doc := signed(f, theirDocument)
	f.Add(doc)
	f.Add([]byte(strings.TrimSuffix(theirDocument, "}") + theirProof))
	_, key := signer(f)
	f.Fuzz(func(t *testing.T, d []byte) {
		if Verify(d, key) != nil {
			return
		}
		o, err := object(d)
		if err != nil || o["id"] != "https://server.example/activities/1" || o["type"] != "Create" {
			t.Errorf("a forgery verifies: %s", d)
		}
	})
}

func BenchmarkSign(b *testing.B) {
	by, _ := signer(b)
	for b.Loop() {
		if _, err := Sign([]byte(theirDocument), by, at); err != nil {
			b.Fatal(err)
		}
	}
}
