package fedtest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/keyring"
)

// strangers is a server with any number of actors, who share a key: making one
// for each would be all that is measured.
type strangers struct {
	*httptest.Server
	pem      string
	pair     *keyring.Pair
	fetches  atomic.Int64
	accepted chan struct{}
}

func newStrangers(b *testing.B) *strangers {
	keys, public, err := keyring.New("http://127.0.0.1/")
	if err != nil {
		b.Fatal(err)
	}
	s := &strangers{pem: public[0].PEM, accepted: make(chan struct{}, b.N)}
	s.Server = httptest.NewServer(s)
	b.Cleanup(s.Close)
	if s.pair, err = keyring.Parse(s.URL, keys); err != nil {
		b.Fatal(err)
	}
	return s
}

func (s *strangers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		w.WriteHeader(http.StatusAccepted)
		s.accepted <- struct{}{}
		return
	}
	s.fetches.Add(1)
	id := s.URL + r.URL.Path
	w.Header().Set("Content-Type", activityType)
	fmt.Fprintf(w, `{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Person","preferredUsername":%q,"inbox":"%s/inbox","endpoints":{"sharedInbox":"%s/inbox"},"publicKey":{"id":"%s#main-key","owner":%q,"publicKeyPem":%q}}`,
		id, strings.TrimPrefix(r.URL.Path, "/users/"), id, s.URL, id, id, s.pem)
}

func (s *strangers) follow(b *testing.B, n *Node, i int) *http.Request {
	actor := fmt.Sprintf("%s/users/u%d", s.URL, i)
	body := fmt.Appendf(nil, `{"@context":"https://www.w3.org/ns/activitystreams","id":"%s#follow","type":"Follow","actor":%q,"object":%q}`, actor, actor, n.Lab.IRI)
	r, err := http.NewRequest(http.MethodPost, n.URL+"/inbox", bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", activityType)
	signer := httpsig.Signer{KeyID: actor + "#main-key", Key: s.pair.RSA.Key}
	if err := signer.Sign(r, body, httpsig.Cavage, time.Now()); err != nil {
		b.Fatal(err)
	}
	return r
}

// BenchmarkFirstFollow measures follows by actors that the node has never heard
// of, until the Accept of each was delivered.
func BenchmarkFirstFollow(b *testing.B) {
	n, s := Start(b, "estran", Durable), newStrangers(b)
	requests := make(chan *http.Request, b.N)
	for i := range b.N {
		requests <- s.follow(b, n, i)
	}
	close(requests)
	var wg sync.WaitGroup
	b.ResetTimer()
	for range 16 {
		wg.Go(func() {
			for r := range requests {
				res, err := http.DefaultClient.Do(r)
				if err != nil || res.StatusCode != http.StatusAccepted {
					b.Errorf("answer: %v, %v", res, err)
					return
				}
				res.Body.Close()
			}
		})
	}
	for range b.N {
		<-s.accepted
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "follows/s")
	b.ReportMetric(float64(s.fetches.Load())/float64(b.N), "fetches/op")
}
