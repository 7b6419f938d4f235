package inbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/vocab"
	"github.com/essaim/essaim/store"
)

// rejectsEvery is how often what was not taken is written down, if anything was: a flood
// costs memory for some hundred counters, and one small row a minute.
const rejectsEvery = time.Minute

// Rejects counts what inboxes did not take, and why: for the administration and for
// metrics alike. It counts in memory and writes down what came together; a crash loses a
// minute. Its methods may be called from many goroutines.
type Rejects struct {
	Store *store.Store

	mu      sync.Mutex
	pending store.Rejects // not written down yet
	since   map[store.Reject]int
}

// NewRejects returns a Rejects that writes to a store while Run runs.
func NewRejects(s *store.Store) *Rejects {
	return &Rejects{Store: s, pending: store.Rejects{}, since: map[store.Reject]int{}}
}

// count notes that something was not taken.
func (r *Rejects) count(ctx context.Context, why store.Reject, host string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.since[why]++
	r.pending.Add(why, host, 1, func(host string) (known bool) {
		_ = r.Store.View(ctx, func(tx *store.Txn) error { // what cannot be read is a stranger
			known = tx.DeliversTo(host)
			return nil
		})
		return known
	})
}

// SinceStart is how many were not taken since this process began, by reason.
func (r *Rejects) SinceStart() map[store.Reject]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.since)
}

// Recent is what was not taken in the last store.RejectDays, up to now.
func (r *Rejects) Recent(ctx context.Context) (sum store.Rejects, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err = r.Store.View(ctx, func(tx *store.Txn) error {
		sum = tx.Rejects()
		sum.Merge(r.pending, tx.DeliversTo)
		return nil
	})
	return sum, err
}

// Run writes down what was counted, once a minute and at the end, until ctx ends.
func (r *Rejects) Run(ctx context.Context) error {
	tick := time.NewTicker(rejectsEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		if err := r.write(context.WithoutCancel(ctx)); err != nil && !errors.Is(err, store.ErrFull) && !errors.Is(err, store.ErrBusy) {
			return fmt.Errorf("write down what was not taken: %w", err)
		}
	}
	return nil
}

// write adds to the store what was counted. The lock is held meanwhile, so that nothing
// is seen twice or not at all.
func (r *Rejects) write(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.pending) == 0 {
		return nil
	}
	err := r.Store.Update(ctx, func(tx *store.Txn) error {
		tx.AddRejects(r.pending)
		return nil
	})
	if err == nil {
		r.pending = store.Rejects{}
	}
	return err
}

// Refused counts a request to an inbox that is answered with err, if it is, and returns
// err. Whoever refuses one before PostInbox calls it.
func (f *Front) Refused(r *http.Request, err error) error {
	why := reasonOf(err)
	if why == "" || f.Rejects == nil {
		return err
	}
	host := "" // whose signature it bears, true or not
	if sig, bad := f.Policy.Parse(r, f.Now()); bad == nil {
		host = store.HostOf(sig.KeyID)
	}
	f.Rejects.count(r.Context(), why, host)
	return err
}

// reasons is read from the top; the first line that matches decides.
var reasons = []struct {
	err error
	why store.Reject
}{
	{context.Canceled, ""}, // the sender did not wait
	{httpsig.ErrUnsigned, store.RejectUnsigned},
	{httpsig.ErrMalformed, store.RejectMalformed},
	{store.ErrBusy, store.RejectBusy},
	{store.ErrFull, store.RejectBusy},
	{federation.ErrBlocked, store.RejectBlocked},
	{fetch.ErrBlocked, store.RejectBlocked},
	{federation.ErrForbidden, store.RejectOrigin},
	{fetch.ErrTemporary, store.RejectNoKey},
	{context.DeadlineExceeded, store.RejectNoKey},
	{httpsig.ErrSignature, store.RejectSignature},
	{federation.ErrMalformed, store.RejectMalformed},
	{vocab.ErrMalformed, store.RejectMalformed},
	{ErrMediaType, store.RejectType},
	{ErrTooMany, store.RejectTooMany},
	{federation.ErrEnough, store.RejectTooMany},
	{store.ErrNotFound, store.RejectGone},
	{store.ErrGone, store.RejectGone},
}

// reasonOf is why a request to an inbox was refused; empty: it was not.
func reasonOf(err error) store.Reject {
	if err == nil {
		return ""
	}
	for _, line := range reasons {
		if errors.Is(err, line.err) {
			return line.why
		}
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return store.RejectTooLarge
	}
	return store.RejectOther
}
