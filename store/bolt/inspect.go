package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// The layout of a bbolt file, in the byte order of the machine that wrote it.
// bbolt's own check reads the mapped file without looking at bounds, in
// goroutines of its own: on a file that was cut short it ends the process.
const (
	pageHeader  = 16 // id uint64, flags uint16, count uint16, overflow uint32
	elementSize = 16 // branch: pos, ksize uint32, id uint64; leaf: flags, pos, ksize, vsize uint32
	bucketSize  = 16 // root, sequence uint64; a root of 0 means that a page follows

	branchFlag   = 0x01
	leafFlag     = 0x02
	freelistFlag = 0x10
	bucketFlag   = 0x01 // of a leaf element

	metaSize   = 64 // from magic to checksum
	metaMagic  = 0xED0CDAED
	metaFormat = 2
	noFreelist = ^uint64(0)
	minPage    = 1 << 10
	maxPage    = 16 << 20
)

var order = binary.NativeEndian

// usage is how much of a file is in use.
type usage struct{ size, used int64 }

// inspection follows every reference of a store file and checks all that bbolt
// will take on trust.
type inspection struct {
	ctx      context.Context
	file     io.ReaderAt
	pageSize int64
	pages    uint64 // that the file has; ids are below
	seen     []bool
	used     int64 // pages in use
}

// inspect checks a file that nobody writes to.
func inspect(ctx context.Context, r io.ReaderAt, size int64) (usage, error) {
	m, err := readMeta(r, size)
	if err != nil {
		return usage{}, err
	}
	if have := uint64(size / m.pageSize); have < m.pages {
		return usage{}, fmt.Errorf("%w: it was cut short, %d pages of %d are left", ErrDamaged, have, m.pages)
	}
	in := &inspection{ctx: ctx, file: r, pageSize: m.pageSize}
	if err := in.tree(m.root, m.pages); err != nil {
		return usage{}, err
	}
	if err := in.freelist(m.freelist); err != nil {
		return usage{}, err
	}
	return usage{size: int64(m.pages) * m.pageSize, used: in.used * m.pageSize}, nil
}

type meta struct {
	pageSize                    int64
	root, freelist, pages, txid uint64
}

// readMeta answers the newer of the two meta pages that is whole. The second
// lies one page in, and the size of a page is what only a meta page tells.
func readMeta(r io.ReaderAt, size int64) (newest meta, err error) {
	first, found := metaAt(r, 0)
	newest = first
	for at := int64(minPage); at <= maxPage && at < size; at *= 2 {
		m, ok := metaAt(r, at)
		if ok && m.pageSize == at && (!found || m.txid > newest.txid) {
			newest, found = m, true
		}
	}
	if !found {
		return meta{}, fmt.Errorf("%w: neither of its two first pages is whole, or it is no store", ErrDamaged)
	}
	return newest, nil
}

func metaAt(r io.ReaderAt, at int64) (meta, bool) {
	var b [metaSize]byte
	if _, err := r.ReadAt(b[:], at+pageHeader); err != nil {
		return meta{}, false
	}
	h := fnv.New64a()
	h.Write(b[:56]) // never fails
	m := meta{
		pageSize: int64(order.Uint32(b[8:])),
		root:     order.Uint64(b[16:]),
		freelist: order.Uint64(b[32:]),
		pages:    order.Uint64(b[40:]),
		txid:     order.Uint64(b[48:]),
	}
	ok := order.Uint32(b[:]) == metaMagic && order.Uint32(b[4:]) == metaFormat &&
		order.Uint64(b[56:]) == h.Sum64() && m.pageSize >= minPage && m.pageSize <= maxPage
	return m, ok
}

// tree checks everything that hangs on the root page, which must have a bucket
// for us.
func (in *inspection) tree(root, pages uint64) error {
	in.pages = pages
	in.seen = make([]bool, pages)
	in.used = 2 // the meta pages
	ours := false
	err := in.page(root, bounds{}, func(name, value []byte) error {
		ours = ours || bytes.Equal(name, bucketName)
		return in.bucket(root, value)
	})
	if err == nil && !ours {
		return fmt.Errorf("%w: it holds something else", ErrDamaged)
	}
	return err
}

// bucket checks the bucket that a leaf element of page id describes.
func (in *inspection) bucket(id uint64, value []byte) error {
	if len(value) < bucketSize {
		return in.damage(id, "a bucket without a root")
	}
	if root := order.Uint64(value); root != 0 {
		return in.page(root, bounds{}, nil)
	}
	p, err := in.parse(id, value[bucketSize:])
	if err != nil {
		return err
	}
	if p.flags != leafFlag {
		return in.damage(id, "a bucket that is no leaf")
	}
	return in.leaf(p, bounds{}, nil)
}

// bounds are the keys that a subtree may hold: low <= key < high, nil is none.
type bounds struct{ low, high []byte }

func (b bounds) hold(key []byte) bool {
	return bytes.Compare(key, b.low) >= 0 && (b.high == nil || bytes.Compare(key, b.high) < 0)
}

// page checks the subtree of page id. Buckets may lie in it where nested is
// given, which then checks each.
func (in *inspection) page(id uint64, within bounds, nested func(name, value []byte) error) error {
	if err := in.ctx.Err(); err != nil {
		return err
	}
	p, err := in.read(id)
	if err != nil {
		return err
	}
	switch p.flags {
	case leafFlag:
		return in.leaf(p, within, nested)
	case branchFlag:
		return in.branch(p, within, nested)
	}
	return in.damage(id, "neither branch nor leaf")
}

func (in *inspection) leaf(p page, within bounds, nested func(name, value []byte) error) error {
	for i := range p.count {
		e := p.element(i)
		pos, ksize, vsize := order.Uint32(e[4:]), order.Uint32(e[8:]), order.Uint32(e[12:])
		key, ok := p.data(i, pos, ksize)
		value, ok2 := p.data(i, pos+ksize, vsize)
		if !ok || !ok2 || pos+ksize < pos {
			return in.damage(p.id, "an element that reaches out of the page")
		}
		if !within.hold(key) || i > 0 && bytes.Equal(key, within.low) {
			return in.damage(p.id, "keys out of order")
		}
		within.low = key
		if order.Uint32(e) == 0 {
			continue
		}
		if nested == nil || order.Uint32(e) != bucketFlag {
			return in.damage(p.id, "an element of unknown kind")
		}
		if err := nested(key, value); err != nil {
			return err
		}
	}
	return nil
}

func (in *inspection) branch(p page, within bounds, nested func(name, value []byte) error) error {
	if p.count == 0 {
		return in.damage(p.id, "an empty branch")
	}
	keys := make([][]byte, p.count+1)
	for i := range p.count {
		e := p.element(i)
		key, ok := p.data(i, order.Uint32(e), order.Uint32(e[4:]))
		if !ok || !within.hold(key) || i > 0 && bytes.Compare(keys[i-1], key) >= 0 {
			return in.damage(p.id, "branches out of order")
		}
		keys[i] = key
	}
	keys[p.count] = within.high
	for i := range p.count {
		if err := in.page(order.Uint64(p.element(i)[8:]), bounds{keys[i], keys[i+1]}, nested); err != nil {
			return err
		}
	}
	return nil
}

// freelist checks the list of free pages, which our own files do not have.
func (in *inspection) freelist(id uint64) error {
	if id == noFreelist {
		return nil
	}
	p, err := in.read(id)
	if err != nil {
		return err
	}
	list, n := p.bytes[pageHeader:], uint64(p.count)
	if n == 0xFFFF { // the true count is the first entry
		n, list = order.Uint64(list), list[8:]
	}
	if p.flags != freelistFlag || n > uint64(len(list)/8) {
		return in.damage(id, "no list of free pages")
	}
	for i := range n {
		if free := order.Uint64(list[8*i:]); free < 2 || free >= in.pages || in.seen[free] {
			return in.damage(id, "a free page that is in use")
		}
	}
	return nil
}
