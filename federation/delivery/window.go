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
	inboxes []*store.Inbox // by host, then by number
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

// size is about what the entry takes in memory.
func (e *entry) size() int { return len(e.Body) + 8*len(e.inboxes) + 256 }

const (
	windowSize  = 8 << 20 // bytes kept in memory for all lanes
	readAtOnce  = 128     // entries read in one transaction
	knownAtMost = 1 << 14 // inboxes kept in memory
)

// window keeps the end of the log in memory, since all healthy hosts want the
// same entries at the same time. A lane that is further back reads for itself.
// One goroutine may call advance, all of them the rest.
type window struct {
	store *store.Store

	mu      sync.Mutex
	from    store.ID // the window holds what the log has after from …
	read    store.ID // … up to read
	entries []*entry
	size    int

	addresses sync.Mutex
	known     map[uint32]*store.Inbox
}

func newWindow(s *store.Store) *window {
	return &window{store: s, known: map[uint32]*store.Inbox{}}
}

// last is the last entry that was read.
func (w *window) last() store.ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.read
}

// advance reads what was appended since the last call, a bounded number at once.
func (w *window) advance(ctx context.Context) ([]*entry, error) {
	fresh, _, err := w.load(ctx, w.last(), "")
	if err != nil || len(fresh) == 0 {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range fresh {
		w.read, w.size = e.Seq, w.size+e.size()
	}
	w.entries = append(w.entries, fresh...)
	drop := 0
	for ; w.size > windowSize && drop < len(w.entries)-1; drop++ {
		w.from, w.size = w.entries[drop].Seq, w.size-w.entries[drop].size()
	}
	w.entries = slices.Delete(w.entries, 0, drop)
	return fresh, nil
}

// next returns the first entry after cursor that is for host, or nil.
func (w *window) next(ctx context.Context, cursor store.ID, host string) (*entry, error) {
	for {
		if e, covered := w.find(cursor, host); covered {
			return e, nil
		}
		found, last, err := w.load(ctx, cursor, host)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			return found[0], nil
		}
		if last == cursor {
			return nil, nil
		}
		cursor = last
	}
}

// find looks for next's answer in memory; covered says whether it can be there.
func (w *window) find(cursor store.ID, host string) (e *entry, covered bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if cursor < w.from {
		return nil, false
	}
	i, _ := slices.BinarySearchFunc(w.entries, cursor+1, func(e *entry, seq store.ID) int {
		if e.Seq < seq {
			return -1
		}
		return 1
	})
	for _, e := range w.entries[i:] {
		if len(e.at(host)) > 0 {
			return e, true
		}
	}
	return nil, true
}

// load reads entries after an id from the store: a bounded number of all, or the
// first for one host among as many. last is the last entry that it looked at.
func (w *window) load(ctx context.Context, after store.ID, host string) (found []*entry, last store.ID, err error) {
	err = w.store.View(ctx, func(tx *store.Txn) error {
		found, last = nil, after
		n := 0
		for o := range tx.OutLog(after) {
			last = o.Seq
			e := w.resolve(tx, o, host)
			if host == "" || len(e.inboxes) > 0 {
				found = append(found, e)
			}
			if n++; n == readAtOnce || host != "" && len(found) > 0 {
				break
			}
		}
		return nil
	})
	return found, last, err
}

// resolve looks the inboxes of an entry up: all of them, or those on one host.
func (w *window) resolve(tx *store.Txn, o *store.Outgoing, host string) *entry {
	w.addresses.Lock()
	defer w.addresses.Unlock()
	e := &entry{Outgoing: o}
	for _, n := range o.Inboxes {
		if in := w.inbox(tx, n); in != nil && (host == "" || host == in.Host) {
			e.inboxes = append(e.inboxes, in)
		}
	}
	slices.SortStableFunc(e.inboxes, func(a, b *store.Inbox) int { return strings.Compare(a.Host, b.Host) })
	return e
}

// inbox returns the address of a number, or nil. The lock of addresses is held.
func (w *window) inbox(tx *store.Txn, n uint32) *store.Inbox {
	if in := w.known[n]; in != nil {
		return in
	}
	in, err := tx.Inbox(n)
	if err != nil {
		return nil
	}
	if len(w.known) >= knownAtMost {
		clear(w.known)
	}
	w.known[n] = in
	return in
}
