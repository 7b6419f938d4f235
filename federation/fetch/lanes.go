package fetch

import (
	"context"
	"sync"
)

const (
	maxPerHost = 2   // GETs at once to one host
	maxInAll   = 128 // GETs at once; bounds the memory that bodies may take
)

// lanes let few requests at once to one host and bound those to all.
type lanes struct {
	all   chan struct{}
	mu    sync.Mutex
	hosts map[string]*lane // those in use
}

type lane struct {
	slots chan struct{}
	users int // inside or waiting
}

func newLanes() *lanes {
	return &lanes{all: make(chan struct{}, maxInAll), hosts: make(map[string]*lane)}
}

// enter waits for a place; call leave at the end. It fails only when ctx ends.
// Who waits for a busy host takes no place from the others.
func (l *lanes) enter(ctx context.Context, host string) (leave func(), err error) {
	h := l.join(host)
	if err := take(ctx, h.slots); err != nil {
		l.quit(host, h)
		return nil, err
	}
	if err := take(ctx, l.all); err != nil {
		<-h.slots
		l.quit(host, h)
		return nil, err
	}
	return func() {
		<-l.all
		<-h.slots
		l.quit(host, h)
	}, nil
}

func take(ctx context.Context, slots chan struct{}) error {
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return contextError(ctx)
	}
}

func (l *lanes) join(host string) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.hosts[host]
	if h == nil {
		h = &lane{slots: make(chan struct{}, maxPerHost)}
		l.hosts[host] = h
	}
	h.users++
	return h
}

func (l *lanes) quit(host string, h *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h.users--; h.users == 0 {
		delete(l.hosts, host)
	}
}
