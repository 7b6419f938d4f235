package store

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Store is a node's memory on an engine. It is safe for concurrent use.
type Store struct {
	engine Engine
	now    func() time.Time
	ids    idSource
	woken  bell
	stir   bell
	local  atomic.Uint64
}

// Open checks the schema of what the engine holds, migrates it forward when it
// is older, and refuses it when it is newer (ErrNewer). now is the clock; nil
// means time.Now.
func Open(ctx context.Context, engine Engine, now func() time.Time) (*Store, error) {
	if now == nil {
		now = time.Now
	}
	s := &Store{engine: engine, now: now}
	if err := s.migrate(ctx); err != nil {
		return nil, err
	}
	return s, s.resumeIDs(ctx)
}

// Close closes the engine.
func (s *Store) Close() error { return s.engine.Close() }

// Now is the store's clock, in UTC.
func (s *Store) Now() time.Time { return s.now().UTC() }

// View runs fn on a snapshot. See Engine.View.
func (s *Store) View(ctx context.Context, fn func(*Txn) error) error {
	return s.engine.View(ctx, func(tx Tx) error {
		return fn(&Txn{tx: tx, s: s, now: s.Now()})
	})
}

// Update runs fn and keeps all of its writes or none. See Engine.Update.
func (s *Store) Update(ctx context.Context, fn func(*Txn) error) error {
	var wake, local, changed bool
	err := s.engine.Update(ctx, func(tx Tx) error {
		t := &Txn{tx: tx, s: s, now: s.Now(), doer: doerOf(ctx)}
		err := fn(t)
		wake, local, changed = t.wake, t.local, t.changed
		return err
	})
	if err == nil && local {
		s.local.Add(1)
	}
	if err == nil && wake {
		s.woken.ring()
	}
	if err == nil && changed {
		s.stir.ring()
	}
	return err
}

// Woken is closed at the next commit that leaves work for a background worker
// (a delivery or a job). Take it before looking for work, then wait on it.
func (s *Store) Woken() <-chan struct{} { return s.woken.next() }

// Changed is closed at the next commit of this process that writes to the change
// log. Take it before reading Changes, then wait on it.
func (s *Store) Changed() <-chan struct{} { return s.stir.next() }

// LocalVersion changes whenever what this node itself shows does: its actors,
// records, activities and follows. What was made of them can be kept as long as
// it stays the same.
func (s *Store) LocalVersion() uint64 { return s.local.Load() }

// Txn is a transaction in the store's own words. It belongs to the closure that
// was given it.
type Txn struct {
	tx    Tx
	s     *Store
	now   time.Time
	wake  bool // work was left for a background worker
	local bool // what this node shows was changed

	changed bool // the change log grew

	lab ID // of this node, once it was asked for

	doer doer // for the journal
}

// Now is the moment at which the transaction began, in UTC.
func (t *Txn) Now() time.Time { return t.now }

// NewID gives out the next id.
func (t *Txn) NewID() ID { return t.s.ids.next(t.now) }

// bell wakes everybody who waits, once a ring.
type bell struct {
	mu sync.Mutex
	ch chan struct{}
}

func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}
