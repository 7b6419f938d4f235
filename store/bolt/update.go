package bolt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"github.com/essaim/essaim/store"
)

// fillPercent packs pages tightly: most of our keys begin with a rising id.
const fillPercent = 0.9

// update is a caller's closure on its way through the writer. The closure runs
// in the caller's own goroutine while the writer waits, so a panic, a fault and
// runtime.Goexit end where they began.
type update struct {
	turn   chan *batch   // the writer: it is yours
	ran    chan struct{} // the caller: here it is back
	done   chan error    // the writer: what became of the commit
	writes *layer        // of a closure that succeeded
}

// batch is what the closures of one commit share, one after the other.
type batch struct {
	file *file
	all  *layer // the writes of those that have run
}

// Update implements store.Engine. Updates that wait while another commit is
// written share the next one. With too many waiting it answers store.ErrBusy at
// once, on a disk that is full to the last reserve store.ErrFull.
func (db *DB) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	u := &update{turn: make(chan *batch), ran: make(chan struct{}), done: make(chan error, 1)}
	if err := db.queue.push(u); err != nil {
		return err
	}
	b, err := db.await(ctx, u)
	if b == nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		u.ran <- struct{}{}
		return err
	}
	err = u.run(b, fn)
	if failed := <-u.done; failed != nil {
		return failed
	}
	return err
}

// await waits for u's turn; no batch means that it will not come.
func (db *DB) await(ctx context.Context, u *update) (*batch, error) {
	select {
	case b := <-u.turn:
		return b, nil
	case err := <-u.done:
		return nil, err
	case <-ctx.Done():
		if db.queue.withdraw(u) {
			return nil, ctx.Err()
		}
	}
	select {
	case b := <-u.turn:
		return b, nil
	case err := <-u.done:
		return nil, err
	}
}

// run calls fn on a layer of its own and gives the turn back, whatever fn does.
func (u *update) run(b *batch, fn func(store.Tx) error) (err error) {
	defer func() { u.ran <- struct{}{} }()
	defer panicOnFault()()
	defer faultAsError(&err)
	own := newLayer(b.all)
	b.file.err = nil
	err = fn(tx{read: own, write: own})
	if err = cmp.Or(b.file.err, err); err == nil {
		u.writes = own
	}
	return err
}

// write is the one goroutine that changes the file.
func (db *DB) write() {
	defer close(db.writer)
	defer panicOnFault()()
	for updates := db.queue.take(); len(updates) > 0; updates = db.queue.take() {
		err := db.commit(updates)
		for _, u := range updates {
			u.done <- err
		}
	}
}

// commit runs the updates and writes what they leave in one transaction. Its
// error concerns them all: nothing of theirs was kept.
func (db *DB) commit(updates []*update) (err error) {
	if db.broken != nil {
		return db.broken
	}
	if db.opts.short(db.dir(), 0, housekeeping) {
		return store.ErrFull
	}
	btx, err := db.bolt.Begin(true)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = btx.Rollback() }() // does nothing after a Commit
	id, f := btx.ID(), newFile(btx)
	if f.err != nil {
		return db.failed(id, f.err)
	}
	all := gather(updates, f)
	if len(all.writes) == 0 {
		return nil
	}
	if err := persist(btx, f.bucket, all); err != nil {
		return db.failed(id, err)
	}
	db.commits.add(len(updates))
	return nil
}

// gather gives every update its turn and returns what they wrote.
func gather(updates []*update, f *file) *layer {
	b := &batch{file: f, all: newLayer(f)}
	for _, u := range updates {
		u.turn <- b
		<-u.ran
		if u.writes != nil {
			b.all.absorb(u.writes)
		}
	}
	return b.all
}

// persist hands the writes to bbolt and commits; a panic is damage that it met.
func persist(btx *bbolt.Tx, bucket *bbolt.Bucket, all *layer) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = damaged(r)
		}
	}()
	bucket.FillPercent = fillPercent
	if err := all.flush(bucket); err != nil {
		return err
	}
	return btx.Commit()
}

// failed says what a commit's error means. Without room nothing was kept and the
// next may succeed. After anything else the disk cannot be trusted to hold what
// it says it holds, so nothing more is written until the store is opened anew.
func (db *DB) failed(id int, err error) error {
	full := outOfSpace(err) || !errors.Is(err, ErrDamaged) && db.full()
	if full && !db.kept(id) {
		return fmt.Errorf("%w: %v", store.ErrFull, err)
	}
	db.broken = fmt.Errorf("write %s: %w; open it anew to see whether that was kept", db.path, err)
	db.opts.Log.Error("store cannot be written any more", "err", err)
	return db.broken
}

// kept reports whether readers see transaction id although its commit failed.
func (db *DB) kept(id int) bool {
	btx, err := db.bolt.Begin(false)
	if err != nil {
		return true
	}
	defer func() { _ = btx.Rollback() }()
	return btx.ID() >= id
}

// countedCommits counts for Stats.
type countedCommits struct{ commits, updates atomic.Uint64 }

func (c *countedCommits) add(updates int) {
	c.commits.Add(1)
	c.updates.Add(uint64(updates))
}

func (c *countedCommits) load() (commits, updates uint64) {
	return c.commits.Load(), c.updates.Load()
}

// dir is where the disk's free space is asked for.
func (db *DB) dir() string { return filepath.Dir(db.path) }
