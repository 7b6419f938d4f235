package fedtest

import (
	"net/http"
	"strings"
	"sync"
)

// traffic counts requests by what they are for.
type traffic struct {
	mu sync.Mutex
	by map[string]int
}

// meter counts what goes over a wire.
type meter struct {
	wire    http.RoundTripper
	traffic *traffic
}

func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	m.traffic.mu.Lock()
	if m.traffic.by == nil {
		m.traffic.by = map[string]int{}
	}
	m.traffic.by[purpose(r)]++
	m.traffic.mu.Unlock()
	return m.wire.RoundTrip(r)
}

func purpose(r *http.Request) string {
	_, part, catalogue := strings.Cut(r.URL.Path, "/catalog")
	switch {
	case r.Method == http.MethodPost:
		return "pushes"
	case !catalogue:
		return "other"
	case part == "/feed":
		return "feeds"
	case part == "/buckets":
		return "buckets"
	case r.URL.Query().Has("page"):
		return "pages"
	}
	return "heads"
}
