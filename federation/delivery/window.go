package delivery

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/essaim/essaim/store"
)

// entry is an entry of the out-log with its addresses.
type entry struct {
	*store.Outgoing
	inboxes []*store.Inbox // by host
}

// hosts yields every host of the entry once.
func (e *entry) hosts() iter.Seq[string] {
	return func(yield func(string) bool) {
		last := ""
		for _, in := range e.inboxes {
			if in.Host != last && !yield(in.Host) {
				return
			}
			last = in.Host
		}
	}
}

// at returns the entry's inboxes on a host.
func (e *entry) at(host string) []*store.Inbox {
	byHost := func(in *store.Inbox, host string) int { return strings.Compare(in.Host, host) }
	i, _ := slices.BinarySearchFunc(e.inboxes, host, byHost)
	j := i
	for j < len(e.inboxes) && e.inboxes[j].Host == host {
		j++
	}
	return e.inboxes[i:j]
}

const (
	windowSize = 512 // entries kept in memory for all lanes
	readAtOnce = 128 // entries read in one transaction
)

// window keeps the end of the log in memory, since all healthy hosts want the
// same entries at the same time. It is safe for concurrent use.
type window struct {
	store *store.Store

	mu      sync.Mutex
	read    store.ID // the last entry that advance returned
	entries []*entry
	known   map[uint32]*store.Inbox
}

func newWindow(s *store.Store) *window {
	return &window{store: s, known: map[uint32]*store.Inbox{}}
}

// last is the last entry that is known.
func (w *window) last() store.ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.read
}

// advance reads what was appended since the last call, a bounded number at once.
func (w *window) advance(ctx context.Context) ([]*entry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var fresh []*entry
	err := w.store.View(ctx, func(tx *store.Txn) error {
		fresh = nil
		for o := range tx.OutLog(w.read) {
			fresh = append(fresh, w.resolve(tx, o))
			if len(fresh) == readAtOnce {
				break
			}
		}
		return nil
	})
	if err != nil || len(fresh) == 0 {
		return nil, err
	}
	w.read = fresh[len(fresh)-1].Seq
	w.entries = append(w.entries, fresh...)
	if extra := len(w.entries) - windowSize; extra > 0 {
		w.entries = slices.Delete(w.entries, 0, extra)
	}
	return fresh, nil
}

// resolve looks the inboxes of an entry up. The lock is held.
func (w *window) resolve(tx *store.Txn, o *store.Outgoing) *entry {
	e := &entry{Outgoing: o, inboxes: make([]*store.Inbox, 0, len(o.Inboxes))}
	for _, n := range o.Inboxes {
		in := w.known[n]
		if in == nil {
			var err error
			if in, err = tx.Inbox(n); err != nil {
				continue
			}
			w.known[n] = in
		}
		e.inboxes = append(e.inboxes, in)
	}
	slices.SortStableFunc(e.inboxes, func(a, b *store.Inbox) int { return strings.Compare(a.Host, b.Host) })
	return e
}

// next returns the first entry after cursor that is for host, or nil.
func (w *window) next(ctx context.Context, cursor store.ID, host string) (*entry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.entries) > 0 && w.entries[0].Seq <= cursor+1 {
		return find(w.entries, cursor, host), nil
	}
	var e *entry
	err := w.store.View(ctx, func(tx *store.Txn) error {
		e = nil
		for o := range tx.OutLog(cursor) {
			if o.Seq > w.read {
				return nil
			}
			if c := w.resolve(tx, o); len(c.at(host)) > 0 {
				e = c
				return nil
			}
		}
		return nil
	})
	return e, err
}

func find(entries []*entry, cursor store.ID, host string) *entry {
	i, found := slices.BinarySearchFunc(entries, cursor, func(e *entry, c store.ID) int {
		switch {
		case e.Seq < c:
			return -1
		case e.Seq > c:
			return 1
		}
		return 0
	})
	if found {
		i++
	}
	for _, e := range entries[i:] {
		if len(e.at(host)) > 0 {
			return e
		}
	}
	return nil
}
