// Package fedtest runs several nodes and foreign peers in one process, for tests:
// real HTTP with real signatures over loopback, real bolt files, the real door.
package fedtest

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"golang.org/x/sync/errgroup"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/delivery"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/inbox"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/federation/simnet"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/bolt"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/activitypub"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/session"
)

// Loopback is all that a node under test may dial.
var Loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// RetryScale runs a month's schedule of deliveries in about an hour, and its
// first steps in milliseconds.
const RetryScale = 0.002

// Node is a node under test. Its fields are valid while it runs.
type Node struct {
	*federation.Node
	URL      string
	Lab      *store.Actor
	Worker   *delivery.Worker
	Sessions *session.Manager
	Rejects  *inbox.Rejects

	t            testing.TB
	dir          string
	listen       string
	durable      bool
	discover     bool
	watchLinks   bool
	wrap         func(store.Engine) store.Engine
	fetching     func(*fetch.Config)
	allow        func(host string) bool
	serving      func(*Node) http.Handler
	beside       func(context.Context) error
	now          func() time.Time // nil: that of the machine
	host         *simnet.Host     // nil: real sockets
	db           *bolt.DB
	server       *http.Server
	cancel       context.CancelFunc
	work         *errgroup.Group
	followedOnly bool
}

// Admin is somebody who runs the node.
func (n *Node) Admin() store.Viewer {
	return store.Viewer{Actor: n.Lab.IRI, Local: true, Runs: true}
}

// Start runs a node whose lab has the given handle, until the test ends.
func Start(t testing.TB, handle string, options ...Option) *Node {
	t.Helper()
	n := newNode(t, options)
	lab, err := n.SetUp(context.Background(), store.Actor{Handle: handle, Name: "Labo " + handle, Lang: "fr", Territory: []string{"region:53"}})
	if err != nil {
		t.Fatal(err)
	}
	n.Lab = lab
	return n
}

// newNode runs a node that was not set up.
func newNode(t testing.TB, options []Option) *Node {
	t.Helper()
	n := &Node{t: t, dir: t.TempDir(), listen: "127.0.0.1:0"}
	for _, o := range options {
		o(n)
	}
	n.start()
	t.Cleanup(n.Stop)
	return n
}

// Restart stops the node and runs it again, at the same address on the same file.
func (n *Node) Restart() {
	n.t.Helper()
	n.Stop()
	n.start()
}

// Stop ends the node as SIGTERM would. Stopping twice is once.
func (n *Node) Stop() {
	if n.cancel == nil {
		return
	}
	n.silence()
	n.cancel()
	if err := n.work.Wait(); err != nil {
		n.t.Error(err)
	}
	n.Fetch.Close()
	if err := n.db.Close(); err != nil {
		n.t.Error(err)
	}
	n.cancel = nil
}

// silence ends what answers others.
func (n *Node) silence() {
	if n.host != nil {
		n.host.Serve(nil)
		return
	}
	ctx, done := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer done()
	_ = n.server.Shutdown(ctx) // what still runs is cut off by Close
	_ = n.server.Close()
}

func (n *Node) start() {
	n.t.Helper()
	l := n.address()
	n.open()
	handler := n.handler()
	ctx, cancel := context.WithCancel(context.Background())
	n.cancel, n.work = cancel, new(errgroup.Group)
	n.work.Go(func() error { return n.Worker.Run(ctx) })
	n.work.Go(func() error { return n.Work(ctx) })
	n.work.Go(func() error { return n.Rejects.Run(ctx) })
	if n.beside != nil {
		n.work.Go(func() error { return n.beside(ctx) })
	}
	if n.host != nil {
		n.host.Serve(handler)
		return
	}
	n.server = &http.Server{Handler: handler, ErrorLog: slog.NewLogLogger(n.Log.Handler(), slog.LevelWarn)}
	n.work.Go(func() error {
		if err := n.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
}

// address is where the node is from now on, with a listener where it has sockets.
func (n *Node) address() net.Listener {
	n.t.Helper()
	if n.host != nil {
		n.listen, n.URL = n.host.Name, "https://"+n.host.Name
		return nil
	}
	l, err := net.Listen("tcp", n.listen)
	if err != nil {
		n.t.Fatal(err)
	}
	n.listen, n.URL = l.Addr().String(), "http://"+l.Addr().String()
	return l
}

// open opens the store and puts the node together on it.
func (n *Node) open() {
	n.t.Helper()
	var err error
	if n.db, err = bolt.Open(filepath.Join(n.dir, "essaim.db"), bolt.Options{NoSync: !n.durable, InitialMmap: n.mmap(), MinFree: -1, MinFreePercent: -1}); err != nil {
		n.t.Fatal(err)
	}
	engine := store.Engine(n.db)
	if n.wrap != nil {
		engine = n.wrap(engine)
	}
	s, err := store.Open(context.Background(), engine, n.now)
	if err != nil {
		n.t.Fatal(err)
	}
	n.assemble(s)
}

// mmap is small where there may be a hundred nodes.
func (n *Node) mmap() int64 {
	if n.host != nil {
		return 1 << 20
	}
	return 64 << 20
}

func (n *Node) assemble(s *store.Store) {
	log := slog.New(slog.DiscardHandler)
	ring := keyring.Of(s)
	n.Node = federation.New(federation.Config{
		Store: s, BaseURL: n.URL, Keys: ring, Log: log, Lang: "fr", Scale: n.scale(), FollowedOnly: n.followedOnly,
		WatchLinks: n.watchLinks, Discover: n.discover, Software: "essaim test", Text: search.Text,
		Fetch:  fetch.New(n.fetchConfig(s, ring)),
		Words:  func(_, key string, args ...any) string { return key },
		Render: func(text string) string { return markup.Ours(string(markup.Markdown(text))) },
	})
	n.Worker = delivery.New(delivery.Config{
		Store: s, Keys: ring, Post: n.Fetch, Log: log, Scale: n.scale(), Resync: n.Resync,
	})
	n.Rejects = inbox.NewRejects(s)
	n.Sessions = session.New(s, session.Config{BaseURL: n.URL, Log: log})
}

// scale is 1 where time is virtual.
func (n *Node) scale() float64 {
	if n.host != nil {
		return 1
	}
	return RetryScale
}

func (n *Node) fetchConfig(s *store.Store, ring *keyring.Ring) fetch.Config {
	c := fetch.Config{
		UserAgent: "Essaim/test (+" + n.URL + ")", AllowHTTP: true, AllowNets: Loopback,
		Signer: ring.NodeSigner(), FailureTTL: time.Millisecond,
		Blocked: func(host string) (blocked bool) {
			err := s.View(context.Background(), func(tx *store.Txn) error {
				blocked = tx.HostBlocked(host) || tx.OffList(host)
				return nil
			})
			return blocked || err != nil
		},
		Paused: s.Paused,
	}
	if n.host != nil {
		c.Wire, c.AllowHTTP = n.host, false
	}
	if n.fetching != nil {
		n.fetching(&c)
	}
	return c
}

func (n *Node) handler() http.Handler {
	if n.serving != nil {
		return n.serving(n)
	}
	r := mux.NewRouter()
	activitypub.Routes(r, activitypub.Config{
		Node: n.Node, Sessions: n.Sessions, Version: "test",
		Errors: reply.Responder{Log: n.Log, Render: reply.JSON},
		Front: inbox.New(inbox.Config{
			Node: n.Node, Policy: httpsig.Policy{Origin: n.URL, AllowHTTP: n.host == nil}, Alive: n.Worker.Wake,
			Allow: n.allow, Rejects: n.Rejects,
		}),
	})
	return r
}

// Get fetches a document of the node as another server would, unsigned.
func (n *Node) Get(path string) *http.Response {
	n.t.Helper()
	req := httptest.NewRequest(http.MethodGet, n.URL+path, nil)
	req.RequestURI = ""
	req.Header.Set("Accept", "application/activity+json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { res.Body.Close() })
	return res
}
