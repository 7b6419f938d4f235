package store

import (
	"context"
	"iter"
	"time"
)

// HostOrder is what those who run the node decided about the exchange with a host, until it
// is carried out or taken back. The zero HostOrder is nothing.
type HostOrder struct {
	Host   string    `json:"host"`            // as HostOf gives it
	Paused time.Time `json:"paused,omitzero"` // since when nothing goes there and nothing is fetched there; zero: it is not paused
	Skip   ID        `json:"skip,omitempty"`  // what is in the out-log up to here is not sent there any more
}

// HostOrder returns what was decided about a host.
func (t *Txn) HostOrder(host string) HostOrder {
	o := HostOrder{Host: host}
	t.getJSON(key(tHostOrder, host), &o)
	return o
}

// HostOrders yields what was decided about hosts, by host.
func (t *Txn) HostOrders() iter.Seq[HostOrder] {
	return func(yield func(HostOrder) bool) {
		for k, v := range t.scan([]byte(tHostOrder), false) {
			var o HostOrder
			mustDecode(k, v, &o)
			if !yield(o) {
				return
			}
		}
	}
}

// Paused says whether the exchange with a host is paused.
func (t *Txn) Paused(host string) bool { return !t.HostOrder(host).Paused.IsZero() }

// Paused says whether the exchange with a host is paused. What cannot be read is not.
func (s *Store) Paused(host string) (paused bool) {
	_ = s.View(context.Background(), func(tx *Txn) error {
		paused = tx.Paused(host)
		return nil
	})
	return paused
}

// PauseHost pauses the exchange with a host. Paused again, it keeps its date.
func (t *Txn) PauseHost(host string) {
	o := t.HostOrder(host)
	if o.Paused.IsZero() {
		o.Paused = stamp(t.now)
		t.putHostOrder(o)
	}
}

// ResumeHost ends the pause of a host, if there is one.
func (t *Txn) ResumeHost(host string) {
	o := t.HostOrder(host)
	o.Paused = time.Time{}
	t.putHostOrder(o)
}

// SkipDeliveries gives up what waits for a host now; what is published later is
// delivered.
func (t *Txn) SkipDeliveries(host string) {
	for last := range t.scan([]byte(tOut), true) {
		o := t.HostOrder(host)
		o.Skip = idFromKey(last)
		t.putHostOrder(o)
		return
	}
}

// putHostOrder keeps an order, if there is one, and wakes those who carry it out.
func (t *Txn) putHostOrder(o HostOrder) {
	t.wake = true
	if o.Paused.IsZero() && o.Skip == 0 {
		t.tx.Delete(key(tHostOrder, o.Host))
		return
	}
	t.putJSON(key(tHostOrder, o.Host), o)
}

// skipped ends the order to skip what a lane has gone past.
func (t *Txn) skipped(l *Lane) {
	if o := t.HostOrder(l.Host); o.Skip != 0 && o.Skip <= l.Cursor {
		o.Skip = 0
		t.putHostOrder(o)
	}
}
