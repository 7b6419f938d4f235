// Package search finds records and actors by words, facets and distance.
//
// Its index is a cache that can be rebuilt at any time (bleve, in a directory of
// its own): it follows the change log of the store, remembers in the same write
// how far it is, and starts afresh when it is missing, damaged, of another
// version, or older than what the log remembers. Memory is used only once
// somebody searches or something changes.
//
// The index holds what everybody may list, or every member of this node, and of that
// only what its publisher lets be found (indexable, discoverable). It may lag behind,
// so it never decides alone: Find gives numbers, and Found.Show looks each up in the
// store and asks store.Viewer.CanList again.
//
// What people type and how the results look is left to web/page.
package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/essaim/essaim/store"
)

// ErrClosed: the index was closed.
var ErrClosed = errors.New("search index is closed")

// Config is what an Index is made of. All of it is required.
type Config struct {
	Store *store.Store
	Dir   string                   // of the index alone, as is Dir with ".new": it is replaced when it must be built afresh
	Plain func(html string) string // the text of published HTML
	Log   *slog.Logger
}

// Index finds what lies in a store. It is safe for concurrent use.
type Index struct {
	Config
	wanted  chan struct{} // somebody searches: do not wait any longer
	writing chan struct{} // held by whoever writes to the index

	mu     sync.RWMutex // held for reading while bleve is in use
	bleve  *opened      // nil: not open
	closed bool

	state state
}

// New returns the index of a store. Nothing is opened yet.
func New(c Config) *Index {
	return &Index{Config: c, wanted: make(chan struct{}, 1), writing: make(chan struct{}, 1)}
}

// Close releases the index. Nothing is lost: what is not in it yet is found in
// the change log again.
func (x *Index) Close() error {
	x.writing <- struct{}{}
	defer func() { <-x.writing }()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closed = true
	return x.closeBleve()
}

// closeBleve is called with mu held.
func (x *Index) closeBleve() error {
	if x.bleve == nil {
		return nil
	}
	err := x.bleve.Close()
	x.bleve = nil
	if err != nil {
		return fmt.Errorf("close search index: %w", err)
	}
	return nil
}

const (
	// gather is how long changes are gathered while nobody searches.
	gather = time.Second
	// again is how long the index rests after something went wrong with it.
	again = time.Minute
)

// Run keeps the index true until ctx ends.
func (x *Index) Run(ctx context.Context) error {
	for {
		changed := x.Store.Changed()
		rest := gather
		if x.used() {
			if err := x.catchUp(ctx); err != nil && ctx.Err() == nil {
				x.Log.Error("search index", "err", err)
				x.shut() // what bleve is in the middle of is not known
				rest = again
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-x.wanted:
			continue
		case <-changed:
			x.state.use()
		}
		if !x.pause(ctx, rest) {
			return nil
		}
	}
}

// used says whether there is a reason to open the index.
func (x *Index) used() bool {
	_, used := x.state.now()
	return used
}

// pause ends early when somebody searches; false when ctx has ended.
func (x *Index) pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-x.wanted:
	case <-timer.C:
	}
	return true
}

// want has Run look at once.
func (x *Index) want() {
	x.state.use()
	select {
	case x.wanted <- struct{}{}:
	default:
	}
}

// hold waits for the right to write to the index; call release at the end.
func (x *Index) hold(ctx context.Context) (release func(), err error) {
	select {
	case x.writing <- struct{}{}:
		return func() { <-x.writing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
