package bolt

import (
	"bytes"
	"slices"
	"sort"

	"go.etcd.io/bbolt"
)

// layer holds writes that lie over something else: those of one closure over
// those of the closures before it, and these over the file. The file itself is
// touched when all have run, so a closure that fails leaves nothing behind.
type layer struct {
	under  reader
	writes map[string][]byte // nil is a deleted key
	sorted []string          // keys of writes, but for the fresh ones
	fresh  []string
}

func newLayer(under reader) *layer {
	return &layer{under: under, writes: map[string][]byte{}}
}

func (l *layer) get(key []byte) []byte {
	if value, ok := l.writes[string(key)]; ok {
		return value
	}
	return l.under.get(key)
}

// set keeps value itself, not a copy.
func (l *layer) set(key string, value []byte) {
	if _, known := l.writes[key]; !known {
		l.fresh = append(l.fresh, key)
	}
	l.writes[key] = value
}

// absorb takes the writes of a layer that lies on this one and is done with.
func (l *layer) absorb(over *layer) {
	if len(l.writes) == 0 {
		l.writes, l.sorted, l.fresh = over.writes, over.sorted, over.fresh
		return
	}
	for key, value := range over.writes {
		l.set(key, value)
	}
}

// keys are those of writes in order. What was returned before stays as it was.
func (l *layer) keys() []string {
	if len(l.fresh) == 0 {
		return l.sorted
	}
	slices.Sort(l.fresh)
	if n := len(l.sorted); n == 0 || l.sorted[n-1] < l.fresh[0] {
		l.sorted = append(l.sorted, l.fresh...)
	} else {
		l.sorted = slices.Concat(l.sorted, l.fresh)
		slices.Sort(l.sorted)
	}
	l.fresh = l.fresh[:0]
	return l.sorted
}

// flush hands the writes to bbolt, in the order in which they lie in the file.
func (l *layer) flush(bucket *bbolt.Bucket) error {
	for _, key := range l.keys() {
		value := l.writes[key]
		if value == nil {
			if err := bucket.Delete([]byte(key)); err != nil {
				return err
			}
			continue
		}
		if err := bucket.Put([]byte(key), value); err != nil {
			return err
		}
	}
	return nil
}

func (l *layer) scan(s span) cursor {
	keys := l.keys()
	if s.to != nil {
		keys = keys[:sort.SearchStrings(keys, string(s.to))]
	}
	keys = keys[sort.SearchStrings(keys, string(s.from)):]
	return &mergeCursor{layer: l, reverse: s.reverse, keys: keys, under: l.under.scan(s)}
}

// mergeCursor walks over the keys of a layer and of what lies under it. Writes
// made while it walks show at keys that it has yet to reach.
type mergeCursor struct {
	layer   *layer
	reverse bool
	keys    []string // of the layer, still to come
	under   cursor
	loaded  bool // key and value are the next of under
	key     []byte
	value   []byte
}

func (c *mergeCursor) next() (key, value []byte) {
	for {
		key, value = c.step()
		if key == nil {
			return nil, nil
		}
		if own, ok := c.layer.writes[string(key)]; ok {
			value = own
		}
		if value != nil {
			return key, value
		}
	}
}

// step answers the nearer of the two next keys, and its value below the layer.
func (c *mergeCursor) step() (key, value []byte) {
	if !c.loaded {
		c.key, c.value = c.under.next()
		c.loaded = true
	}
	key, value = c.key, c.value
	if len(c.keys) > 0 {
		own := []byte(c.own())
		order := c.compare(own, key)
		if order <= 0 {
			c.dropOwn()
		}
		if order < 0 {
			return own, nil
		}
	}
	c.loaded = key == nil
	return key, value
}

// compare orders keys as this cursor meets them; nil is behind all.
func (c *mergeCursor) compare(a, b []byte) int {
	switch {
	case b == nil:
		return -1
	case c.reverse:
		return bytes.Compare(b, a)
	}
	return bytes.Compare(a, b)
}

func (c *mergeCursor) own() string {
	if c.reverse {
		return c.keys[len(c.keys)-1]
	}
	return c.keys[0]
}

func (c *mergeCursor) dropOwn() {
	if c.reverse {
		c.keys = c.keys[:len(c.keys)-1]
		return
	}
	c.keys = c.keys[1:]
}
