package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

const (
	// compactOver is the size from which on a file that is mostly free is
	// written anew when it is opened.
	compactOver = 64 << 20
	// copyChunk bounds the memory that compacting takes.
	copyChunk = 16 << 20
)

var bucketName = []byte("kv")

// Open opens the store file at path, after making it and its directory if they
// are not there. Every page is read first, so a file that was cut short or
// damaged is an ErrDamaged now and not a surprise later. If another process has
// the store open it answers ErrLocked after two seconds.
func Open(path string, o Options) (*DB, error) {
	o = o.withDefaults()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	lock, err := acquireLock(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db := &DB{path: path, opts: o, lock: lock, queue: newQueue(), writer: make(chan struct{})}
	if err := db.open(); err != nil {
		return nil, errors.Join(err, lock.release(!lock.unclean))
	}
	go db.write()
	return db, nil
}

func (db *DB) open() error {
	began := time.Now()
	if err := db.create(); err != nil {
		return fmt.Errorf("create %s: %w", db.path, err)
	}
	use, err := inspectFile(db.path)
	if err != nil {
		return fmt.Errorf("open %s: %w", db.path, err)
	}
	if db.lock.unclean {
		db.opts.Log.Warn("store was not closed cleanly, and is whole", "took", time.Since(began))
	}
	if err := db.compact(use); err != nil {
		return fmt.Errorf("compact %s: %w", db.path, err)
	}
	db.bolt, err = db.openBolt(db.path, db.opts.NoSync)
	return err
}

// create makes an empty store under another name first, so that a crash never
// leaves half of one.
func (db *DB) create() error {
	if _, err := os.Stat(db.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return db.replace(func(fresh *bbolt.DB) error {
		return fresh.Update(func(btx *bbolt.Tx) error {
			_, err := btx.CreateBucket(bucketName)
			return err
		})
	})
}

// replace puts a new file, filled by fill, in the place of the store's: all of
// it or nothing. The lock keeps everybody else away.
func (db *DB) replace(fill func(*bbolt.DB) error) error {
	temp := db.path + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fresh, err := db.openBolt(temp, true)
	if err != nil {
		return err
	}
	err = fill(fresh)
	if err == nil {
		err = fresh.Sync()
	}
	if err = errors.Join(err, fresh.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, db.path); err != nil {
		return err
	}
	return syncDir(db.dir())
}

// compact writes a large file anew when more than half of it is free: bbolt
// never gives space back. Without the room for a copy the store stays as it is.
func (db *DB) compact(use usage) error {
	if use.size <= compactOver || use.used*2 >= use.size {
		return nil
	}
	if db.opts.full(db.dir(), use.used) {
		db.opts.Log.Warn("store is mostly empty, but the disk has no room to compact it")
		return nil
	}
	began := time.Now()
	old, err := bbolt.Open(db.path, 0, &bbolt.Options{ReadOnly: true, Timeout: lockWait})
	if err != nil {
		return boltOpenError(db.path, err)
	}
	err = db.replace(func(fresh *bbolt.DB) error { return bbolt.Compact(fresh, old, copyChunk) })
	if err = errors.Join(err, old.Close()); err != nil {
		return err
	}
	db.opts.Log.Info("store was compacted", "took", time.Since(began))
	return nil
}

// openBolt opens a file that is known to be whole, or a new one.
func (db *DB) openBolt(path string, noSync bool) (b *bbolt.DB, err error) {
	defer panicOnFault()()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("open %s: %w", path, damaged(r))
		}
	}()
	b, err = bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:         lockWait,
		FreelistType:    bbolt.FreelistMapType,
		NoFreelistSync:  true, // writing the list of free pages is most of a commit otherwise
		InitialMmapSize: int(min(db.opts.InitialMmap, math.MaxInt)),
		MaxSize:         int(min(db.opts.MaxSize, math.MaxInt)),
		NoSync:          noSync,
		OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
			f, err = os.OpenFile(name, flag, mode)
			db.file = f
			return f, err
		},
	})
	if err != nil {
		return nil, boltOpenError(path, err)
	}
	return b, nil
}

// inspectFile checks a file that nobody has open.
func inspectFile(path string) (usage, error) {
	f, err := os.Open(path)
	if err != nil {
		return usage{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return usage{}, err
	}
	return inspect(context.Background(), f, info.Size())
}
