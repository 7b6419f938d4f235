package federation

import (
	"context"
	"time"

	"github.com/essaim/essaim/store"
)

// crew does the jobs that changes leave behind. Every kind has places of its own,
// and a place is free again as soon as its job is done: what is slow holds up
// neither other kinds nor those of its own that are quick.
type crew struct {
	n    *Node
	busy map[store.ID]string // kinds of the jobs at hand
	done chan store.ID
}

// Work does the jobs that changes leave behind, until ctx ends.
func (n *Node) Work(ctx context.Context) error {
	if err := n.beginDiscovery(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	if err := n.beginLinks(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	c := crew{n: n, busy: map[store.ID]string{}, done: make(chan store.ID)}
	for ctx.Err() == nil {
		woken := n.Store.Woken()
		next, err := c.start(ctx)
		if err != nil && ctx.Err() == nil {
			n.Log.Error("read jobs", "err", err)
			next = n.Store.Now().Add(time.Minute)
		}
		c.rest(ctx, woken, next)
	}
	for len(c.busy) > 0 {
		delete(c.busy, <-c.done)
	}
	return nil
}

// start begins what is due and finds a place, and says when more will be due.
func (c *crew) start(ctx context.Context) (next time.Time, err error) {
	var due []*store.Job
	err = c.n.Store.View(ctx, func(tx *store.Txn) error {
		due, next = tx.DueJobs(jobsAtOnce) // those at hand are among the first
		return nil
	})
	for _, j := range due {
		if c.hasPlace(j) {
			c.busy[j.ID] = j.Kind
			go func() {
				c.do(ctx, j)
				c.done <- j.ID
			}()
		}
	}
	return next, err
}

func (c *crew) hasPlace(j *store.Job) bool {
	of := 0
	for _, kind := range c.busy {
		if kind == j.Kind {
			of++
		}
	}
	return c.busy[j.ID] == "" && of < jobsAtOnce
}

// do does a job and writes down what became of it. When that fails the job keeps
// its place for a minute, or it would be done over and over.
func (c *crew) do(ctx context.Context, j *store.Job) {
	err := c.n.finish(ctx, j, c.n.do(ctx, j))
	if err == nil || ctx.Err() != nil {
		return
	}
	c.n.Log.Error("write job", "err", err)
	pause := time.NewTimer(time.Minute)
	defer pause.Stop()
	select {
	case <-ctx.Done():
	case <-pause.C:
	}
}

// rest waits until there may be something to begin.
func (c *crew) rest(ctx context.Context, woken <-chan struct{}, next time.Time) {
	wait := time.Hour
	if !next.IsZero() {
		wait = max(0, next.Sub(c.n.Store.Now()))
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C:
	case id := <-c.done:
		delete(c.busy, id)
	}
}
