package fedtest

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Message is a POST to an inbox that is right when Mail made it and can be spoiled
// in any part before it is sent. It signs by itself: what the node verifies is not
// checked by the node's own signing.
type Message struct {
	URL     string
	Body    []byte
	Header  http.Header // Content-Type, Date and the digest of the body
	Host    string      // as sent
	KeyID   string
	Covered []string
	Sign    func(base string) []byte
	// Signed is what the signature claims of a covered component that is not a
	// header; empty: the truth. "(request-target)", "host", "@target-uri" and so on.
	Signed map[string]string

	// Algorithm, Created and Expires are parameters; empty ones are left out.
	Algorithm, Created, Expires string
	// Modern makes it a signature of RFC 9421 instead of draft-cavage.
	Modern bool
	// Unsigned sends no signature, or the header that Signature holds.
	Unsigned  bool
	Signature string

	t testing.TB
}

// Answer is what a node said.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Mail signs body, an Object or bytes, as most servers do (draft-cavage, RSA).
func (a *PeerActor) Mail(inbox string, body any) *Message {
	raw, ok := body.([]byte)
	if !ok {
		raw = encode(body)
	}
	m := &Message{
		URL: inbox, Body: raw, KeyID: a.KeyID, Algorithm: "rsa-sha256", Signed: map[string]string{},
		Covered: []string{"(request-target)", "host", "date", "digest"},
		Sign:    signRSA(a.RSA), t: a.Peer.t,
	}
	m.Host = strings.TrimPrefix(inbox[:len(inbox)-len(m.path())], "http://")
	m.Header = http.Header{"Content-Type": {activityType}}
	m.date(time.Now())
	m.Header.Set("Digest", "SHA-256="+m.sum())
	return m
}

// Modernise signs by RFC 9421 instead.
func (m *Message) Modernise() *Message {
	m.Modern, m.Algorithm = true, "rsa-v1_5-sha256"
	m.Covered = []string{"@method", "@target-uri", "content-digest"}
	m.Created = strconv.FormatInt(time.Now().Unix(), 10)
	m.Header.Set("Content-Digest", "sha-256=:"+m.sum()+":")
	m.Header.Del("Digest")
	return m
}

func (m *Message) date(t time.Time) { m.Header.Set("Date", t.UTC().Format(http.TimeFormat)) }

func (m *Message) sum() string {
	h := sha256.Sum256(m.Body)
	return base64.StdEncoding.EncodeToString(h[:])
}

// path is the part of the URL after its host.
func (m *Message) path() string {
	_, rest, _ := strings.Cut(m.URL, "://")
	_, path, _ := strings.Cut(rest, "/")
	return "/" + path
}

func signRSA(key *rsa.PrivateKey) func(string) []byte {
	return func(base string) []byte {
		h := sha256.Sum256([]byte(base))
		value, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, h[:])
		if err != nil {
			panic(err) // the test's own key
		}
		return value
	}
}

func signEd25519(key ed25519.PrivateKey) func(string) []byte {
	return func(base string) []byte { return ed25519.Sign(key, []byte(base)) }
}

// Send posts it.
func (m *Message) Send() Answer {
	m.t.Helper()
	return Ask(m.t, m.Request())
}

// Get asks for a document, signed by the actor.
func (a *PeerActor) Get(url string) Answer {
	a.Peer.t.Helper()
	m := a.Mail(url, []byte(nil))
	m.Covered = []string{"(request-target)", "host", "date"}
	m.Signed["(request-target)"] = "get " + m.path()
	r := m.Request()
	r.Method, r.Body = http.MethodGet, nil
	r.Header.Set("Accept", activityType)
	return Ask(a.Peer.t, r)
}

// Ask makes any request.
func Ask(t testing.TB, r *http.Request) Answer {
	t.Helper()
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err) // a panic of the node cuts the connection
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("read answer: %v", err)
	}
	return Answer{res.StatusCode, res.Header, string(body)}
}

// Request is the message, signed now.
func (m *Message) Request() *http.Request {
	r, err := http.NewRequest(http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		m.t.Fatal(err)
	}
	r.Host, r.Header = m.Host, m.Header.Clone()
	switch {
	case m.Signature != "":
		r.Header.Set("Signature", m.Signature)
	case m.Unsigned:
	case m.Modern:
		m.signModern(r)
	default:
		r.Header.Set("Signature", m.cavage())
	}
	return r
}

// cavage is the Signature header of draft-cavage-12 §2.
func (m *Message) cavage() string {
	var lines []string
	for _, name := range m.Covered {
		lines = append(lines, name+": "+m.claim(name))
	}
	params := []string{`keyId="` + m.KeyID + `"`}
	for _, p := range [][2]string{{"algorithm", m.Algorithm}, {"headers", strings.Join(m.Covered, " ")}} {
		if p[1] != "" {
			params = append(params, p[0]+`="`+p[1]+`"`)
		}
	}
	for _, p := range [][2]string{{"created", m.Created}, {"expires", m.Expires}} {
		if p[1] != "" {
			params = append(params, p[0]+"="+p[1])
		}
	}
	value := m.Sign(strings.Join(lines, "\n"))
	return strings.Join(append(params, `signature="`+base64.StdEncoding.EncodeToString(value)+`"`), ",")
}

// claim is what a component is said to be.
func (m *Message) claim(name string) string {
	if v, ok := m.Signed[name]; ok {
		return v
	}
	switch name {
	case "(request-target)":
		return "post " + m.path()
	case "(created)":
		return m.Created
	case "(expires)":
		return m.Expires
	case "host", "@authority":
		return m.Host
	case "@method":
		return http.MethodPost
	case "@target-uri":
		return m.URL
	}
	return strings.Join(m.Header.Values(name), ", ")
}

// signModern follows RFC 9421 §2.5.
func (m *Message) signModern(r *http.Request) {
	quoted, base := make([]string, len(m.Covered)), ""
	for i, name := range m.Covered {
		quoted[i] = `"` + name + `"`
		base += quoted[i] + ": " + m.claim(name) + "\n"
	}
	params := fmt.Sprintf(`(%s);created=%s;keyid="%s"`, strings.Join(quoted, " "), m.Created, m.KeyID)
	if m.Algorithm != "" {
		params += `;alg="` + m.Algorithm + `"`
	}
	if m.Expires != "" {
		params += ";expires=" + m.Expires
	}
	value := m.Sign(base + `"@signature-params": ` + params)
	r.Header.Set("Signature-Input", "sig1="+params)
	r.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(value)+":")
}
