package bolt

import "fmt"

// page is a page of the file with those that overflow from it.
type page struct {
	id    uint64
	flags uint16
	count int
	bytes []byte
}

// read reads page id, which nothing else may refer to.
func (in *inspection) read(id uint64) (page, error) {
	head, err := in.readAt(id, pageHeader)
	if err != nil {
		return page{}, err
	}
	n := uint64(order.Uint32(head[12:])) + 1
	if order.Uint64(head) != id || n > in.pages-id {
		return page{}, in.damage(id, "something else lies in its place")
	}
	for i := id; i < id+n; i++ {
		if in.seen[i] {
			return page{}, in.damage(i, "it is referred to twice")
		}
		in.seen[i] = true
	}
	in.used += int64(n)
	b, err := in.readAt(id, int64(n)*in.pageSize)
	if err != nil {
		return page{}, err
	}
	return in.parse(id, b)
}

func (in *inspection) readAt(id uint64, size int64) ([]byte, error) {
	if id < 2 || id >= in.pages {
		return nil, in.damage(id, "there is no such page")
	}
	b := make([]byte, size)
	if _, err := in.file.ReadAt(b, int64(id)*in.pageSize); err != nil {
		return nil, in.damage(id, err.Error())
	}
	return b, nil
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
