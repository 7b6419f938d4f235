package assets

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"sync"
	"time"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
)

// Renderer executes the templates. There is a set of them for every language, so
// that a template says {{t "key"}} without passing a language around; that of a
// language is parsed when its first page is asked for. It is safe for concurrent use.
type Renderer struct {
	Catalog *Catalog
	Static  *Static
	Zone    *time.Location // of the dates on pages
	sources []fs.FS
	icons   iconSet
	sets    map[Lang]func() (*template.Template, error)
	buffers sync.Pool
	packers sync.Pool
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
	r := &Renderer{
		Catalog: catalog, Static: static, Zone: zone, sources: append([]fs.FS{Pages(templateFiles)}, pages...),
		icons: readIcons(), sets: map[Lang]func() (*template.Template, error){},
	}
	for _, lang := range Languages {
		r.sets[lang] = sync.OnceValues(func() (*template.Template, error) { return r.parse(lang) })
	}
	_, err = r.sets[French]() // what is wrong in one language is so in all
	return r, err
}

func (r *Renderer) parse(lang Lang) (*template.Template, error) {
	set := template.New("").Option("missingkey=error").Funcs(r.funcs(lang))
	for _, source := range r.sources {
		if err := parseAll(set, source); err != nil {
			return nil, err
		}
	}
	return set, nil
}

func parseAll(set *template.Template, source fs.FS) error {
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
	set, err := r.sets[lang]()
	if err != nil {
		return err
	}
	if err := set.ExecuteTemplate(b, name, data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(lang))
	h.Set("Vary", "Accept, Accept-Encoding, Cookie")
	if Packs(req) {
		packed := r.buffer()
		defer r.buffers.Put(packed)
		if err := r.pack(packed, b.Bytes()); err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
		h.Set("Content-Encoding", "gzip")
		b = packed
	}
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	if req.Method != http.MethodHead {
		w.Write(b.Bytes())
	}
	return nil
}

// Packs says whether the page of a request is sent packed: to whoever can read it
// and has no cookie but that of the theme. The pages of a session are not, so that
// their length tells nothing of what they hold.
func Packs(r *http.Request) bool {
	for _, c := range r.Cookies() {
		if c.Name != ThemeCookie {
			return false
		}
	}
	return AcceptsGzip(r)
}

func (r *Renderer) pack(to *bytes.Buffer, page []byte) error {
	z, ok := r.packers.Get().(*gzip.Writer)
	if !ok {
		z = gzip.NewWriter(nil)
	}
	defer r.packers.Put(z)
	z.Reset(to)
	if _, err := z.Write(page); err != nil {
		return err
	}
	return z.Close()
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
