package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// DamagedError: an archive is not what it was when it was made.
type DamagedError struct {
	File string // where it shows, or the last one that could be read; empty: at the beginning
	Err  error
}

func (e *DamagedError) Error() string {
	if e.File == "" {
		return fmt.Sprintf("this is no backup: %v", e.Err)
	}
	return fmt.Sprintf("the backup is damaged at %s: %v", e.File, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

var (
	errSum     = errors.New("its content is not what the manifest says")
	errMissing = errors.New("it is missing")
	errForeign = errors.New("it does not belong into a backup")
	errNewer   = errors.New("it was made by a newer version of Essaim")
	errCut     = errors.New("the archive ends here, without its manifest")
)

// maxManifest bounds the bytes of a manifest: some hundred thousand uploads.
const maxManifest = 64 << 20

// Verify reads an archive to its end and compares every file with the manifest. The
// error is a *DamagedError where it is the archive's.
func Verify(ctx context.Context, path string) (*Manifest, error) {
	return open(ctx, path, func(_ string, from io.Reader) error {
		_, err := io.Copy(io.Discard, from)
		return err
	})
}

// Restore unpacks an archive into a folder that is empty or not there, and leaves it
// so when anything is wrong. The store gets its name last: a folder without it was
// not restored. Errors: those of Verify; fs.ErrExist: the folder is not empty.
func Restore(ctx context.Context, path, dir string) (m *Manifest, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	if len(entries) > 0 {
		return nil, fmt.Errorf("restore: %s is not empty: %w", dir, fs.ErrExist)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	m, err = open(ctx, path, func(name string, from io.Reader) error { return unpack(root, name, from) })
	if err == nil {
		err = root.Rename(StoreName+partly, StoreName)
	}
	if err == nil {
		return m, syncDir(dir)
	}
	for _, name := range []string{StoreName + partly, ConfigName, MediaName} {
		err = errors.Join(err, root.RemoveAll(name))
	}
	return nil, err
}

// partly ends the name of a store that is being restored.
const partly = ".restoring"

func unpack(root *os.Root, name string, from io.Reader) error {
	if folder := filepath.Dir(name); folder != "." {
		if err := root.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	if name == StoreName {
		name += partly
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// open reads an archive and gives every file but the manifest to keep.
func open(ctx context.Context, path string, keep func(name string, from io.Reader) error) (*Manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return read(&reader{stopped: ctx.Err, from: f}, keep)
}

func read(from *reader, keep func(name string, from io.Reader) error) (*Manifest, error) {
	zip, err := gzip.NewReader(from)
	if err != nil {
		return nil, from.damage("", err)
	}
	u := &unpacker{from: from, tar: tar.NewReader(zip), keep: keep, found: map[string]File{}}
	for {
		header, err := u.tar.Next()
		if err == io.EOF {
			err = errCut
		}
		if err != nil {
			return nil, from.damage(u.last, err)
		}
		if header.Name == manifestName {
			return u.compare(zip)
		}
		if err := u.file(header); err != nil {
			return nil, err
		}
	}
}

// unpacker reads one archive.
type unpacker struct {
	from  *reader
	tar   *tar.Reader
	keep  func(name string, from io.Reader) error
	found map[string]File
	last  string
}

func (u *unpacker) file(header *tar.Header) error {
	u.last = header.Name
	if header.Typeflag != tar.TypeReg || !belongs(header.Name) || u.found[header.Name].Name != "" {
		return u.from.damage(header.Name, errForeign)
	}
	sum := sha256.New()
	in := &reader{stopped: u.from.stopped, from: io.TeeReader(u.tar, sum)}
	if err := u.keep(header.Name, in); err != nil {
		if in.err != nil { // it could not be read; else it could not be kept
			return u.from.damage(header.Name, in.err)
		}
		return fmt.Errorf("restore %s: %w", header.Name, err)
	}
	u.found[header.Name] = File{header.Name, header.Size, hex.EncodeToString(sum.Sum(nil))}
	return nil
}

// belongs says whether there may be such a file in an archive: no name leads out of
// the folder.
func belongs(name string) bool {
	upload, isUpload := strings.CutPrefix(name, MediaName+"/")
	return name == StoreName || name == ConfigName || isUpload && uploads.MatchString(upload)
}

// compare reads the manifest, and the archive to its end.
func (u *unpacker) compare(zip io.Reader) (*Manifest, error) {
	m := new(Manifest)
	err := json.NewDecoder(io.LimitReader(u.tar, maxManifest)).Decode(m)
	if err == nil {
		_, err = io.Copy(io.Discard, zip) // the sum of the archive itself lies behind its last byte
	}
	switch {
	case err != nil:
		return nil, u.from.damage(manifestName, err)
	case m.Format > format:
		return nil, &DamagedError{manifestName, errNewer}
	case u.found[StoreName].Name == "":
		return nil, &DamagedError{StoreName, errMissing}
	}
	for _, want := range m.Files {
		got, ok := u.found[want.Name]
		if !ok {
			return nil, &DamagedError{want.Name, errMissing}
		}
		if got != want {
			return nil, &DamagedError{want.Name, errSum}
		}
		delete(u.found, want.Name)
	}
	for name := range u.found {
		return nil, &DamagedError{name, errForeign}
	}
	return m, nil
}

// reader stops when it is told to, and remembers what went wrong.
type reader struct {
	stopped func() error // why to stop: Context.Err
	from    io.Reader
	err     error
}

func (r *reader) Read(b []byte) (int, error) {
	if r.err = r.stopped(); r.err != nil {
		return 0, r.err
	}
	n, err := r.from.Read(b)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// damage is err as the archive's fault, unless the file could not be read at all.
func (r *reader) damage(name string, err error) error {
	if r.err != nil {
		return fmt.Errorf("read backup: %w", r.err)
	}
	return &DamagedError{name, err}
}
