package mastodon

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/essaim/essaim/store"
)

// hub reads the change log and carries what is new to open streams, and what
// members are told to their apps. It alone reads the log for all of them, and
// writes an entity once for each member.
type hub struct {
	api   *API
	vapid func() vapidKeys
	group sync.WaitGroup // those who write to streams

	mu        sync.Mutex
	listeners map[*listener]bool
	open      map[string]int // listeners by who opened them
	closed    bool
	begun     bool     // last was read
	last      store.ID // the change from which on there is something to carry
}

const (
	hubBatch = 500             // changes that are read at once
	fresh    = 5 * time.Minute // what is older is no news: it was fetched late
)

func newHub(d *API) *hub {
	return &hub{api: d, listeners: map[*listener]bool{}, open: map[string]int{}, vapid: sync.OnceValue(d.vapidKeys)}
}

func (h *hub) publicKey() string { return h.vapid().public }

// run dispatches changes until ctx ends, and then ends the streams.
func (h *hub) run(ctx context.Context) error {
	defer h.group.Wait()
	defer h.close()
	last, err := h.begin(ctx)
	if err != nil {
		return fmt.Errorf("read changes: %w", err)
	}
	pushes := newPusher(h.api)
	defer pushes.wait()
	var pushing sync.WaitGroup
	defer pushing.Wait()
	pushing.Go(func() { h.follow(ctx, last, pushes.dispatch) }) // services that are slow hold up no stream
	h.follow(ctx, last, h.dispatch)
	return nil
}

// follow carries the changes after one until ctx ends.
func (h *hub) follow(ctx context.Context, last store.ID, carry func(context.Context, []event)) {
	for ctx.Err() == nil {
		changed := h.api.Node.Store.Changed()
		events, upTo, more, err := h.read(ctx, last)
		if err != nil && ctx.Err() == nil {
			h.api.Log.Error("read changes", "err", err) // and again at the next one
		}
		if err == nil {
			last = upTo
		}
		carry(ctx, events)
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}

// event is a change that concerns timelines or notices.
type event struct {
	store.Change
	entry store.Entry // of a record or an announcement that is there
}

// begin says from which change on streams carry what is new: what follows the
// first of them, or the start of run.
func (h *hub) begin(ctx context.Context) (store.ID, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.begun {
		return h.last, nil
	}
	err := h.api.Node.Store.View(ctx, func(tx *store.Txn) error {
		h.last = tx.LastChange()
		return nil
	})
	h.begun = err == nil
	return h.last, err
}

// read takes the next changes out of the log.
func (h *hub) read(ctx context.Context, after store.ID) (events []event, last store.ID, more bool, err error) {
	err = h.api.Node.Store.View(ctx, func(tx *store.Txn) error {
		events, last, more = nil, after, false
		n := 0
		for c := range tx.Changes(after) {
			last = c.ID
			if e, ok := eventOf(tx, c); ok {
				events = append(events, e)
			}
			if n++; n == hubBatch {
				more = true
				break
			}
		}
		return nil
	})
	return events, last, more, err
}

func eventOf(tx *store.Txn, c store.Change) (event, bool) {
	e := event{Change: c}
	switch {
	case c.Table == store.ChangeNotice:
		return e, c.Op == store.Created
	case c.Table == store.ChangeAnnounce && c.Op == store.Created:
		entry, err := tx.Announcement(c.Row)
		e.entry = entry
		return e, err == nil
	case c.Table == store.ChangeAnnounce:
		return e, true
	case store.KindOf(c.Table) == nil:
		return e, false
	case c.Op == store.Deleted:
		return e, true
	}
	it, err := tx.Record(c.Row)
	if err != nil {
		return e, false
	}
	e.entry = store.Entry{ID: c.Row, Item: it}
	r := it.Envelope()
	at := r.Created
	if c.Op == store.Updated {
		at = r.Updated
	}
	return e, tx.Now().Sub(at) < fresh
}

// join adds a listener, unless there are too many; leave removes it.
func (h *hub) join(ctx context.Context, l *listener) error {
	if _, err := h.begin(ctx); err != nil {
		l.end()
		return nil // who listens comes again
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if most := h.api.MaxStreams; most > 0 && (len(h.listeners) >= most || h.open[l.by] >= most/2) {
		return errStreams
	}
	if h.closed {
		l.end()
		return nil
	}
	h.listeners[l] = true
	h.open[l.by]++
	return nil
}

// serve runs what writes to a stream; run waits for it. Once the hub is closed its
// listeners are ended, and nobody waits any more.
func (h *hub) serve(write func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		go write()
		return
	}
	h.group.Go(write)
}

func (h *hub) leave(l *listener) {
	h.mu.Lock()
	defer h.mu.Unlock()
	l.end()
	if !h.listeners[l] {
		return
	}
	delete(h.listeners, l)
	if h.open[l.by]--; h.open[l.by] == 0 {
		delete(h.open, l.by)
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for l := range h.listeners {
		l.end()
	}
}

func (h *hub) all() []*listener {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]*listener, 0, len(h.listeners))
	for l := range h.listeners {
		list = append(list, l)
	}
	return list
}

// dispatch carries events to whoever listens. The entities are made in one
// transaction, once for each member; sending never waits.
func (h *hub) dispatch(ctx context.Context, events []event) {
	listeners := h.all()
	if len(events) == 0 || len(listeners) == 0 {
		return
	}
	err := h.api.Node.Store.View(ctx, func(tx *store.Txn) error {
		p := newPainter(tx)
		for _, l := range listeners {
			c := p.viewer(l)
			if c == nil {
				l.end()
				continue
			}
			for _, e := range events {
				if m := p.message(c, l, e); m != nil {
					l.send(m)
				}
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		h.api.Log.Error("dispatch to streams", "err", err)
	}
}
