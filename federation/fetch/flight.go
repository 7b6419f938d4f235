package fetch

import (
	"context"
	"errors"
	"sync"
	"time"
)

// flights let all who want the same document at the same time share one fetch.
// The zero value is ready.
type flights struct {
	mu sync.Mutex
	m  map[string]*flight
}

type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	callers int
	doc     *Document // these two are set before done is closed
	err     error
}

// do answers with what fn says, running it once for all present callers of key.
// A caller whose ctx ends leaves alone; with the last one fn's context ends too,
// and do returns after fn.
func (g *flights) do(ctx context.Context, key string, fn func(context.Context) (*Document, error)) (*Document, error) {
	f := g.join(ctx, key, fn)
	select {
	case <-f.done:
		return f.doc, f.err
	case <-ctx.Done():
		if g.leave(key, f) {
			<-f.done
		}
		return nil, contextError(ctx)
	}
}

func (g *flights) join(ctx context.Context, key string, fn func(context.Context) (*Document, error)) *flight {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f := g.m[key]; f != nil {
		f.callers++
		return f
	}
	// The first caller's patience must not end the fetch for the others.
	shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{done: make(chan struct{}), cancel: cancel, callers: 1}
	if g.m == nil {
		g.m = make(map[string]*flight)
	}
	g.m[key] = f
	go func() {
		defer close(f.done)
		defer cancel()
		f.doc, f.err = fn(shared)
		g.remove(key, f)
	}()
	return f
}

// leave reports whether the caller was the last one.
func (g *flights) leave(key string, f *flight) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f.callers--; f.callers > 0 {
		return false
	}
	g.drop(key, f)
	f.cancel()
	return true
}

func (g *flights) remove(key string, f *flight) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drop(key, f)
}

// drop forgets f, unless a later flight has taken its place.
func (g *flights) drop(key string, f *flight) {
	if g.m[key] == f {
		delete(g.m, key)
	}
}

// failure is a remembered error.
type failure struct {
	err   error
	until time.Time
}

// once runs fn for all who ask for key now, within the time of one fetch, unless
// it failed a short while ago.
func (c *Client) once(ctx context.Context, key string, fn func(context.Context) (*Document, error)) (*Document, error) {
	if f, ok := c.failures.GetIfPresent(key); ok && c.Now().Before(f.until) {
		return nil, f.err
	}
	return c.flights.do(ctx, key, func(ctx context.Context) (*Document, error) {
		ctx, cancel := context.WithTimeout(ctx, c.Timeout)
		defer cancel()
		doc, err := fn(ctx)
		c.remember(key, err)
		return doc, err
	})
}

func (c *Client) remember(key string, err error) {
	switch {
	case err == nil, errors.Is(err, ErrUnchanged):
		c.failures.Invalidate(key)
	case errors.Is(err, context.Canceled), errors.Is(err, ErrBlocked), errors.Is(err, ErrPaused):
		// Says nothing about the document; a block or a pause may end at any time.
	default:
		c.failures.Set(key, failure{err: err, until: c.Now().Add(c.failureTTL(err))})
	}
}

func (c *Client) failureTTL(err error) time.Duration {
	if errors.Is(err, ErrTemporary) {
		return c.FailureTTL / 6
	}
	return c.FailureTTL
}
