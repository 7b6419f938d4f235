package simnet

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"

	"github.com/essaim/essaim/store"
)

// fate is what happens to a request: whether it arrives, and what its sender gets
// in place of the true answer; nil: the true one.
type fate struct {
	arrives bool
	instead func(*http.Request) (*http.Response, error)
}

func (n *Net) draw() fate {
	n.mu.Lock()
	defer n.mu.Unlock()
	dice := n.rand.IntN(100)
	for _, f := range []struct {
		of int
		fate
	}{
		{n.faults.Lost, fate{false, lost}},
		{n.faults.Unanswered, fate{true, lost}},
		{n.faults.Hanging, fate{dice%2 == 0, hang}},
		{n.faults.Failing, fate{false, status(http.StatusBadGateway, nil)}},                                         //nolint:bodyclose // it has none
		{n.faults.Throttled, fate{false, status(http.StatusTooManyRequests, http.Header{"Retry-After": {"3600"}})}}, //nolint:bodyclose // it has none
	} {
		if dice -= f.of; dice < 0 {
			return f.fate
		}
	}
	return fate{arrives: true}
}

func lost(*http.Request) (*http.Response, error) { return nil, errLost }

func hang(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

func status(code int, header http.Header) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: code, Header: header.Clone(), Body: http.NoBody}, nil
	}
}

// Mortal is an engine that dies with its process: after Kill nothing is read or
// written any more, and what was written stays.
type Mortal struct {
	store.Engine
	dead atomic.Bool
}

// ErrDead is what a dead engine says.
var ErrDead = errors.New("process is dead")

// Kill is a power cut.
func (m *Mortal) Kill() { m.dead.Store(true) }

// Revive is a disk that works again.
func (m *Mortal) Revive() { m.dead.Store(false) }

// Dead says whether it was killed.
func (m *Mortal) Dead() bool { return m.dead.Load() }

// View reads, until the end.
func (m *Mortal) View(ctx context.Context, fn func(store.Tx) error) error {
	if m.Dead() {
		return ErrDead
	}
	return m.Engine.View(ctx, fn)
}

// Update writes, until the end.
func (m *Mortal) Update(ctx context.Context, fn func(store.Tx) error) error {
	if m.Dead() {
		return ErrDead
	}
	return m.Engine.Update(ctx, fn)
}
