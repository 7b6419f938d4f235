package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
)

// TestWritesAreTurnedAwayAndReadingGoesOn: first because memory is short, then
// because too much is under way.
func TestWritesAreTurnedAwayAndReadingGoesOn(t *testing.T) {
	var short atomic.Bool
	come, letGo := make(chan struct{}), make(chan struct{})
	s := httptest.NewServer(shed(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/held" {
			come <- struct{}{}
			<-letGo
		}
	}), []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, short.Load))
	defer s.Close()
	from := "203.0.113.7"
	ask := func(method, path string, want int) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-For", from)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want || want == http.StatusServiceUnavailable && res.Header.Get("Retry-After") == "" {
			t.Errorf("%s %s: got %d %v, want %d", method, path, res.StatusCode, res.Header, want)
		}
	}
	ask(http.MethodPost, "/", http.StatusOK)
	short.Store(true)
	ask(http.MethodPost, "/", http.StatusServiceUnavailable)
	ask(http.MethodGet, "/", http.StatusOK)
	short.Store(false)
	done := make(chan struct{})
	for range maxWritesFrom {
		go func() {
			defer func() { done <- struct{}{} }()
			ask(http.MethodPost, "/held", http.StatusOK)
		}()
		<-come
	}
	ask(http.MethodPost, "/", http.StatusServiceUnavailable)
	ask(http.MethodGet, "/", http.StatusOK)
	from = "198.51.100.9"
	ask(http.MethodPost, "/", http.StatusOK) // somebody else is not kept out
	close(letGo)
	for range maxWritesFrom {
		<-done
	}
	ask(http.MethodPost, "/", http.StatusOK)
}
