package media

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/essaim/essaim/store"
)

const tempPrefix = ".unfinished-"

// keep makes a file appear under its name, whole and durable, or not at all. One
// that is there is written anew: it may be damaged, and nobody may name it yet.
func (m *Media) keep(name string, data []byte) error {
	temp, err := m.temporary()
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	return m.finish(temp, name, err)
}

// nameOf is the name of a file with a content of this sum.
func nameOf(sum []byte, extension string) string { return hex.EncodeToString(sum) + extension }

func nameFor(data []byte, extension string) string {
	sum := sha256.Sum256(data)
	return nameOf(sum[:], extension)
}

// temporary makes a file under a name that is never served.
func (m *Media) temporary() (*os.File, error) {
	return m.root.OpenFile(tempPrefix+rand.Text(), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
}

// finish closes a temporary file and gives it its name; when err is not nil, or
// the disk fails, it removes it and says why.
func (m *Media) finish(temp *os.File, name string, err error) error {
	if err == nil {
		err = temp.Sync()
	}
	err = errors.Join(err, temp.Close())
	if err == nil {
		m.naming.Lock()
		err = m.root.Rename(filepath.Base(temp.Name()), name)
		m.naming.Unlock()
	}
	if err != nil {
		return errors.Join(roomError(err), m.forget(filepath.Base(temp.Name())))
	}
	return m.syncFolder()
}

// roomError says store.ErrFull where the system says it in its own words.
func roomError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}

func (m *Media) forget(name string) error {
	if err := m.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (m *Media) syncFolder() error {
	f, err := m.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// removeStale removes unfinished files that were last written before a moment;
// younger ones may be another process's.
func (m *Media) removeStale(before time.Time) error {
	entries, err := fs.ReadDir(m.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !strings.HasPrefix(e.Name(), tempPrefix) || info.ModTime().After(before) {
			continue
		}
		if err := m.forget(e.Name()); err != nil {
			return err
		}
	}
	return nil
}
