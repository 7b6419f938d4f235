package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"

	"github.com/essaim/essaim/store"
)

// PutFile keeps the file that r holds, which its owner calls name, and returns
// what it is, without its language. The extension of the name must be one of the
// list (PDF, OpenDocument, Office, text, CSV, Markdown, JSON, GeoJSON, SVG, ZIP,
// pictures), and the content of that type. A picture is kept as Put does, in one
// width, so that nothing hidden leaves with it. At most Options.MaxFile bytes
// are read, or 10 MiB of a picture.
//
// A *store.FieldError of the field "files" says why a file is refused:
// "error.file-type", "error.file-content", "error.file-size", "error.file-empty",
// each with its name; else as Put.
func (m *Media) PutFile(ctx context.Context, r io.Reader, name string) (*store.Attachment, error) {
	name = fileName(name)
	extension := extensionOf(name)
	if pictureExtensions[extension] {
		return m.putPicture(ctx, r, name)
	}
	typ, ok := fileTypes[extension]
	if !ok {
		return nil, refused("type", name, nil)
	}
	if err := errors.Join(ctx.Err(), m.refuses()); err != nil {
		return nil, err
	}
	temp, err := m.temporary()
	if err != nil {
		return nil, fmt.Errorf("keep file: %w", roomError(err))
	}
	a, err := m.receive(temp, r, typ, name)
	if err := m.finish(temp, a.SHA256+extension, err); err != nil {
		return nil, fmt.Errorf("keep file: %w", err)
	}
	a.URL = filePath(a.SHA256+extension, name)
	return a, nil
}

// receive writes a file to the disk and says what it is. It always returns an
// attachment.
func (m *Media) receive(temp *os.File, r io.Reader, typ fileType, name string) (*store.Attachment, error) {
	a := &store.Attachment{Name: name, MediaType: typ.mediaType}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(temp, sum), io.LimitReader(r, m.MaxFile()+1))
	a.Size, a.SHA256 = n, hex.EncodeToString(sum.Sum(nil))
	switch {
	case err != nil:
		return a, err
	case n == 0:
		return a, refused("empty", name, nil)
	case n > m.MaxFile():
		return a, refused("size", name, map[string]any{"max": m.MaxFile() / megabyte})
	case !typ.fits(temp, n):
		return a, refused("content", name, nil)
	}
	return a, nil
}

// putPicture keeps a picture as an attachment. Its name gets the extension of
// what is kept.
func (m *Media) putPicture(ctx context.Context, r io.Reader, name string) (*store.Attachment, error) {
	p, err := m.read(ctx, r)
	if e, ok := errors.AsType[*store.FieldError](err); ok {
		reasons := map[string]string{"error.image-type": "content", "error.image-size": "size"}
		return nil, refused(reasons[e.Reason], name, e.Args)
	}
	if err != nil {
		return nil, err
	}
	if err := m.keep(p.name, p.data); err != nil {
		return nil, fmt.Errorf("keep picture: %w", err)
	}
	name = withExtension(name, path.Ext(p.name))
	return &store.Attachment{
		URL: filePath(p.name, name), Name: name, MediaType: p.image.MediaType,
		Size: int64(len(p.data)), SHA256: hashOf(p.name),
	}, nil
}

// refused is the mistake "error.file-<reason>" of a file.
func refused(reason, name string, args map[string]any) error {
	all := map[string]any{"name": name}
	maps.Copy(all, args)
	return &store.FieldError{Field: "files", Reason: "error.file-" + reason, Args: all}
}
