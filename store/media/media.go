// Package media keeps the pictures that members upload, and serves them.
//
// An upload is hostile until it was decoded and encoded again: only pixels come
// through, so what a file carries beside them (position, owner, a script behind
// the last byte) does not. Its limits are checked before any pixel is decoded,
// and one picture is decoded at a time. A file is named by the SHA-256 of its
// content: it never changes, equal pictures are one file, and no name comes
// from outside. All file operations go through an os.Root.
//
// Who may upload, and which record shows a picture, is for others to say. A
// colour profile is dropped with the other metadata; pixels count as sRGB.
package media

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
)

// Path is where Handler is to be mounted: pictures are at Path + their name.
const Path = "/media/"

const (
	maxBytes  = 10 << 20  // of an upload, and of what is kept of it
	megabytes = 10        // the same for people
	staleTemp = time.Hour // after which an unfinished file is nobody's
)

// Media is a folder of pictures. It is safe for concurrent use, also by several
// processes.
type Media struct {
	root     *os.Root
	decoding chan struct{} // holds a token while a picture is decoded
}

// Open opens the folder, makes it when there is none, and removes what uploads
// left that did not finish.
func Open(dir string) (*Media, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open media: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open media: %w", err)
	}
	m := &Media{root: root, decoding: make(chan struct{}, 1)}
	if err := m.removeStale(time.Now().Add(-staleTemp)); err != nil {
		return nil, errors.Join(fmt.Errorf("open media: %w", err), root.Close())
	}
	return m, nil
}

// Close releases the folder; pictures cannot be put or served any more.
func (m *Media) Close() error { return m.root.Close() }

// Put keeps the picture that r holds – JPEG, PNG, the first frame of a GIF, or
// WebP – at most 1600 pixels wide, and returns where it is and what it is like,
// without words for it. It reads at most 10 MiB. A *store.FieldError of the
// field "image" says why a picture is refused: "error.image-type" for what is
// not one, "error.image-size" for one that is too large.
func (m *Media) Put(ctx context.Context, r io.Reader) (*store.Image, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	if len(data) > maxBytes {
		return nil, tooLarge()
	}
	p, err := m.process(ctx, data)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(p.data)
	name := hex.EncodeToString(sum[:]) + p.extension
	if err := m.keep(name, p.data); err != nil {
		return nil, fmt.Errorf("keep picture: %w", err)
	}
	p.image.URL = Path + name
	return &p.image, nil
}

// process decodes and encodes a picture when no other is being decoded.
func (m *Media) process(ctx context.Context, data []byte) (*picture, error) {
	select {
	case m.decoding <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-m.decoding }()
	return process(data)
}

func wrongType() error { return &store.FieldError{Field: "image", Reason: "error.image-type"} }

func tooLarge() error {
	return &store.FieldError{Field: "image", Reason: "error.image-size", Args: map[string]any{"max": megabytes}}
}

const tempPrefix = ".unfinished-"

// keep makes a file appear under its name, whole and durable, or not at all.
func (m *Media) keep(name string, data []byte) error {
	if m.has(name, data) {
		return nil
	}
	temp, err := m.writeTemp(data)
	if err == nil {
		err = m.root.Rename(temp, name)
	}
	if err != nil {
		return errors.Join(err, m.forget(temp))
	}
	return m.syncFolder()
}

func (m *Media) has(name string, data []byte) bool {
	old, err := m.root.ReadFile(name)
	return err == nil && bytes.Equal(old, data)
}

// writeTemp writes data to the disk under a name that is never served.
func (m *Media) writeTemp(data []byte) (name string, err error) {
	name = tempPrefix + rand.Text()
	f, err := m.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return name, err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return name, errors.Join(err, f.Close())
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
