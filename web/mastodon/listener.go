package mastodon

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// message is what a stream carries. Stream names the stream, with the hashtag or
// list that it is about.
type message struct {
	Stream  []string `json:"stream"`
	Event   string   `json:"event"`
	Payload string   `json:"payload"`
}

// listener is one open connection and the streams that it wants: "user",
// "public:local", "hashtag food", "list 42" …
type listener struct {
	api    *API
	secret string
	by     string // who opened it, as requests are counted
	out    chan *message
	done   chan struct{}
	once   sync.Once

	mu      sync.Mutex
	streams []string
}

const (
	outbox     = 32 // messages that wait for a slow reader; then it is cut off
	maxStreams = 50 // of one connection
)

var errStreams = &refusal{http.StatusServiceUnavailable, "Too many streams are open", ""}

// listen opens a stream, which is to leave the hub at its end.
func (c *call) listen(streams ...string) (*listener, error) {
	l := &listener{
		api: c.API, secret: c.secret, by: c.counted(), out: make(chan *message, outbox), done: make(chan struct{}), streams: streams,
	}
	err := c.hub.join(c.r.Context(), l)
	if err != nil {
		c.w.Header().Set("Retry-After", "60")
	}
	return l, err
}

// end closes the connection; it may be called by anybody, and twice.
func (l *listener) end() { l.once.Do(func() { close(l.done) }) }

// send never waits: who does not read fast enough is cut off and comes again.
func (l *listener) send(m *message) {
	select {
	case l.out <- m:
	default:
		l.end()
	}
}

func (l *listener) subscribe(stream string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Contains(l.streams, stream) && len(l.streams) < maxStreams {
		l.streams = append(l.streams, stream)
	}
}

func (l *listener) unsubscribe(stream string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.streams = slices.DeleteFunc(slices.Clone(l.streams), func(s string) bool { return s == stream })
}

// first is the first of the names that the listener wants, in its parts, or nil.
func (l *listener) first(names ...string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range names {
		if slices.Contains(l.streams, name) {
			return strings.SplitN(name, " ", 2)
		}
	}
	return nil
}

// any is one of its streams, in its parts.
func (l *listener) any() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.streams) == 0 {
		return nil
	}
	return strings.SplitN(l.streams[0], " ", 2)
}

// lists are the lists that it wants.
func (l *listener) lists() []store.ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ids []store.ID
	for _, s := range l.streams {
		if number, ok := strings.CutPrefix(s, "list "); ok {
			if id, err := store.ParseID(number); err == nil {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

var openStreams = []string{
	"public", "public:local", "public:remote", "public:media", "public:local:media", "public:remote:media",
	"hashtag", "hashtag:local",
}

var ownStreams = []string{"user", "user:notification", "list", "direct"}

// streamName checks what a client asks for and gives it its name here. Streams of
// a member need his token.
func (c *call) streamName(stream, tag, list string) (string, error) {
	switch {
	case slices.Contains(ownStreams, stream):
		if err := c.allow(scopeOfStream(stream)); err != nil {
			return "", err
		}
	case !slices.Contains(openStreams, stream):
		return "", errNotFound
	}
	switch {
	case strings.HasPrefix(stream, "hashtag"):
		folded := vocab.FoldHashtag(tag)
		if folded == "" {
			return "", &refusal{400, "No tag for stream provided", ""}
		}
		return stream + " " + folded, nil
	case stream == "list":
		return stream + " " + list, c.view(func(tx *store.Txn) error {
			id, err := parseID(list)
			if err == nil {
				_, err = tx.List(c.actor.ID, id)
			}
			return err
		})
	}
	return stream, nil
}

func scopeOfStream(stream string) string {
	if stream == "user:notification" {
		return "read:notifications"
	}
	return "read:statuses"
}
