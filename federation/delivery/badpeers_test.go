package delivery

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/store"
)

// peer is another server on a port of its own. While it is ill it does what bad
// says; then it takes everything.
type peer struct {
	*httptest.Server
	bad  http.HandlerFunc
	well atomic.Bool
	cure chan struct{} // closed when it gets well

	mu    sync.Mutex
	got   []string // first of each
	slow  time.Duration
	full  chan struct{} // closed when it has all that was published
	count int
}

func newPeer(t *testing.T, count int, bad http.HandlerFunc) *peer {
	t.Helper()
	p := &peer{bad: bad, cure: make(chan struct{}), full: make(chan struct{}), count: count}
	p.Server = httptest.NewServer(p)
	t.Cleanup(func() { p.heal(); p.Close() })
	p.well.Store(bad == nil)
	return p
}

func (p *peer) heal() {
	if p.well.CompareAndSwap(false, true) {
		close(p.cure)
	}
}

func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if !p.well.Load() {
		p.bad(w, r)
		return
	}
	p.take(string(body))
	w.WriteHeader(http.StatusAccepted)
}

// take keeps what it sees for the first time, as every receiver does.
func (p *peer) take(body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	number, at, _ := cut(body)
	if slices.Contains(p.got, number) {
		return
	}
	p.got, p.slow = append(p.got, number), max(p.slow, time.Since(at))
	if len(p.got) == p.count {
		close(p.full)
	}
}

// cut reads a body: a number and when it was published.
func cut(body string) (number string, at time.Time, err error) {
	var nanos int64
	_, err = fmt.Sscan(body, &number, &nanos)
	return number, time.Unix(0, nanos), err
}

func (p *peer) have() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

// illnesses are the ways in which peers are bad. under counts requests that
// hang, trapped those that followed a redirect.
func illnesses(t *testing.T, under, trapped *atomic.Int32) map[string]func(*peer) http.HandlerFunc {
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { trapped.Add(1) }))
	t.Cleanup(trap.Close)
	answer := func(status int, header ...string) func(*peer) http.HandlerFunc {
		return func(*peer) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				if len(header) > 0 {
					w.Header().Set(header[0], header[1])
				}
				w.WriteHeader(status)
			}
		}
	}
	return map[string]func(*peer) http.HandlerFunc{
		"hang": func(p *peer) http.HandlerFunc {
			return func(_ http.ResponseWriter, r *http.Request) {
				under.Add(1)
				defer under.Add(-1)
				select {
				case <-p.cure:
				case <-r.Context().Done():
				}
				panic(http.ErrAbortHandler) // what it was asked meanwhile is lost
			}
		},
		"drip":     func(p *peer) http.HandlerFunc { return p.drip },
		"reset":    func(*peer) http.HandlerFunc { return reset },
		"500":      answer(http.StatusInternalServerError),
		"429":      answer(http.StatusTooManyRequests, "Retry-After", "1"),
		"410":      answer(http.StatusGone),
		"404":      answer(http.StatusNotFound),
		"redirect": answer(http.StatusTemporaryRedirect, "Location", trap.URL),
	}
}

// drip sends a header byte by byte, for longer than anybody waits.
func (p *peer) drip(w http.ResponseWriter, r *http.Request) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		if _, err := c.Write([]byte("HTTP/1.1 202 Accepted\r\nX-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"[i%50 : i%50+1])); err != nil {
			return
		}
		select {
		case <-tick.C:
		case <-p.cure:
			return
		}
	}
}

func reset(w http.ResponseWriter, _ *http.Request) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // only makes the end ruder
	}
	c.Close()
}

func loopbackClient(t testing.TB, timeout time.Duration) *fetch.Client {
	c := fetch.New(fetch.Config{AllowHTTP: true, AllowNets: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, PostTimeout: timeout})
	t.Cleanup(c.Close)
	return c
}

// TestBadPeersDelayNobodyAndCatchUp is the delivery bench of RELIABILITY: twenty
// good hosts beside nine sorts of bad ones, over real HTTP.
func TestBadPeersDelayNobodyAndCatchUp(t *testing.T) {
	const count = 30
	var under, trapped atomic.Int32
	s := newSender(t, Config{Post: loopbackClient(t, 2*time.Minute), Scale: 0.002})
	var to []store.Recipient
	join := func(address string) { to = append(to, s.follower(address+"/x", address+"/x/inbox", address+"/inbox")) }
	var good []*peer
	for range 20 {
		good = append(good, newPeer(t, count, nil))
		join(good[len(good)-1].URL)
	}
	bad := map[string]*peer{}
	for name, illness := range illnesses(t, &under, &trapped) {
		p := newPeer(t, count, nil)
		p.well.Store(false)
		p.bad = illness(p)
		bad[name] = p
		join(p.URL)
	}
	refusing := newPeer(t, count, nil)
	refusing.Close()
	address := strings.Replace(refusing.Listener.Addr().String(), "127.0.0.1", "127.0.0.42", 1) // where no other test takes the port meanwhile
	join("http://" + address)

	s.run()
	for i := range count {
		s.publish(fmt.Sprint(i+1, time.Now().UnixNano()), to...)
	}
	want := numbers(1, count)
	slowest := time.Duration(0)
	for _, p := range good {
		wait(t, "a good host", p)
		equalAll(t, "a good host", p.have(), want)
		slowest = max(slowest, p.slow)
	}
	t.Logf("last of 20 good hosts after %v", slowest)
	equal(t, "requests that hang since before the good hosts had everything", under.Load(), 1)
	for name, p := range bad {
		equal(t, "taken by the ill "+name, len(p.have()), 0)
		p.heal()
	}
	l, err := net.Listen("tcp", address)
	s.must(err)
	bad["refused"] = refusing
	refusing.Server = &httptest.Server{Listener: l, Config: &http.Server{Handler: refusing}}
	refusing.Start()
	t.Cleanup(func() { refusing.Close() })
	for name, p := range bad {
		wait(t, name, p)
		equalAll(t, name, p.have(), want)
	}
	equal(t, "POSTs that followed a redirect", trapped.Load(), 0)
}

func wait(t *testing.T, what string, p *peer) {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	select {
	case <-p.full:
	case <-deadline.C:
		t.Fatalf("%s: has %s after a minute", what, strconv.Itoa(len(p.have())))
	}
}
