package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// Snapshot is what everybody could take away from this node on one day, kept
// unchanged so that others can cite it. Its files are named by what is in them:
// those that did not change since the last snapshot take no room.
type Snapshot struct {
	Name      string         `json:"name"` // its day, "2026-11-22"; what changed on the same day gets "2026-11-22.2"
	Taken     time.Time      `json:"taken"`
	Files     []SnapshotFile `json:"files"`              // by name
	Withdrawn time.Time      `json:"withdrawn,omitzero"` // no longer given to anybody
}

// SnapshotFile is a file of a snapshot.
type SnapshotFile struct {
	Name   string `json:"name"`   // "experimentations.csv"
	SHA256 string `json:"sha256"` // hexadecimal
	Size   int    `json:"size"`   // bytes
	Rows   int    `json:"rows"`   // beside the head of the table
}

// File returns a file by its name, or nil.
func (s *Snapshot) File(name string) *SnapshotFile {
	if i := slices.IndexFunc(s.Files, func(f SnapshotFile) bool { return f.Name == name }); i >= 0 {
		return &s.Files[i]
	}
	return nil
}

// SnapshotData is a file that is to be kept.
type SnapshotData struct {
	Name string
	Rows int
	Data []byte
}

// KeepSnapshot keeps files as the snapshot of today and returns it: the one that
// is there already if nothing changed since it was taken today.
func (s *Store) KeepSnapshot(ctx context.Context, files []SnapshotData) (kept *Snapshot, err error) {
	fresh := &Snapshot{Taken: stamp(s.Now())}
	for _, f := range files {
		file := SnapshotFile{Name: f.Name, SHA256: sumOf(f.Data), Size: len(f.Data), Rows: f.Rows}
		fresh.Files = append(fresh.Files, file)
		err := s.Update(ctx, func(t *Txn) error { // one after the other: they may be large
			t.putSnapshotFile(file, f.Data)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("keep %s: %w", f.Name, err)
		}
	}
	slices.SortFunc(fresh.Files, func(a, b SnapshotFile) int { return cmp.Compare(a.Name, b.Name) })
	err = s.Update(ctx, func(t *Txn) error {
		kept = t.addSnapshot(*fresh)
		return nil
	})
	return kept, err
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// addSnapshot names a snapshot and writes it, unless it is the last of today.
func (t *Txn) addSnapshot(s Snapshot) *Snapshot {
	day, nth := t.now.Format(dayForm), 1
	for old := range t.Snapshots() {
		if !strings.HasPrefix(old.Name, day) {
			break
		}
		if nth == 1 && old.Withdrawn.IsZero() && slices.Equal(old.Files, s.Files) {
			return old
		}
		nth++
	}
	if s.Name = day; nth > 1 {
		s.Name = fmt.Sprintf("%s.%d", day, nth)
	}
	t.putSnapshot(&s)
	t.Note(JournalEntry{Deed: TakeSnapshot, What: s.Name})
	return &s
}

func (t *Txn) putSnapshot(s *Snapshot) {
	t.putJSON(key(tSnapshot, s.Name), s)
	t.change(Updated, "snapshot", t.NewID())
}

func (t *Txn) putSnapshotFile(f SnapshotFile, data []byte) {
	for n := uint32(0); len(data) > 0; n++ {
		size := min(len(data), fileChunk)
		t.tx.Put(key(tSnapshotFile, f.SHA256, binary.BigEndian.AppendUint32(nil, n)), data[:size])
		data = data[size:]
	}
}

// SnapshotPiece returns the n-th piece of a file, from 0; nil after the last.
func (t *Txn) SnapshotPiece(f *SnapshotFile, n int) []byte {
	return t.tx.Get(key(tSnapshotFile, f.SHA256, binary.BigEndian.AppendUint32(nil, uint32(n))))
}

// Snapshot returns the snapshot of a name, ErrGone when it was withdrawn, or
// ErrNotFound.
func (t *Txn) Snapshot(name string) (*Snapshot, error) {
	s := new(Snapshot)
	switch {
	case !t.getJSON(key(tSnapshot, name), s):
		return nil, ErrNotFound
	case !s.Withdrawn.IsZero():
		return nil, ErrGone
	}
	return s, nil
}

// Snapshots yields all snapshots, the newest first, those withdrawn among them.
func (t *Txn) Snapshots() iter.Seq[*Snapshot] {
	return func(yield func(*Snapshot) bool) {
		var all []*Snapshot // their names do not sort beyond nine a day
		for s := range rows[Snapshot](t, []byte(tSnapshot)) {
			all = append(all, s)
		}
		slices.SortStableFunc(all, func(a, b *Snapshot) int {
			return cmp.Or(b.Taken.Compare(a.Taken), cmp.Compare(len(b.Name), len(a.Name)), cmp.Compare(b.Name, a.Name))
		})
		for _, s := range all {
			if !yield(s) {
				return
			}
		}
	}
}

// WithdrawSnapshot gives a snapshot to nobody any more, for what should never have
// been published, and forgets what stands in it alone.
func (t *Txn) WithdrawSnapshot(name string) error {
	s, err := t.Snapshot(name)
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err != nil {
		return err
	}
	s.Withdrawn = stamp(t.now)
	t.putSnapshot(s)
	t.Note(JournalEntry{Deed: WithdrawSnapshot, What: s.Name})
	used := map[string]bool{}
	for other := range t.Snapshots() {
		for _, f := range other.Files {
			used[f.SHA256] = used[f.SHA256] || other.Withdrawn.IsZero()
		}
	}
	for _, f := range s.Files {
		if !used[f.SHA256] {
			t.dropBelow(key(tSnapshotFile, f.SHA256))
		}
	}
	return nil
}
