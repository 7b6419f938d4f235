package fedtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/store"
)

// remoteActor puts an actor of another host into a node's store, followed by its
// lab, and returns what it signs with.
func remoteActor(b *testing.B, n *Node) (*store.Actor, httpsig.Signer) {
	b.Helper()
	const iri = "http://127.0.0.9:1/actors/ailleurs"
	keys, public, err := keyring.New(iri)
	if err != nil {
		b.Fatal(err)
	}
	a := &store.Actor{
		IRI: iri, Type: store.Group, Handle: "ailleurs", Host: "127.0.0.9:1", Inbox: iri + "/inbox",
		Followers: iri + "/followers", Keys: public,
	}
	err = n.Store.Update(b.Context(), func(tx *store.Txn) error {
		if err := tx.PutActor(a); err != nil {
			return err
		}
		tx.PutFollow(&store.Follow{Follower: n.Lab.ID, Followed: a.ID, State: store.Accepted, IRI: n.URL + "/activities/1"})
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	signer, err := keyring.Parse(iri, keys)
	if err != nil {
		b.Fatal(err)
	}
	return a, signer.RSA
}

func createNote(actor string, i int) []byte {
	id := fmt.Sprintf("http://127.0.0.9:1/o/%d", i)
	return fmt.Appendf(nil, `{"@context":["https://www.w3.org/ns/activitystreams",{"ostatus":"http://ostatus.org#","atomUri":"ostatus:atomUri","conversation":"ostatus:conversation","sensitive":"as:sensitive"}],`+
		`"id":"%s/activity","type":"Create","actor":"%s","published":"2026-11-20T10:00:00Z","to":["https://www.w3.org/ns/activitystreams#Public"],"cc":["%s/followers"],`+
		`"object":{"id":"%s","type":"Note","summary":null,"inReplyTo":null,"published":"2026-11-20T10:00:00Z","url":"%s","attributedTo":"%s","to":["https://www.w3.org/ns/activitystreams#Public"],"cc":["%s/followers"],"sensitive":false,`+
		`"content":"<p>Le numéro %d de nos nouvelles : un atelier, huit agents, deux usagers, et une question qui reste.</p>","contentMap":{"fr":"<p>Le numéro %d de nos nouvelles : un atelier, huit agents, deux usagers, et une question qui reste.</p>"},`+
		`"attachment":[],"tag":[{"type":"Hashtag","href":"http://127.0.0.9:1/tags/atelier","name":"#atelier"}],"replies":{"id":"%s/replies","type":"Collection","first":{"type":"CollectionPage","next":"%s/replies?page=2","items":[]}}}}`,
		id, actor, actor, id, id, actor, actor, i, i, id, id)
}

// rawRequests are signed requests as bytes, so that the sender costs little.
func rawRequests(b *testing.B, n *Node, actor *store.Actor, signer httpsig.Signer) [][]byte {
	b.Helper()
	raw := make([][]byte, b.N)
	var wg sync.WaitGroup
	for part := range 2 {
		wg.Go(func() {
			for i := part; i < b.N; i += 2 {
				body := createNote(actor.IRI, i)
				r, _ := http.NewRequest(http.MethodPost, n.URL+"/inbox", bytes.NewReader(body))
				r.Header.Set("Content-Type", "application/activity+json")
				if err := signer.Sign(r, body, httpsig.Cavage, time.Now()); err != nil {
					panic(err)
				}
				var buf bytes.Buffer
				_ = r.Write(&buf)
				raw[i] = buf.Bytes()
			}
		})
	}
	wg.Wait()
	return raw
}

// BenchmarkInbox sends signed Create(Note)s with distinct ids over 16
// connections; every one is durable when it is answered, and in the lists
// afterwards. stored/received is what the store holds for a byte of body.
func BenchmarkInbox(b *testing.B) {
	n := Start(b, "estran", Durable)
	actor, signer := remoteActor(b, n)
	requests := rawRequests(b, n, actor, signer)
	work := make(chan []byte, len(requests))
	for _, r := range requests {
		work <- r
	}
	close(work)
	var wg sync.WaitGroup
	b.ResetTimer()
	for range 16 {
		wg.Go(func() { send(b, n, work) })
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "accepted/s")
	stats := n.db.Stats()
	b.ReportMetric(float64(stats.Size-stats.Free)/float64(b.N*len(createNote(actor.IRI, b.N))), "stored/received")
	landed := 0
	_ = n.Store.View(b.Context(), func(tx *store.Txn) error {
		landed = tx.ListKind("news", store.Query{}).Total
		return nil
	})
	if landed != b.N {
		b.Errorf("landed: got %d, want %d", landed, b.N)
	}
}

func send(b *testing.B, n *Node, work <-chan []byte) {
	conn, err := net.Dial("tcp", n.listen)
	if err != nil {
		b.Error(err)
		return
	}
	defer conn.Close()
	answer := make([]byte, 4096)
	for r := range work {
		if _, err := conn.Write(r); err != nil {
			b.Error(err)
			return
		}
		k, err := conn.Read(answer)
		if err != nil || !bytes.HasPrefix(answer[:k], []byte("HTTP/1.1 202")) {
			b.Errorf("answer: %q, %v", answer[:k], err)
			return
		}
	}
}

// BenchmarkDocuments serves documents, each beside a bare handler that writes the
// same bytes.
func BenchmarkDocuments(b *testing.B) {
	n := Start(b, "estran")
	for i := range 200 {
		a := &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: experiment(fmt.Sprintf("Essai %d", i), store.Public)}
		if err := n.Publish(context.Background(), n.Admin(), a); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct{ name, path string }{
		{"actor", "/actors/estran"},
		{"webfinger", "/.well-known/webfinger?resource=acct:estran@" + n.listen},
		{"outbox", "/actors/estran/outbox?page=true"},
	} {
		body := fetchAll(b, n.URL+c.path)
		bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body) })
		b.Run(c.name+"/bare", func(b *testing.B) { get(b, serve(b, bare)+c.path) })
		b.Run(c.name+"/ours", func(b *testing.B) { get(b, n.URL+c.path) })
	}
}

func serve(b *testing.B, h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{Handler: h}
	go s.Serve(l)
	b.Cleanup(func() { s.Close() })
	return "http://" + l.Addr().String()
}

func fetchAll(b *testing.B, url string) []byte {
	req, _ := http.NewRequest(http.MethodGet, url, nil)
	req.Header.Set("Accept", "application/activity+json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%s: %d %v", url, res.StatusCode, err)
	}
	return body
}

func get(b *testing.B, url string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, _ := http.NewRequest(http.MethodGet, url, nil)
			req.Header.Set("Accept", "application/activity+json")
			res, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
	})
}
