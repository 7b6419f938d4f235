// Package media keeps the pictures and files that members upload, and serves
// them.
//
// A picture is hostile until it was decoded and encoded again: only pixels come
// through, so what a file carries beside them (position, owner, a script behind
// the last byte) does not. Its limits are checked before any pixel is decoded,
// and one picture is decoded at a time. It is kept in up to three widths.
//
// Any other file is kept as it is. Its type is told from its content and must
// be one of a list, and it is never shown but downloaded, so that whatever it
// also is does no harm.
//
// A file is named by the SHA-256 of its content: it never changes, equal ones
// are one, and no name comes from outside. It is on the disk before Put or
// PutFile returns, so before any record can name it. All file operations go
// through an os.Root. What nothing names for 48 hours, Sweep removes: to copy a
// running node, copy the files, then the store, then the files that are new.
//
// Who may upload, and which record shows what, is for others to say. A colour
// profile is dropped with the other metadata; pixels count as sRGB.
package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/essaim/essaim/store"
)

// Path is where Handler is to be mounted: files are at Path + their name.
const Path = "/media/"

const (
	maxBytes    = 10 << 20  // of a picture, and of what is kept of it
	megabyte    = 1 << 20   // people count in these
	staleTemp   = time.Hour // after which an unfinished file is nobody's
	defaultFile = 20 << 20
)

// Options are what a folder is opened with. The zero value is complete.
type Options struct {
	// MaxFile bounds a file that is no picture, in bytes; 0 is 20 MiB.
	MaxFile int64
	// Refuses is why nothing new should be kept now, such as store.ErrFull, or
	// nil. It is asked before every upload; nil refuses nothing.
	Refuses func() error
}

// Media is a folder of uploads. It is safe for concurrent use, also by several
// processes.
type Media struct {
	options  Options
	root     *os.Root
	decoding chan struct{} // holds a token while a picture is decoded
	naming   sync.Mutex    // held while a file gets its name, stays longer, or goes
}

// Open opens the folder, makes it when there is none, and removes what uploads
// left that did not finish.
func Open(dir string, o Options) (*Media, error) {
	if o.MaxFile == 0 {
		o.MaxFile = defaultFile
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open media: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open media: %w", err)
	}
	m := &Media{options: o, root: root, decoding: make(chan struct{}, 1)}
	if err := m.removeStale(time.Now().Add(-staleTemp)); err != nil {
		return nil, errors.Join(fmt.Errorf("open media: %w", err), root.Close())
	}
	return m, nil
}

// Close releases the folder; nothing can be put or served any more.
func (m *Media) Close() error { return m.root.Close() }

// MaxFile is the largest file that PutFile takes, in bytes.
func (m *Media) MaxFile() int64 { return m.options.MaxFile }

// Put keeps the picture that r holds – JPEG, PNG, the first frame of a GIF, or
// WebP – at most 1600 pixels wide and in the smaller widths of store.Image, and
// returns where it is and what it is like, without words for it. It reads at
// most 10 MiB. A *store.FieldError of the field "image" says why a picture is
// refused: "error.image-type" for what is not one, "error.image-size" for one
// that is too large. The error is Options.Refuses' own, or store.ErrFull, when
// there is no room.
func (m *Media) Put(ctx context.Context, r io.Reader) (*store.Image, error) {
	p, err := m.read(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, e := range append(p.smaller, p.encoded) {
		if err := m.keep(e.name, e.data); err != nil {
			return nil, fmt.Errorf("keep picture: %w", err)
		}
	}
	return &p.image, nil
}

// read reads a picture, and makes what is to be kept of it.
func (m *Media) read(ctx context.Context, r io.Reader) (*picture, error) {
	if err := m.refuses(); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	if len(data) > maxBytes {
		return nil, tooLarge()
	}
	return m.process(ctx, data)
}

func (m *Media) refuses() error {
	if m.options.Refuses == nil {
		return nil
	}
	return m.options.Refuses()
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
	return &store.FieldError{Field: "image", Reason: "error.image-size", Args: map[string]any{"max": maxBytes / megabyte}}
}
