// Package delivery drains the out-log: it signs and posts every activity to the
// inboxes that shall have it.
//
// Each receiving host has a lane: a cursor in the log, and how the host is
// doing. A lane is drained in order by one goroutine at a time, so a host gets
// what was published in the order in which it was published, whatever happens
// to others. Cursors are written back in groups; after a crash a few activities
// go out again, and receivers know their ids.
//
// What those who run the node decide about a host (store.HostOrder) is read before
// every delivery: a host that is paused waits, however long, and what is not wanted
// there any more is left out.
//
// The schedule is per host, lasts 30 days and starts with one probe. DESIGN.md
// beside this file has the reasons.
package delivery

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/keyring"
	"github.com/essaim/essaim/store"
)

// Poster posts a signed request; any answer is a response. It must return soon
// after ctx ends.
type Poster interface {
	Post(ctx context.Context, req *http.Request) (*fetch.Response, error)
}

// Config is what a Worker needs. Zero limits mean the defaults.
type Config struct {
	Store *store.Store
	Keys  *keyring.Ring
	Post  Poster
	Log   *slog.Logger

	// Scale stretches the schedule; 0 means 1. 0.01 runs it in a hundredth.
	Scale float64
	// Concurrency is the number of hosts served at once (default 64);
	// Unhealthy, of those whose last delivery failed (default 16); Slow, of
	// requests that take longer than a second and no longer count (default 256).
	Concurrency, Unhealthy, Slow int
	// Resync is called when a host that was given up comes back, from the
	// goroutine of Run: it leaves a job and returns. The host stays given up
	// when it fails.
	Resync func(ctx context.Context, host string) error
}

// Worker drains the out-log. Run it once; its other methods are safe for
// concurrent use. Hosts are named as store.HostOf names those of inboxes.
type Worker struct {
	Config
	log *window

	// The rest belongs to the goroutine of Run, but for the channels and down.
	lanes   map[string]*lane
	ready   []*lane          // have work, healthy
	failing map[string]*lane // have work, wait for their next try
	parked  map[string]*lane // have work, and their hosts are paused
	due     time.Time        // no failing lane is due before
	busy    int              // healthy lanes being drained
	sick    int              // failing lanes being drained
	dirty   map[string]store.Lane
	unsaved int              // deliveries made since the cursors were written
	flushAt <-chan time.Time // nil when nothing is to be written
	unread  bool             // reading the log failed
	woken   <-chan struct{}
	quit    <-chan struct{}

	down    sync.Map // host -> whether it was woken: those that fail or were given up
	done    chan *lane
	signals chan signal
	slow    chan struct{} // holds one for each slow request
	fast    chan struct{} // a request became slow: its slot is free
}

// lane is a host's lane in memory. While it is drained, its store.Lane and the
// fields of the second group belong to the draining goroutine.
type lane struct {
	store.Lane

	draining bool
	sick     bool     // holds a slot of the failing ones
	pending  bool     // there may be an entry beyond the cursor
	more     bool     // something arrived while it was drained
	queued   bool     // stands in ready
	probe    bool     // try as soon as notBefore allows, whatever the schedule says
	parked   bool     // its host is paused: it waits for heed
	from     store.ID // first entry that it needs again if we crash now

	notBefore time.Time // of a probe
	part      int       // inboxes of the entry after the cursor that are done with
	left      bool      // there may be more to do
	sent      int       // deliveries made
	handedOn  bool      // its slot was given back while it waited for a slow answer
}

type signal struct {
	host string
	what command
}

type command int

const (
	wake  command = iota // the host lives: probe it
	retry                // the admin wants a try now
)

const (
	flushEvery = time.Second // cursors are written back at the latest
	flushAfter = 256         // or after so many deliveries
	grace      = 8 * time.Second
)

// New returns a Worker that is not running yet.
func New(c Config) *Worker {
	if c.Scale == 0 {
		c.Scale = 1
	}
	if c.Concurrency == 0 {
		c.Concurrency = 64
	}
	if c.Unhealthy == 0 {
		c.Unhealthy = 16
	}
	if c.Slow == 0 {
		c.Slow = 256
	}
	return &Worker{
		Config: c, log: newWindow(c.Store),
		lanes: map[string]*lane{}, failing: map[string]*lane{}, parked: map[string]*lane{}, dirty: map[string]store.Lane{},
		done: make(chan *lane), signals: make(chan signal, 1024),
		slow: make(chan struct{}, c.Slow), fast: make(chan struct{}),
	}
}

// Wake tells the worker that a host is alive: it sent a request with a valid
// signature. If it was failing it is probed at once, but never within ten
// seconds of the last try, nor before the time that it asked for. Wake never
// blocks, and costs nothing for a host that is well.
func (w *Worker) Wake(host string) {
	if w.down.CompareAndSwap(host, false, true) && !w.signal(signal{host, wake}) {
		w.down.CompareAndSwap(host, true, false)
	}
}

// Retry probes a host now.
func (w *Worker) Retry(host string) { w.signal(signal{host, retry}) }

// signal says whether it was taken; in a flood the schedule will do.
func (w *Worker) signal(s signal) bool {
	select {
	case w.signals <- s:
		return true
	default:
		return false
	}
}
