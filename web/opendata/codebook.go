package opendata

import (
	"net/http"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/reply"
)

// entry is what the codebook says of a column.
type entry struct {
	Name, Label, Hint, Type string
	Required                bool
	Words                   []word // of its vocabulary
	Wire, Schema            string
}

// word is an entry of a vocabulary.
type word struct{ Slug, Text string }

// entries are the codebook of a kind.
func (e *export) entries() []entry {
	columns := e.kind.Columns()
	list := make([]entry, len(columns))
	for i := range columns {
		list[i] = e.entry(&columns[i])
	}
	return list
}

func (e *export) entry(c *store.Column) entry {
	f := c.Field
	if f == nil {
		key := "column.of-" + strings.ReplaceAll(c.Name, ".", "-")
		return entry{Name: c.Name, Label: e.t(key), Type: e.t("column-type.line")}
	}
	said := entry{
		Name: c.Name, Label: e.label(f), Hint: e.hint(f), Type: e.t("column-type." + string(f.Widget)),
		Required: f.Required, Wire: f.Wire, Schema: f.Schema,
	}
	if c.Part != "" {
		said.Label += " – " + e.t("column-part."+c.Part)
		said.Type = e.t("column-type.line")
	}
	for i := range f.Columns {
		said.Hint = strings.TrimSpace(said.Hint + " " + e.t("column-type.row", "number", i+1, "label", e.columnLabel(f, &f.Columns[i])))
	}
	if v := vocabularyOf(c); v != nil {
		for _, slug := range v.Slugs {
			said.Words = append(said.Words, word{slug, e.t(v.Name + "." + slug)})
		}
	}
	return said
}

func vocabularyOf(c *store.Column) *store.Vocabulary {
	if c.Field.Widget == store.Where && c.Part == "precision" {
		return &store.Precisions
	}
	return c.Field.Vocabulary
}

// label and hint are the words that the form has.
func (e *export) label(f *store.Field) string {
	return e.first("field."+e.kind.Name+"-"+f.Name, "field."+f.Name)
}

func (e *export) columnLabel(table, f *store.Field) string {
	return e.first("field."+e.kind.Name+"-"+table.Name+"-"+f.Name, "field."+table.Name+"-"+f.Name)
}

func (e *export) hint(f *store.Field) string {
	return e.first("hint."+e.kind.Name+"-"+f.Name, "hint."+f.Name)
}

// first is the first message that there is, or nothing.
func (e *export) first(keys ...string) string {
	for _, key := range keys {
		if e.Frame.Renderer.Catalog.Has(assets.French, key) {
			return e.t(key)
		}
	}
	return ""
}

// codebook says as a table what the columns of a list mean.
func (d *dialect) codebook(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		comma, err := separator(r)
		if err != nil {
			return err
		}
		e := d.export(w, r, k)
		w.Header().Set("Content-Disposition", `attachment; filename="`+k.Path+`.codebook.csv"`)
		w.Header().Set("Content-Type", csvType)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		table := sheet.NewWriter(&e.out, comma)
		lines := [][]string{{"field", "label", "hint", "type", "required", "vocabulary", "wire", "schema"}}
		for _, said := range e.entries() {
			lines = append(lines, said.cells())
		}
		for _, line := range lines {
			if err := table.Write(line); err != nil {
				return err
			}
		}
		if err := table.Flush(); err != nil {
			return err
		}
		return e.send()
	}
}

func (said entry) cells() []string {
	required := ""
	if said.Required {
		required = "true"
	}
	words := make([]string, len(said.Words))
	for i, w := range said.Words {
		words[i] = w.Slug + " = " + w.Text
	}
	return []string{said.Name, said.Label, said.Hint, said.Type, required, strings.Join(words, "\n"), said.Wire, said.Schema}
}

type codebookPage struct {
	assets.Page
	Lead    string
	Entries []entry
	Exports []assets.Link
}

// codebookPage is the codebook for people.
func (d *dialect) codebookPage(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		e := d.export(w, r, k)
		title := e.t("codebook.title", "list", e.t("list."+k.Name+".title"))
		p := codebookPage{Page: d.Frame.Page(r, title), Lead: e.t("codebook.lead"), Entries: e.entries(), Exports: e.exports()}
		p.Description = p.Lead
		p.Crumbs = []assets.Link{{Text: e.t("nav.home"), Href: "/"}, {Text: e.t("data.title"), Href: "/donnees"}}
		return d.Frame.Render(w, r, http.StatusOK, "codebook.html", p)
	}
}

// exports are the forms of a list, the codebook among them.
func (e *export) exports() []assets.Link {
	var links []assets.Link
	for _, form := range append(append([]frame.Export{}, frame.Data...), frame.Feeds...) {
		links = append(links, assets.Link{Text: e.t("export" + form.End), Href: form.Href(e.kind, nil)})
	}
	return append(links, assets.Link{Text: e.t("export.codebook-csv"), Href: "/" + e.kind.Path + ".codebook.csv"})
}

type indexPage struct {
	assets.Page
	Lead string
	Sets []dataSet
}

type dataSet struct {
	Title, Count string
	Codebook     assets.Link
	Exports      []assets.Link
}

// index lists what can be taken away.
func (d *dialect) index(w http.ResponseWriter, r *http.Request) error {
	var sets []dataSet
	for _, k := range store.Kinds {
		e := d.export(w, r, k)
		total := 0
		err := e.view(func(tx *store.Txn) error {
			total = tx.ListKind(k.Name, e.query).Total
			return nil
		})
		if err != nil {
			return err
		}
		sets = append(sets, dataSet{
			Title: e.t("list." + k.Name + ".title"), Count: e.t("list.count", "count", total),
			Codebook: assets.Link{Text: e.t("export.codebook"), Href: "/donnees/" + k.Path}, Exports: e.exports(),
		})
	}
	p := indexPage{Page: d.Frame.Page(r, d.Frame.Renderer.T(r, "data.title")), Lead: d.Frame.Renderer.T(r, "data.lead"), Sets: sets}
	p.Description = p.Lead
	p.Crumbs = []assets.Link{{Text: d.Frame.Renderer.T(r, "nav.home"), Href: "/"}}
	return d.Frame.Render(w, r, http.StatusOK, "data.html", p)
}
