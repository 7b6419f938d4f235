package bolt

import (
	"fmt"
	"slices"
)

// page is a page of the file with those that overflow from it.
type page struct {
	id    uint64
	flags uint16
	count int
	bytes []byte
}

// read reads page id, which nothing else may refer to.
func (in *inspection) read(id uint64) (page, error) {
	if id < 2 || id >= in.pages {
		return page{}, in.damage(id, "there is no such page")
	}
	b := make([]byte, in.pageSize)
	if err := in.fill(id, b); err != nil {
		return page{}, err
	}
	n := uint64(order.Uint32(b[12:])) + 1
	if order.Uint64(b) != id || n > in.pages-id {
		return page{}, in.damage(id, "something else lies in its place")
	}
	for i := id; i < id+n; i++ {
		if in.seen[i] {
			return page{}, in.damage(i, "it is referred to twice")
		}
		in.seen[i] = true
	}
	in.used += int64(n)
	if n > 1 {
		b = slices.Concat(b, make([]byte, int64(n-1)*in.pageSize))
		if err := in.fill(id+1, b[in.pageSize:]); err != nil {
			return page{}, err
		}
	}
	return in.parse(id, b)
}

// fill reads what lies from page id on.
func (in *inspection) fill(id uint64, b []byte) error {
	if _, err := in.file.ReadAt(b, int64(id)*in.pageSize); err != nil {
		return in.damage(id, err.Error())
	}
	return nil
}

// parse makes a page of its bytes; id is for messages, since a bucket that is
// kept inside of a page has none of its own.
func (in *inspection) parse(id uint64, b []byte) (page, error) {
	if len(b) < pageHeader {
		return page{}, in.damage(id, "a page without a header")
	}
	p := page{id: id, flags: order.Uint16(b[8:]), count: int(order.Uint16(b[10:])), bytes: b}
	if p.flags != freelistFlag && pageHeader+p.count*elementSize > len(b) {
		return page{}, in.damage(id, "more elements than it has room for")
	}
	return p, nil
}

func (p page) element(i int) []byte {
	at := pageHeader + i*elementSize
	return p.bytes[at : at+elementSize]
}

// data answers size bytes at pos, which counts from the i-th element.
func (p page) data(i int, pos, size uint32) ([]byte, bool) {
	from := uint64(pageHeader+i*elementSize) + uint64(pos)
	to := from + uint64(size)
	if to > uint64(len(p.bytes)) {
		return nil, false
	}
	return p.bytes[from:to:to], true
}

func (in *inspection) damage(id uint64, what string) error {
	return fmt.Errorf("%w: page %d: %s", ErrDamaged, id, what)
}
