package media

import (
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"time"
)

// Handler serves the pictures and files at Path + name, to everybody who knows
// the name and for ever. A browser shows the pictures that were encoded here and
// nothing else: all other files, and pictures under the name of a download, it
// is told to save. Whatever a file also is, it never runs.
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
	file, name, ok := fileIn(r.URL.Path)
	if !ok {
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
	h.Set("Content-Type", mediaTypeOf(file))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+hashOf(file)+`"`)
	present(h, file, name)
	http.ServeContent(w, r, "", time.Time{}, f)
}

// OpenFile opens a file by the name that it is kept under, for its owner to close. Error:
// fs.ErrNotExist.
func (m *Media) OpenFile(name string) (fs.File, error) {
	if !fileNames.MatchString(name) {
		return nil, fs.ErrNotExist
	}
	return m.root.Open(name)
}

// present says whether a file is shown or saved, and who may embed it.
func present(h http.Header, file, name string) {
	ours := path.Ext(file) == ".jpg" || path.Ext(file) == ".png" // encoded here
	if ours && name == "" {
		h.Set("Content-Disposition", "inline")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin") // other nodes show it, too
		return
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": downloadName(file, name)})
	h.Set("Content-Disposition", disposition) // RFC 6266 §4.3: filename* where it is not ASCII
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}
