package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Job is the kind of the jobs that make an archive or verify one: their data is an
// Order.
const Job = "backup"

// Order is what a Job does.
type Order struct {
	Verify string `json:"verify,omitempty"` // the name of an archive; empty: make a new one
}

// Shelf is the folder where a node keeps its archives.
type Shelf struct{ Dir string }

// Archive is one on the shelf.
type Archive struct {
	Name string
	Size int64 // bytes
	Made time.Time
}

// names of archives: the second in which they were made and, when it was made before
// an upgrade, the schema of its store.
var names = regexp.MustCompile(`^essaim-(\d{8}T\d{6}Z)(-schema-\d+)?\.tar\.gz$`)

const inName = "20060102T150405Z"

// Name is what an archive of this moment is called.
func Name(now time.Time) string { return "essaim-" + now.UTC().Format(inName) + ".tar.gz" }

// BeforeSchema is Name for one that is made before the store of a schema is changed.
func BeforeSchema(now time.Time, schema int) string {
	return strings.TrimSuffix(Name(now), ".tar.gz") + fmt.Sprintf("-schema-%d.tar.gz", schema)
}

// Open makes the folder, for its owner alone.
func (s Shelf) Open() error { return os.MkdirAll(s.Dir, 0o700) }

// Temp makes a file on the shelf that is no archive. Who does not remove it leaves it
// to Prune.
func (s Shelf) Temp() (*os.File, error) { return os.CreateTemp(s.Dir, unfinished+"*") }

// Path is where the archive of a name lies or will lie. fs.ErrNotExist: no archive
// is called so.
func (s Shelf) Path(name string) (string, error) {
	if !names.MatchString(name) {
		return "", fs.ErrNotExist
	}
	return filepath.Join(s.Dir, name), nil
}

// List returns the archives, the newest first.
func (s Shelf) List() ([]Archive, error) {
	entries, err := os.ReadDir(s.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var all []Archive
	for _, e := range entries {
		m := names.FindStringSubmatch(e.Name())
		info, err := e.Info()
		if m == nil || err != nil || !info.Mode().IsRegular() {
			continue
		}
		if made, err := time.Parse(inName, m[1]); err == nil {
			all = append(all, Archive{e.Name(), info.Size(), made})
		}
	}
	slices.SortFunc(all, func(a, b Archive) int { return b.Made.Compare(a.Made) })
	return all, nil
}

// Prune removes all archives but the newest, and what was left unfinished before a
// moment. Those of an upgrade stay.
func (s Shelf) Prune(keep int, before time.Time) error {
	all, err := s.List()
	if err != nil {
		return err
	}
	for _, a := range all {
		if strings.Contains(a.Name, "-schema-") {
			continue
		}
		if keep--; keep < 0 {
			err = errors.Join(err, os.Remove(filepath.Join(s.Dir, a.Name)))
		}
	}
	return errors.Join(err, s.sweep(before))
}

// Expire removes the archives that were made before a moment, those of an upgrade
// too: what people asked to be deleted does not lie in them for ever. The newest stays.
func (s Shelf) Expire(before time.Time) error {
	all, err := s.List()
	if err != nil || len(all) == 0 {
		return err
	}
	for _, a := range all[1:] {
		if a.Made.Before(before) {
			err = errors.Join(err, os.Remove(filepath.Join(s.Dir, a.Name)))
		}
	}
	return err
}

func (s Shelf) sweep(before time.Time) error {
	entries, err := os.ReadDir(s.Dir)
	for _, e := range entries {
		if info, gone := e.Info(); gone == nil && strings.HasPrefix(e.Name(), unfinished) && info.ModTime().Before(before) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(s.Dir, e.Name())))
		}
	}
	return err
}
