package fetch_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/essaim/essaim/federation/fetch"
)

func TestWhetherThereIsSomethingAtAnAddress(t *testing.T) {
	var bodies atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/page", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /film", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "br") // what is in it does not matter
		_, _ = w.Write([]byte(strings.Repeat("x", 1<<20)))
	})
	mux.HandleFunc("GET /nohead", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		bodies.Add(1)
		_, _ = w.Write([]byte(strings.Repeat("x", 1<<20)))
	})
	status := func(path string, code int) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
	status("/gone", http.StatusGone)
	status("/busy", http.StatusServiceUnavailable)
	status("/forbidden", http.StatusForbidden)
	mux.Handle("/moved", http.RedirectHandler("/page", http.StatusFound))
	mux.Handle("/lost", http.RedirectHandler("/nowhere", http.StatusFound))
	mux.Handle("/inside", http.RedirectHandler("http://169.254.169.254/latest", http.StatusFound))
	mux.Handle("/round", http.RedirectHandler("/round", http.StatusFound))
	server := httptest.NewServer(mux)
	defer server.Close()
	c := fetch.New(fetch.Config{AllowHTTP: true, AllowNets: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	defer c.Close()
	for path, want := range map[string]error{
		"/page": nil, "/film": nil, "/nohead": nil, "/moved": nil,
		"/nowhere": fetch.ErrNotFound, "/lost": fetch.ErrNotFound, "/gone": fetch.ErrGone, "/busy": fetch.ErrTemporary,
		"/forbidden": fetch.ErrUnclear, "/inside": fetch.ErrUnclear, "/round": fetch.ErrUnclear,
	} {
		if err := c.Look(t.Context(), server.URL+path); !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: got %v, want %v", path, err, want)
		}
	}
	for _, address := range []string{"http://10.0.0.1/", "ftp://exemple.fr/", "https://a@exemple.fr/", "::"} {
		if err := c.Look(t.Context(), address); !errors.Is(err, fetch.ErrUnclear) {
			t.Errorf("%s: got %v, want ErrUnclear", address, err)
		}
	}
	if got := bodies.Load(); got != 1 {
		t.Errorf("the page without a head was read %d times, want 1", got)
	}
	server.Close()
	if err := c.Look(t.Context(), server.URL+"/page"); !errors.Is(err, fetch.ErrTemporary) {
		t.Errorf("nobody there: got %v, want ErrTemporary", err)
	}
}
