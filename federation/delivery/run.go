package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/essaim/essaim/store"
)

// longSleep bounds the sleep before a try, since the clock may be set.
const longSleep = time.Hour

// Run drains the log until ctx ends. Then it begins nothing new, gives the
// requests under way eight seconds, and writes the cursors back.
func (w *Worker) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	w.quit = ctx.Done()
	if err := w.load(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("load delivery lanes: %w", err)
	}
	for ctx.Err() == nil {
		w.dispatch(work)
		w.wait(ctx)
	}
	defer time.AfterFunc(grace, cancel).Stop()
	return w.stop()
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
	for _, l := range w.lanes {
		w.note(l)
	}
	return w.take(ctx)
}

// wait sleeps until something happens and takes note of it.
func (w *Worker) wait(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-w.alarm():
	case <-w.woken:
		w.read(ctx)
	case l := <-w.done:
		w.settle(ctx, l)
	case <-w.fast:
		w.busy--
	case s := <-w.signals:
		w.obey(ctx, s)
	case <-w.flushAt:
		w.flush(ctx)
	}
}

// stop waits for the lanes under way, and writes the cursors back.
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

// read takes what was appended to the log; if that fails, again with the next
// flush.
func (w *Worker) read(ctx context.Context) {
	err := w.take(ctx)
	if w.unread = err != nil; w.unread && ctx.Err() == nil {
		w.Log.Error("read out-log", "err", err)
		w.flushSoon()
	}
}

// take reads what was appended to the log and marks the lanes that it is for, and what
// was decided about hosts.
func (w *Worker) take(ctx context.Context) error {
	w.woken = w.Store.Woken()
	for {
		entries, err := w.log.advance(ctx)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			return w.heed(ctx)
		}
		for _, e := range entries {
			for host := range e.hosts() {
				w.mark(host, e.Seq)
			}
		}
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
	if w.due.After(now) || w.sick >= w.Unhealthy {
		return
	}
	w.due = now.Add(longSleep)
	for host, l := range w.failing {
		due := l.due()
		if due.After(now) || w.sick >= w.Unhealthy {
			w.dueBy(due)
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

// dueBy says that a failing lane is due then.
func (w *Worker) dueBy(t time.Time) {
	if t.Before(w.due) {
		w.due = t
	}
}

// alarm rings when a failing lane is due that could be started.
func (w *Worker) alarm() <-chan time.Time {
	if w.sick >= w.Unhealthy || len(w.failing) == 0 {
		return nil
	}
	return time.After(min(longSleep, w.due.Sub(w.Store.Now())))
}

// flushSoon has the cursors written within a second.
func (w *Worker) flushSoon() {
	if w.flushAt == nil {
		w.flushAt = time.After(flushEvery)
	}
}

func (w *Worker) flush(ctx context.Context) {
	w.flushAt = nil
	if w.unread {
		w.read(ctx)
	}
	if err := w.save(ctx); err != nil && ctx.Err() == nil {
		w.Log.Error("write delivery cursors", "err", err)
		w.flushSoon()
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
			tx.PutLane(&l)
		}
		tx.TrimOutLog(kept, trimAtOnce)
		return nil
	})
	if err != nil {
		return err
	}
	clear(w.dirty)
	w.unsaved = 0
	return nil
}

const trimAtOnce = 1000 // entries: a commit stays short

// oldest is the first entry that some lane may still need. The last one that was
// read always stays: new ids go on after those that the store still holds, and
// so stay beyond all cursors even when the clock is set back.
func (w *Worker) oldest() store.ID {
	first := w.log.last()
	for _, l := range w.lanes {
		if l.draining {
			first = min(first, l.from)
		} else if l.pending {
			first = min(first, l.Cursor+1)
		}
	}
	return first
}
