// Package mailtest is a mail server for tests: it takes every letter and keeps it.
package mailtest

import (
	"bufio"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"
)

// Sink is a mail server on this machine.
type Sink struct {
	Host string
	Port int

	// Refuse answers a command instead of the sink, such as "550 no such person"; empty: not.
	// Set it before the first letter.
	Refuse func(command string) string

	mu      sync.Mutex
	letters []Letter
	came    chan struct{}
}

// Letter is what came: as it was announced, and as it is written.
type Letter struct {
	From, To string // of the envelope
	Raw      string
	Header   mail.Header
	Body     string // as it is encoded
}

// New starts a sink, which ends with the test.
func New(t testing.TB) *Sink {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().(*net.TCPAddr)
	s := &Sink{Host: "127.0.0.1", Port: address.Port, came: make(chan struct{}, 1<<10)}
	var served sync.WaitGroup
	served.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			served.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		served.Wait()
	})
	return s
}

// Letters are those that came so far.
func (s *Sink) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

// Wait returns the letters once there are so many.
func (s *Sink) Wait(t testing.TB, n int) []Letter {
	t.Helper()
	for {
		if all := s.Letters(); len(all) >= n {
			return all
		}
		select {
		case <-s.came:
		case <-t.Context().Done():
			t.Fatal("no letter")
		}
	}
}

// serve speaks as much of RFC 5321 as a client needs.
func (s *Sink) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	text := textproto.NewConn(c)
	var l Letter
	say := func(line string) { _ = text.PrintfLine("%s", line) } // who hung up hears nothing
	say("220 sink")
	for {
		line, err := text.ReadLine()
		if err != nil {
			return
		}
		if s.Refuse != nil {
			if no := s.Refuse(line); no != "" {
				say(no)
				continue
			}
		}
		switch verb := strings.ToUpper(strings.SplitN(line, " ", 2)[0]); verb {
		case "EHLO", "HELO":
			say("250 sink")
		case "MAIL":
			l = Letter{From: between(line)}
			say("250 ok")
		case "RCPT":
			l.To += between(line)
			say("250 ok")
		case "DATA":
			say("354 go on")
			raw, err := text.ReadDotBytes()
			if err != nil {
				return
			}
			s.keep(l, string(raw))
			say("250 kept")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func between(line string) string {
	_, rest, _ := strings.Cut(line, "<")
	address, _, _ := strings.Cut(rest, ">")
	return address
}

func (s *Sink) keep(l Letter, raw string) {
	l.Raw = raw
	if m, err := mail.ReadMessage(bufio.NewReader(strings.NewReader(raw))); err == nil {
		l.Header = m.Header
	}
	_, l.Body, _ = strings.Cut(raw, "\n\n")
	s.mu.Lock()
	s.letters = append(s.letters, l)
	s.mu.Unlock()
	s.came <- struct{}{}
}

// Parts are the texts of a letter, decoded: as plain text and, if there is one, as
// HTML.
func (l Letter) Parts(t testing.TB) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(l.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	body := strings.NewReader(l.Body)
	if !strings.HasPrefix(kind, "multipart/") {
		return decode(t, body), ""
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return text, html
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			html = decode(t, p)
		} else {
			text = decode(t, p)
		}
	}
}

func decode(t testing.TB, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(quotedprintable.NewReader(r))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
