package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/keyring"
)

// What a node goes through before its memory is measured.
const (
	benchFollowers = 1000  // first follows, each from a host of its own
	benchPosts     = 3     // each to all of them
	benchReceived  = 20000 // Create(Note)s of somebody who is followed
	benchReads     = 2000  // of every document and page
)

// BenchmarkMemory runs a node, as it is released, through everything that others
// do to it, and tells what it then holds: rss-MB; anon-MB, that without what it
// has mapped of the store and of itself, which the system takes back when it
// likes; and peak-MB, the most that it held at any time.
func BenchmarkMemory(b *testing.B) {
	l := newLabAt(b, labProcess{handle: "estran", binary: buildRelease(b)})
	l.start()
	for b.Loop() {
		l.memoryAfter("idle", func() { l.get("/", "", http.StatusOK) })
		town := newTown(b)
		l.memoryAfter("follows", func() { town.follow(l) })
		l.memoryAfter("fanout", func() { town.hear(l) })
		l.memoryAfter("inbox", func() { l.receive(fedtest.NewPeer(b, "127.0.0.1").Actor("fablab")) })
		l.memoryAfter("pages", l.read)
	}
	const most = 90 // MB
	eventually(b, fmt.Sprintf("it holds at most %d MB", most), 100*time.Millisecond, func() bool { return l.memory("VmRSS") <= most })
	b.ReportMetric(l.memory("VmRSS"), "rss-MB")
	b.ReportMetric(l.memory("RssAnon"), "anon-MB")
	b.ReportMetric(l.memory("VmHWM"), "peak-MB")
}

// memoryAfter does something to the node and logs what it holds then.
func (l *labProcess) memoryAfter(what string, do func()) {
	l.t.Helper()
	do()
	l.t.Logf("after %s: rss %.0f MB, anonymous %.0f MB, peak %.0f MB", what, l.memory("VmRSS"), l.memory("RssAnon"), l.memory("VmHWM"))
}

// atOnce calls do for 0 to n-1, from 16 goroutines.
func (l *labProcess) atOnce(n int, do func(i int) error) {
	l.t.Helper()
	var wg sync.WaitGroup
	next := make(chan int)
	for range 16 {
		wg.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					l.t.Error(err)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// expect sends a request that must be answered with a status.
func (l *labProcess) expect(r *http.Request, status int) error {
	a, err := l.deliver(r)
	if err == nil && a.Status != status {
		err = fmt.Errorf("%s %s: got %d, want %d: %s", r.Method, r.URL, a.Status, status, a.Body)
	}
	return err
}

// receive lets somebody whom the lab follows send it notes.
func (l *labProcess) receive(from *fedtest.PeerActor) {
	l.t.Helper()
	l.followPeer(from)
	l.atOnce(benchReceived, func(i int) error {
		note := fedtest.With(from.Note(fmt.Sprint("note-", i)), fedtest.Object{"content": "<p>" + strings.Repeat("Une nouvelle. ", 30) + "</p>"})
		return l.expect(from.Mail(l.url("/inbox"), from.Activity("Create", note)).Request(), http.StatusAccepted)
	})
}

// read asks for everything that is asked for often.
func (l *labProcess) read() {
	l.t.Helper()
	for _, a := range []struct{ path, accept string }{
		{l.path(l.iri()), activityJSON},
		{l.path(l.iri()) + "/outbox?page=true", activityJSON},
		{l.path(l.iri()) + "/followers?page=true", activityJSON},
		{"/.well-known/webfinger?resource=acct:" + l.address()[1:], ""},
		{"/", ""},
		{"/lab", ""},
		{"/fil", ""},
		{"/experimentations", ""},
	} {
		l.atOnce(benchReads, func(int) error {
			r, err := http.NewRequest(http.MethodGet, l.url(a.path), nil)
			if err != nil {
				return err
			}
			r.Header.Set("Accept", a.accept)
			return l.expect(r, http.StatusOK)
		})
	}
}

// town is many hosts, addresses of the loopback network before one server, with
// an actor each. They share a key: making one for each would take all the time.
type town struct {
	port   string
	pem    string
	pair   *keyring.Pair
	posted chan struct{}
}

func newTown(b *testing.B) *town {
	b.Helper()
	keys, public, err := keyring.New("http://127.0.0.1/")
	if err != nil {
		b.Fatal(err)
	}
	v := &town{pem: public[0].PEM, posted: make(chan struct{}, benchFollowers*(benchPosts+1))}
	if v.pair, err = keyring.Parse("http://127.0.0.1/", keys); err != nil {
		b.Fatal(err)
	}
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		b.Fatal(err)
	}
	_, v.port, _ = net.SplitHostPort(listener.Addr().String())
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: v}
	go func() { _ = server.Serve(listener) }() // until Close
	b.Cleanup(func() { _ = server.Close() })
	return v
}

func (v *town) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		w.WriteHeader(http.StatusAccepted)
		v.posted <- struct{}{}
		return
	}
	id := "http://" + r.Host + "/u"
	w.Header().Set("Content-Type", activityJSON)
	fmt.Fprintf(w, `{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Group","preferredUsername":"u","inbox":"%s/inbox","publicKey":{"id":"%s#main-key","owner":%q,"publicKeyPem":%q}}`,
		id, id, id, id, v.pem)
}

// follow has everybody follow the lab and waits for the answers.
func (v *town) follow(l *labProcess) {
	l.t.Helper()
	l.atOnce(benchFollowers, func(i int) error {
		id := fmt.Sprintf("http://127.1.%d.%d:%s/u", i>>8, i&255, v.port)
		body := fmt.Appendf(nil, `{"@context":"https://www.w3.org/ns/activitystreams","id":"%s#follow","type":"Follow","actor":%q,"object":%q}`, id, id, l.iri())
		r, err := http.NewRequest(http.MethodPost, l.url("/inbox"), bytes.NewReader(body))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", activityJSON)
		signer := httpsig.Signer{KeyID: id + "#main-key", Key: v.pair.RSA.Key}
		if err := signer.Sign(r, body, httpsig.Cavage, time.Now()); err != nil {
			return err
		}
		return l.expect(r, http.StatusAccepted)
	})
	v.await(benchFollowers)
}

// hear has the lab publish for everybody and waits until all have it.
func (v *town) hear(l *labProcess) {
	l.t.Helper()
	for i := range benchPosts {
		l.publish(experimentDraft(fmt.Sprint("essai-", i)))
		v.await(benchFollowers)
	}
}

func (v *town) await(n int) {
	for range n {
		<-v.posted
	}
}
