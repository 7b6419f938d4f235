package assets

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Renderer executes the templates. All are parsed once, for every language, so
// that a template says {{t "key"}} without passing a language around. It is
// immutable and safe for concurrent use.
type Renderer struct {
	Catalog *Catalog
	Static  *Static
	sets    map[Lang]*template.Template
	buffers sync.Pool
}

// Pages are the files that a package embeds in its folder templates, for New.
func Pages(embedded embed.FS) fs.FS {
	files, err := fs.Sub(embedded, "templates")
	if err != nil {
		panic(err) // the name is valid
	}
	return files
}

// New parses the shared templates and those of each pages file system (*.html at
// its root). A page's file is a whole page:
//
//	{{template "begin" .Page}} … {{template "end" .Page}}
//
// Two files of one name are an error. Dates show in zone.
func New(zone *time.Location, pages ...fs.FS) (*Renderer, error) {
	catalog, err := NewCatalog()
	if err != nil {
		return nil, err
	}
	static, err := NewStatic()
	if err != nil {
		return nil, err
	}
	r := &Renderer{Catalog: catalog, Static: static, sets: map[Lang]*template.Template{}}
	for _, lang := range Languages {
		set := template.New("").Option("missingkey=error").Funcs(r.funcs(lang, zone))
		if err := parseAll(set, append([]fs.FS{Pages(templateFiles)}, pages...)); err != nil {
			return nil, err
		}
		r.sets[lang] = set
	}
	return r, nil
}

func parseAll(set *template.Template, sources []fs.FS) error {
	for _, source := range sources {
		files, err := fs.Glob(source, "*.html")
		if err != nil {
			return fmt.Errorf("list templates: %w", err)
		}
		for _, name := range files {
			if set.Lookup(name) != nil {
				return fmt.Errorf("parse template %s: the name is taken", name)
			}
			text, err := fs.ReadFile(source, name)
			if err != nil {
				return fmt.Errorf("read template: %w", err)
			}
			if _, err := set.New(name).Parse(string(text)); err != nil {
				return fmt.Errorf("parse template: %w", err)
			}
		}
	}
	return nil
}

// Render writes the page called name (its file name) in the request's language.
// Nothing is written when it returns an error. The answer varies with the
// cookie, which holds the theme and the session, and with Accept: many pages are
// ActivityStreams documents, too.
func (r *Renderer) Render(w http.ResponseWriter, req *http.Request, status int, name string, data any) error {
	b := r.buffer()
	defer r.buffers.Put(b)
	lang := LangOf(req.Context())
	if err := r.sets[lang].ExecuteTemplate(b, name, data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(lang))
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Set("Vary", "Accept, Cookie")
	w.WriteHeader(status)
	if req.Method != http.MethodHead {
		w.Write(b.Bytes())
	}
	return nil
}

func (r *Renderer) buffer() *bytes.Buffer {
	if b, ok := r.buffers.Get().(*bytes.Buffer); ok {
		b.Reset()
		return b
	}
	return new(bytes.Buffer)
}

// T is Catalog.T in the request's language.
func (r *Renderer) T(req *http.Request, key string, args ...any) string {
	return r.Catalog.T(LangOf(req.Context()), key, args...)
}
