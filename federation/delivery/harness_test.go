package delivery

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/federation/simnet"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/bolt"
)

// letterIn is one POST as a host saw it.
type letterIn struct {
	url, body, date, scheme string
	at                      time.Time
}

// world is all other hosts: by inbox address, who answers there.
type world struct {
	mu      sync.Mutex
	answers map[string]func(context.Context, letterIn) (*fetch.Response, error)
	posts   []letterIn
}

func (w *world) Post(ctx context.Context, req *http.Request) (*fetch.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	p := letterIn{url: req.URL.String(), body: string(body), date: req.Header.Get("Date"), scheme: "cavage", at: time.Now()}
	if in := req.Header.Get("Signature-Input"); in != "" {
		_, alg, _ := strings.Cut(in, `alg="`)
		p.scheme, _, _ = strings.Cut(alg, `"`)
	}
	w.mu.Lock()
	w.posts = append(w.posts, p)
	answer := w.answers[p.url]
	w.mu.Unlock()
	if answer == nil {
		return &fetch.Response{Status: http.StatusAccepted}, nil
	}
	return answer(ctx, p)
}

// set says how an inbox answers from now on; nil takes everything.
func (w *world) set(inbox string, answer func(context.Context, letterIn) (*fetch.Response, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers[inbox] = answer
}

// bodies are what was posted to an inbox, in order.
func (w *world) bodies(inbox string) []string {
	var all []string
	for _, p := range w.at(inbox) {
		all = append(all, p.body)
	}
	return all
}

func (w *world) at(inbox string) []letterIn {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.posts), func(p letterIn) bool { return p.url != inbox })
}

func status(code int) func(context.Context, letterIn) (*fetch.Response, error) {
	return func(context.Context, letterIn) (*fetch.Response, error) { return &fetch.Response{Status: code}, nil }
}

func hang(ctx context.Context, _ letterIn) (*fetch.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	<-ctx.Done()
	return nil, fetch.ErrTimeout
}

func refused(context.Context, letterIn) (*fetch.Response, error) { return nil, fetch.ErrTemporary }

// sender is a worker on a real store, with one actor, and the world around it.
type sender struct {
	*world
	t      testing.TB
	file   string
	config Config
	engine *simnet.Mortal
	store  *store.Store
	actor  *store.Actor
	worker *Worker
	cancel context.CancelFunc
	ended  chan error
}

var sharedKeys = sync.OnceValues(func() (*store.Keypair, error) {
	k, _, err := keyring.New("https://estran.example/actors/estran")
	return k, err
})

func newSender(t testing.TB, c Config) *sender {
	t.Helper()
	s := &sender{
		world: &world{answers: map[string]func(context.Context, letterIn) (*fetch.Response, error){}},
		t:     t, file: filepath.Join(t.TempDir(), "essaim.db"), config: c,
	}
	s.open()
	keys, err := sharedKeys()
	s.must(err)
	s.actor = &store.Actor{IRI: "https://estran.example/actors/estran", Type: store.Group, Local: true, Handle: "estran", Host: "estran.example"}
	s.update(func(tx *store.Txn) error {
		err := tx.PutActor(s.actor)
		tx.PutKeypair(s.actor.ID, keys)
		return err
	})
	t.Cleanup(s.stop)
	return s
}

func (s *sender) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *sender) update(fn func(*store.Txn) error) {
	s.t.Helper()
	s.must(s.store.Update(context.Background(), fn))
}

func (s *sender) open() {
	s.t.Helper()
	db, err := bolt.Open(s.file, bolt.Options{NoSync: true, InitialMmap: 16 << 20, MinFree: -1, MinFreePercent: -1})
	s.must(err)
	s.engine = &simnet.Mortal{Engine: db}
	s.store, err = store.Open(context.Background(), s.engine, nil)
	s.must(err)
}

// run starts the worker, on what the last one left.
func (s *sender) run() {
	s.t.Helper()
	if s.store == nil {
		s.open()
	}
	c := s.config
	c.Store, c.Keys, c.Log = s.store, keyring.Of(s.store), slog.New(slog.DiscardHandler)
	if c.Post == nil {
		c.Post = s.world
	}
	s.worker = New(c)
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.ended = cancel, make(chan error, 1)
	go func() { s.ended <- s.worker.Run(ctx) }()
}

// stop ends the worker and the store as SIGTERM would.
func (s *sender) stop() {
	if s.cancel != nil {
		s.cancel()
		if err := <-s.ended; err != nil && !s.engine.Dead() {
			s.t.Error(err)
		}
		s.cancel = nil
	}
	if s.store != nil {
		s.must(s.store.Close())
		s.store = nil
	}
}

// crash ends both as a power cut would: nothing is written back.
func (s *sender) crash() {
	s.engine.Kill()
	s.stop()
}

// follower makes an actor of another host that follows ours.
func (s *sender) follower(iri, inbox, shared string) store.Recipient {
	s.t.Helper()
	a := &store.Actor{IRI: iri, Type: store.Person, Handle: "x", Host: store.HostOf(iri), Inbox: inbox, SharedInbox: shared}
	s.update(func(tx *store.Txn) error {
		if err := tx.PutActor(a); err != nil {
			return err
		}
		tx.PutFollow(&store.Follow{Follower: a.ID, Followed: s.actor.ID, State: store.Accepted, Inbox: a.DeliverTo()})
		return nil
	})
	return store.Recipient{Actor: a.ID, Inbox: a.DeliverTo()}
}

// host makes a follower with the shared inbox of a host.
func (s *sender) host(host string) (store.Recipient, string) {
	s.t.Helper()
	inbox := "https://" + host + "/inbox"
	return s.follower("https://"+host+"/actors/x", "https://"+host+"/actors/x/inbox", inbox), inbox
}

func (s *sender) publish(body string, to ...store.Recipient) {
	s.t.Helper()
	s.update(func(tx *store.Txn) error {
		tx.Enqueue(store.Outgoing{Actor: s.actor.ID, Verb: "Create", Body: []byte(body)}, to)
		return nil
	})
}

// drop gives up what waits for a host.
func (s *sender) drop(host string) {
	s.t.Helper()
	s.update(func(tx *store.Txn) error { tx.SkipDeliveries(host); return nil })
}

func (s *sender) lane(host string) (l *store.Lane) {
	s.t.Helper()
	s.must(s.store.View(context.Background(), func(tx *store.Txn) error { l = tx.Lane(host); return nil }))
	return l
}

// waiting is the length of the log and of its part that waits for somebody.
func (s *sender) waiting() (log, backlog int) {
	s.t.Helper()
	s.must(s.store.View(context.Background(), func(tx *store.Txn) error {
		log, backlog = 0, 0
		for range tx.OutLog(0) {
			log++
		}
		for _, n := range tx.Backlog() {
			backlog += n
		}
		return nil
	}))
	return log, backlog
}

// pass lets the bubble's clock run.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func equalAll[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
