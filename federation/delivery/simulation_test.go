package delivery

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/inbox"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/federation/simnet"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/bolt"
)

var (
	simSeeds = flag.Int("sim.seeds", 50, "simulations to run")
	simFirst = flag.Uint64("sim.first", 1, "seed of the first")
	simNodes = flag.Int("sim.nodes", 100, "nodes of each")
	simPosts = flag.Int("sim.posts", 2, "activities of each node")
)

// TestSimulation runs networks of real nodes for a month of virtual time, each
// with its own faults: lost requests, lost answers, hangs, errors, outages of
// hours to weeks, power cuts. The model then says whether R2, R3 and R5 held.
func TestSimulation(t *testing.T) {
	t.Parallel()
	seeds := *simSeeds
	if simnet.Raced {
		seeds = max(1, seeds/25)
	}
	for i := range seeds {
		seed := *simFirst + uint64(i)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newSimulation(t, seed).run() })
		})
	}
}

const (
	simTime  = 30 * day
	simAway  = 35 * day // some are away for so long
	simLinks = 1        // labs that each lab begins to exchange with
)

// simulation is a network. Its rand belongs to the goroutine of run.
type simulation struct {
	*testing.T
	dir   string
	rand  *rand.Rand
	model *model
	nodes []*simNode
}

// simNode is one lab's node, whose lab and those of links follow each other.
type simNode struct {
	*federation.Node
	sim    *simulation
	host   string
	links  []*simNode
	posts  []store.Item
	worker *Worker
	front  *inbox.Front

	wire   *simnet.Host
	db     *bolt.DB
	engine *simnet.Mortal
	cancel context.CancelFunc
	work   *errgroup.Group
	lost   atomic.Bool // it gave a host up and has jobs to do
}

func newSimulation(t *testing.T, seed uint64) *simulation {
	s := &simulation{
		T: t, dir: t.TempDir(), model: newModel(), rand: rand.New(rand.NewPCG(seed, 1)),
	}
	net := simnet.New(seed, simnet.Faults{Lost: 5, Unanswered: 3, Hanging: 2, Failing: 2, Throttled: 1})
	for i := range *simNodes {
		n := &simNode{sim: s, host: fmt.Sprintf("lab%d.example", i)}
		n.wire = net.Host(n.host)
		s.nodes = append(s.nodes, n)
	}
	for _, n := range s.nodes {
		for range simLinks {
			other := s.nodes[s.rand.IntN(len(s.nodes))]
			if other != n && !slices.Contains(n.links, other) {
				n.links, other.links = append(n.links, other), append(other.links, n)
			}
		}
	}
	return s
}

// event is something that happens to a node.
type event struct {
	at time.Duration
	do func()
}

func (s *simulation) run() {
	var plan []event
	for _, n := range s.nodes {
		n.open()
		n.meet()
		n.start()
		plan = append(plan, s.fortune(n)...)
	}
	slices.SortFunc(plan, func(a, b event) int { return int(a.at - b.at) })
	began := time.Now()
	for _, e := range plan {
		<-time.After(e.at - time.Since(began))
		e.do()
	}
	<-time.After(3 * day) // the longest pause between two tries, and some
	for _, n := range s.nodes {
		n.publish() // who was given up shows that it lives
	}
	<-time.After(day)
	for _, n := range s.nodes {
		s.model.check(s.T, n)
	}
	for _, n := range s.nodes {
		n.stop()
	}
}

// fortune is what a node does and suffers.
func (s *simulation) fortune(n *simNode) []event {
	var plan []event
	for range *simPosts {
		plan = append(plan, event{s.within(simTime), n.publish})
	}
	for range s.rand.IntN(3) {
		from := s.within(simTime)
		plan = append(plan, event{from, func() { n.wire.Cut(true) }}, event{from + s.within(5*day), func() { n.wire.Cut(false) }})
	}
	for range s.rand.IntN(2) {
		from := s.within(simTime)
		plan = append(plan, event{from, n.crash}, event{from + s.within(day), n.start})
	}
	if s.rand.IntN(40) == 0 {
		plan = []event{{s.within(day), func() { n.wire.Cut(true) }}, {simAway, func() { n.wire.Cut(false) }}}
	}
	return plan
}

func (s *simulation) within(d time.Duration) time.Duration {
	return time.Duration(s.rand.Int64N(int64(d)))
}

// ServeHTTP is the shared inbox of the node: what is refused there for another
// reason than its death is a violation.
func (n *simNode) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err == nil {
		req.Body = io.NopCloser(bytes.NewReader(body))
		err = n.front.PostInbox(w, req, "")
	}
	switch {
	case errors.Is(err, simnet.ErrDead), errors.Is(err, store.ErrClosed):
		w.WriteHeader(http.StatusServiceUnavailable)
	case err != nil:
		n.sim.Errorf("%s refuses an activity: %v", n.host, err)
		w.WriteHeader(http.StatusBadRequest)
	default:
		n.sim.model.arrived(n.host, body)
	}
}

// publish creates a record, changes one or deletes one.
func (n *simNode) publish() {
	if n.cancel == nil {
		return
	}
	lab := n.iri()
	admin := store.Viewer{Actor: lab, Local: true, Runs: true}
	a := &federation.Activity{Verb: "Create", Actor: lab}
	switch dice := n.sim.rand.IntN(4); {
	case len(n.posts) == 0 || dice < 2:
		a.Item = &store.News{Record: store.Record{Kind: "news", Audience: store.Public}}
		n.posts = append(n.posts, a.Item)
	case dice == 2:
		a.Verb, a.Item = "Update", n.posts[len(n.posts)-1]
	default:
		a.Verb, a.Object = "Delete", n.posts[0].Envelope().IRI
		n.posts = n.posts[1:]
	}
	if a.Item != nil {
		a.Item.Envelope().Body = fmt.Sprint("revision ", n.sim.rand.Int())
	}
	if err := n.Publish(context.Background(), admin, a); err != nil {
		n.sim.Errorf("%s publishes: %v", n.host, err)
	}
	n.sim.model.published(n, a)
}

func (n *simNode) iri() string { return "https://" + n.host + "/actors/lab" }

func (n *simNode) open() {
	db, err := bolt.Open(filepath.Join(n.sim.dir, n.host), bolt.Options{NoSync: true, InitialMmap: 1 << 20, MinFree: -1, MinFreePercent: -1})
	if err != nil {
		n.sim.Fatal(err)
	}
	n.db, n.engine = db, &simnet.Mortal{Engine: db}
	s, err := store.Open(context.Background(), n.engine, nil)
	if err != nil {
		n.sim.Fatal(err)
	}
	n.Node = federation.New(federation.Config{
		Store: s, BaseURL: "https://" + n.host, Keys: keyring.Of(s), Log: slog.New(slog.DiscardHandler), Lang: "fr",
		Words:  func(_, key string, _ ...any) string { return key },
		Render: func(markdown string) string { return "<p>" + markdown + "</p>" },
		Fetch:  fetch.New(fetch.Config{Wire: n.wire}),
	})
}

// meet gives the node its lab and the labs that it exchanges with.
func (n *simNode) meet() {
	err := n.Store.Update(context.Background(), func(tx *store.Txn) error {
		lab, keys := n.actor()
		if lab.Local = true; tx.PutActor(lab) != nil {
			return store.ErrExists
		}
		tx.PutKeypair(lab.ID, keys)
		for _, o := range n.links {
			other, _ := o.actor()
			if err := tx.PutActor(other); err != nil {
				return err
			}
			for _, f := range []store.Follow{{Follower: lab.ID, Followed: other.ID}, {Follower: other.ID, Followed: lab.ID, Inbox: other.SharedInbox}} {
				f.State = store.Accepted
				tx.PutFollow(&f)
			}
		}
		return nil
	})
	if err != nil {
		n.sim.Fatal(err)
	}
}

// simKeys are the keys of all labs: a network of a hundred keys would take as
// long to make as the month.
var simKeys = sync.OnceValues(func() (*store.Keypair, []store.PublicKey) {
	keys, public, err := keyring.New("LAB")
	if err != nil {
		panic(err)
	}
	return keys, public
})

func (n *simNode) actor() (*store.Actor, *store.Keypair) {
	keys, public := simKeys()
	iri := n.iri()
	a := &store.Actor{
		IRI: iri, Type: store.Group, Handle: "lab", Host: n.host, Inbox: iri + "/inbox", SharedInbox: "https://" + n.host + "/inbox",
		Outbox: iri + "/outbox", Followers: iri + "/followers", Implements: []string{store.RFC9421Spec},
	}
	for _, k := range public {
		k.ID = strings.Replace(k.ID, "LAB", iri, 1)
		a.Keys = append(a.Keys, k)
	}
	return a, keys
}

// start runs the node, on what a crash left.
func (n *simNode) start() {
	if n.cancel != nil {
		return
	}
	if n.engine == nil {
		n.open()
	}
	n.worker = New(Config{Store: n.Store, Keys: n.Keys, Post: n.Fetch, Log: n.Log, Resync: n.resync})
	n.front = inbox.New(inbox.Config{Node: n.Node, Policy: httpsig.Policy{Origin: n.BaseURL}, Alive: n.worker.Wake})
	n.wire.Serve(n)
	ctx, cancel := context.WithCancel(context.Background())
	n.cancel, n.work = cancel, new(errgroup.Group)
	n.work.Go(func() error { return n.worker.Run(ctx) })
	if n.lost.Load() {
		n.work.Go(func() error { return n.Work(ctx) })
	}
}

// resync leaves the job, and has jobs done from now on: nodes that have none
// shall cost nothing.
func (n *simNode) resync(ctx context.Context, host string) error {
	n.sim.model.resynced(n.host, host)
	if !n.lost.Swap(true) {
		n.work.Go(func() error { return n.Work(ctx) })
	}
	return n.Resync(ctx, host)
}

// crash is a power cut.
func (n *simNode) crash() {
	if n.cancel == nil {
		return
	}
	n.engine.Kill()
	n.wire.Serve(nil)
	n.cancel()
	_ = n.work.Wait() // that it could not write any more
	n.close()
}

func (n *simNode) stop() {
	n.wire.Serve(nil)
	n.cancel()
	if err := n.work.Wait(); err != nil {
		n.sim.Error(err)
	}
	n.close()
}

func (n *simNode) close() {
	if err := n.db.Close(); err != nil {
		n.sim.Error(err)
	}
	n.Fetch.Close()
	n.cancel, n.engine = nil, nil
}
