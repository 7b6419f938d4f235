package delivery

import (
	"context"
	"time"

	"github.com/essaim/essaim/store"
)

// order is what was decided about a host.
func (w *Worker) order(ctx context.Context, host string) (o store.HostOrder, err error) {
	err = w.Store.View(ctx, func(tx *store.Txn) error {
		o = tx.HostOrder(host)
		return nil
	})
	return o, err
}

// park has a lane wait until its host is no longer paused. That ends a time of
// failures: what comes after the pause is judged anew, so that no host is given up
// because it was paused. What went wrong last stays to be read.
func (l *lane) park() {
	l.parked = true
	l.State, l.Since, l.NextAt, l.Fails, l.GoneDays = store.Healthy, time.Time{}, time.Time{}, 0, nil
}

// heed does with the lanes that rest what was decided about their hosts; those under way
// see to it themselves, before every delivery.
func (w *Worker) heed(ctx context.Context) error {
	orders := map[string]store.HostOrder{}
	err := w.Store.View(ctx, func(tx *store.Txn) error {
		for o := range tx.HostOrders() {
			orders[o.Host] = o
		}
		return nil
	})
	if err != nil {
		return err
	}
	for host, l := range w.parked {
		if orders[host].Paused.IsZero() {
			delete(w.parked, host)
			l.parked = false
			w.enqueue(l)
		}
	}
	for host, o := range orders {
		if l := w.lanes[host]; l != nil && !l.draining && l.State != store.Lost {
			w.carryOut(ctx, o, l)
		}
	}
	return nil
}

// carryOut does with a lane that rests what was decided about its host.
func (w *Worker) carryOut(ctx context.Context, o store.HostOrder, l *lane) {
	if o.Skip > l.Cursor {
		l.Cursor, l.part = o.Skip, 0
		if e, err := w.log.next(ctx, l.Cursor, l.Host); err == nil && e == nil {
			l.pending, l.parked = false, false
			delete(w.failing, l.Host)
			delete(w.parked, l.Host)
		}
		w.touch(l)
	}
	if l.pending && !l.parked && !l.queued && !o.Paused.IsZero() {
		l.park()
		delete(w.failing, l.Host)
		w.enqueue(l)
		w.touch(l)
	}
}
