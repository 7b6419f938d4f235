package httpsig

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/dunglas/httpsfv"
)

// A digest is what the body should hash to, by an algorithm we know.
type digest struct {
	algorithm string // sha-256 or sha-512
	sum       []byte
}

// readDigests collects the digests of the body from Digest (RFC 3230) and
// Content-Digest (RFC 9530). When the method has a body, one of the two headers
// must be covered by the signature and hold an algorithm we know.
func (s *Signature) readDigests(r *http.Request, covered []string) error {
	old, err := parseDigest(r.Header.Values("Digest"))
	if err != nil {
		return err
	}
	current, err := parseContentDigest(r.Header.Values("Content-Digest"))
	if err != nil {
		return err
	}
	s.digests = append(old, current...)
	s.bodyDue = hasBody(r.Method)
	bound := len(old) > 0 && s.Scheme != RFC9421 && slices.Contains(covered, "digest") ||
		len(current) > 0 && slices.Contains(covered, "content-digest")
	if s.bodyDue && !bound {
		return refused("no known digest of the body is covered")
	}
	return nil
}

// VerifyBody compares the body with every digest in the headers whose algorithm
// we know; all must match. Where the method has a body, Verify wants this first.
func (s *Signature) VerifyBody(body []byte) error {
	for _, d := range s.digests {
		if !bytes.Equal(sum(d.algorithm, body), d.sum) {
			return refused("the %s digest is not that of the body", d.algorithm)
		}
	}
	s.bodyDue = false
	return nil
}

// parseDigest reads the old Digest header: algorithm=base64, separated by commas,
// the algorithm in any case. Algorithms that we do not know are left out.
func parseDigest(values []string) ([]digest, error) {
	var found []digest
	for item := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, value, ok := strings.Cut(trimOWS(item), "=")
		if !ok && name == "" {
			continue // RFC 9110 §5.6.1: empty list elements are ignored
		}
		if !ok {
			return nil, malformed("the Digest header")
		}
		name = strings.ToLower(name)
		if !knownDigest(name) {
			continue
		}
		sum, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return nil, malformed("the Digest header")
		}
		found = append(found, digest{name, sum})
	}
	return found, nil
}

// parseContentDigest reads Content-Digest, a dictionary of byte sequences.
func parseContentDigest(values []string) ([]digest, error) {
	dict, err := httpsfv.UnmarshalDictionary(values)
	if err != nil {
		return nil, malformed("the Content-Digest header")
	}
	var found []digest
	for _, name := range dict.Names() {
		if !knownDigest(name) {
			continue
		}
		member, _ := dict.Get(name)
		item, _ := member.(httpsfv.Item)
		sum, ok := item.Value.([]byte)
		if !ok {
			return nil, malformed("the Content-Digest header")
		}
		found = append(found, digest{name, sum})
	}
	return found, nil
}

func knownDigest(name string) bool { return name == "sha-256" || name == "sha-512" }

func sum(algorithm string, body []byte) []byte {
	if algorithm == "sha-512" {
		s := sha512.Sum512(body)
		return s[:]
	}
	s := sha256.Sum256(body)
	return s[:]
}
