package fedtest

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/httpsig"
)

// Public is the audience of everybody (ActivityPub §5.6).
const Public = "https://www.w3.org/ns/activitystreams#Public"

const (
	activityType = "application/activity+json"
	linkedType   = `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`
)

// Object is a JSON object to be sent or served.
type Object = map[string]any

// With returns a copy of o in which the given properties have other values; a nil
// value takes the property away.
func With(o, changes Object) Object {
	c := maps.Clone(o)
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// Peer is a server of somebody else: it serves what it is told to, well or badly,
// counts who asks, and keeps what is posted to it. It is safe for concurrent use.
type Peer struct {
	URL string

	t      testing.TB
	mu     sync.Mutex
	pages  map[string]http.HandlerFunc // by path
	hits   map[string]int              // GETs by path
	asked  []http.Header               // of all GETs
	posted [][]byte
}

// NewPeer runs a peer on an address of the loopback until the test ends. name is
// an IP address, or a name below .localhost.
func NewPeer(t testing.TB, name string) *Peer {
	t.Helper()
	address := name
	if net.ParseIP(name) == nil {
		address = "127.0.0.1"
	}
	l, err := net.Listen("tcp", address+":0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	p := &Peer{URL: "http://" + name + ":" + port, t: t, pages: map[string]http.HandlerFunc{}, hits: map[string]int{}}
	s := httptest.NewUnstartedServer(http.HandlerFunc(p.serve))
	s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return p
}

func (p *Peer) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		p.posted = append(p.posted, body)
		p.mu.Unlock()
		w.WriteHeader(http.StatusAccepted)
		return
	}
	p.mu.Lock()
	p.hits[r.URL.Path]++
	p.asked = append(p.asked, r.Header)
	page := p.pages[r.URL.Path]
	p.mu.Unlock()
	if page == nil {
		http.NotFound(w, r)
		return
	}
	page(w, r)
}

// Serve answers GETs of a path with page.
func (p *Peer) Serve(path string, page http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages[path] = page
}

// Show serves a document under its id, or under path, as ActivityStreams.
func (p *Peer) Show(path string, doc Object) { p.Serve(path, As(activityType, encode(doc))) }

// Hits counts the GETs of a path, Requests all of them.
func (p *Peer) Hits(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hits[path]
}

// Requests returns the headers of all GETs so far.
func (p *Peer) Requests() []http.Header {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]http.Header(nil), p.asked...)
}

// Posted returns the bodies of all POSTs so far.
func (p *Peer) Posted() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, body := range p.posted {
		all = append(all, string(body))
	}
	return all
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the test's own literal
	}
	return b
}

// As is a page of a media type.
func As(mediaType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write(body) // who hangs up does so on purpose
	}
}

// Status is a page that fails.
func Status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// Redirect sends the caller elsewhere.
func Redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
}

// Drip sends a byte now and then, for as long as anybody listens.
func Drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", activityType)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			_, _ = w.Write([]byte(" "))
			_ = http.NewResponseController(w).Flush()
		}
	}
}

// Endless sends an object that never ends. sent is told how much went out, in
// bytes.
func Endless(sent func(int)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", activityType)
		filler := bytes.Repeat([]byte("a"), 32<<10)
		for chunk := []byte(`{"type":"Person","name":"`); ; chunk = filler {
			n, err := w.Write(chunk)
			sent(n)
			if err != nil {
				return
			}
		}
	}
}

// Bomb sends little that unpacks to a gibibyte.
func Bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", activityType)
	w.Header().Set("Content-Encoding", "gzip")
	member := Zip(strings.Repeat(" ", 1<<20))
	for range 1 << 10 { // members of a gzip stream follow each other (RFC 1952 §2.2)
		if _, err := w.Write(member); err != nil {
			return
		}
	}
}

// Zip packs a text.
func Zip(text string) []byte {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text) // a Builder takes everything
	_ = z.Close()
	return []byte(b.String())
}

// PeerActor is somebody on a peer. Its document is served under its IRI and its
// handle by WebFinger.
type PeerActor struct {
	Peer   *Peer
	IRI    string
	Handle string
	KeyID  string // of the RSA key; the other is #ed25519
	RSA    *rsa.PrivateKey
	Ed     ed25519.PrivateKey

	keys int // generations so far
}

// Actor makes an actor and shows it.
func (p *Peer) Actor(handle string) *PeerActor {
	p.t.Helper()
	a := &PeerActor{Peer: p, IRI: p.URL + "/users/" + handle, Handle: handle}
	a.Rotate("main-key")
	host := strings.TrimPrefix(p.URL, "http://")
	p.Serve("/.well-known/webfinger", As("application/jrd+json", encode(Object{
		"subject": "acct:" + handle + "@" + host,
		"links":   []Object{{"rel": "self", "type": activityType, "href": a.IRI}},
	})))
	return a
}

// Rotate gives the actor a new key under an id with this fragment, and shows it.
func (a *PeerActor) Rotate(fragment string) {
	a.keys++
	a.KeyID, a.RSA = a.IRI+"#"+fragment, rsaKey(fmt.Sprint(a.Handle, a.keys))
	_, a.Ed, _ = ed25519.GenerateKey(rand.Reader) // crypto/rand does not fail
	a.Show(a.Document())
}

// Show serves doc as the actor's document.
func (a *PeerActor) Show(doc Object) { a.Peer.Show("/users/"+a.Handle, doc) }

// Path is where the actor's document is.
func (a *PeerActor) Path() string { return "/users/" + a.Handle }

// Document is the actor as its server shows it.
func (a *PeerActor) Document() Object {
	text, err := httpsig.EncodePublicKey(a.RSA.Public())
	if err != nil {
		a.Peer.t.Fatal(err)
	}
	return Object{
		"@context": []any{"https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"},
		"id":       a.IRI, "type": "Person", "preferredUsername": a.Handle, "name": "Le vrai " + a.Handle,
		"inbox": a.IRI + "/inbox", "outbox": a.IRI + "/outbox", "followers": a.IRI + "/followers", "featured": a.IRI + "/featured",
		"publicKey": Object{"id": a.KeyID, "owner": a.IRI, "publicKeyPem": text},
		"assertionMethod": []Object{{
			"id": a.IRI + "#ed25519", "type": "Multikey", "controller": a.IRI,
			"publicKeyMultibase": httpsig.EncodeMultikey(a.Ed.Public().(ed25519.PublicKey)),
		}},
	}
}

// Note is a post of the actor for everybody.
func (a *PeerActor) Note(name string) Object {
	return Object{
		"id": a.Peer.URL + "/notes/" + name, "type": "Note", "attributedTo": a.IRI,
		"content": "<p>" + name + "</p>", "to": []string{Public}, "cc": []string{a.IRI + "/followers"},
	}
}

// Activity is something that the actor does to an object: an IRI, or one written
// out. The same again has the same id.
func (a *PeerActor) Activity(verb string, object any) Object {
	name := fmt.Sprint(object)
	if o, ok := object.(Object); ok {
		name = fmt.Sprint(o["id"])
	}
	return Object{
		"@context": "https://www.w3.org/ns/activitystreams", "id": fmt.Sprintf("%s/%s/%x", a.IRI, verb, name),
		"type": verb, "actor": a.IRI, "object": object, "to": []string{Public},
	}
}

// rsaKeys keeps keys by name: making one takes a tenth of a second.
var rsaKeys sync.Map

func rsaKey(name string) *rsa.PrivateKey {
	if k, ok := rsaKeys.Load(name); ok {
		return k.(*rsa.PrivateKey)
	}
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // no randomness: nothing works
	}
	rsaKeys.Store(name, k)
	return k
}
