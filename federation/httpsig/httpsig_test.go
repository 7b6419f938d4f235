package httpsig

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	origin = "https://lab.example"
	keyID  = "https://peer.example/users/ada#main-key"
	note   = `{"type":"Create"}`
)

var (
	now    = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	policy = Policy{Origin: origin}
)

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

var edKey = sync.OnceValue(func() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
})

// outgoing is a request as its sender makes it.
func outgoing(t testing.TB, method, target, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/activity+json")
	}
	return r
}

// arrive is r as the receiving server hands it on, behind a TLS proxy.
func arrive(r *http.Request) *http.Request {
	in := httptest.NewRequest(r.Method, r.URL.RequestURI(), nil)
	in.Host = hostOf(r)
	in.Header = r.Header.Clone()
	return in
}

// check is the whole way of a request into our node at the time now.
func check(r *http.Request, body string, key crypto.PublicKey) error {
	return checkAt(policy, r, body, key, now)
}

func checkAt(p Policy, r *http.Request, body string, key crypto.PublicKey, when time.Time) error {
	s, err := p.Parse(r, when)
	if err != nil {
		return err
	}
	if err := s.VerifyBody([]byte(body)); err != nil {
		return err
	}
	return s.Verify(key)
}

func signed(t testing.TB, scheme Scheme, key crypto.Signer) *http.Request {
	t.Helper()
	r := outgoing(t, http.MethodPost, origin+"/inbox", note)
	if err := (Signer{keyID, key}).Sign(r, []byte(note), scheme, now); err != nil {
		t.Fatal(err)
	}
	return arrive(r)
}

// cavage signs by hand, so that a test can do wrong what Sign does right.
type cavage struct {
	algorithm string // parameter algorithm; "" leaves it out
	headers   string // parameter headers; "" leaves it out
	params    string // more parameters, as created=1
	target    string // "post /inbox" when empty
	host      string // "lab.example" when empty
}

func (c cavage) sign(t testing.TB, r *http.Request) *http.Request {
	t.Helper()
	if c.target == "" {
		c.target = strings.ToLower(r.Method) + " " + r.URL.RequestURI()
	}
	if c.host == "" {
		c.host = "lab.example"
	}
	h := sha256.Sum256([]byte(c.base(r)))
	value, err := rsaKey().Sign(rand.Reader, h[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Signature", c.header(value))
	return r
}

func (c cavage) header(value []byte) string {
	parts := []string{`keyId="` + keyID + `"`}
	if c.algorithm != "" {
		parts = append(parts, `algorithm="`+c.algorithm+`"`)
	}
	if c.params != "" {
		parts = append(parts, c.params)
	}
	if c.headers != "" {
		parts = append(parts, `headers="`+c.headers+`"`)
	}
	return strings.Join(append(parts, `signature="`+base64.StdEncoding.EncodeToString(value)+`"`), ",")
}

func (c cavage) base(r *http.Request) string {
	names := strings.Fields(c.headers)
	if len(names) == 0 {
		names = []string{"date"}
	}
	var lines []string
	for _, name := range names {
		value := r.Header.Get(name)
		switch name {
		case "(request-target)":
			value = c.target
		case "host":
			value = c.host
		case "(created)", "(expires)":
			_, value, _ = strings.Cut(c.params, strings.Trim(name, "()")+"=")
			value, _, _ = strings.Cut(value, ",")
		}
		lines = append(lines, name+": "+value)
	}
	return strings.Join(lines, "\n")
}

// incoming is an unsigned POST of note with true Date and Digest headers.
func incoming() *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/inbox", nil)
	r.Host = "lab.example"
	r.Header.Set("Date", now.Format(http.TimeFormat))
	r.Header.Set("Digest", "SHA-256="+base64.StdEncoding.EncodeToString(sum("sha-256", []byte(note))))
	return r
}

func wantError(t *testing.T, err, want error, reason string) {
	t.Helper()
	if !errors.Is(err, want) || !strings.Contains(err.Error(), reason) {
		t.Errorf("got %v, want %v with %q", err, want, reason)
	}
}

func TestSignedRequestVerifies(t *testing.T) {
	keys := map[string]crypto.Signer{"rsa": rsaKey(), "ed25519": edKey()}
	bodies := map[string]string{http.MethodGet: "", http.MethodHead: "", http.MethodPost: note, http.MethodPut: ""}
	targets := []string{"/inbox", "/outbox?page=true&cursor=1", "/u/%C5%82%20b?q=a%2Fb", "/", ""}
	for name, key := range keys {
		for _, scheme := range []Scheme{Cavage, CavageNoQuery, RFC9421} {
			for method, body := range bodies {
				for _, target := range targets {
					t.Run(strings.Join([]string{name, scheme.String(), method, target}, " "), func(t *testing.T) {
						r := outgoing(t, method, origin+target, body)
						if err := (Signer{keyID, key}).Sign(r, []byte(body), scheme, now); err != nil {
							t.Fatal(err)
						}
						if err := check(arrive(r), body, key.Public()); err != nil {
							t.Errorf("got %v, want nil", err)
						}
					})
				}
			}
		}
	}
}

func TestAgainTriedRequestCarriesOneSignature(t *testing.T) {
	r := outgoing(t, http.MethodPost, origin+"/inbox", note)
	s := Signer{keyID, rsaKey()}
	for _, scheme := range []Scheme{RFC9421, Cavage} {
		if err := s.Sign(r, []byte(note), scheme, now); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.Header.Get("Signature-Input") + r.Header.Get("Content-Digest"); got != "" {
		t.Errorf("got %q left over from the first scheme, want nothing", got)
	}
	if err := check(arrive(r), note, rsaKey().Public()); err != nil {
		t.Error(err)
	}
}

func TestParseTellsWhoAndWhen(t *testing.T) {
	for _, scheme := range []Scheme{Cavage, RFC9421} {
		s, err := policy.Parse(signed(t, scheme, rsaKey()), now)
		if err != nil {
			t.Fatal(err)
		}
		if s.KeyID != keyID || s.Scheme != scheme || !s.Created.Equal(now) || !s.Expires.IsZero() {
			t.Errorf("got %+v", s)
		}
	}
}

func TestVerifyWantsTheBodyFirst(t *testing.T) {
	s, err := policy.Parse(signed(t, Cavage, rsaKey()), now)
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, s.Verify(rsaKey().Public()), ErrSignature, "body was not compared")
}

func TestSignerIsSafeForConcurrentUse(t *testing.T) {
	s := Signer{keyID, rsaKey()}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			r := outgoing(t, http.MethodPost, origin+"/inbox", note)
			if err := s.Sign(r, []byte(note), RFC9421, now); err != nil {
				t.Error(err)
			}
			if err := check(arrive(r), note, rsaKey().Public()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestSignRefusesWhatItCannotQuote(t *testing.T) {
	r := outgoing(t, http.MethodGet, origin+"/", "")
	for _, id := range []string{`https://h/"x`, `https://h/\x`, "https://h/\r\nx", "https://h/é"} {
		if err := (Signer{id, rsaKey()}).Sign(r, nil, Cavage, now); err == nil {
			t.Errorf("got nil for %q, want an error", id)
		}
	}
}
