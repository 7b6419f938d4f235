// Package simnet is a network in memory for simulations: hosts by name that hear
// each other's requests, some of which get lost, and that can be cut off; and
// engines that die with their process. It is for tests, which run it in the
// virtual time of testing/synctest.
package simnet

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
)

// Faults are how many of a hundred requests meet with what.
type Faults struct {
	Lost       int // never arrive
	Unanswered int // arrive, and their answer is lost
	Hanging    int // have no answer until the caller gives up; half of them arrive
	Failing    int // are answered with 502 by something in between
	Throttled  int // are answered with 429 by something in between
}

// Net is a network. It is safe for concurrent use.
type Net struct {
	faults Faults
	mu     sync.Mutex
	rand   *rand.Rand
	hosts  map[string]*Host
}

// New returns a network whose faults are drawn from a seed.
func New(seed uint64, f Faults) *Net {
	return &Net{faults: f, rand: rand.New(rand.NewPCG(seed, 2)), hosts: map[string]*Host{}} //nolint:gosec // guards nothing
}

// Host returns the host of a name, which begins to exist with that.
func (n *Net) Host(name string) *Host {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.hosts[name]
	if h == nil {
		h = &Host{Name: name, net: n}
		n.hosts[name] = h
	}
	return h
}

// Host is a server: what it asks goes through RoundTrip, and what it is asked goes
// to the handler that it serves.
type Host struct {
	Name string

	net    *Net
	cut    atomic.Bool
	island atomic.Int64

	mu      sync.Mutex
	handler http.Handler
	serving sync.WaitGroup
}

// Serve answers requests with handler from now on. With nil nobody is there, and
// it returns when what was under way is over.
func (h *Host) Serve(handler http.Handler) {
	h.mu.Lock()
	h.handler = handler
	h.mu.Unlock()
	if handler == nil {
		h.serving.Wait()
	}
}

// Cut says whether no request reaches the host or leaves it.
func (h *Host) Cut(off bool) { h.cut.Store(off) }

// Move puts the host on an island: only hosts of the same one reach each other.
func (h *Host) Move(island int) { h.island.Store(int64(island)) }

var (
	errLost    = errors.New("request is lost")
	errNoRoute = errors.New("no route to host")
)

// RoundTrip makes the host an http.RoundTripper: the wire, as far as it has one.
func (h *Host) RoundTrip(req *http.Request) (*http.Response, error) {
	to := h.net.Host(req.URL.Host)
	if h.cut.Load() || to.cut.Load() || h.island.Load() != to.island.Load() {
		return nil, errNoRoute
	}
	fate := h.net.draw()
	var res *http.Response
	if fate.arrives {
		var err error
		if res, err = to.answer(req); err != nil {
			return nil, err
		}
	}
	if fate.instead != nil {
		return fate.instead(req)
	}
	return res, nil
}

// answer is what the host's handler says.
func (h *Host) answer(req *http.Request) (*http.Response, error) {
	h.mu.Lock()
	handler := h.handler
	if handler != nil {
		h.serving.Add(1)
	}
	h.mu.Unlock()
	if handler == nil {
		return nil, errNoRoute
	}
	defer h.serving.Done()
	in := req.Clone(req.Context())
	in.RequestURI, in.Host, in.RemoteAddr = req.URL.RequestURI(), req.URL.Host, "192.0.2.1:1"
	if in.Body == nil {
		in.Body = http.NoBody
	}
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, in)
	return rec.Result(), nil
}
