package mastodon

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/gorilla/mux"
)

const (
	heartbeat  = 15 * time.Second
	writeLimit = 10 * time.Second // for one message
	maxAsked   = 4096             // bytes of what a client sends
)

// healthy is GET /api/v1/streaming/health.
func healthy(c *call) (any, error) {
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := c.w.Write([]byte("OK"))
	return nil, err
}

// withToken lets a stream have its token where a header cannot be set: in the
// query, or as the subprotocol of a WebSocket.
func (c *call) withToken() error {
	if c.secret != "" {
		return nil
	}
	for _, token := range []string{c.str("access_token"), c.r.Header.Get("Sec-WebSocket-Protocol")} {
		if token != "" {
			c.secret = token
			return c.view(c.recognise)
		}
	}
	return nil
}

// streamEvents is GET /api/v1/streaming/:stream, as server-sent events.
func streamEvents(c *call) (any, error) {
	if err := c.withToken(); err != nil {
		return nil, err
	}
	name := strings.ReplaceAll(strings.Trim(mux.Vars(c.r)["stream"], "/"), "/", ":")
	if c.flag("only_media") && strings.HasPrefix(name, "public") {
		name += ":media"
	}
	stream, err := c.streamName(name, c.str("tag"), c.str("list"))
	if err != nil {
		return nil, err
	}
	l, err := c.listen(stream)
	if err != nil {
		return nil, err
	}
	return nil, c.hand(l)
}

// hand takes the connection out of the hands of net/http, which holds three times as
// much for each: thousands of these wait at once.
func (c *call) hand(l *listener) error {
	h := c.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Accel-Buffering", "no")
	h.Set("Connection", "close")
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		c.hub.leave(l)
		return err
	}
	var head bytes.Buffer
	head.WriteString("HTTP/1.1 200 OK\r\n")
	_ = h.Write(&head) // into memory
	head.WriteString("\r\n:)\n")
	hub := c.hub
	hub.serve(func() {
		defer hub.leave(l)
		l.tell(conn, head.Bytes())
	})
	return nil
}

// tell writes what comes to a connection, and signs of life, until one of both ends.
func (l *listener) tell(conn net.Conn, head []byte) {
	gone := make(chan struct{})
	go func() { // who is gone is found out by reading
		defer close(gone)
		var b [16]byte
		for err := error(nil); err == nil; {
			_, err = conn.Read(b[:])
		}
	}()
	timer := time.NewTimer(heartbeat)
	defer timer.Stop()
	for err := writeEvent(conn, head); err == nil; {
		timer.Reset(heartbeat)
		select {
		case <-gone:
			err = io.EOF
		case <-l.done:
			err = io.EOF
		case m := <-l.out:
			err = writeEvent(conn, fmt.Appendf(nil, "event: %s\ndata: %s\n\n", m.Event, m.Payload))
		case <-timer.C:
			err = writeEvent(conn, []byte(":thump\n"))
		}
	}
	_ = conn.Close() // the reader ends with it
	<-gone
}

func writeEvent(conn net.Conn, b []byte) error {
	if err := conn.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return err
	}
	_, err := conn.Write(b)
	return err
}

// streamSocket is GET /api/v1/streaming as a WebSocket.
func streamSocket(c *call) (any, error) {
	if err := c.withToken(); err != nil {
		return nil, err
	}
	var streams []string
	if name := c.str("stream"); name != "" {
		stream, err := c.streamName(name, c.str("tag"), c.str("list"))
		if err != nil {
			return nil, err
		}
		streams = []string{stream}
	}
	if !strings.EqualFold(c.r.Header.Get("Upgrade"), "websocket") {
		return nil, &refusal{http.StatusUpgradeRequired, "This address is a WebSocket", ""}
	}
	l, err := c.listen(streams...) // before the client knows that the stream is open
	if err != nil {
		return nil, err
	}
	defer c.hub.leave(l)
	ws, err := websocket.Accept(c.w, c.r, &websocket.AcceptOptions{
		// Of any origin: it is the token that says who asks, and no browser sends
		// that by itself.
		InsecureSkipVerify: true,
		Subprotocols:       c.r.Header.Values("Sec-WebSocket-Protocol"),
	})
	if err != nil {
		return nil, nil // it was answered
	}
	defer func() { _ = ws.CloseNow() }() // closed already, mostly
	ws.SetReadLimit(maxAsked)
	c.converse(ws, l)
	return nil, nil // it was answered
}

// converse writes messages and reads what the client asks for, until one of both
// fails.
func (c *call) converse(ws *websocket.Conn, l *listener) {
	ctx, cancel := context.WithCancel(c.background())
	defer cancel()
	reading := make(chan struct{})
	go func() {
		defer close(reading)
		defer l.end()
		for c.hear(ctx, ws, l) == nil {
		}
	}()
	if c.tell(ctx, ws, l) == nil {
		_ = ws.Close(websocket.StatusGoingAway, "") // the client may be gone
	}
	_ = ws.CloseNow() // it ends the reading, too
	<-reading
}

// tell writes until the stream is ended; an error is the connection's.
func (c *call) tell(ctx context.Context, ws *websocket.Conn, l *listener) error {
	ticker := time.NewTicker(2 * heartbeat)
	defer ticker.Stop()
	for {
		var err error
		select {
		case <-l.done:
			return nil
		case m := <-l.out:
			err = writeSocket(ctx, ws, m)
		case <-ticker.C:
			err = ping(ctx, ws)
		}
		if err != nil {
			return err
		}
	}
}

func ping(ctx context.Context, ws *websocket.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	return ws.Ping(ctx)
}

func writeSocket(ctx context.Context, ws *websocket.Conn, m any) error {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // a message of our own
	}
	ctx, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	return ws.Write(ctx, websocket.MessageText, b)
}

// wish is what a client sends on a WebSocket.
type wish struct {
	Type   string `json:"type"` // "subscribe", "unsubscribe"
	Stream string `json:"stream"`
	Tag    string `json:"tag"`
	List   string `json:"list"`
}

// hear reads one wish. A wrong one is answered; only a broken connection is an
// error.
func (c *call) hear(ctx context.Context, ws *websocket.Conn, l *listener) error {
	_, b, err := ws.Read(ctx)
	if err != nil {
		return err
	}
	var w wish
	if json.Unmarshal(b, &w) != nil {
		return writeSocket(ctx, ws, errorEntity{Error: "Invalid message"})
	}
	stream, err := c.streamName(w.Stream, w.Tag, w.List)
	switch {
	case err != nil:
		return writeSocket(ctx, ws, errorEntity{Error: err.Error()})
	case w.Type == "subscribe":
		l.subscribe(stream)
	case w.Type == "unsubscribe":
		l.unsubscribe(stream)
	}
	return nil
}
