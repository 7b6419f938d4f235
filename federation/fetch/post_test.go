package fetch

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"
)

func newPost(t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"type":"Follow"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/activity+json")
	req.Header.Set("Signature", "as signed")
	return req
}

func TestPostSendsWhatWasSigned(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if string(body) != `{"type":"Follow"}` || r.Header.Get("Signature") != "as signed" || r.UserAgent() == "" {
			t.Errorf("got %q with %v", body, r.Header)
		}
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "thanks")
	})
	res, err := newClient(t, nil).Post(t.Context(), newPost(t, s.URL))
	if err != nil || res.Status != http.StatusAccepted || string(res.Body) != "thanks" {
		t.Errorf("got %+v, %v", res, err)
	}
}

func TestPostFollowsNoRedirect(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		s, n := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		})
		res, err := newClient(t, nil).Post(t.Context(), newPost(t, s.URL))
		if err != nil || res.Status != status || n.Load() != 1 {
			t.Errorf("got %+v, %v after %d requests, want status %d after one", res, err, n.Load(), status)
		}
	}
}

func TestPostReadsRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "Fri, 20 Nov 2026 13:00:00 GMT": time.Hour, "Fri, 20 Nov 2026 11:00:00 GMT": 0,
		"": 0, "-5": 0, "soon": 0, "99999999999999999999": 0,
	} {
		s, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		c := newClient(t, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
		res, err := c.Post(t.Context(), newPost(t, s.URL))
		if err != nil || res.RetryAfter != want {
			t.Errorf("%q: got %+v, %v, want %v", header, res, err, want)
		}
	}
}

func TestPostKeepsALittleOfTheAnswer(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		for range 64 {
			io.WriteString(w, strings.Repeat("x", 1<<15))
		}
	})
	res, err := newClient(t, nil).Post(t.Context(), newPost(t, s.URL))
	if err != nil || res.Status != http.StatusBadRequest || len(res.Body) != maxReply {
		t.Errorf("got %v, want status 400 and %d bytes", err, maxReply)
	}
}

func TestPostToSilentServerIsATimeout(t *testing.T) {
	s, _ := newServer(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // only then does the server notice that we are gone
		<-r.Context().Done()
	})
	c := newClient(t, func(cfg *Config) { cfg.PostTimeout = 50 * time.Millisecond })
	_, err := c.Post(t.Context(), newPost(t, s.URL))
	wantError(t, err, ErrTimeout)
}

func TestPostKeepsItsStatusWhenTheBodyDrips(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	c := newClient(t, func(cfg *Config) { cfg.PostTimeout = 2 * time.Second })
	res, err := c.Post(t.Context(), newPost(t, s.URL))
	if err != nil || res.Status != http.StatusAccepted {
		t.Errorf("got %+v, %v, want status 202", res, err)
	}
}

func TestPostRefusesForbiddenAddresses(t *testing.T) {
	for _, address := range []string{"https://user@lab.example/inbox", "https://127.1/inbox", "http://10.0.0.1/inbox"} {
		_, err := newClient(t, nil).Post(t.Context(), newPost(t, address))
		wantError(t, err, ErrForbiddenAddress)
	}
}

func TestPostsReuseTheConnection(t *testing.T) {
	s, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
	c := newClient(t, nil)
	fresh := 0
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if !info.Reused {
			fresh++
		}
	}})
	for range 5 {
		if _, err := c.Post(ctx, newPost(t, s.URL)); err != nil {
			t.Fatal(err)
		}
	}
	if fresh != 1 {
		t.Errorf("got %d connections for 5 posts, want 1", fresh)
	}
}
