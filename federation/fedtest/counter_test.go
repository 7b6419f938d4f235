package fedtest

import (
	"net/http"
	"sync"
)

// counter notes the statuses of a handler's answers.
type counter struct {
	mu       sync.Mutex
	statuses []int
}

func (c *counter) around(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(&noted{w, c}, r)
	})
}

func (c *counter) answers() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.statuses
}

// noted is an answer whose status is noted.
type noted struct {
	http.ResponseWriter
	counter *counter
}

func (n *noted) WriteHeader(status int) {
	n.counter.mu.Lock()
	n.counter.statuses = append(n.counter.statuses, status)
	n.counter.mu.Unlock()
	n.ResponseWriter.WriteHeader(status)
}
