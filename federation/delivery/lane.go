package delivery

import (
	"context"
	"time"

	"github.com/essaim/essaim/store"
)

// mark says that an entry of the log is for a host.
func (w *Worker) mark(host string, seq store.ID) {
	l := w.lanes[host]
	if l == nil {
		l = &lane{Lane: store.Lane{Host: host}}
		w.lanes[host] = l
	}
	switch {
	case l.draining:
		l.more = true
	case l.State == store.Lost || l.Cursor >= seq:
	default:
		if !l.pending {
			l.Cursor = seq - 1 // nothing between is for this host
		}
		w.enqueue(l)
	}
}

// enqueue says that a lane, which is not being drained, has work.
func (w *Worker) enqueue(l *lane) {
	l.pending = true
	switch {
	case l.parked:
		w.parked[l.Host] = l
	case l.State == store.Failing:
		w.failing[l.Host] = l
		w.dueBy(l.due())
	case !l.queued:
		l.queued = true
		w.ready = append(w.ready, l)
	}
}

// due is when a failing lane is tried again.
func (l *lane) due() time.Time {
	if l.probe && l.notBefore.Before(l.NextAt) {
		return l.notBefore
	}
	return l.NextAt
}

// settle takes a lane back from its goroutine.
func (w *Worker) settle(ctx context.Context, l *lane) {
	l.draining, l.pending = false, false
	w.release(l)
	w.touch(l)
	if l.State != store.Lost && (l.left || l.more) {
		w.enqueue(l)
	}
	if l.left && w.heed(ctx) != nil { // what it stopped at may have been given up, or the pause be over
		w.unread = true
		w.flushSoon()
	}
	if w.unsaved += l.sent; w.unsaved >= flushAfter {
		w.flush(ctx)
	}
}

// release frees the slot that a lane held.
func (w *Worker) release(l *lane) {
	switch {
	case l.handedOn:
		<-w.slow
	case l.sick:
		w.sick--
	default:
		w.busy--
	}
}

// touch has a lane written as it is now.
func (w *Worker) touch(l *lane) {
	w.dirty[l.Host] = l.Lane
	w.note(l)
	w.flushSoon()
}

// note remembers for Wake whether a host is well.
func (w *Worker) note(l *lane) {
	if l.State == store.Healthy {
		w.down.Delete(l.Host)
		return
	}
	w.down.Store(l.Host, false)
}

// obey does what the outside asks of a lane.
func (w *Worker) obey(ctx context.Context, s signal) {
	l := w.lanes[s.host]
	switch {
	case l == nil:
	case l.draining:
		l.probe = true
	case l.State == store.Lost:
		w.revive(ctx, l)
	case l.State == store.Failing:
		if s.what == retry {
			l.notBefore = time.Time{}
		}
		l.probe = true
		w.enqueue(l)
	}
}

// revive takes a host back that was given up, and has it sent what it missed:
// all that was published before the call of Resync.
func (w *Worker) revive(ctx context.Context, l *lane) {
	if w.Resync != nil {
		if err := w.Resync(ctx, l.Host); err != nil {
			w.Log.Warn("resync host", "host", l.Host, "err", err)
			w.note(l)
			return
		}
	}
	l.Lane = store.Lane{Host: l.Host, Cursor: w.log.last(), Scheme: l.Scheme, LastOK: l.LastOK, Dropped: l.Dropped}
	w.touch(l)
}
