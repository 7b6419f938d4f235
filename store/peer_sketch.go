package store

import (
	"encoding/binary"
	"time"
)

// SketchAge is how long the sketch of a peer is believed.
const SketchAge = 15 * 24 * time.Hour

// SetSketch keeps the sketch of what can be found at a peer, as its server showed it at
// that time; nil forgets it.
func (t *Txn) SetSketch(peer ID, sketch []byte, read time.Time) {
	if sketch == nil {
		t.tx.Delete(key(tPeerSketch, peer))
		return
	}
	t.tx.Put(key(tPeerSketch, peer), append(binary.BigEndian.AppendUint64(nil, uint64(read.UnixMilli())), sketch...))
}

// Sketch returns it and when it was read; nil: there is none that can be believed any
// more. It is valid within its transaction.
func (t *Txn) Sketch(peer ID) (sketch []byte, read time.Time) {
	b := t.tx.Get(key(tPeerSketch, peer))
	if b == nil {
		return nil, time.Time{}
	}
	if read = time.UnixMilli(int64(binary.BigEndian.Uint64(b))); t.now.Sub(read) > SketchAge {
		return nil, time.Time{}
	}
	return b[8:], read
}
