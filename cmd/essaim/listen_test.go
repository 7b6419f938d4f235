package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// held serves requests that wait until they are let go, and says when one came.
type held struct {
	come, letGo chan struct{}
	url         string
	served      chan error // what serveHTTP returned
	stop        context.CancelFunc
}

func hold(t *testing.T, n *node) *held {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	h := &held{make(chan struct{}), make(chan struct{}), "http://" + l.Addr().String(), make(chan error, 1), stop}
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.come <- struct{}{}
		select {
		case <-h.letGo:
			_, _ = io.WriteString(w, "answered")
		case <-r.Context().Done():
		}
	})
	go func() { h.served <- n.serveHTTP(ctx, l, answer) }()
	return h
}

// ask sends a request and returns what comes of it.
func (h *held) ask() <-chan string {
	result := make(chan string, 1)
	go func() {
		res, err := http.Get(h.url)
		if err != nil {
			result <- "error: " + err.Error()
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		result <- string(body)
	}()
	<-h.come
	return result
}

func TestStopAnswersWhatIsUnderWay(t *testing.T) {
	h := hold(t, testNode(t, nil))
	result := h.ask()
	h.stop()
	for { // the listener closes at once
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
		if err != nil {
			break
		}
		conn.Close()
	}
	close(h.letGo)
	if got := <-result; got != "answered" {
		t.Errorf("got %q, want %q", got, "answered")
	}
	if err := <-h.served; err != nil {
		t.Error(err)
	}
}

func TestStopCutsOffWhatTakesTooLong(t *testing.T) {
	h := hold(t, testNode(t, func(o *nodeOptions) {
		o.config.HTTP.ShutdownTimeout = Duration{10 * time.Millisecond}
	}))
	result := h.ask()
	h.stop()
	if err := <-h.served; err != nil {
		t.Error(err)
	}
	if got := <-result; !strings.HasPrefix(got, "error: ") {
		t.Errorf("got %q, want an error", got)
	}
}

// SECURITY P16 and P17: half of a request holds a connection only so long, and
// keeps nobody else out.
func TestSlowClientsAreDroppedAndStopNobody(t *testing.T) {
	t.Parallel()
	h := hold(t, testNode(t, func(o *nodeOptions) {
		o.config.HTTP.ReadHeaderTimeout = Duration{2 * time.Second}
		o.config.HTTP.ReadTimeout = Duration{2 * time.Second}
	}))
	defer h.stop()
	halves := []string{"", "GET / HTT", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "}
	var slow []net.Conn
	for i := range 200 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, halves[i%len(halves)]); err != nil {
			t.Fatal(err)
		}
		slow = append(slow, conn)
	}
	result := h.ask()
	h.letGo <- struct{}{}
	if got := <-result; got != "answered" {
		t.Errorf("beside 200 slow clients: got %q, want %q", got, "answered")
	}
	for i, conn := range slow {
		if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Fatalf("slow client %d was not dropped: %v", i, err)
		}
	}
}
