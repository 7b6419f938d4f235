package bolt

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/essaim/essaim/store"
)

const sector = 512

// recording is what a run did to its file: what a disk may hold after a power
// cut follows from it.
type recording struct {
	noSync bool   // the disk was never told
	base   []byte // the file before, without the zeroes at its end
	size   int64  // of the file before
	events []event
	acked  []int               // how many events there were when update i returned
	states []map[string]string // what the store held then
}

// event is a write, or a sync when it has no bytes.
type event struct {
	bytes []byte
	off   int64
	size  int64 // of the file, which bbolt syncs when it grows
}

// write notes a write of bbolt. Its syncs cannot be seen: there is one before
// it writes a meta page and one after.
func (rec *recording) write(e event) {
	if e.off >= 2*4096 {
		rec.events = append(rec.events, e)
		return
	}
	rec.events = append(rec.events, event{}, e, event{})
}

// record makes n updates and keeps what they write, and when.
func record(t *testing.T, n int) *recording {
	t.Helper()
	db := open(t, Options{})
	rec := &recording{acked: []int{0}, states: []map[string]string{{}}}
	var err error
	rec.base, err = os.ReadFile(db.Path())
	must(t, err)
	rec.size = int64(len(rec.base))
	rec.base = bytes.TrimRight(rec.base, "\x00")
	hookWrites(db, func(next writeAt) writeAt {
		return func(b []byte, off int64) (int, error) {
			info, err := db.file.Stat()
			if err != nil {
				t.Error(err)
			}
			rec.write(event{bytes.Clone(b), off, info.Size()})
			return next(b, off)
		}
	})
	r := rand.New(rand.NewPCG(5, 6))
	for range n {
		must(t, db.Update(t.Context(), func(tx store.Tx) error { return randomChange(tx, r) }))
		rec.acked = append(rec.acked, len(rec.events))
		rec.states = append(rec.states, contents(t, db))
	}
	return rec
}

func randomChange(tx store.Tx, r *rand.Rand) error {
	for range 1 + r.IntN(8) {
		key := fmt.Appendf(nil, "%03d", r.IntN(400))
		if r.IntN(3) == 0 {
			tx.Delete(key)
			continue
		}
		tx.Put(key, bytes.Repeat([]byte{byte(r.IntN(256))}, r.IntN(3)*r.IntN(3000)))
	}
	tx.Put([]byte("count"), fmt.Append(nil, r.Uint64()))
	return nil
}

// cut writes to path what the disk may hold when the power fails before event n:
// all that was synced, and of the rest any sectors.
func (rec *recording) cut(t *testing.T, path string, n int, r *rand.Rand) {
	t.Helper()
	synced := 0
	for i, e := range rec.events[:n] {
		if e.bytes == nil && !rec.noSync {
			synced = i
		}
	}
	image, size := bytes.Clone(rec.base), rec.size
	for i, e := range rec.events[:n] {
		size = max(size, e.size)
		image = append(image, make([]byte, max(0, int(e.off)+len(e.bytes)-len(image)))...)
		for at := 0; at < len(e.bytes); at += sector {
			if i < synced || r.IntN(2) == 0 {
				copy(image[int(e.off)+at:], e.bytes[at:at+sector])
			}
		}
	}
	must(t, os.WriteFile(path, image, 0o600))
	must(t, os.Truncate(path, size))
}

// afterCut opens the store as a cut before event n may leave it. It must hold
// what it held after the last update that was acknowledged or, all of it, what
// the update under way was to leave.
func (rec *recording) afterCut(t *testing.T, n int, r *rand.Rand) error {
	path := filepath.Join(t.TempDir(), "node.db")
	rec.cut(t, path, n, r)
	db, err := Open(path, Options{NoSync: true})
	if err != nil {
		return err
	}
	defer func() { must(t, db.Close()) }()
	last := 0
	for last+1 < len(rec.acked) && rec.acked[last+1] <= n {
		last++
	}
	got := contents(t, db)
	if !maps.Equal(got, rec.states[last]) &&
		(last+1 == len(rec.states) || !maps.Equal(got, rec.states[last+1])) {
		return fmt.Errorf("it holds neither update %d nor the next", last)
	}
	if err := put(t.Context(), db, "after", "1"); err != nil {
		return err
	}
	return db.Check(t.Context())
}

func TestPowerCutLosesNothingAcknowledged(t *testing.T) {
	rec := record(t, 120)
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 200 {
		n := r.IntN(len(rec.events) + 1)
		if err := rec.afterCut(t, n, r); err != nil {
			t.Errorf("image %d, cut before event %d of %d: %v", i, n, len(rec.events), err)
		}
	}
}

// TestPowerCutWithoutSyncIsFound shows that the test above can fail: on a disk
// that was never told to sync most images are bad.
func TestPowerCutWithoutSyncIsFound(t *testing.T) {
	rec := record(t, 40)
	rec.noSync = true
	r := rand.New(rand.NewPCG(9, 10))
	bad := 0
	for range 50 {
		n := r.IntN(len(rec.events) + 1)
		if rec.afterCut(t, n, r) != nil {
			bad++
		}
	}
	if bad < 25 {
		t.Errorf("%d of 50 images are bad, want most", bad)
	}
}
