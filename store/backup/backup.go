// Package backup packs a node into one file, a gzipped tar archive, and unpacks it
// elsewhere.
//
// The archive holds a copy of the store, the uploads, the configuration and, as its
// last file, a manifest with the SHA-256 of all others: what was cut short or
// damaged is refused, with the name of the file. It can be made while the node
// runs: uploads never change, so those that are there are packed first, then the
// store, which may name newer ones, then those.
//
// Whoever has the archive can speak for the node: it holds private keys and e-mail
// addresses. Its files are for their owner alone. Who may have one is for others
// to say.
package backup

import (
	"archive/tar"
	"bytes"
	"cmp"
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
	"regexp"
	"time"
)

// The files of an archive, with the names that they have in the data directory.
const (
	StoreName  = "essaim.db"
	ConfigName = "config.toml"
	MediaName  = "media"

	manifestName = "manifest.json"
)

// format is the version of the layout of archives.
const format = 1

// uploads are the names of the files below MediaName.
var uploads = regexp.MustCompile(`^[0-9a-f]{64}\.[a-z]{2,7}$`)

// Manifest says what is in an archive.
type Manifest struct {
	Format  int       `json:"format"`
	Version string    `json:"version"` // of Essaim, that made it
	Address string    `json:"address"` // of the node
	Made    time.Time `json:"made"`
	Secrets bool      `json:"secrets"` // the configuration is whole, with its passwords
	Files   []File    `json:"files"`
}

// File is one of an archive.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Size is how many bytes the files take once they are unpacked.
func (m *Manifest) Size() (total int64) {
	for _, f := range m.Files {
		total += f.Size
	}
	return total
}

// Source is what is packed.
type Source struct {
	// Store writes a copy of the store and says where; the copy is removed afterwards.
	Store  func(ctx context.Context) (path string, err error)
	Media  string // the folder of the uploads; it may be missing
	Config []byte // nil: there is none

	Address, Version string
	Secrets          bool
	Now              time.Time
}

// Write makes an archive, reads it once more, and only then gives it its name: what
// is there is whole. fs.ErrExist: there is a file of this name.
func Write(ctx context.Context, path string, from Source) (m *Manifest, err error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("back up to %s: %w", path, fs.ErrExist)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), unfinished+"*") // for its owner alone
	if err != nil {
		return nil, fmt.Errorf("back up: %w", err)
	}
	m, err = from.pack(ctx, temp)
	if err == nil {
		err = temp.Sync()
	}
	err = errors.Join(err, temp.Close())
	if err == nil {
		_, err = Verify(ctx, temp.Name())
	}
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("back up: %w", err), os.Remove(temp.Name()))
	}
	return m, syncDir(filepath.Dir(path))
}

// unfinished begins the names of archives that are being made.
const unfinished = ".unfinished-"

func (s Source) pack(ctx context.Context, to io.Writer) (*Manifest, error) {
	zip, err := gzip.NewWriterLevel(to, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	p := &packer{
		stopped: ctx.Err, tar: tar.NewWriter(zip), packed: map[string]bool{},
		manifest: Manifest{Format: format, Version: s.Version, Address: s.Address, Made: s.Now.UTC().Truncate(time.Second), Secrets: s.Secrets},
	}
	for _, step := range []func() error{
		func() error { return p.uploads(s.Media) },
		func() error { return p.store(ctx, s) },
		func() error { return p.uploads(s.Media) },
		func() error { return p.config(s.Config) },
		p.seal, p.tar.Close, zip.Close,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &p.manifest, nil
}

// packer writes one archive.
type packer struct {
	stopped  func() error // why to stop
	tar      *tar.Writer
	manifest Manifest
	packed   map[string]bool // uploads
}

// uploads packs what is not packed yet. A file that goes meanwhile was named by
// nothing.
func (p *packer) uploads(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if p.packed[e.Name()] || !uploads.MatchString(e.Name()) {
			continue
		}
		err := p.file(filepath.Join(dir, e.Name()), MediaName+"/"+e.Name())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		p.packed[e.Name()] = err == nil
	}
	return nil
}

func (p *packer) store(ctx context.Context, s Source) error {
	path, err := s.Store(ctx)
	if err != nil {
		return err
	}
	return errors.Join(p.file(path, StoreName), os.Remove(path))
}

func (p *packer) config(text []byte) error {
	if text == nil {
		return nil
	}
	return p.add(ConfigName, int64(len(text)), bytes.NewReader(text))
}

// seal writes the manifest, which says what came before it.
func (p *packer) seal() error {
	text, err := json.MarshalIndent(p.manifest, "", "\t")
	if err != nil {
		return err
	}
	_, err = p.write(manifestName, int64(len(text)), bytes.NewReader(text))
	return err
}

func (p *packer) file(path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return p.add(name, info.Size(), &reader{stopped: p.stopped, from: f})
}

// add writes a file and notes it in the manifest.
func (p *packer) add(name string, size int64, from io.Reader) error {
	sum, err := p.write(name, size, from)
	p.manifest.Files = append(p.manifest.Files, File{name, size, sum})
	return cmp.Or(err, p.stopped())
}

func (p *packer) write(name string, size int64, from io.Reader) (sum string, err error) {
	header := &tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: p.manifest.Made, Format: tar.FormatPAX}
	if err := p.tar.WriteHeader(header); err != nil {
		return "", fmt.Errorf("pack %s: %w", name, err)
	}
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(p.tar, hash), from); err != nil {
		return "", fmt.Errorf("pack %s: %w", name, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
