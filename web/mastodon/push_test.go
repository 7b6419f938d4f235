package mastodon_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

// device is an app with a push service (RFC 8030) and the keys of a subscription
// there.
type device struct {
	t       *testing.T
	service *httptest.Server
	status  atomic.Int64 // that the service answers
	got     chan *http.Request
	key     *ecdh.PrivateKey
	auth    []byte
}

func newDevice(t *testing.T) *device {
	t.Helper()
	d := &device{t: t, got: make(chan *http.Request, 8), auth: make([]byte, 16)}
	d.status.Store(http.StatusCreated)
	d.service = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		w.WriteHeader(int(d.status.Load()))
		d.got <- r
	}))
	t.Cleanup(d.service.Close)
	var err error
	if d.key, err = ecdh.P256().GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	if _, err := rand.Read(d.auth); err != nil {
		t.Fatal(err)
	}
	return d
}

// subscribe has an app send its member's favourites and mentions to the device.
func (d *device) subscribe(a app) {
	d.t.Helper()
	enc := base64.RawURLEncoding
	a.json("POST", "/api/v1/push/subscription", object{
		"subscription": object{"endpoint": d.service.URL + "/abc", "standard": true, "keys": object{
			"p256dh": enc.EncodeToString(d.key.PublicKey().Bytes()), "auth": enc.EncodeToString(d.auth),
		}},
		"data": object{"alerts": object{"favourite": true, "mention": true}, "policy": "all"},
	}).object()
}

// next is the next message that comes, opened (RFC 8291 §3, RFC 8188 §2).
func (d *device) next() (*http.Request, object) {
	d.t.Helper()
	var r *http.Request
	select {
	case r = <-d.got:
	case <-time.After(patience):
		d.t.Fatal("nothing came")
	}
	sealed, err := io.ReadAll(r.Body)
	if err != nil || len(sealed) < 21+65 || sealed[20] != 65 {
		d.t.Fatalf("got %d bytes, %v", len(sealed), err)
	}
	salt, theirs, box := sealed[:16], sealed[21:21+65], sealed[21+65:]
	public, err := ecdh.P256().NewPublicKey(theirs)
	d.must(err)
	shared, err := d.key.ECDH(public)
	d.must(err)
	ikm := d.derive(shared, d.auth, "WebPush: info\x00"+string(d.key.PublicKey().Bytes())+string(theirs), 32)
	block, err := aes.NewCipher(d.derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	d.must(err)
	gcm, err := cipher.NewGCM(block)
	d.must(err)
	plain, err := gcm.Open(nil, d.derive(ikm, salt, "Content-Encoding: nonce\x00", 12), box, nil)
	d.must(err)
	text, isLast := strings.CutSuffix(string(plain), "\x02")
	var message object
	if err := json.Unmarshal([]byte(text), &message); err != nil || !isLast {
		d.t.Fatalf("%q: %v", plain, err)
	}
	return r, message
}

func (d *device) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *device) derive(secret, salt []byte, info string, length int) []byte {
	d.t.Helper()
	key, err := hkdf.Key(sha256.New, secret, salt, info, length)
	d.must(err)
	return key
}

// knows says whether the header is signed by this key for the service (RFC 8292).
func (d *device) knows(header, key string) bool {
	d.t.Helper()
	token, k, _ := strings.Cut(strings.TrimPrefix(header, "vapid t="), ", k=")
	parts := strings.Split(token, ".")
	if len(parts) != 3 || k != key {
		return false
	}
	dec := base64.RawURLEncoding
	point, err := dec.DecodeString(k)
	d.must(err)
	signature, err := dec.DecodeString(parts[2])
	d.must(err)
	claims, err := dec.DecodeString(parts[1])
	d.must(err)
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	d.must(err)
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	return ecdsa.Verify(public, digest[:], r, s) && strings.Contains(string(claims), `"aud":"`+d.service.URL+`"`)
}

// reachesHere lets the node post to servers of the test.
func (s *site) reachesHere() {
	s.Fetch.Close()
	s.Fetch = fetch.New(fetch.Config{AllowHTTP: true, AllowNets: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
}

func TestPushComesSealedAndSigned(t *testing.T) {
	s := start(t)
	s.reachesHere()
	s.live()
	e := s.experiment("Une mairie mobile", store.Public)
	me, other, d := s.as(s.Admin), s.as(s.Contributor), newDevice(t)
	d.subscribe(me)
	other.post("/api/v1/statuses/" + e.ID.String() + "/favourite").object()
	r, got := d.next()
	told := me.get("/api/v1/notifications").list()[0]
	if got["notification_type"] != "favourite" || got["notification_id"] != told["id"] || !strings.Contains(got["title"].(string), "Yann Le Goff") ||
		!strings.Contains(got["body"].(string), "Une mairie mobile") {
		t.Errorf("got %v", got)
	}
	h, key := r.Header, s.anybody().get("/api/v2/instance").object()["configuration"].(object)["vapid"].(object)["public_key"].(string)
	if h.Get("Content-Encoding") != "aes128gcm" || h.Get("Ttl") == "" || !d.knows(h.Get("Authorization"), key) {
		t.Errorf("got %v", h)
	}
}

func TestPushBringsWhatTheAppWants(t *testing.T) {
	s := start(t)
	s.reachesHere()
	stop := s.run()
	e := s.experiment("Une mairie mobile", store.Public)
	phone, tablet := newDevice(t), newDevice(t)
	phone.subscribe(s.as(s.Admin))
	other := app{s, s.token(s.Admin, "push")}
	tablet.subscribe(other)
	other.json("PUT", "/api/v1/push/subscription", object{"data": object{"alerts": object{"mention": true}, "policy": "followed"}}).object()
	by := s.as(s.Contributor)
	by.post("/api/v1/statuses/" + e.ID.String() + "/reblog").object()
	by.post("/api/v1/statuses", "status", "Bravo", "in_reply_to_id", e.ID.String()).object()
	if _, got := phone.next(); got["notification_type"] != "mention" || got["body"] != "Bravo" {
		t.Errorf("got %v, want the answer alone", got)
	}
	stop()
	if len(phone.got)+len(tablet.got) > 0 {
		t.Errorf("%d and %d more came: a boost, or something by who is not followed", len(phone.got), len(tablet.got))
	}
}

func TestSubscriptionThatIsGoneIsForgotten(t *testing.T) {
	s := start(t)
	s.reachesHere()
	stop := s.run()
	e := s.experiment("Une mairie mobile", store.Public)
	me, d := s.as(s.Admin), newDevice(t)
	d.subscribe(me)
	d.status.Store(http.StatusGone)
	s.as(s.Contributor).post("/api/v1/statuses/" + e.ID.String() + "/favourite").object()
	d.next()
	stop() // it waits for what is on its way
	me.get("/api/v1/push/subscription").refused(404, "Record not found")
}

// Whoever has apps told by a service that never answers keeps no stream waiting.
func TestSlowPushServiceHoldsUpNoStream(t *testing.T) {
	s := start(t)
	s.reachesHere()
	var asked, left atomic.Int64
	end := make(chan struct{})
	tarpit := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		select {
		case <-r.Context().Done():
			left.Add(1)
		case <-end:
		}
	}))
	t.Cleanup(tarpit.Close)
	s.live()
	t.Cleanup(func() { close(end) })
	for i := range 10 {
		d := newDevice(t)
		d.service.URL = tarpit.URL
		d.subscribe(app{s, s.token(s.Contributor, "push", fmt.Sprint("read:", i))})
	}
	next := s.anybody().events("/api/v1/streaming/public")
	mine := s.as(s.Contributor).post("/api/v1/statuses", "status", "À aimer").object()["id"].(string)
	next()
	s.as(s.Admin).post("/api/v1/statuses/" + mine + "/favourite").object()
	for asked.Load() == 0 {
		runtime.Gosched()
	}
	s.as(s.Admin).post("/api/v1/statuses", "status", "Encore").object()
	if next(); left.Load() != 0 {
		t.Error("the stream waited for the pushes")
	}
}
