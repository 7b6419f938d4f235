package media

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"time"

	"github.com/essaim/essaim/store"
)

// orphanAge is how long a file stays that nothing names: somebody may still have
// the form open that it was sent with.
const orphanAge = 48 * time.Hour

// Keep says whether a file is there whose address, below Path, is given as it
// stands in a URL, and if so, lets it stay for another 48 hours though nothing
// names it. Ask before saving what names a file that was not put just now.
func (m *Media) Keep(address string) bool {
	decoded, err := url.PathUnescape(address)
	file, _, ok := fileIn(decoded)
	return err == nil && ok && m.touch(file) == nil
}

// File is Keep for an attachment: it returns what PutFile did, as the address
// and the disk tell it, or store.ErrNotFound.
func (m *Media) File(address string) (*store.Attachment, error) {
	if !m.Keep(address) {
		return nil, store.ErrNotFound
	}
	decoded, _ := url.PathUnescape(address)
	file, name, _ := fileIn(decoded)
	info, err := m.root.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	name = downloadName(file, name)
	return &store.Attachment{
		URL: filePath(file, name), Name: name, MediaType: mediaTypeOf(file), Size: info.Size(), SHA256: hashOf(file),
	}, nil
}

// touch begins the time anew after which a file without a name in the store goes.
func (m *Media) touch(file string) error {
	m.naming.Lock()
	defer m.naming.Unlock()
	now := time.Now()
	return m.root.Chtimes(file, now, now)
}

// Sweep removes the files that nothing names, 48 hours after they were put or
// last asked for with Keep, and says how many. named returns the names of those
// that must stay; it may be slow, and need not see what is saved meanwhile.
func (m *Media) Sweep(ctx context.Context, named func(context.Context) (map[string]bool, error)) (removed int, err error) {
	before := time.Now().Add(-orphanAge)
	old, err := m.oldFiles(before)
	if err != nil || len(old) == 0 {
		return 0, err
	}
	stay, err := named(ctx)
	if err != nil {
		return 0, fmt.Errorf("ask which files are named: %w", err)
	}
	for _, file := range old {
		if stay[file] {
			continue
		}
		gone, err := m.removeOld(file, before)
		if err != nil {
			return removed, fmt.Errorf("remove file: %w", err)
		}
		if gone {
			removed++
		}
	}
	return removed, nil
}

// oldFiles are the files last put or kept before a moment.
func (m *Media) oldFiles(before time.Time) (old []string, err error) {
	entries, err := fs.ReadDir(m.root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	for _, e := range entries {
		if !fileNames.MatchString(e.Name()) {
			continue
		}
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && info.ModTime().Before(before) {
			old = append(old, e.Name())
		}
	}
	return old, nil
}

// removeOld removes a file unless it was put or kept again since it was listed.
func (m *Media) removeOld(file string, before time.Time) (bool, error) {
	m.naming.Lock()
	defer m.naming.Unlock()
	info, err := m.root.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, m.root.Remove(file)
}
