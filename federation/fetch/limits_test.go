package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

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
