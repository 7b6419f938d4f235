package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/essaim/essaim/store"
)

// Run drains the log until ctx ends, then waits for the requests under way and
// writes the cursors back.
func (w *Worker) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })()
	if err := w.load(ctx); err != nil {
		return fmt.Errorf("load delivery lanes: %w", err)
	}
	flush := time.NewTicker(flushEvery)
	defer flush.Stop()
	for ctx.Err() == nil {
		woken := w.Store.Woken()
		if err := w.take(ctx); err != nil && ctx.Err() == nil {
			w.Log.Error("read out-log", "err", err)
		}
		w.dispatch(work)
		w.wait(ctx, woken, flush.C)
	}
	return w.stop()
}

// wait sleeps until something happens and takes note of it.
func (w *Worker) wait(ctx context.Context, woken <-chan struct{}, flush <-chan time.Time) {
	timer := time.NewTimer(w.nextDue())
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C:
	case l := <-w.done:
		w.settle(ctx, l)
	case <-w.fast:
		w.busy--
	case s := <-w.signals:
		w.obey(ctx, s)
	case <-flush:
		w.flush(ctx)
	}
}

// grace is how long requests under way may take once the worker shall stop.
const grace = 8 * time.Second

// stop waits for the lanes under way, whose requests end with their own
// deadlines, and flushes.
func (w *Worker) stop() error {
	ctx := context.Background()
	for w.underWay() {
		select {
		case l := <-w.done:
			w.settle(ctx, l)
		case <-w.fast:
			w.busy--
		}
	}
	return w.save(ctx)
}

func (w *Worker) underWay() bool {
	for _, l := range w.lanes {
		if l.draining {
			return true
		}
	}
	return false
}

// load reads the lanes, and the log from its beginning: what lies beyond a
// host's cursor waits for it.
func (w *Worker) load(ctx context.Context) error {
	err := w.Store.View(ctx, func(tx *store.Txn) error {
		for l := range tx.Lanes() {
			w.lanes[l.Host] = &lane{Lane: *l}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.take(ctx)
}

// take reads what was appended to the log and marks the lanes that it is for.
func (w *Worker) take(ctx context.Context) error {
	for {
		entries, err := w.log.advance(ctx)
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, e := range entries {
			for host := range e.hosts() {
				w.mark(host, e.Seq)
			}
		}
	}
}

func (w *Worker) mark(host string, seq store.ID) {
	l := w.lane(host, seq-1)
	switch {
	case l.draining:
		l.more = true
	case l.Cursor >= seq:
	case l.State == store.Lost:
		l.Cursor = seq
		w.dirty[host] = l
	default:
		if !l.pending {
			l.Cursor = seq - 1 // nothing between is for this host
		}
		w.enqueue(l)
	}
}

// lane returns the lane of a host; a new one starts after cursor.
func (w *Worker) lane(host string, cursor store.ID) *lane {
	l := w.lanes[host]
	if l == nil {
		l = &lane{Lane: store.Lane{Host: host, Cursor: cursor}}
		w.lanes[host] = l
	}
	return l
}

// enqueue says that a lane has work.
func (w *Worker) enqueue(l *lane) {
	l.pending = true
	switch {
	case l.draining:
		l.more = true
	case l.State == store.Failing:
		w.failing[l.Host] = l
	case !l.queued:
		l.queued = true
		w.ready = append(w.ready, l)
	}
}

// dispatch starts as many lanes as there are slots. Hosts that fail have slots
// of their own, so they can never take all.
func (w *Worker) dispatch(ctx context.Context) {
	for len(w.ready) > 0 && w.busy < w.Concurrency {
		l := w.ready[0]
		w.ready = w.ready[1:]
		l.queued = false
		w.busy++
		w.start(ctx, l, false)
	}
	now := w.Store.Now()
	for host, l := range w.failing {
		if w.sick == w.Unhealthy {
			return
		}
		if l.draining || !l.probe && l.NextAt.After(now) {
			continue
		}
		delete(w.failing, host)
		w.sick++
		w.start(ctx, l, true)
	}
}

func (w *Worker) start(ctx context.Context, l *lane, sick bool) {
	l.draining, l.sick, l.more, l.probe = true, sick, false, false
	l.from, l.left, l.sent, l.handedOn = l.Cursor+1, false, 0, false
	go func() {
		w.drain(ctx, l)
		w.done <- l
	}()
}

// settle takes a lane back from its goroutine.
func (w *Worker) settle(ctx context.Context, l *lane) {
	l.draining = false
	switch {
	case l.handedOn:
		<-w.slow
	case l.sick:
		w.sick--
	default:
		w.busy--
	}
	l.pending = false
	if l.drop > l.Cursor {
		l.Cursor, l.left = l.drop, false
	}
	w.dirty[l.Host] = l
	if l.left || l.more {
		w.enqueue(l)
	}
	if w.unsaved += l.sent; w.unsaved >= flushAfter {
		w.flush(ctx)
	}
}

// nextDue is how long the first failing lane may still sleep.
func (w *Worker) nextDue() time.Duration {
	next := time.Hour
	if w.sick >= w.Unhealthy {
		return next
	}
	now := w.Store.Now()
	for _, l := range w.failing {
		if !l.draining {
			next = min(next, max(0, l.NextAt.Sub(now)))
		}
	}
	return next
}

// obey does what the outside asks of a lane.
func (w *Worker) obey(ctx context.Context, s signal) {
	l := w.lanes[s.host]
	if l == nil {
		return
	}
	switch {
	case s.what == drop:
		w.dropBacklog(l)
	case l.draining:
	case l.State == store.Failing:
		l.probe = true
		w.failing[l.Host] = l
	case l.State == store.Lost:
		w.revive(ctx, l)
	}
}

func (w *Worker) dropBacklog(l *lane) {
	l.drop = w.log.last()
	if l.draining {
		return
	}
	l.Cursor, l.pending = l.drop, false
	delete(w.failing, l.Host)
	w.dirty[l.Host] = l
}

// revive takes a host back that was given up, and sends it what it missed.
func (w *Worker) revive(ctx context.Context, l *lane) {
	l.Lane = store.Lane{Host: l.Host, Cursor: w.log.last(), Scheme: l.Scheme, LastOK: l.LastOK}
	w.dirty[l.Host] = l
	if w.Resync == nil {
		return
	}
	if err := w.Resync(ctx, l.Host); err != nil {
		w.Log.Warn("resync host", "host", l.Host, "err", err)
	}
}

func (w *Worker) flush(ctx context.Context) {
	if err := w.save(ctx); err != nil && ctx.Err() == nil {
		w.Log.Error("write delivery cursors", "err", err)
	}
}

// save writes back the lanes that moved, and cuts off what nobody waits for.
func (w *Worker) save(ctx context.Context) error {
	if len(w.dirty) == 0 {
		return nil
	}
	kept := w.oldest()
	err := w.Store.Update(ctx, func(tx *store.Txn) error {
		for _, l := range w.dirty {
			if !l.draining {
				tx.PutLane(&l.Lane)
			}
		}
		tx.TrimOutLog(kept, 1000)
		return nil
	})
	if err != nil {
		return err
	}
	for host, l := range w.dirty {
		if !l.draining {
			delete(w.dirty, host)
		}
	}
	w.unsaved = 0
	return nil
}

// oldest is the first entry that some lane may still need.
func (w *Worker) oldest() store.ID {
	first := w.log.last() + 1
	for _, l := range w.lanes {
		if l.draining {
			first = min(first, l.from)
		} else if l.pending {
			first = min(first, l.Cursor+1)
		}
	}
	return first
}
