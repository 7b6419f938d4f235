// Package httpsig signs HTTP requests and checks the signatures of others, in
// the two forms that servers speak: draft-cavage-http-signatures-12 and
// RFC 9421. It also reads and writes the keys that actors publish.
//
// It knows no store and no network. A check has three steps, so that the caller
// spends nothing on a request that cannot pass:
//
//	s, err := policy.Parse(r, now)  // form, coverage, time window: no key needed
//	err = s.VerifyBody(body)        // digests against the bytes
//	err = s.Verify(key)             // the key of s.KeyID, found by the caller
//
// Whose key it is, and whether that actor may do what the body says, is the
// caller's business, and so is recognising a request that comes twice.
// DESIGN.md beside this file argues the choices.
package httpsig

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Scheme is a way to sign a request.
type Scheme int

const (
	// Cavage is draft-cavage-http-signatures-12, the query included in
	// (request-target). It is the zero value: what nearly every server accepts.
	Cavage Scheme = iota
	// CavageNoQuery is Cavage with the query left out of (request-target), as
	// Misskey, Pleroma and Fedify expect it. Only Sign tells it from Cavage.
	CavageNoQuery
	// RFC9421 is HTTP Message Signatures.
	RFC9421
)

// String names the scheme for logs and for the memory of what a peer takes.
func (s Scheme) String() string {
	switch s {
	case Cavage:
		return "cavage"
	case CavageNoQuery:
		return "cavage-no-query"
	case RFC9421:
		return "rfc9421"
	}
	return fmt.Sprintf("Scheme(%d)", int(s))
}

// Errors that a caller tests. The text that wraps them is short, names no
// secret and is fit for the body of an answer.
var (
	// ErrMalformed means that a header does not follow its grammar: status 400.
	ErrMalformed = errors.New("malformed signature")
	// ErrSignature means that the signature is not good enough or not true:
	// status 401, with AcceptSignature.
	ErrSignature = errors.New("signature refused")
	// ErrUnsigned means that there is no signature at all. It is an ErrSignature.
	ErrUnsigned = fmt.Errorf("%w: the request is not signed", ErrSignature)
	// ErrKey means that a key is of a kind or size we do not use. It is an
	// ErrSignature.
	ErrKey = fmt.Errorf("%w: unusable key", ErrSignature)
)

// AcceptSignature is the value of the Accept-Signature header that goes with
// a 401 (RFC 9421 §5.1).
const AcceptSignature = `sig1=("@method" "@target-uri" "content-digest");created;keyid`

// Window is how far the time of a signature may lie from ours, before or after.
// Mastodon takes 65 minutes back and 60 ahead, Fedify 60 both ways.
const Window = 65 * time.Minute

// maxHeader bounds what is parsed of one signature header, in bytes.
const maxHeader = 8 << 10

// A Policy is what a node knows about itself when it checks signatures.
// It may be used concurrently.
type Policy struct {
	// Origin is the scheme and host under which the world reaches the node, as
	// "https://lab.example". The request alone does not tell: behind a proxy its
	// TLS field is nil. The proxy must pass the Host header on unchanged.
	Origin string
	// AllowHTTP takes key ids that begin with http: development networks only.
	AllowHTTP bool
}

// A Signature is one parsed signature that meets the policy. Nothing about it is
// proven before Verify has returned nil. It may not be used concurrently.
type Signature struct {
	// KeyID is the URL of the key, exactly as sent; its form passed CheckKeyID.
	KeyID string
	// Scheme is Cavage or RFC9421.
	Scheme Scheme
	// Created is when the request was signed, by a covered field.
	Created time.Time
	// Expires is the end the sender gave; zero when it gave none.
	Expires time.Time

	algorithm string   // the sender's name for it, lower case, "" when absent
	value     []byte   // the signature itself
	bases     []string // what may have been signed, the likeliest first
	digests   []digest // every digest of the body that we can compute
	bodyDue   bool     // VerifyBody must still succeed
}

// Parse reads the signature of r and applies all policy that needs no key:
// host, covered components, time window, expiry, algorithm name, form of the key
// id, and that a body is covered by a digest we know. It reads no body and leaves
// r as it is. A Signature-Input header makes it RFC 9421, otherwise the Signature
// header or "Authorization: Signature" is taken as draft-cavage.
// Errors are ErrMalformed, ErrSignature or ErrUnsigned.
func (p Policy) Parse(r *http.Request, now time.Time) (*Signature, error) {
	parse, err := p.parser(r)
	if err != nil {
		return nil, err
	}
	if err := p.checkHost(r); err != nil {
		return nil, err
	}
	return parse(r, now)
}

type parseFunc func(*http.Request, time.Time) (*Signature, error)

func (p Policy) parser(r *http.Request) (parseFunc, error) {
	if len(r.Header.Values("Signature-Input")) > 0 {
		return p.parseRFC9421, nil
	}
	header, err := cavageHeader(r.Header)
	if err != nil {
		return nil, err
	}
	return func(r *http.Request, now time.Time) (*Signature, error) {
		return p.parseCavage(r, header, now)
	}, nil
}

// checkHost refuses what was signed for another server and is replayed here.
func (p Policy) checkHost(r *http.Request) error {
	scheme, host, _ := strings.Cut(p.Origin, "://")
	if host == "" {
		return refused("this node has no origin")
	}
	if canonicalHost(scheme, r.Host) != canonicalHost(scheme, host) {
		return refused("the request is for another host")
	}
	return nil
}

func (p Policy) scheme() string {
	scheme, _, _ := strings.Cut(p.Origin, "://")
	return scheme
}

// admit applies the rules that both schemes share, once s is filled in.
func (p Policy) admit(s *Signature, now time.Time) error {
	if err := CheckKeyID(s.KeyID, p.AllowHTTP); err != nil {
		return err
	}
	if len(s.value) == 0 {
		return malformed("the signature is empty")
	}
	if !s.Expires.IsZero() && !now.Before(s.Expires) {
		return refused("expired")
	}
	return nil
}

func checkWindow(t, now time.Time) error {
	switch d := now.Sub(t); {
	case d > Window:
		return refused("signed too long ago")
	case d < -Window:
		return refused("signed in the future")
	}
	return nil
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...)
}

func refused(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrSignature}, args...)...)
}
