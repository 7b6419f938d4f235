package bolt

import (
	"bytes"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"github.com/essaim/essaim/store"
)

const (
	maxKey   = 1024
	maxValue = 16 << 20
)

// reader is what can be read: the file, or a layer of writes over it.
type reader interface {
	get(key []byte) []byte
	scan(span) cursor
}

// cursor walks over a span; a nil key is its end.
type cursor interface{ next() (key, value []byte) }

// span is a range of keys and the direction to walk it.
type span struct {
	from, to []byte
	reverse  bool
}

// tx is the closure's view of the keys; one without write is a View's.
type tx struct {
	read  reader
	write *layer
}

var _ store.Tx = tx{}

func (t tx) Get(key []byte) []byte { return t.read.get(key) }

func (t tx) GetMany(keys [][]byte) [][]byte {
	values := make([][]byte, len(keys))
	for i, k := range keys {
		values[i] = t.read.get(k)
	}
	return values
}

func (t tx) Put(key, value []byte) {
	t.mustWrite()
	if len(key) == 0 || len(key) > maxKey {
		panic(fmt.Sprintf("put: key of %d bytes", len(key)))
	}
	if len(value) > maxValue {
		panic(fmt.Sprintf("put %q: value of %d bytes", key, len(value)))
	}
	t.write.set(string(key), append([]byte{}, value...))
}

func (t tx) Delete(key []byte) {
	t.mustWrite()
	t.write.set(string(key), nil)
}

func (t tx) mustWrite() {
	if t.write == nil {
		panic("write in a View")
	}
}

func (t tx) Scan(from, to []byte, reverse bool) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c := t.read.scan(span{from, to, reverse})
		for k, v := c.next(); k != nil; k, v = c.next() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// file reads the store as it was when a transaction of bbolt began. After a
// read that failed, err says why and there is nothing more to read.
type file struct {
	bucket *bbolt.Bucket
	err    error
}

// newFile has an err already if the store's root cannot be read.
func newFile(btx *bbolt.Tx) (f *file) {
	f = &file{}
	defer f.catch()
	f.bucket = btx.Bucket(bucketName)
	return f
}

func (f *file) get(key []byte) (value []byte) {
	defer f.catch()
	if f.err != nil {
		return nil
	}
	return f.bucket.Get(key)
}

// catch keeps what bbolt panicked with: it does so on a damaged page. The read
// that defers it answers nothing.
func (f *file) catch() {
	if r := recover(); r != nil {
		f.err = damaged(r)
	}
}

func (f *file) scan(s span) cursor { return &fileCursor{file: f, span: s} }

type fileCursor struct {
	span
	file   *file
	cursor *bbolt.Cursor // nil before the first step
}

func (c *fileCursor) next() (key, value []byte) {
	key, value = c.step()
	if key == nil || c.reverse && bytes.Compare(key, c.from) < 0 ||
		!c.reverse && c.to != nil && bytes.Compare(key, c.to) >= 0 {
		return nil, nil
	}
	return key, value
}

func (c *fileCursor) step() (key, value []byte) {
	defer c.file.catch()
	switch {
	case c.file.err != nil:
		return nil, nil
	case c.cursor == nil:
		c.cursor = c.file.bucket.Cursor()
		return c.first()
	case c.reverse:
		return c.cursor.Prev()
	}
	return c.cursor.Next()
}

func (c *fileCursor) first() (key, value []byte) {
	if !c.reverse {
		return c.cursor.Seek(c.from)
	}
	if c.to != nil {
		if key, _ := c.cursor.Seek(c.to); key != nil {
			return c.cursor.Prev()
		}
	}
	return c.cursor.Last()
}
