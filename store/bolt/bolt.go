// Package bolt keeps a node in one bbolt file: the default engine.
//
// It is the only package that knows bbolt. Keys and values mean nothing here;
// package store gives them their sense. DESIGN.md says why it is built so.
package bolt

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/bits"
	"os"
	"time"

	"go.etcd.io/bbolt"

	"github.com/essaim/essaim/store"
)

// slowView is how long a View may take before it is logged: while it is open no
// page that it may still read is used again, and the file grows.
const slowView = time.Second

// Options of an open store. The zero value is what a node should use.
type Options struct {
	// Log takes what the operator should know; nil discards it.
	Log *slog.Logger
	// MaxSize is the most bytes the file may take, within 16 MiB. 0 is no limit.
	MaxSize int64
	// InitialMmap is how many bytes of address space are mapped at once. A
	// file that outgrows it makes its writer wait for every open View. 0 is
	// 4 GiB, or 256 MiB where addresses have 32 bits.
	InitialMmap int64
	// MinFree is how many bytes must be free on the disk for new things to be
	// accepted: with less, Refuses says so. Updates go on, since to delete is one,
	// until a quarter of it is left. 0 is 64 MiB; a negative number asks for none.
	MinFree int64
	// MinFreePercent is the same as a share of the disk. 0 is 2; a negative
	// number asks for none.
	MinFreePercent int
	// NoSync leaves it to the system when to write: fast, and a power cut may
	// destroy the file. For tests and for filling a new file only.
	NoSync bool
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.InitialMmap == 0 {
		o.InitialMmap = 256 << 20
		if bits.UintSize == 64 {
			o.InitialMmap = 4 << 30
		}
	}
	if o.MinFree == 0 {
		o.MinFree = 64 << 20
	}
	if o.MinFreePercent == 0 {
		o.MinFreePercent = 2
	}
	return o
}

// DB is an open store file. It implements store.Engine and is safe for
// concurrent use. Transactions do not nest: an Update inside the closure of
// another waits for ever.
type DB struct {
	path    string
	opts    Options
	lock    *lockFile
	bolt    *bbolt.DB
	file    *os.File // bbolt's own handle, for reading past the map
	queue   *queue
	writer  chan struct{} // closed when the writer has stopped
	broken  error         // why nothing can be written any more; the writer's own
	commits countedCommits
}

var _ store.Engine = (*DB)(nil)

// View implements store.Engine. One that takes longer than a second is logged.
func (db *DB) View(ctx context.Context, fn func(store.Tx) error) error {
	began := time.Now()
	err := db.snapshot(ctx, func(btx *bbolt.Tx) error {
		f := newFile(btx)
		if f.err != nil {
			return f.err
		}
		err := fn(tx{read: f})
		return cmp.Or(f.err, err)
	})
	if took := time.Since(began); took > slowView {
		db.opts.Log.WarnContext(ctx, "store was read too long at once", "took", took)
	}
	return err
}

// snapshot runs fn in a reading transaction and turns faults of the mapped file
// into errors.
func (db *DB) snapshot(ctx context.Context, fn func(*bbolt.Tx) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	btx, err := db.bolt.Begin(false)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = btx.Rollback() }() // ends it; there is nothing to undo
	defer panicOnFault()()
	defer faultAsError(&err)
	return fn(btx)
}

// Backup writes a copy of the store as it is now to w; the copy is a store file
// of its own. Updates go on meanwhile, and the file grows by what they write:
// give it a local file, never a slow network.
func (db *DB) Backup(ctx context.Context, w io.Writer) error {
	return db.snapshot(ctx, func(btx *bbolt.Tx) error {
		dest := &copyWriter{ctx: ctx, w: w}
		if _, err := btx.WriteTo(dest); err != nil {
			return fmt.Errorf("back up %s: %w", db.path, cmp.Or(dest.err, err))
		}
		return nil
	})
}

// copyWriter stops a long copy when its context ends. It remembers its error,
// of which bbolt passes on the text alone.
type copyWriter struct {
	ctx context.Context
	w   io.Writer
	err error
}

func (w *copyWriter) Write(b []byte) (n int, err error) {
	if w.err = w.ctx.Err(); w.err == nil {
		n, w.err = w.w.Write(b)
	}
	return n, w.err
}

// Check reads every page of the store as it is now and follows every reference.
// It answers the first damage that it meets, as an ErrDamaged. Updates go on.
func (db *DB) Check(ctx context.Context) error {
	return db.snapshot(ctx, func(btx *bbolt.Tx) error {
		in := inspection{
			ctx: ctx, file: db.file, pageSize: int64(db.bolt.Info().PageSize),
		}
		root := uint64(btx.Cursor().Bucket().Root())
		if err := in.tree(root, uint64(btx.Size()/in.pageSize)); err != nil {
			return fmt.Errorf("check %s: %w", db.path, err)
		}
		return nil
	})
}

// Stats are numbers for the operator.
type Stats struct {
	Size    int64  // bytes of the file that were ever used
	Free    int64  // bytes of Size that hold nothing now
	Waiting int    // updates that have not begun
	Commits uint64 // transactions written since Open
	Updates uint64 // updates that took part in them
}

// Stats answers the numbers of this moment; zeroes after Close.
func (db *DB) Stats() Stats {
	s := Stats{Waiting: db.queue.len()}
	s.Commits, s.Updates = db.commits.load()
	btx, err := db.bolt.Begin(false)
	if err != nil {
		return s
	}
	defer func() { _ = btx.Rollback() }()
	bs := db.bolt.Stats()
	s.Size = btx.Size()
	s.Free = int64(bs.FreePageN+bs.PendingPageN) * int64(db.bolt.Info().PageSize)
	return s
}

// Path is the name of the store file, as it was given to Open.
func (db *DB) Path() string { return db.path }

// Unclean reports whether the process before this one ended without Close.
func (db *DB) Unclean() bool { return db.lock.unclean }

// Refuses is why nothing new should be brought now: store.ErrBusy while as many
// updates wait as may, store.ErrFull on a disk that is too full for more, or nil.
// It is cheap enough to be asked before every request. Updates that give room
// back go on when the disk is full, in what is left free for them.
func (db *DB) Refuses() error {
	switch {
	case db.queue.len() >= maxWaiting:
		return store.ErrBusy
	case db.full():
		return store.ErrFull
	}
	return nil
}

func (db *DB) full() bool { return db.opts.full(db.dir(), 0) }

// Close implements store.Engine: what waits is still written. A second Close
// answers store.ErrClosed.
func (db *DB) Close() error {
	if !db.queue.close() {
		return store.ErrClosed
	}
	<-db.writer
	if err := db.bolt.Close(); err != nil {
		return fmt.Errorf("close %s: %w", db.path, err)
	}
	return db.lock.release(db.broken == nil)
}
