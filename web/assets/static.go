package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// StaticPrefix is where Static is to be mounted.
const StaticPrefix = "/static/"

// layers are the parts of app.css, in the order in which they are joined.
var layers = []string{"tokens", "base", "layout", "components", "pages", "print"}

var mediaTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// Static serves the embedded files from the program under addresses that hold the
// hash of the content, so that they may be cached for ever. It is safe for
// concurrent use.
type Static struct {
	urls   map[string]string // "app.css" -> "/static/app.0123456789ab.css"
	files  map[string]file   // by path below StaticPrefix
	tokens tokens            // of app.css

	tintsMu sync.Mutex
	tints   map[tintKey]tint // files in the colours of labs
}

type file struct {
	data            io.ReaderAt
	size            int64
	gzipped         func() []byte // nil where it would not be smaller
	mediaType, etag string
}

// NewStatic joins and hashes the embedded files. What is asked for is compressed
// once, then.
func NewStatic() (*Static, error) {
	s := &Static{urls: map[string]string{}, files: map[string]file{}, tints: map[tintKey]tint{}}
	for _, pattern := range []string{"fonts/*.woff2", "*.svg", "leaflet/*", "protomaps/*", "js/*.js", "css/map.css"} {
		if err := s.addAll("static/" + pattern); err != nil {
			return nil, err
		}
	}
	css, err := s.styleSheet()
	if err != nil {
		return nil, err
	}
	s.add("app.css", css, bytes.NewReader(css))
	s.tokens = readTokens(string(css))
	return s, nil
}

func (s *Static) addAll(pattern string) error {
	names, err := fs.Glob(staticFiles, pattern)
	if err != nil {
		return fmt.Errorf("list %s: %w", pattern, err)
	}
	for _, name := range names {
		data, err := staticFiles.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		f, err := staticFiles.Open(name)
		if err != nil {
			return fmt.Errorf("open %s: %w", name, err)
		}
		s.add(path.Base(name), data, f.(io.ReaderAt)) // as those of every embed.FS
	}
	return nil
}

// styleSheet joins the layers and points their font addresses at the hashed
// ones, which lie beside the style sheet.
func (s *Static) styleSheet() ([]byte, error) {
	var b bytes.Buffer
	for _, layer := range layers {
		data, err := staticFiles.ReadFile("static/css/" + layer + ".css")
		if err != nil {
			return nil, fmt.Errorf("read layer %s: %w", layer, err)
		}
		b.Write(data)
	}
	css := b.String()
	for name, url := range s.urls {
		css = strings.ReplaceAll(css, `"../fonts/`+name+`"`, `"`+path.Base(url)+`"`)
	}
	return []byte(css), nil
}

// add adds a file. Its data is read, and not kept; from is where it stays.
func (s *Static) add(name string, data []byte, from io.ReaderAt) {
	hashed, f := newFile(name, "", data, from)
	s.urls[name], s.files[hashed] = StaticPrefix+hashed, f
}

// newFile is a file and its path below StaticPrefix, in which mark stands behind the
// hash.
func newFile(name, mark string, data []byte, from io.ReaderAt) (string, file) {
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:6])
	ext := path.Ext(name)
	f := file{data: from, size: int64(len(data)), mediaType: mediaTypes[ext], etag: `"` + hash + `"`}
	f.gzipped = sync.OnceValue(f.compress)
	return strings.TrimSuffix(name, ext) + "." + hash + mark + ext, f
}

func (f file) plain() io.Reader { return io.NewSectionReader(f.data, 0, f.size) }

// compress returns nil when gzip gains nothing, as with fonts.
func (f file) compress() []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := io.Copy(z, f.plain()); err != nil || z.Close() != nil {
		return nil
	}
	if int64(b.Len()) > f.size*9/10 {
		return nil
	}
	return bytes.Clone(b.Bytes())
}

// URL is the address of a file by its plain name, such as "app.css". It panics
// for a name that does not exist: the program itself is wrong.
func (s *Static) URL(name string) string {
	url, ok := s.urls[name]
	if !ok {
		panic("assets: no static file " + name)
	}
	return url
}

// ServeHTTP answers GET and HEAD for the hashed names. Any other path is not
// found: names are looked up, never opened.
func (s *Static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, StaticPrefix)
	f, ok := s.files[name]
	if !ok {
		f, ok = s.tintedFile(name)
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	f.serve(w, r)
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.mediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", f.etag)
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == f.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	size, body := f.size, f.plain()
	if AcceptsGzip(r) {
		if packed := f.gzipped(); packed != nil {
			h.Set("Content-Encoding", "gzip")
			size, body = int64(len(packed)), bytes.NewReader(packed)
		}
	}
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	if r.Method == http.MethodGet {
		_, _ = io.Copy(w, body) // whoever asked is gone
	}
}

// AcceptsGzip reads Accept-Encoding: RFC 9110 §12.5.3. A weight of zero refuses.
func AcceptsGzip(r *http.Request) bool {
	offers := strings.Split(r.Header.Get("Accept-Encoding"), ",")
	return slices.ContainsFunc(offers, func(offer string) bool {
		coding, weight, _ := strings.Cut(offer, ";")
		zero := strings.Trim(strings.TrimPrefix(strings.TrimSpace(weight), "q="), "0.") == "" && weight != ""
		return strings.EqualFold(strings.TrimSpace(coding), "gzip") && !zero
	})
}
