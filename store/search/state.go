package search

import (
	"context"
	"sync"
	"time"

	"github.com/essaim/essaim/store"
)

// state is how far the index is. Its zero value: nobody needed it yet.
type state struct {
	mu    sync.Mutex
	at    store.ID // the newest change that it knows of
	harm  bool     // it must be built afresh
	ready bool     // it is open
	inUse bool
	moved chan struct{} // closed when anything of this changes
}

// now says how far the index is, and whether anybody needs it.
func (s *state) now() (at store.ID, inUse bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at, s.inUse
}

func (s *state) use() { s.change(func() { s.inUse = true }) }

func (s *state) reach(at store.ID) { s.change(func() { s.at, s.harm, s.ready = at, false, true }) }

// damaged has the index built afresh.
func (s *state) damaged() { s.change(func() { s.harm = true }) }

// shut says that the index is not open any more.
func (s *state) shut() { s.change(func() { s.ready = false }) }

func (s *state) knows(change store.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready && !s.harm && s.at >= change
}

func (s *state) isDamaged() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.harm
}

func (s *state) change(how func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	how()
	if s.moved != nil {
		close(s.moved)
		s.moved = nil
	}
}

// look says whether the index knows of a change, and what is closed when that may
// be otherwise.
func (s *state) look(change store.ID) (known bool, moved <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.moved == nil {
		s.moved = make(chan struct{})
	}
	return s.ready && !s.harm && s.at >= change, s.moved
}

// reached waits until the index knows of a change, but no longer than d.
func (s *state) reached(ctx context.Context, change store.ID, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		known, moved := s.look(change)
		if known {
			return true
		}
		select {
		case <-moved:
		case <-timer.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}
