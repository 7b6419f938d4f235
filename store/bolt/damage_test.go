package bolt

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

// sample answers the bytes of a closed store with pages of every kind.
func sample(t testing.TB) []byte {
	t.Helper()
	dir := t.TempDir()
	db := openAt(t, dir, Options{NoSync: true})
	for round := range 3 {
		must(t, db.Update(t.Context(), func(tx store.Tx) error {
			for i := range 400 {
				tx.Put(fmt.Appendf(nil, "%d/%04d", i%7, i), make([]byte, 100+round*i))
			}
			tx.Put([]byte("large"), make([]byte, 50_000))
			return nil
		}))
	}
	size := db.Stats().Size
	must(t, db.Close())
	b, err := os.ReadFile(filepath.Join(dir, "node.db"))
	must(t, err)
	return b[:size]
}

// tryDamaged opens a file with these bytes; it may refuse it as damaged, or work.
func tryDamaged(t testing.TB, image []byte) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "node.db")
	must(t, os.WriteFile(path, image, 0o600))
	db, err := Open(path, Options{NoSync: true})
	if err != nil {
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v, want an ErrDamaged that names the file", err)
		}
		return err
	}
	must(t, db.View(t.Context(), func(tx store.Tx) error {
		for k, v := range tx.Scan(nil, nil, true) {
			_ = string(k) + string(v)
		}
		return nil
	}))
	must(t, put(t.Context(), db, "a", "1"))
	must(t, db.Check(t.Context()))
	return db.Close()
}

func TestTruncatedFileIsDamaged(t *testing.T) {
	image := sample(t)
	must(t, tryDamaged(t, image))
	for _, size := range []int{0, 1, 100, 4096, 8192, 12288, len(image) / 2, len(image) - 4096, len(image) - 1} {
		err := tryDamaged(t, image[:size])
		if err == nil {
			t.Errorf("%d of %d bytes were opened", size, len(image))
		} else if size >= 8192 && !strings.Contains(err.Error(), "cut short") {
			t.Errorf("%d of %d bytes: got %v, want it to say that the file was cut", size, len(image), err)
		}
	}
}

func TestDamagedFileCanBeReplacedAndOpened(t *testing.T) {
	image := sample(t)
	path := filepath.Join(t.TempDir(), "node.db")
	must(t, os.WriteFile(path, image[:len(image)/2], 0o600))
	_, err := Open(path, Options{})
	wantError(t, err, ErrDamaged)
	must(t, os.WriteFile(path, image, 0o600))
	if db := openAt(t, filepath.Dir(path), Options{}); db.Unclean() {
		t.Error("a store that could not be opened was left unclean")
	}
}

// TestPageThatLeadsToItself makes the only child of every branch the branch.
func TestPageThatLeadsToItself(t *testing.T) {
	image := sample(t)
	for at := 2 * 4096; at < len(image); at += 4096 {
		if page := image[at:]; order.Uint16(page[8:]) == branchFlag {
			order.PutUint16(page[10:], 1)
			order.PutUint64(page[pageHeader+8:], order.Uint64(page))
		}
	}
	if err := tryDamaged(t, image); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("got %v, want it to be found", err)
	}
}

func TestOtherFilesAreDamaged(t *testing.T) {
	for _, image := range []string{"", "SQLite format 3\x00", strings.Repeat("\x00", 1<<16), strings.Repeat("text\n", 1<<14)} {
		if tryDamaged(t, []byte(image)) == nil {
			t.Errorf("opened %.20q", image)
		}
	}
}

// TestDamageIsAnErrorNotAPanic destroys random bytes of a store. Bytes of values
// have no checksum, so not all of it is found, but nothing may end the process.
func TestDamageIsAnErrorNotAPanic(t *testing.T) {
	image := sample(t)
	r := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 300 {
		bad := append([]byte{}, image...)
		page := r.IntN(len(bad)/4096) * 4096
		switch r.IntN(4) {
		case 0: // the header
			bad[page+r.IntN(16)] ^= 1 << r.IntN(8)
		case 1: // the elements
			bad[page+16+r.IntN(200)] ^= 1 << r.IntN(8)
		case 2: // another page in its place
			copy(bad[page:page+4096], image[r.IntN(len(image)/4096)*4096:])
		case 3: // nothing was written
			clear(bad[page : page+4096])
		}
		if tryDamaged(t, bad) != nil {
			found++
		}
	}
	if found < 50 {
		t.Errorf("found %d of 300 damages", found)
	}
}

func FuzzDamage(f *testing.F) {
	image := sample(f)
	f.Add(uint32(4096*3+8), []byte{1})
	f.Add(uint32(16), []byte("\x00\x00"))
	f.Fuzz(func(t *testing.T, at uint32, b []byte) {
		bad := append([]byte{}, image...)
		copy(bad[int(at)%len(bad):], b)
		_ = tryDamaged(t, bad)
	})
}

func TestFileCutShortWhileOpen(t *testing.T) {
	dir := t.TempDir()
	db := openAt(t, dir, Options{})
	for i := range 200 {
		must(t, put(t.Context(), db, fmt.Sprint(i), strings.Repeat("v", 3000)))
	}
	must(t, os.Truncate(db.Path(), 16<<10))
	read := func(tx store.Tx) error {
		for _, v := range tx.Scan(nil, nil, false) {
			_ = strings.Count(string(v), "w")
		}
		return nil
	}
	wantError(t, db.View(t.Context(), read), ErrDamaged)
	wantError(t, db.Update(t.Context(), read), ErrDamaged)
	wantError(t, db.Check(t.Context()), ErrDamaged)
	must(t, db.Close())
	_, err := Open(db.Path(), Options{})
	wantError(t, err, ErrDamaged)
}
