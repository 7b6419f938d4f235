package bolt

import (
	"slices"
	"sync"

	"github.com/essaim/essaim/store"
)

const (
	maxWaiting = 1024
	maxBatch   = 256
)

// queue holds the updates that have not begun, in the order in which they came.
type queue struct {
	mu      sync.Mutex
	waiting []*update
	closed  bool
	wake    chan struct{}
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

func (q *queue) push(u *update) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return store.ErrClosed
	}
	if len(q.waiting) >= maxWaiting {
		return store.ErrBusy
	}
	q.waiting = append(q.waiting, u)
	q.signal()
	return nil
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take waits for updates and returns as many as one commit may hold; none are
// returned when the queue is closed and empty.
func (q *queue) take() []*update {
	for {
		batch, closed := q.tryTake()
		if len(batch) > 0 || closed {
			return batch
		}
		<-q.wake
	}
}

func (q *queue) tryTake() (batch []*update, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), maxBatch)
	batch = slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	return batch, q.closed
}

// withdraw removes u and reports whether it was still waiting.
func (q *queue) withdraw(u *update) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, u)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// close refuses what comes from now on; it reports whether it was open.
func (q *queue) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.closed = true
	q.signal()
	return true
}
