package admin

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation/fetch"
	"github.com/essaim/essaim/federation/intake"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/route"
)

const importsPath = "/admin/imports"

// importRoutes mount what takes files of other software in.
func (p *Pages) importRoutes(r *mux.Router) {
	upload := http.HandlerFunc(p.Frame.Handle(p.openImport).ServeHTTP)
	route.Handle(r, importsPath, upload).Methods(http.MethodPost) // a file is larger than other forms
	p.runs(r, importsPath, p.imports)
	p.runs(r, importsPath+"/{id:[0-9]+}", p.oneImport)
	p.runs(r, importsPath+"/{id:[0-9]+}/erreurs.csv", p.importMistakes)
}

// desk is where imports are read and started; the node's worker applies them.
func (p *Pages) desk() *intake.Desk {
	d := &intake.Desk{Node: p.Node, Log: p.Frame.Log}
	for _, lang := range assets.Languages {
		d.Langs = append(d.Langs, string(lang))
	}
	return d
}

// importsPage is "admin-imports.html".
type importsPage struct {
	top
	Fields  []assets.Field
	Imports []importRow
}

type importRow struct {
	File, Kind, State, Result, Path string
	Import                          *store.Import
}

// imports is /admin/imports: what was imported, and the form for more.
func (p *Pages) imports(w http.ResponseWriter, r *http.Request) error {
	return p.showImports(w, r, http.StatusOK, nil)
}

func (p *Pages) showImports(w http.ResponseWriter, r *http.Request, status int, mistakes error) error {
	page := importsPage{top: p.admin(r, p.t(r, "import.title"), importsPath), Fields: p.importFields(r)}
	page.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()), mistakes, page.Fields)
	err := p.view(r, func(tx *store.Txn) error {
		for i := range tx.Imports() {
			page.Imports = append(page.Imports, importRow{
				File: i.File, State: p.t(r, "import.state."+string(i.State)), Result: p.importResult(r, i),
				Path: importPath(i.ID), Import: i,
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, status, "admin-imports.html", page)
}

func importPath(id store.ID) string { return importsPath + "/" + id.String() }

func (p *Pages) importFields(r *http.Request) []assets.Field {
	kinds := []assets.Choice{}
	for _, k := range store.Kinds {
		kinds = append(kinds, assets.Choice{Value: k.Name, Text: p.t(r, "list."+k.Name+".title")})
	}
	return []assets.Field{
		{Name: "kind", Label: p.t(r, "import.kind"), Hint: p.t(r, "import.kind-hint"), Type: "select", Choices: kinds, Value: r.FormValue("kind"), Required: true},
		{Name: "file", Label: p.t(r, "import.file"), Hint: p.t(r, "import.file-hint", "max", sheet.MaxBytes>>20), Type: "file", Accept: ".csv,.tsv,.txt,.json,.geojson,.umap,.ics"},
		{Name: "address", Label: p.t(r, "import.address"), Hint: p.t(r, "import.address-hint"), Type: "url", Value: r.FormValue("address")},
	}
}

// importResult says what became of the rows.
func (p *Pages) importResult(r *http.Request, i *store.Import) string {
	var parts []string
	for _, c := range []struct {
		key string
		n   int
	}{
		{"created", i.Count.Created},
		{"updated", i.Count.Updated},
		{"same", i.Count.Same},
		{"wrong", i.Count.Wrong},
		{"undone", i.Count.Undone},
		{"kept", i.Count.Kept},
	} {
		if c.n > 0 {
			parts = append(parts, p.t(r, "import.count-"+c.key, "count", c.n))
		}
	}
	return strings.Join(parts, ", ")
}

// openImport reads what was sent, or what lies at an address.
func (p *Pages) openImport(w http.ResponseWriter, r *http.Request) error {
	if !p.Frame.Viewer(r).Runs {
		return &reply.Error{Status: http.StatusForbidden}
	}
	r.Body = http.MaxBytesReader(w, r.Body, sheet.MaxBytes+maxForm)
	if err := r.ParseMultipartForm(sheet.MaxBytes); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if reply.Status(err) == http.StatusRequestEntityTooLarge {
			return p.showImports(w, r, http.StatusRequestEntityTooLarge, malformed("too-large", 0))
		}
		return &reply.Error{Status: http.StatusBadRequest, Err: err}
	}
	i, err := p.takeImport(r)
	if mistake := importMistake(err); mistake != nil {
		return p.showImports(w, r, http.StatusUnprocessableEntity, mistake)
	}
	if err != nil {
		return err
	}
	return p.Frame.Redirect(w, r, importPath(i.ID))
}

func (p *Pages) takeImport(r *http.Request) (*store.Import, error) {
	kind := store.KindOf(typed(r, "kind"))
	if kind == nil {
		return nil, &store.FieldError{Field: "kind", Reason: "error.required"}
	}
	by := p.Frame.Viewer(r)
	file, header, err := r.FormFile("file")
	if err != nil || header.Size == 0 {
		if address := typed(r, "address"); address != "" {
			return p.desk().Fetch(r.Context(), by, kind, address)
		}
		return nil, &store.FieldError{Field: "file", Reason: "error.import-file"}
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	return p.desk().Open(r.Context(), by, kind, header.Filename, data)
}

// importMistake is what a person can do something about, beside the field; nil for
// other errors.
func importMistake(err error) error {
	if e, ok := errors.AsType[*store.FieldError](err); ok {
		return e
	}
	if m := sheet.IsMalformed(err); m != nil {
		return malformed(m.Reason, m.Line)
	}
	for target, reason := range map[error]string{
		fetch.ErrForbiddenAddress: "address", fetch.ErrBlocked: "address", fetch.ErrTooLarge: "too-large",
		fetch.ErrTemporary: "unreachable", fetch.ErrNotFound: "not-there", fetch.ErrGone: "not-there",
	} {
		if errors.Is(err, target) {
			return &store.FieldError{Field: "address", Reason: "import.malformed." + reason, Args: map[string]any{"max": sheet.MaxBytes >> 20, "line": 0}}
		}
	}
	if _, ok := errors.AsType[*fetch.BadResponse](err); ok {
		return &store.FieldError{Field: "address", Reason: "import.malformed.not-there"}
	}
	return nil
}

func malformed(reason string, line int) error {
	if line == 0 && (reason == "quote" || reason == "csv") {
		reason = "unknown"
	}
	return &store.FieldError{Field: "file", Reason: "import.malformed." + reason, Args: map[string]any{
		"line": line, "max": sheet.MaxBytes >> 20, "rows": sheet.MaxRows,
	}}
}
