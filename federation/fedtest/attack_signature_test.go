package fedtest

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

// A row of a table of attacks changes a right message; want is the status.
type spoiled struct {
	name  string
	spoil func(m *Message)
	want  int
}

func (s *stage) attack(rows []spoiled, message func(a *PeerActor, body any) *Message) {
	for _, row := range rows {
		s.t.Run(row.name, func(t *testing.T) {
			c := s.on(t)
			activity, note := c.create(c.vic)
			m := message(c.vic, activity)
			row.spoil(m)
			c.want(m.Send(), row.want)
			if row.want == http.StatusAccepted {
				c.present(note)
				return
			}
			c.absent(note)
			c.works()
		})
	}
}

func without(list []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == name })
}

func TestSignaturesOfTheDraft(t *testing.T) {
	s := newStage(t)
	pem := s.vic.Document()["publicKey"].(Object)["publicKeyPem"].(string)
	unix := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }
	s.attack([]spoiled{
		{"right", func(*Message) {}, 202}, // S01
		{"hs2019 with (created) and without a date", func(m *Message) { // S02
			m.Algorithm, m.Created = "hs2019", unix(0)
			m.Covered = []string{"(request-target)", "(created)", "host", "digest"}
			m.Header.Del("Date")
		}, 202},
		{"no algorithm", func(m *Message) { m.Algorithm = "" }, 202},
		{"Ed25519", func(m *Message) {
			m.KeyID, m.Sign, m.Algorithm = s.vic.IRI+"#ed25519", signEd25519(s.vic.Ed), "hs2019"
		}, 202},
		{"body changed", func(m *Message) { m.Body = append(m.Body, ' ') }, 401}, // S06
		{"no digest", func(m *Message) { // S07
			m.Header.Del("Digest")
			m.Covered = without(m.Covered, "digest")
		}, 401},
		{"digest covered but not sent", func(m *Message) { m.Header.Del("Digest") }, 401},                                            // S07
		{"digest not covered", func(m *Message) { m.Covered = without(m.Covered, "digest") }, 401},                                   // S08
		{"host not covered", func(m *Message) { m.Covered = without(m.Covered, "host") }, 401},                                       // S09
		{"target not covered", func(m *Message) { m.Covered = without(m.Covered, "(request-target)") }, 401},                         // S10
		{"no time covered", func(m *Message) { m.Covered = without(m.Covered, "date") }, 401},                                        // S11
		{"25 h ago", func(m *Message) { m.date(time.Now().Add(-25 * time.Hour)) }, 401},                                              // S12
		{"in 3 h", func(m *Message) { m.date(time.Now().Add(3 * time.Hour)) }, 401},                                                  // S13
		{"4 min ago", func(m *Message) { m.date(time.Now().Add(-4 * time.Minute)) }, 202},                                            // S14
		{"in 4 min", func(m *Message) { m.date(time.Now().Add(4 * time.Minute)) }, 202},                                              // S14
		{"made for another path", func(m *Message) { m.Signed["(request-target)"] = "post /actors/estran/inbox" }, 401},              // S16
		{"made for another method", func(m *Message) { m.Signed["(request-target)"] = "put /inbox" }, 401},                           // S16
		{"made for another server", func(m *Message) { m.Host = "other.example" }, 401},                                              // S17
		{"made for another server, sent as ours", func(m *Message) { m.Signed["host"] = "other.example" }, 401},                      // S17
		{"algorithm confusion", func(m *Message) { m.Algorithm, m.Sign = "hmac-sha256", signHMAC(pem) }, 401},                        // S24
		{"algorithm confusion under another name", func(m *Message) { m.Algorithm, m.Sign = "hs2019", signHMAC(pem) }, 401},          // S24
		{"date alone", func(m *Message) { m.Covered = []string{"date"} }, 401},                                                       // S27
		{"no headers parameter", func(m *Message) { m.Covered = nil }, 401},                                                          // S27
		{"expired", func(m *Message) { expire(m, unix(-time.Minute)) }, 401},                                                         // S32
		{"not yet expired", func(m *Message) { expire(m, unix(time.Minute)) }, 202},                                                  // S32
		{"digest in lower case", func(m *Message) { m.Header.Set("Digest", "sha-256="+m.sum()) }, 202},                               // S40
		{"unknown digest alone", func(m *Message) { m.Header.Set("Digest", "MD5=1B2M2Y8AsgTpgAmY7PhCfg==") }, 401},                   // S40
		{"two digests, one false", func(m *Message) { m.Header.Set("Digest", "SHA-256="+m.sum()+",SHA-512=AAAA") }, 401},             // S06
		{"other key of the same server", func(m *Message) { m.KeyID, m.Sign = s.bob.KeyID, signRSA(s.bob.RSA) }, 403},                // S18
		{"key of another server", func(m *Message) { m.KeyID, m.Sign = s.eve.KeyID, signRSA(s.eve.RSA) }, 403},                       // S18
		{"claims the key of vic", func(m *Message) { m.Sign = signRSA(s.eve.RSA) }, 401},                                             // S18
		{"no signature", func(m *Message) { m.Unsigned = true }, 401},                                                                // S04
		{"content type covered and changed", func(m *Message) { m.Header.Set("Content-Type", `application/ld+json`) }, 202},          // not covered: nothing to break
		{"nothing covered is sent", func(m *Message) { m.Covered = append(m.Covered, "x-missing") }, 401},                            // S06
		{"covered twice", func(m *Message) { m.Covered = append(m.Covered, "date") }, 400},                                           // S05
		{"two dates", func(m *Message) { m.Header.Add("Date", m.Header.Get("Date")); m.Signed["date"] = m.Header.Get("Date") }, 400}, // S12
	}, s.mail)
}

func expire(m *Message, at string) {
	m.Algorithm, m.Created, m.Expires = "hs2019", strconv.FormatInt(time.Now().Add(-2*time.Minute).Unix(), 10), at
	m.Covered = append(m.Covered, "(created)", "(expires)")
}

func signHMAC(key string) func(string) []byte {
	return func(base string) []byte {
		h := hmac.New(sha256.New, []byte(key))
		h.Write([]byte(base))
		return h.Sum(nil)
	}
}

func TestSignaturesOfRFC9421(t *testing.T) {
	s := newStage(t)
	unix := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }
	s.attack([]spoiled{
		{"right", func(*Message) {}, 202}, // S03
		{"Ed25519", func(m *Message) {
			m.KeyID, m.Sign, m.Algorithm = s.vic.IRI+"#ed25519", signEd25519(s.vic.Ed), "ed25519"
		}, 202},
		{"body changed", func(m *Message) { m.Body = append(m.Body, ' ') }, 401},                                             // S06
		{"digest not covered", func(m *Message) { m.Covered = without(m.Covered, "content-digest") }, 401},                   // S28
		{"no digest", func(m *Message) { m.Header.Del("Content-Digest") }, 401},                                              // S28
		{"another target", func(m *Message) { m.Signed["@target-uri"] = "http://other.example/inbox" }, 401},                 // S29
		{"another scheme", func(m *Message) { m.Signed["@target-uri"] = strings.Replace(m.URL, "http:", "https:", 1) }, 401}, // S29
		{"target not covered", func(m *Message) { m.Covered = without(m.Covered, "@target-uri") }, 401},                      // S29
		{"method not covered", func(m *Message) { m.Covered = without(m.Covered, "@method") }, 401},                          // S10
		{"25 h ago", func(m *Message) { m.Created = unix(-25 * time.Hour) }, 401},                                            // S30
		{"in 3 h", func(m *Message) { m.Created = unix(3 * time.Hour) }, 401},                                                // S13
		{"expired", func(m *Message) { m.Expires = unix(-time.Minute) }, 401},                                                // S32
		{"algorithm confusion", func(m *Message) { m.Algorithm, m.Sign = "hmac-sha256", signHMAC("any") }, 401},              // S24
		{"algorithm of another key", func(m *Message) { m.Algorithm = "ed25519" }, 401},                                      // S24
		{"key of another server", func(m *Message) { m.KeyID, m.Sign = s.eve.KeyID, signRSA(s.eve.RSA) }, 403},               // S18
		{"made for another server", func(m *Message) { m.Host = "other.example" }, 401},                                      // S17
	}, func(a *PeerActor, body any) *Message { return s.mail(a, body).Modernise() })
}

func TestGarbageInSignatureHeadersIsTheSendersFault(t *testing.T) { // S05
	s := newStage(t)
	for _, header := range []string{
		" ", `"`, `keyId=`, `keyId="`, `keyId="a",signature="b"`, "Signature", `keyId="x" algorithm="y"`,
		`keyId="` + s.vic.KeyID + `",headers="(request-target) host date digest",signature="!!!"`,
		`keyId="` + s.vic.KeyID + `",keyId="` + s.eve.KeyID + `",headers="host",signature="AAAA"`,
		`keyId="` + s.vic.KeyID + `",headers="(request-target) host date digest",signature=""`,
		strings.Repeat("a,", 20000), strings.Repeat(`a="b",`, 3000), `sig1=:AAAA:`,
	} {
		activity, note := s.create(s.vic)
		for _, input := range []string{"", "sig1=", `sig1=("@method")`, `sig1=("@method" "@target-uri");created=1e9`, strings.Repeat("(", 9000)} {
			m := s.mail(s.vic, activity)
			m.Signature = header
			if input != "" {
				m.Header.Set("Signature-Input", input)
			}
			s.refused(m.Send())
		}
		s.absent(note)
	}
	s.works()
}

func TestKeyIDOfOddFormIsRefusedWithoutAFetch(t *testing.T) { // S41
	s := newStage(t)
	host := strings.TrimPrefix(s.eve.Peer.URL, "http://")
	before := len(s.eve.Peer.Requests())
	for _, keyID := range []string{
		"http://user@" + host + "/users/eve#main-key", "http://127.0.0.2:1@" + host + "/users/eve#main-key",
		s.eve.IRI + "#@127.0.0.2/users/vic", s.eve.IRI + "#main-key#x", "acct:eve@" + host, "ftp://" + host + "/users/eve#main-key",
		"file:///etc/passwd", "javascript:alert(1)", "data:,x", "//" + host + "/users/eve", "/users/eve#main-key", "eve",
		"http:" + s.eve.IRI[len("http://"):], "http://" + host + ".\\@127.0.0.2/users/vic", "http://127.0.0.3.:80/users/eve#main-key",
		"http://2130706433/users/eve#main-key", "http://0x7f.1/users/eve#main-key", "http://[::ffff:127.0.0.3]/users/eve#main-key",
	} {
		activity, note := s.create(s.eve)
		m := s.mail(s.eve, activity)
		m.KeyID = keyID
		s.refused(m.Send())
		s.absent(note)
	}
	if got := len(s.eve.Peer.Requests()); got != before {
		t.Errorf("requests for odd key ids: got %d, want 0", got-before)
	}
	s.works()
}

func TestActorWhoseKeyIsSomebodyElses(t *testing.T) { // S20
	s := newStage(t)
	doc := s.eve.Document()
	for _, row := range []struct {
		name string
		key  Object
	}{
		{"owned by vic", Object{"id": s.eve.KeyID, "owner": s.vic.IRI}},
		{"with the id of vic's", Object{"id": s.vic.KeyID, "owner": s.eve.IRI}},
		{"vic's own", Object{"id": s.vic.KeyID, "owner": s.vic.IRI}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := s.on(t)
			pem := doc["publicKey"].(Object)["publicKeyPem"]
			c.eve.Show(With(doc, Object{"publicKey": With(row.key, Object{"publicKeyPem": pem}), "assertionMethod": nil}))
			activity, note := c.create(c.vic)
			m := c.mail(c.vic, activity)
			m.KeyID, m.Sign = c.eve.KeyID, signRSA(c.eve.RSA)
			c.want(m.Send(), http.StatusUnauthorized)
			c.absent(note)
			c.works()
		})
	}
}

func TestDocumentThatCallsItselfVicIsNotVic(t *testing.T) { // S22
	s := newStage(t)
	doc := s.vic.Document()
	doc["name"] = "Le faux vic"
	doc["publicKey"] = Object{"id": s.eve.KeyID, "owner": s.vic.IRI, "publicKeyPem": s.eve.Document()["publicKey"].(Object)["publicKeyPem"]}
	s.eve.Show(doc)
	activity, note := s.create(s.vic)
	m := s.mail(s.vic, activity)
	m.KeyID, m.Sign = s.eve.KeyID, signRSA(s.eve.RSA)
	s.want(m.Send(), http.StatusUnauthorized)
	s.absent(note)
	s.holds("vic has its own name", func(tx *store.Txn) bool {
		a, err := tx.ActorByIRI(s.vic.IRI)
		return err == nil && a.Name == "Le vrai vic"
	})
	s.works()
}

func TestKeyServedAsAnotherTypeIsNotUsed(t *testing.T) { // S23
	s := newStage(t)
	for _, mediaType := range []string{
		"text/html", "text/plain", "application/octet-stream", "image/png", "application/json", "", "application/ld+json",
		"application/ld+json; profile=\"https://example.org/other\"", "text/html; application/activity+json",
	} {
		s.eve.Peer.Serve(s.eve.Path(), As(mediaType, encode(s.eve.Document())))
		activity, note := s.create(s.eve)
		s.want(s.mail(s.eve, activity).Send(), http.StatusUnauthorized)
		s.absent(note)
		s.unknown(s.eve.IRI)
	}
	s.works()
}

func TestKeysOfOtherSizes(t *testing.T) { // S33, S34
	s := newStage(t)
	for _, bits := range []int{512, 1024, 16384} {
		pub := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), bits-1, 1), E: 65537}
		doc := s.eve.Document()
		der, err := x509.MarshalPKIXPublicKey(pub)
		if err != nil {
			t.Fatal(err)
		}
		text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		s.eve.Show(With(doc, Object{"publicKey": Object{"id": s.eve.KeyID, "owner": s.eve.IRI, "publicKeyPem": text}}))
		activity, note := s.create(s.eve)
		m := s.mail(s.eve, activity)
		m.Sign = func(string) []byte { b := make([]byte, bits/8); _, _ = rand.Read(b); return b }
		began := time.Now()
		s.want(m.Send(), http.StatusUnauthorized)
		if took := time.Since(began); took > late {
			t.Errorf("key of %d bits: took %v", bits, took)
		}
		s.absent(note)
	}
	s.works()
}

func TestReplayHasItsEffectOnce(t *testing.T) { // S15
	s := newStage(t)
	record := s.publish("Rejoué", store.Public)
	m := s.mail(s.eve, s.eve.Activity("Like", record))
	undo := s.mail(s.eve, s.eve.Activity("Undo", s.eve.Activity("Like", record)))
	s.want(m.Send(), http.StatusAccepted)
	s.want(m.Send(), http.StatusAccepted)
	s.likes(record, 1)
	s.want(undo.Send(), http.StatusAccepted)
	s.likes(record, 0)
	s.want(m.Send(), http.StatusAccepted) // what was taken back stays taken back
	s.likes(record, 0)
	s.works()
}

func (s *stage) likes(iri string, want int) {
	s.t.Helper()
	s.holds("likes are counted", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(iri)
		return err == nil && tx.CountReactions(it.Envelope().ID, store.Liked) == want
	})
}

func TestRotatedKeyIsFoundWithOneFetch(t *testing.T) { // S35, S36
	for _, fragment := range []string{"main-key", "key-2"} {
		t.Run(fragment, func(t *testing.T) {
			s := newStage(t)
			s.works()
			old := *s.vic
			before := s.vic.Peer.Hits(s.vic.Path())
			s.vic.Rotate(fragment)
			s.works()
			s.works()
			if got := s.vic.Peer.Hits(s.vic.Path()) - before; got != 1 {
				t.Errorf("fetches of the actor: got %d, want 1", got)
			}
			activity, note := s.create(s.vic)
			s.want(s.mail(&old, activity).Send(), http.StatusUnauthorized)
			s.absent(note)
			s.works()
		})
	}
}

func TestForeignRequestsCauseFewFetches(t *testing.T) { // rule 4
	s := newStage(t)
	before := len(s.vic.Peer.Requests())
	for i := range 40 {
		activity, note := s.create(s.vic)
		m := s.mail(s.vic, activity)
		m.Sign = signRSA(s.eve.RSA)
		if i%2 == 0 {
			m.KeyID = s.vic.IRI + "#key-" + strconv.Itoa(i)
		}
		s.want(m.Send(), http.StatusUnauthorized)
		s.absent(note)
	}
	if got := len(s.vic.Peer.Requests()) - before; got > 6 {
		t.Errorf("fetches caused by 40 forged requests: got %d, want at most 6", got)
	}
	s.works()
}

func TestKeyServerThatDoesNotAnswer(t *testing.T) { // S38
	s := newStage(t, hasty)
	gone := NewPeer(t, "127.0.0.4")
	mallory := gone.Actor("mallory")
	for _, row := range []struct {
		name string
		page http.HandlerFunc
		want int
	}{
		{"silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 503},
		{"dripping", Drip, 503}, // S39
		{"failing", Status(http.StatusBadGateway), 503},
		{"missing", Status(http.StatusNotFound), 401},
		{"gone", Status(http.StatusGone), 401},
		{"forbidding", Status(http.StatusForbidden), 401},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := s.on(t)
			gone.Serve(mallory.Path(), row.page)
			activity, note := c.create(mallory)
			got := c.mail(mallory, activity).Send()
			c.want(got, row.want)
			if row.want == 503 && got.Header.Get("Retry-After") == "" {
				t.Error("503 without Retry-After")
			}
			c.absent(note)
			c.works()
		})
	}
}

// hasty gives up soon, but not on what a busy machine answers.
var hasty = Fetching(func(c *fetch.Config) { c.Timeout = 2 * time.Second })

// late is longer than anything takes that has an end, on a busy machine.
const late = time.Minute

func TestKnownActorWhoseServerFailsNow(t *testing.T) { // S38
	s := newStage(t)
	for _, row := range []struct {
		name string
		page http.HandlerFunc
		want int
	}{
		{"failing", Status(http.StatusInternalServerError), 503},
		{"missing", Status(http.StatusNotFound), 401},
		{"gone", Status(http.StatusGone), 401},
		{"another type", As("text/html", []byte("<p>")), 401},
		{"nonsense", As(activityType, []byte("{")), 401},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := s.on(t)
			peer := NewPeer(t, "127.0.0.5")
			known := peer.Actor("known")
			record := c.publish(row.name, store.Public)
			c.want(c.mail(known, known.Activity("Like", record)).Send(), http.StatusAccepted)
			peer.Serve(known.Path(), row.page)
			m := c.mail(known, known.Activity("Undo", known.Activity("Like", record)))
			m.Sign = signRSA(c.eve.RSA)
			c.want(m.Send(), row.want)
			c.likes(record, 1)
			c.works()
		})
	}
}

func TestKeyServerThatDripsHoldsUpNobodyElse(t *testing.T) { // S39
	s := newStage(t, Fetching(func(c *fetch.Config) { c.Timeout = late }))
	slow := NewPeer(t, "127.0.0.4").Actor("slow")
	dripping, end := context.WithCancel(t.Context())
	slow.Peer.Serve(slow.Path(), func(w http.ResponseWriter, r *http.Request) {
		Drip(w, r.WithContext(dripping))
		panic(http.ErrAbortHandler)
	})
	activity, note := s.create(slow)
	m := s.mail(slow, activity)
	answered := make(chan Answer, 1)
	go func() { answered <- m.Send() }()
	for range 20 {
		s.works()
	}
	select {
	case got := <-answered:
		t.Errorf("the dripping one was answered first: %d", got.Status)
	default:
	}
	end()
	s.want(<-answered, http.StatusServiceUnavailable)
	s.absent(note)
}
