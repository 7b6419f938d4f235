package fetch

import (
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
