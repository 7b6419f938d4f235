package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// streamEvents is GET /api/v1/streaming/:stream, as server-sent events. Thousands of
// these wait at once: what opens one leaves nothing behind on the stack.
func streamEvents(c *call) (any, error) {
	l, err := c.openEvents()
	if err != nil {
		return nil, err
	}
	defer c.hub.leave(l)
	s := eventStream{w: c.w, control: http.NewResponseController(c.w), timer: time.NewTimer(heartbeat)}
	defer s.timer.Stop()
	for err = s.write(":)\n"); err == nil; {
		err = s.next(c.r.Context(), l)
	}
	return nil, nil // whatever ended it, there is nobody left to answer
}

func (c *call) openEvents() (*listener, error) {
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
	l := c.newListener(c.secret, stream)
	c.hub.join(c.r.Context(), l)
	h := c.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Accel-Buffering", "no")
	return l, nil
}

// errEnded: the stream was ended from this side or from the other.
var errEnded = errors.New("stream ended")

type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	timer   *time.Timer
}

// next writes the next message, or a sign of life.
func (s *eventStream) next(ctx context.Context, l *listener) error {
	s.timer.Reset(heartbeat)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-l.done:
		return errEnded
	case m := <-l.out:
		return s.message(m)
	case <-s.timer.C:
		return s.write(":thump\n")
	}
}

func (s *eventStream) message(m *message) error {
	return s.write(fmt.Sprintf("event: %s\ndata: %s\n\n", m.Event, m.Payload))
}

func (s *eventStream) write(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	return s.control.Flush()
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
	l := c.newListener(c.secret, streams...)
	c.hub.join(c.r.Context(), l) // before the client knows that the stream is open
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
