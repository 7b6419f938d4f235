package media

import (
	"errors"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"
)

// name is what keep names files: nothing else is ever opened.
var name = regexp.MustCompile(`^[0-9a-f]{64}\.(jpg|png)$`)

var mediaTypes = map[string]string{".jpg": "image/jpeg", ".png": "image/png"}

// Handler serves the pictures at Path + name, to everybody who knows the name
// and for ever. A browser never takes one for anything but a picture.
func (m *Media) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		m.serve(w, r)
	})
}

func (m *Media) serve(w http.ResponseWriter, r *http.Request) {
	file, under := strings.CutPrefix(r.URL.Path, Path)
	if !under || !name.MatchString(file) {
		http.NotFound(w, r)
		return
	}
	f, err := m.root.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", mediaTypes[path.Ext(file)])
	h.Set("Content-Disposition", "inline")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // other nodes show it, too
	h.Set("ETag", `"`+strings.TrimSuffix(file, path.Ext(file))+`"`)
	http.ServeContent(w, r, "", time.Time{}, f)
}
