package store

import (
	"context"
	"iter"
)

// Engine is the ordered key-value contract that a node is kept in. It is all
// that store asks of a database, so an engine is small and a node can be moved
// from one to another by copying keys.
//
// An Engine is safe for concurrent use. enginetest.Run holds its tests; what an
// engine does otherwise is a bug of that engine.
type Engine interface {
	// View runs fn on a snapshot: what other transactions commit meanwhile
	// stays invisible. It returns fn's error, or the engine's own if reading
	// failed. Keep it short: no network, no template, inside.
	View(ctx context.Context, fn func(Tx) error) error

	// Update runs fn and makes all of its writes durable together, or none if
	// fn returns an error or panics (the panic reaches the caller). Updates are
	// serializable. fn may run more than once, so it changes nothing but its
	// Tx and variables that it sets afresh. When Update has returned nil, the
	// writes survive a crash of the machine.
	//
	// A cancelled ctx stops an Update that has not begun; one that has begun
	// is finished and reported truthfully.
	Update(ctx context.Context, fn func(Tx) error) error

	// Close waits for running transactions. Later calls answer ErrClosed.
	Close() error
}

// Tx is a transaction's view of the keys, ordered as bytes.Compare orders them.
// It belongs to the goroutine and to the duration of the closure that was given
// it. Slices that it returns must not be changed or kept after that closure.
//
// Its methods return no errors: a failing read answers as if the key were not
// there, and the transaction as a whole then fails with the engine's error,
// whatever the closure returns. That is sound because a closure has no effect
// but through its Tx.
type Tx interface {
	// Get returns the value, or nil when the key does not exist. An empty value
	// is not nil.
	Get(key []byte) []byte
	// GetMany returns the values of keys, in their order, in one round trip.
	GetMany(keys [][]byte) [][]byte
	// Put stores a copy of value under a copy of key. Keys are 1 to 1024 bytes,
	// values at most 16 MiB; anything else panics, as does a Put in a View.
	Put(key, value []byte)
	// Delete removes key if it is there.
	Delete(key []byte)
	// Scan yields the keys with from <= key < to, ascending, or descending when
	// reverse. A nil to has no upper end. The closure may Put and Delete while
	// it scans; whether the scan then shows those keys is not defined, but it
	// shows every other key of the range exactly once.
	Scan(from, to []byte, reverse bool) iter.Seq2[[]byte, []byte]
}
