package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var loopbackNets = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// newClient may reach plain http servers on the loopback; edit changes the rest.
func newClient(t *testing.T, edit func(*Config)) *Client {
	t.Helper()
	cfg := Config{UserAgent: "Essaim/test (+https://lab.example)", AllowHTTP: true, AllowNets: loopbackNets}
	if edit != nil {
		edit(&cfg)
	}
	c := New(cfg)
	t.Cleanup(c.Close)
	return c
}

// newServer counts the requests it answers.
func newServer(t *testing.T, h http.HandlerFunc) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s, &n
}

func sendAS2(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/activity+json; charset=utf-8")
	io.WriteString(w, body)
}

// itself answers every request with an object whose id is the URL asked for.
func itself(w http.ResponseWriter, r *http.Request) {
	sendAS2(w, fmt.Sprintf(`{"id":"http://%s%s","type":"Note"}`, r.Host, r.URL.RequestURI()))
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func TestObjectAnswersWithTheDocument(t *testing.T) {
	s, _ := newServer(t, itself)
	doc, err := newClient(t, nil).Object(t.Context(), s.URL+"/o/1?a=b#part")
	if err != nil {
		t.Fatal(err)
	}
	if want := s.URL + "/o/1?a=b"; doc.IRI != want || doc.URL != want {
		t.Errorf("got IRI %s and URL %s, want %s", doc.IRI, doc.URL, want)
	}
	if doc.ContentType != "application/activity+json" {
		t.Errorf("got content type %s", doc.ContentType)
	}
}

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
	s := httptest.NewTLSServer(http.HandlerFunc(itself))
	t.Cleanup(s.Close)
	_, err := newClient(t, nil).Object(t.Context(), s.URL)
	wantError(t, err, ErrTemporary)
}

// F03
func TestEndlessDocumentIsCutAtOneMebibyte(t *testing.T) {
	var sent atomic.Int64
	s, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/activity+json")
		chunk := bytes.Repeat([]byte(" "), 1<<16)
		for {
			n, err := w.Write(chunk)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	})
	_, err := newClient(t, nil).Object(t.Context(), s.URL)
	wantError(t, err, ErrTooLarge)
	s.Close()
	if sent.Load() > 24<<20 {
		t.Errorf("got %d bytes on the wire, want at most 24 MiB", sent.Load())
	}
}

func TestDocumentOfExactlyOneMebibyteIsTaken(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		id := fmt.Sprintf(`{"id":"http://%s/"}`, r.Host)
		sendAS2(w, id+strings.Repeat(" ", maxBody-len(id)+len(r.URL.RawQuery)))
	})
	c := newClient(t, nil)
	if doc, err := c.Object(t.Context(), s.URL); err != nil || len(doc.Body) != maxBody {
		t.Fatalf("got error %v, want %d bytes", err, maxBody)
	}
	_, err := c.Object(t.Context(), s.URL+"/?1")
	wantError(t, err, ErrTooLarge)
}

// F04
func TestGzipBombIsCutAtOneMebibyte(t *testing.T) {
	bomb := zip(t, bytes.Repeat([]byte(" "), 64<<20))
	s, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "application/activity+json")
		w.Write(bomb)
	})
	_, err := newClient(t, nil).Object(t.Context(), s.URL)
	wantError(t, err, ErrTooLarge)
}

func TestCompressedDocumentIsDecoded(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("got Accept-Encoding %q, want gzip", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", r.URL.RawQuery)
		w.Header().Set("Content-Type", "application/activity+json")
		w.Write(zip(t, fmt.Appendf(nil, `{"id":"http://%s/?%s"}`, r.Host, r.URL.RawQuery)))
	})
	c := newClient(t, nil)
	if _, err := c.Object(t.Context(), s.URL+"/?gzip"); err != nil {
		t.Error(err)
	}
	_, err := c.Object(t.Context(), s.URL+"/?br")
	wantError(t, err, ErrContentType)
}

func TestBrokenGzipIsMalformed(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		sendAS2(w, "this is no gzip at all")
	})
	_, err := newClient(t, nil).Object(t.Context(), s.URL)
	wantError(t, err, ErrMalformed)
}

func zip(t *testing.T, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// F08, S39
func TestDripEndsAtTheTotal(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/activity+json")
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	})
	c := newClient(t, func(cfg *Config) { cfg.Timeout = 100 * time.Millisecond })
	start := time.Now()
	_, err := c.Object(t.Context(), s.URL)
	wantError(t, err, ErrTimeout)
	wantError(t, err, ErrTemporary)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v, want about 100ms", took)
	}
}

// S38
func TestSilentServerIsATimeout(t *testing.T) {
	s, _ := newServer(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c := newClient(t, func(cfg *Config) { cfg.Timeout = 50 * time.Millisecond })
	_, err := c.Object(t.Context(), s.URL)
	wantError(t, err, ErrTimeout)
}

func TestUnreachableServerIsTemporary(t *testing.T) {
	s, _ := newServer(t, itself)
	s.Close()
	_, err := newClient(t, nil).Object(t.Context(), s.URL)
	wantError(t, err, ErrTemporary)
}

// F09
func TestRequestsNameUsAndCarryNoCredentials(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.UserAgent(); got != "Essaim/test (+https://lab.example)" {
			t.Errorf("got User-Agent %q", got)
		}
		for _, h := range []string{"Authorization", "Cookie", "Referer", "Signature"} {
			if r.Header.Get(h) != "" {
				t.Errorf("got %s: %s, want none", h, r.Header.Get(h))
			}
		}
		http.SetCookie(w, &http.Cookie{Name: "track", Value: "1"})
		if r.URL.Path == "/from" {
			http.Redirect(w, r, "/to", http.StatusFound)
			return
		}
		itself(w, r)
	})
	if _, err := newClient(t, nil).Object(t.Context(), s.URL+"/from"); err != nil {
		t.Fatal(err)
	}
}

func TestStatusDecidesTheError(t *testing.T) {
	for status, want := range map[int]error{
		404: ErrNotFound, 410: ErrGone, 408: ErrTemporary, 429: ErrTemporary, 500: ErrTemporary, 503: ErrTemporary,
	} {
		s, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(status)
		})
		_, err := newClient(t, nil).Object(t.Context(), s.URL)
		wantError(t, err, want)
		bad, ok := errors.AsType[*BadResponse](err)
		if !ok || bad.Status != status || bad.RetryAfter != 90*time.Second {
			t.Errorf("got %+v, want status %d after 90 s", bad, status)
		}
		if errors.Is(err, ErrTemporary) != (status != 404 && status != 410) {
			t.Errorf("status %d: got %v", status, err)
		}
	}
}

func TestStatusThatIsNoSuccessIsBad(t *testing.T) {
	for _, status := range []int{201, 202, 206, 304, 400, 401, 403, 501} {
		s, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		_, err := newClient(t, nil).Object(t.Context(), s.URL)
		if bad, ok := errors.AsType[*BadResponse](err); !ok || bad.Status != status || errors.Is(err, ErrTemporary) {
			t.Errorf("status %d: got %v", status, err)
		}
	}
}

// B05
func TestBlockedHostIsNeverAsked(t *testing.T) {
	s, n := newServer(t, itself)
	host := strings.TrimPrefix(s.URL, "http://")
	for _, blocked := range []string{"127.0.0.1", host} {
		c := newClient(t, func(cfg *Config) { cfg.Blocked = func(h string) bool { return h == blocked } })
		_, err := c.Object(t.Context(), s.URL)
		wantError(t, err, ErrBlocked)
		req, _ := http.NewRequest(http.MethodPost, s.URL, nil)
		_, err = c.Post(t.Context(), req)
		wantError(t, err, ErrBlocked)
	}
	if n.Load() != 0 {
		t.Errorf("got %d requests, want none", n.Load())
	}
}

func TestGetTakesOnlyWhatItAskedFor(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "Application/JRD+json; charset=utf-8")
		fmt.Fprintf(w, "%q", r.Header.Get("Accept"))
	})
	c := newClient(t, nil)
	doc, err := c.Get(t.Context(), s.URL, "application/jrd+json", "application/json")
	if err != nil || string(doc.Body) != `"application/jrd+json, application/json"` {
		t.Fatalf("got %v, %v", doc, err)
	}
	_, err = c.Get(t.Context(), s.URL)
	wantError(t, err, ErrContentType)
}

func TestBaseURLIsPlainOnlyForAllowedPrivateHosts(t *testing.T) {
	c := newClient(t, nil)
	for host, want := range map[string]string{
		"127.0.0.1:8101":          "http://127.0.0.1:8101",
		"bretagne.localhost:8101": "http://bretagne.localhost:8101",
		"10.0.0.1":                "https://10.0.0.1",
		"lab.example":             "https://lab.example",
	} {
		if got := c.BaseURL(host); got != want {
			t.Errorf("%s: got %s, want %s", host, got, want)
		}
	}
	strict := newClient(t, func(cfg *Config) { cfg.AllowHTTP = false })
	if got := strict.BaseURL("127.0.0.1:8101"); got != "https://127.0.0.1:8101" {
		t.Errorf("without AllowHTTP: got %s", got)
	}
}

func TestCallerWhoLeavesGetsTheReason(t *testing.T) {
	s, _ := newServer(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	c := newClient(t, nil)
	_, err := c.Object(ctx, s.URL)
	wantError(t, err, ErrTimeout)
	wantError(t, err, context.DeadlineExceeded)
	if _, ok := c.failures.GetIfPresent("as2 " + s.URL); ok {
		t.Error("a caller's own deadline was remembered as a failure of the document")
	}
}
