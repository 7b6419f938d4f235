package mastodon_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// patience is for what comes over a stream, on a busy machine.
const patience = time.Minute

// live runs what carries changes to streams until the test ends.
func (s *site) live() { s.t.Cleanup(s.run()) }

// run is live until stop is called.
func (s *site) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.api.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Error(err)
		}
	}
}

// event is what came over a stream.
type event struct {
	Stream  []string `json:"stream"`
	Event   string   `json:"event"`
	Payload string   `json:"payload"`
}

func (e event) id() string {
	var o struct {
		ID string `json:"id"`
	}
	if json.Unmarshal([]byte(e.Payload), &o) != nil || o.ID == "" {
		return strings.Trim(e.Payload, `"`)
	}
	return o.ID
}

// events opens a stream of server-sent events. The function reads the next one.
func (a app) events(path string) (next func() event) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), patience)
	a.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.url+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	if a.secret != "" {
		r.Header.Set("Authorization", "Bearer "+a.secret)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		a.t.Fatalf("%s: got %d %v", path, res.StatusCode, res.Header)
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	lines.Scan() // the greeting: the stream is open
	return func() (e event) {
		a.t.Helper()
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "event":
				e.Event = value
			case "data":
				e.Payload = value
				return e
			}
		}
		a.t.Fatalf("%s ended: %v", path, lines.Err())
		return e
	}
}

// socket opens a WebSocket.
func (a app) socket(query string, protocols ...string) (ws *websocket.Conn, next func() event) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), patience)
	a.t.Cleanup(cancel)
	ws, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(a.url, "http")+"/api/v1/streaming?"+query, &websocket.DialOptions{Subprotocols: protocols})
	if err != nil {
		a.t.Fatal(err)
	}
	ws.SetReadLimit(1 << 20)
	a.t.Cleanup(func() { ws.CloseNow() })
	return ws, func() (e event) {
		a.t.Helper()
		_, b, err := ws.Read(ctx)
		if err == nil {
			err = json.Unmarshal(b, &e)
		}
		if err != nil {
			a.t.Fatal(err)
		}
		return e
	}
}

func TestStreamsCarryWhatIsNew(t *testing.T) {
	s := start(t)
	s.live()
	me, other := s.as(s.Admin), s.as(s.Contributor)
	me.post("/api/v1/accounts/" + s.Contributor.ID.String() + "/follow").object()
	streams := map[string]func() event{}
	for _, path := range []string{"user", "public", "public/local", "hashtag?tag=Bus", "hashtag/local?tag=bus"} {
		streams[path] = me.events("/api/v1/streaming/" + path)
	}
	_, streams["socket"] = app{s, ""}.socket("stream=user&access_token=" + me.secret)
	_, streams["protocol"] = app{s, ""}.socket("stream=user", me.secret)

	id := other.post("/api/v1/statuses", "status", "Le #bus").object()["id"].(string)
	for path, next := range streams {
		if e := next(); e.Event != "update" || e.id() != id {
			t.Errorf("%s: got %s %s, want update %s", path, e.Event, e.id(), id)
		}
	}
	other.form("PUT", "/api/v1/statuses/"+id, "status", "Le #bus est là").object()
	for path, next := range streams {
		if e := next(); e.Event != "status.update" || e.id() != id || !strings.Contains(e.Payload, "est là") {
			t.Errorf("%s: got %s %s, want status.update %s", path, e.Event, e.id(), id)
		}
	}
	other.form("DELETE", "/api/v1/statuses/"+id).object()
	for path, next := range streams {
		if e := next(); e.Event != "delete" || e.Payload != id {
			t.Errorf("%s: got %s %s, want delete %s", path, e.Event, e.Payload, id)
		}
	}
}

func TestStreamTellsOfNotifications(t *testing.T) {
	s := start(t)
	s.live()
	e := s.experiment("Une mairie mobile", store.Public)
	next := s.as(s.Admin).events("/api/v1/streaming/user/notification")
	s.as(s.Contributor).post("/api/v1/statuses/" + e.ID.String() + "/favourite").object()
	got := next()
	if got.Event != "notification" || !strings.Contains(got.Payload, `"type":"favourite"`) {
		t.Errorf("got %+v", got)
	}
}

func TestSocketIsToldWhatToCarry(t *testing.T) {
	s := start(t)
	s.live()
	me, other := s.as(s.Admin), s.as(s.Contributor)
	ws, next := me.socket("access_token=" + me.secret)
	ask := func(text string) {
		t.Helper()
		if err := ws.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	ask(`nonsense`)
	if e := next(); e.Event != "" {
		t.Errorf("got %+v, want an error", e)
	}
	ask(`{"type":"subscribe","stream":"hashtag","tag":"Bus"}`)
	ask(`{"type":"subscribe","stream":"nothing"}`)
	next() // an answer to the second: the first was heard
	id := other.post("/api/v1/statuses", "status", "Le #bus").object()["id"].(string)
	if e := next(); strings.Join(e.Stream, " ") != "hashtag bus" || e.id() != id {
		t.Errorf("got %+v", e)
	}
	ask(`{"type":"unsubscribe","stream":"hashtag","tag":"bus"}`)
	ask(`{"type":"subscribe","stream":"public"}`)
	ask(`{"type":"subscribe","stream":"nothing"}`)
	next()
	other.post("/api/v1/statuses", "status", "Encore le #bus").object()
	if e := next(); strings.Join(e.Stream, " ") != "public" {
		t.Errorf("got %+v", e)
	}
}

func TestStreamsAreForThoseWhoMay(t *testing.T) {
	s := start(t)
	s.anybody().get("/api/v1/streaming/user").refused(401, "The access token is invalid")
	s.anybody().get("/api/v1/streaming/user?access_token=x").refused(401, "The access token is invalid")
	s.anybody().get("/api/v1/streaming/nothing").refused(404, "Record not found")
	s.anybody().get("/api/v1/streaming/hashtag").refused(400, "No tag for stream provided")
	s.as(s.Admin).get("/api/v1/streaming/list?list=1").refused(404, "Record not found")
	app{s, s.token(s.Admin, "write")}.get("/api/v1/streaming/user").refused(403, "This action is outside the authorized scopes")
	if got := s.anybody().get("/api/v1/streaming/health"); string(got.body) != "OK" {
		t.Errorf("got %s", got.body)
	}
	s.as(s.Admin).get("/api/v1/streaming").refused(426, "This address is a WebSocket")
}

func TestStreamHidesWhatIsNarrow(t *testing.T) {
	s := start(t)
	s.live()
	next := s.as(s.Contributor).events("/api/v1/streaming/user")
	s.experiment("Pour l'équipe", store.Team)
	wide := s.experiment("Pour le labo", store.LabOnly)
	if e := next(); e.id() != wide.ID.String() {
		t.Errorf("got %s", e.Payload)
	}
}

// The end of what was not for everybody is told to members alone.
func TestStreamForEverybodyKnowsNothingOfWhatWasNarrow(t *testing.T) { // V01
	s := start(t)
	s.live()
	next := s.anybody().events("/api/v1/streaming/public")
	remove := func(e *store.Experiment) {
		s.publish(&federation.Activity{Verb: "Delete", Actor: s.Lab.IRI, Object: e.IRI})
	}
	remove(s.experiment("Pour l'équipe", store.Team))
	wide := s.experiment("Pour tout le monde", store.Public)
	for _, want := range []string{"update", "delete"} {
		if got := next(); got.Event != want || got.id() != wide.ID.String() {
			t.Errorf("got %s of %s, want %s of %s", got.Event, got.id(), want, wide.ID)
		}
		if want == "update" {
			remove(wide)
		}
	}
}

// One caller leaves streams to others, and a stream that ended makes room.
func TestStreamsAreBounded(t *testing.T) { // W13
	s := start(t)
	s.streams = 4
	s.api, s.url = s.serve(t, 0)
	s.live()
	const path = "/api/v1/streaming/public"
	first, _ := s.anybody().socket("stream=public")
	s.anybody().events(path)
	full := s.anybody().get(path)
	full.refused(http.StatusServiceUnavailable, "Too many streams are open")
	if full.header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	s.as(s.Admin).events(path)
	s.as(s.Contributor).events(path)
	s.as(s.Admin).get(path).refused(http.StatusServiceUnavailable, "Too many streams are open")
	if err := first.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	for late := time.After(patience); ; { // until the node sees that it is gone
		res, err := http.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-late:
			t.Fatal("a stream that ended makes no room")
		}
	}
}

func TestStreamEndsWithItsToken(t *testing.T) {
	s := start(t)
	s.live()
	me := s.as(s.Contributor)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ws, _ := me.socket("stream=public&access_token=" + me.secret)
	err := s.Store.Update(ctx, func(tx *store.Txn) error {
		tx.DeleteToken(me.secret)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.experiment("Une mairie mobile", store.Public)
	if _, b, err := ws.Read(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("got %s, %v, want the end", b, err)
	}
}
