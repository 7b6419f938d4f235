package httpsig

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// label names our signature in the dictionaries of RFC 9421.
const label = "sig1"

// A Signer signs requests with one key. It may be used concurrently.
type Signer struct {
	// KeyID is the URL under which the public key is published.
	KeyID string
	// Key is an RSA or an Ed25519 key.
	Key crypto.Signer
}

// Sign sets the headers Date, Digest or Content-Digest (unless the method is GET
// or HEAD), Signature and, for RFC9421, Signature-Input. What an earlier Sign left
// is replaced, so one request can be tried in several schemes. The method, URL,
// Host and Content-Type must not change afterwards. It reads body, not r.Body.
func (s Signer) Sign(r *http.Request, body []byte, scheme Scheme, now time.Time) error {
	if strings.ContainsFunc(s.KeyID, unquotable) {
		return fmt.Errorf("sign request: key id %q cannot be quoted", s.KeyID)
	}
	for _, name := range []string{"Signature", "Signature-Input", "Digest", "Content-Digest"} {
		r.Header.Del(name)
	}
	r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	var err error
	switch scheme {
	case Cavage, CavageNoQuery:
		err = s.signCavage(r, body, scheme)
	case RFC9421:
		err = s.signRFC9421(r, body, now)
	default:
		err = fmt.Errorf("no such scheme %v", scheme)
	}
	if err != nil {
		return fmt.Errorf("sign request as %s: %w", s.KeyID, err)
	}
	return nil
}

func unquotable(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\\' }

// signCavage covers what every server asks for, in the order Mastodon's own
// documentation shows.
func (s Signer) signCavage(r *http.Request, body []byte, scheme Scheme) error {
	covered := []string{"(request-target)", "host", "date"}
	if hasBody(r.Method) {
		r.Header.Set("Digest", "SHA-256="+base64.StdEncoding.EncodeToString(sum("sha-256", body)))
		covered = append(covered, "digest")
		if r.Header.Get("Content-Type") != "" {
			covered = append(covered, "content-type")
		}
	}
	covered = append(covered, present(r.Header)...)
	target := requestTarget(r)
	if scheme == CavageNoQuery {
		target, _, _ = strings.Cut(target, "?")
	}
	base, err := cavageBase(r, target, nil, covered)
	if err != nil {
		return err
	}
	algorithm, value, err := s.sign(base)
	if err != nil {
		return err
	}
	r.Header.Set("Signature", fmt.Sprintf(`keyId="%s",algorithm="%s",headers="%s",signature="%s"`,
		s.KeyID, cavageName(algorithm), strings.Join(covered, " "), base64.StdEncoding.EncodeToString(value)))
	return nil
}

// spoken are headers that say something by themselves: a signature covers those
// that are there.
var spoken = []string{"collection-synchronization", "essaim-catalog-synchronization"}

func present(h http.Header) []string {
	var names []string
	for _, name := range spoken {
		if h.Get(name) != "" {
			names = append(names, name)
		}
	}
	return names
}

// cavageName is the draft's name for an algorithm of RFC 9421. PeerTube refuses a
// signature without one; hs2019 is the draft's only name for Ed25519.
func cavageName(algorithm string) string {
	if algorithm == "ed25519" {
		return "hs2019"
	}
	return "rsa-sha256"
}

func (s Signer) signRFC9421(r *http.Request, body []byte, now time.Time) error {
	covered := []string{"@method", "@target-uri"}
	if hasBody(r.Method) {
		r.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum("sha-256", body))+":")
		covered = append(covered, "content-digest")
	}
	covered = append(covered, present(r.Header)...)
	algorithm, err := s.algorithm()
	if err != nil {
		return err
	}
	input := s.signatureInput(covered, algorithm, now)
	base, err := signatureBase(r, r.URL.Scheme, input, covered)
	if err != nil {
		return err
	}
	_, value, err := s.sign(base)
	if err != nil {
		return err
	}
	params, err := httpsfv.Marshal(input)
	if err != nil {
		return err
	}
	r.Header.Set("Signature-Input", label+"="+params)
	r.Header.Set("Signature", label+"=:"+base64.StdEncoding.EncodeToString(value)+":")
	return nil
}

func (s Signer) signatureInput(covered []string, algorithm string, now time.Time) httpsfv.InnerList {
	input := httpsfv.InnerList{Params: httpsfv.NewParams()}
	for _, name := range covered {
		input.Items = append(input.Items, httpsfv.NewItem(name))
	}
	input.Params.Add("created", now.Unix())
	input.Params.Add("keyid", s.KeyID)
	input.Params.Add("alg", algorithm)
	return input
}

// algorithm is RFC 9421's name for what the key does.
func (s Signer) algorithm() (string, error) {
	switch s.Key.Public().(type) {
	case *rsa.PublicKey:
		return "rsa-v1_5-sha256", nil
	case ed25519.PublicKey:
		return "ed25519", nil
	}
	return "", fmt.Errorf("%w: %T", ErrKey, s.Key.Public())
}

func (s Signer) sign(base string) (algorithm string, value []byte, err error) {
	algorithm, err = s.algorithm()
	if err != nil {
		return "", nil, err
	}
	if algorithm == "ed25519" {
		value, err = s.Key.Sign(rand.Reader, []byte(base), crypto.Hash(0))
		return algorithm, value, err
	}
	h := sha256.Sum256([]byte(base))
	value, err = s.Key.Sign(rand.Reader, h[:], crypto.SHA256)
	return algorithm, value, err
}
