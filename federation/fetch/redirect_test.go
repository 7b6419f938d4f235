package fetch

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// F01
func TestRedirectsAreFollowedThreeTimes(t *testing.T) {
	s, n := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		rest, _ := strings.CutPrefix(r.URL.Path, "/x")
		if rest == "" {
			itself(w, r)
			return
		}
		http.Redirect(w, r, "/x"+rest[1:], http.StatusFound)
	})
	c := newClient(t, nil)
	doc, err := c.Object(t.Context(), s.URL+"/xxxx")
	if err != nil || doc.URL != s.URL+"/x" {
		t.Fatalf("got %v, %v, want the document after three redirects", doc, err)
	}
	n.Store(0)
	_, err = c.Object(t.Context(), s.URL+"/x"+strings.Repeat("x", 30))
	wantError(t, err, ErrRedirects)
	if n.Load() != 4 {
		t.Errorf("got %d requests, want 4", n.Load())
	}
}

// F02
func TestRedirectLoopIsBounded(t *testing.T) {
	s, n := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, map[string]string{"/a": "/b", "/b": "/a"}[r.URL.Path], http.StatusMovedPermanently)
	})
	_, err := newClient(t, nil).Object(t.Context(), s.URL+"/a")
	wantError(t, err, ErrRedirects)
	if n.Load() > 4 {
		t.Errorf("got %d requests, want at most 4", n.Load())
	}
}

func TestRedirectIsCheckedLikeTheFirstAddress(t *testing.T) {
	for name, tt := range map[string]struct {
		location string
		want     error
	}{
		"private":   {"http://10.0.0.1/", ErrForbiddenAddress},
		"userinfo":  {"http://user@127.0.0.1/", ErrForbiddenAddress},
		"scheme":    {"gopher://127.0.0.1/", ErrForbiddenAddress},
		"file":      {"file:///etc/passwd", ErrForbiddenAddress},
		"hex":       {"http://0x7f000001/", ErrForbiddenAddress},
		"blocked":   {"http://blocked.localhost/", ErrBlocked},
		"malformed": {"http://[::1", ErrForbiddenAddress},
		"none":      {"", ErrForbiddenAddress},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", tt.location)
				w.WriteHeader(http.StatusFound)
			})
			c := newClient(t, func(cfg *Config) {
				cfg.Blocked = func(host string) bool { return host == "blocked.localhost" }
			})
			_, err := c.Object(t.Context(), s.URL)
			wantError(t, err, tt.want)
		})
	}
}

func TestRedirectNeverLeadsFromHTTPSToHTTP(t *testing.T) {
	plain, n := newServer(t, itself)
	s := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	t.Cleanup(s.Close)
	c := newClient(t, func(cfg *Config) { cfg.RootCAs = s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs })
	_, err := c.Object(t.Context(), s.URL)
	wantError(t, err, ErrForbiddenAddress)
	if n.Load() != 0 {
		t.Errorf("got %d plain requests, want none", n.Load())
	}
}

func TestUnknownCertificateIsRefused(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(itself))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	_, err := newClient(t, nil).Object(t.Context(), s.URL)
	wantError(t, err, ErrTemporary)
}
