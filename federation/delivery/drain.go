package delivery

import (
	"context"
	"errors"
	"net/http"

	"github.com/essaim/essaim/store"
)

const drainEntries = 64 // then the cursor is saved and others get their turn

// drain delivers what waits for a host, in order, until nothing waits, the host
// fails, others shall have their turn, or we stop.
func (w *Worker) drain(ctx context.Context, l *lane) {
	for l.sent < drainEntries && !w.stopping() {
		e, err := w.log.next(ctx, l.Cursor, l.Host)
		if err != nil {
			l.left = true
			w.failInside(ctx, l, err)
			return
		}
		if e == nil {
			return
		}
		order, err := w.order(ctx, l.Host)
		switch {
		case err != nil:
			l.left = true
			w.failInside(ctx, l, err)
			return
		case order.Skip >= e.Seq:
			l.Cursor, l.part = order.Skip, 0
			continue
		case !order.Paused.IsZero():
			l.left = true
			l.park()
			return
		}
		if !w.deliver(ctx, l, e) {
			l.left = true
			return
		}
		l.Cursor, l.part = e.Seq, 0
		l.sent++
	}
	l.left = true
}

func (w *Worker) stopping() bool {
	select {
	case <-w.quit:
		return true
	default:
		return false
	}
}

// failInside puts a lane off because of ourselves.
func (w *Worker) failInside(ctx context.Context, l *lane, err error) {
	if ctx.Err() == nil {
		w.Log.Error("deliver", "host", l.Host, "err", err)
		w.fail(l, failure{class: "internal"})
	}
}

// deliver posts an entry to those of the host's inboxes that are not done with
// it, and says whether all are.
func (w *Worker) deliver(ctx context.Context, l *lane, e *entry) bool {
	inboxes := e.at(l.Host)
	for ; l.part < len(inboxes); l.part++ {
		f, err := w.attempt(ctx, l, e, inboxes[l.part])
		if err == nil && f.gone && !inboxes[l.part].Shared {
			f.dropped = true
			err = w.dropInbox(ctx, inboxes[l.part])
		}
		switch {
		case err != nil:
			w.failInside(ctx, l, err)
			return false
		case f.class == "":
			w.succeed(l)
		case f.dropped:
			refuse(l, f)
		case ctx.Err() != nil:
			return false // we stop; the host did nothing wrong
		default:
			w.fail(l, f)
			return false
		}
	}
	return true
}

func (w *Worker) dropInbox(ctx context.Context, in *store.Inbox) error {
	return w.Store.Update(ctx, func(tx *store.Txn) error {
		tx.DropInbox(in)
		return nil
	})
}

// attempt posts one activity to one inbox. A 401 is answered by another try at
// once, signed in another way; what works is remembered. An error is our own.
func (w *Worker) attempt(ctx context.Context, l *lane, e *entry, in *store.Inbox) (f failure, err error) {
	pair, err := w.Keys.Pair(ctx, e.Actor)
	if errors.Is(err, store.ErrNotFound) {
		return failure{class: "unsigned", dropped: true}, nil
	}
	if err != nil {
		return failure{}, err
	}
	push := w.push(ctx, e, in)
	for _, way := range w.ways(ctx, l, in) {
		if f, err = w.post(ctx, l, letter{e.Body, push, in.URL, way.of(pair), way.scheme}); err != nil {
			return failure{}, err
		}
		if f.class == "" {
			l.Scheme = way.name
		}
		if f.status != http.StatusUnauthorized {
			break
		}
	}
	return f, nil
}
