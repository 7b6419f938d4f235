package web

import (
	"net/http"
	"net/netip"
	"sync"
)

// How many requests that bring something are worked on at once, in all and from one
// address. Those beyond it are turned away before they are read: a flood of them,
// or of slow ones, must leave memory, processor and the others their place.
const (
	maxWrites     = 1024
	maxWritesFrom = 256
)

// writes counts what is under way. It is safe for concurrent use.
type writes struct {
	mu   sync.Mutex
	all  int
	from map[string]int
}

// begin says whether one more may begin; end is called when it is over.
func (w *writes) begin(address string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all >= maxWrites || w.from[address] >= maxWritesFrom {
		return false
	}
	w.all++
	w.from[address]++
	return true
}

func (w *writes) end(address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all--
	if w.from[address]--; w.from[address] == 0 {
		delete(w.from, address)
	}
}

// shed turns away what brings something when too much of it is under way, or when
// strained says that memory is short (503 with Retry-After). Reading goes on.
func shed(next http.Handler, proxies []netip.Prefix, strained func() bool) http.Handler {
	under := &writes{from: map[string]int{}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		address := clientAddress(r, proxies)
		if strained != nil && strained() || !under.begin(address) {
			turnAway(w)
			return
		}
		defer under.end(address)
		next.ServeHTTP(w, r)
	})
}

// turnAway costs as little as an answer can.
func turnAway(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "10")
	w.Header().Set("Connection", "close")
	say(w, http.StatusServiceUnavailable, "busy")
}
