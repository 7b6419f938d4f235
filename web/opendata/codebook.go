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

// codebook says in a language what the columns of a kind mean.
type codebook struct {
	kind  *store.Kind
	words *assets.Catalog
	lang  assets.Lang
}

func (e *export) codebook() codebook { return codebook{e.kind, e.Frame.Renderer.Catalog, e.lang} }

func (b codebook) t(key string, args ...any) string { return b.words.T(b.lang, key, args...) }

func (b codebook) entries() []entry {
	columns := b.kind.Columns()
	list := make([]entry, len(columns))
	for i := range columns {
		list[i] = b.entry(&columns[i])
	}
	return list
}

func (b codebook) entry(c *store.Column) entry {
	f := c.Field
	if f == nil {
		key := "column.of-" + strings.ReplaceAll(c.Name, ".", "-")
		return entry{Name: c.Name, Label: b.t(key), Type: b.t("column-type.line")}
	}
	said := entry{
		Name: c.Name, Label: b.label(f), Hint: b.hint(f), Type: b.t("column-type." + string(f.Widget)),
		Required: f.Required, Wire: f.Wire, Schema: f.Schema,
	}
	if c.Part != "" {
		said.Label += " – " + b.t("column-part."+c.Part)
		said.Type = b.t("column-type.line")
	}
	for i := range f.Columns {
		said.Hint = strings.TrimSpace(said.Hint + " " + b.t("column-type.row", "number", i+1, "label", b.columnLabel(f, &f.Columns[i])))
	}
	if v := vocabularyOf(c); v != nil {
		for _, slug := range v.Slugs {
			said.Words = append(said.Words, word{slug, b.t(v.Name + "." + slug)})
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
func (b codebook) label(f *store.Field) string {
	return b.first("field."+b.kind.Name+"-"+f.Name, "field."+f.Name)
}

func (b codebook) columnLabel(table, f *store.Field) string {
	return b.first("field."+b.kind.Name+"-"+table.Name+"-"+f.Name, "field."+table.Name+"-"+f.Name)
}

func (b codebook) hint(f *store.Field) string {
	return b.first("hint."+b.kind.Name+"-"+f.Name, "hint."+f.Name)
}

// first is the first message that there is, or nothing.
func (b codebook) first(keys ...string) string {
	for _, key := range keys {
		if b.words.Has(assets.French, key) {
			return b.t(key)
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
		for _, said := range e.codebook().entries() {
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

// exports are the forms of a list, the codebook among them.
func (e *export) exports() []assets.Link {
	var links []assets.Link
	for _, form := range append(append([]frame.Export{}, frame.Data...), frame.Feeds...) {
		links = append(links, assets.Link{Text: e.t("export" + form.End), Href: form.Href(e.kind, nil)})
	}
	return append(links, assets.Link{Text: e.t("export.codebook-csv"), Href: "/" + e.kind.Path + ".codebook.csv"})
}
