package fedtest

import (
	"net/http"
	"sync/atomic"
)

// counter counts the requests to a handler.
type counter struct{ n atomic.Int64 }

func (c *counter) around(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.n.Add(1)
		h.ServeHTTP(w, r)
	})
}

func (c *counter) requests() int64 { return c.n.Load() }
