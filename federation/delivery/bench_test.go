package delivery

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/store"
)

// crowd is many hosts that take everything: addresses of the loopback network
// before one server. arrived has one for every POST.
type crowd struct {
	port    string
	arrived chan struct{}
}

func newCrowd(b *testing.B, hosts int) *crowd {
	b.Helper()
	l, err := net.Listen("tcp", "0.0.0.0:0") // all of 127.0.0.0/8
	if err != nil {
		b.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	c := &crowd{port: port, arrived: make(chan struct{}, hosts)}
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
		c.arrived <- struct{}{}
	})}
	go func() { _ = server.Serve(l) }() // until Close
	b.Cleanup(func() { _ = server.Close() })
	return c
}

func (c *crowd) host(i int) string {
	return fmt.Sprintf("127.%d.%d.%d:%s", 1+i>>16, i>>8&255, i&255, c.port)
}

// await waits for n arrivals.
func (c *crowd) await(n int) {
	for range n {
		<-c.arrived
	}
}

func (s *sender) audience(hosts []string, ed25519 bool) (to []store.Recipient) {
	s.update(func(tx *store.Txn) error {
		for _, host := range hosts {
			a := &store.Actor{IRI: "http://" + host + "/x", Type: store.Group, Handle: "x", Host: host, Inbox: "http://" + host + "/x/inbox"}
			if ed25519 {
				a.Implements, a.Keys = []string{store.RFC9421Spec}, []store.PublicKey{{ID: a.IRI + "#e", Multibase: "z"}}
			}
			if err := tx.PutActor(a); err != nil {
				return err
			}
			to = append(to, store.Recipient{Actor: a.ID, Inbox: a.Inbox})
		}
		return nil
	})
	return to
}

func (c *crowd) hosts(n int) (hosts []string) {
	for i := range n {
		hosts = append(hosts, c.host(i))
	}
	return hosts
}

// post is an activity of the usual size.
var post = fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","type":"Create","object":{"type":"Note","content":"%01500d"}}`, 0)

// BenchmarkFanout1000 is one post to 1,000 inboxes on 1,000 hosts, until the last
// has it, beside the signatures alone on all cores.
func BenchmarkFanout1000(b *testing.B) {
	const hosts = 1000
	c := newCrowd(b, hosts)
	s := newSender(b, Config{Post: loopbackClient(b, 30*time.Second)})
	to := s.audience(c.hosts(hosts), false)
	s.run()
	var alone, ours time.Duration
	for b.Loop() {
		began := time.Now()
		s.publish(post, to...)
		c.await(hosts)
		ours += time.Since(began)
		b.StopTimer()
		began = time.Now()
		s.signAlone(b, hosts, func(p *keyring.Pair) httpsig.Signer { return p.RSA }, httpsig.Cavage)
		alone += time.Since(began)
		b.StartTimer()
	}
	b.ReportMetric(float64(alone.Milliseconds())/float64(b.N), "signatures-ms")
	b.ReportMetric(float64(ours)/float64(alone), "x-signatures")
}

// signAlone signs n requests on two goroutines.
func (s *sender) signAlone(b *testing.B, n int, of func(*keyring.Pair) httpsig.Signer, scheme httpsig.Scheme) {
	keys, err := sharedKeys()
	s.must(err)
	pair, err := keyring.Parse(s.actor.IRI, keys)
	s.must(err)
	now := time.Now()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range n / 2 {
				req, _ := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://127.0.0.1:1/x/inbox", nil)
				if err := of(pair).Sign(req, []byte(post), scheme, now); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkFanout1000Ed25519 is the same to nodes that announce Ed25519, without
// the network: what the signatures, the log and the lanes take of the processor.
func BenchmarkFanout1000Ed25519(b *testing.B) {
	const hosts = 1000
	var left atomic.Int32
	done := make(chan struct{})
	taken := posterFunc(func(context.Context, *http.Request) (*fetch.Response, error) {
		if left.Add(-1) == 0 {
			done <- struct{}{}
		}
		return &fetch.Response{Status: http.StatusAccepted}, nil
	})
	s := newSender(b, Config{Post: taken})
	to := s.audience((&crowd{port: "80"}).hosts(hosts), true)
	s.run()
	send := func() {
		left.Store(hosts)
		s.publish(post, to...)
		<-done
	}
	send() // learns that they understand it
	var alone, ours time.Duration
	for b.Loop() {
		began := processor(b)
		send()
		ours += processor(b) - began
		b.StopTimer()
		began = processor(b)
		s.signAlone(b, hosts, func(p *keyring.Pair) httpsig.Signer { return p.Ed25519 }, httpsig.RFC9421)
		alone += processor(b) - began
		b.StartTimer()
	}
	b.ReportMetric(float64(alone.Microseconds())/1000/float64(b.N), "signatures-cpu-ms")
	b.ReportMetric(float64(ours.Microseconds())/1000/float64(b.N), "cpu-ms")
}

// processor is the time that this process has had.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFanoutTenHang is one post to 100 hosts, of which ten hang, until the
// last healthy one has it; beside the same with none that hangs.
func BenchmarkFanoutTenHang(b *testing.B) {
	for _, hanging := range []int{0, 10} {
		b.Run(fmt.Sprint(hanging, " hang"), func(b *testing.B) {
			c := newCrowd(b, 100)
			client := loopbackClient(b, 30*time.Second)
			hosts := c.hosts(100)
			hangs := map[string]bool{}
			for _, host := range hosts[:hanging] {
				hangs[host] = true
			}
			s := newSender(b, Config{Post: posterFunc(func(ctx context.Context, req *http.Request) (*fetch.Response, error) {
				if hangs[req.URL.Host] {
					<-ctx.Done()
					return nil, ctx.Err()
				}
				return client.Post(ctx, req)
			})})
			to := s.audience(hosts, false)
			s.run()
			for b.Loop() {
				s.publish(post, to...)
				c.await(100 - hanging)
			}
		})
	}
}
