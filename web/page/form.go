package page

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// The controls that belong to a picture, beside the file itself.
const (
	altEnd        = "-alt"
	decorativeEnd = "-decorative"
	keptEnd       = "-kept"
	removeEnd     = "-remove"
)

// formPart is a part of a form under its heading. One that asks for nothing that
// must be said, and where nothing was said yet, is folded.
type formPart struct {
	ID        string
	Title     string
	Open      bool
	Questions []question
}

// question is a field of a form: a control, with the picture that is there
// already, or a table with its rows.
type question struct {
	assets.Field
	Kept *assets.Picture
	Rows []row
}

// row is one entry of a table.
type row struct {
	Legend string
	Fields []assets.Field
}

// tableType marks the field that begins a table; those of its rows follow it.
const tableType = "table"

// fields are the controls of a kind in one line, with the answers of it. Those
// of a row of a table are named like "partners.0.org".
func (a *ask) fields(d *draft) []assets.Field {
	var list []assets.Field
	for i := range d.kind.Fields {
		if f := &d.kind.Fields[i]; f.Widget != store.Shown {
			list = append(list, a.controls(d, f, d.item, "", d.kind.Name+"-"+f.Name)...)
		}
	}
	return list
}

// controls ask for one field of v, an item or a row. own is the end of the
// message keys that only this kind has.
func (a *ask) controls(d *draft, f *store.Field, v any, prefix, own string) []assets.Field {
	c := assets.Field{
		Name: prefix + f.Name, Label: a.label(own, f.Name), Hint: a.hint(own, f.Name),
		Required: f.Required, Spellcheck: true,
	}
	switch p := f.At(v).(type) {
	case *[]string:
		if f.Widget == store.Words {
			c.Value = f.Text(v)
			break
		}
		c.Type, c.Values, c.Choices = "checkboxes", *p, a.choices(f.Vocabulary)
		if f.Vocabulary == &store.Themes {
			a.explain(c.Choices)
		}
	case **store.Image:
		return a.pictureFields(c, own, *p)
	case *bool:
		c.Type = "checkbox"
		if *p {
			c.Value = "1"
		}
	case *store.Place:
		return a.placeFields(d, c, own, p)
	case *[]store.Attachment:
		return a.fileFields(c, *p)
	case store.Rows:
		return a.rowFields(d, c, f, p, own)
	default:
		c = a.textField(c, f, d.value(f, v, c.Name))
	}
	return []assets.Field{c}
}

// explain says with what other words people mean a theme.
func (a *ask) explain(themes []assets.Choice) {
	words := a.Frame.Synonyms(a.r)
	for i, c := range themes {
		themes[i].Hint = strings.Join(words[c.Value], ", ")
	}
}

// label is the name of a field: the kind's own, or the one that all share.
func (a *ask) label(own, name string) string {
	if key := "field." + own; a.has(key) {
		return a.t(key)
	}
	return a.t("field." + name)
}

func (a *ask) hint(own, name string) string {
	for _, key := range []string{"hint." + own, "hint." + name} {
		if a.has(key) {
			return a.t(key)
		}
	}
	return ""
}

// inputTypes are the types of input of the widgets that are no plain line.
var inputTypes = map[store.Widget]string{store.Day: "date", store.Clock: "datetime-local", store.Web: "url"}

func (a *ask) textField(c assets.Field, f *store.Field, value string) assets.Field {
	c.Type, c.Value, c.MaxLength = inputTypes[f.Widget], value, f.Max
	switch f.Widget {
	case store.Text:
		c.Type, c.Rows = "textarea", 4
	case store.Markdown:
		c.Type, c.Rows = "textarea", 16
	case store.Whole, store.Amount:
		c.InputMode = "decimal"
	case store.Digits:
		c.InputMode, c.Spellcheck = "numeric", false
	case store.Choice:
		c.Choices, c.MaxLength = a.choices(f.Vocabulary), 0
		c.Type = "radios"
		if !hinted(c.Choices) {
			c.Type = "select"
			c.Choices = append([]assets.Choice{{Text: a.t("form.choose")}}, c.Choices...)
		}
	}
	return c
}

// hinted says whether the answers explain themselves: then all are in view.
func hinted(choices []assets.Choice) bool {
	return slices.ContainsFunc(choices, func(c assets.Choice) bool { return c.Hint != "" })
}

// rowFields ask for the rows of a table, and for one more when it is empty or
// more was asked for.
func (a *ask) rowFields(d *draft, c assets.Field, f *store.Field, rows store.Rows, own string) []assets.Field {
	c.Type = tableType
	list := []assets.Field{c}
	if rows.Len() == 0 || d.more == f.Name && (f.Max == 0 || rows.Len() < f.Max) {
		rows.Grow()
	}
	for i := range rows.Len() {
		for x := range f.Columns {
			column := &f.Columns[x]
			list = append(list, a.controls(d, column, rows.Row(i), store.RowName(c.Name, i)+".", own+"-"+column.Name)...)
		}
	}
	return list
}

// pictureFields ask for a picture and for words for those who do not see it.
func (a *ask) pictureFields(file assets.Field, own string, img *store.Image) []assets.Field {
	name := file.Name
	alt := assets.Field{Name: name + altEnd, Label: a.label(own+altEnd, "image-alt"), Hint: a.hint(own+altEnd, "image-alt"), MaxLength: 1500, Spellcheck: true}
	decorative := assets.Field{Name: name + decorativeEnd, Label: a.label(own+decorativeEnd, "image-decorative"), Type: "checkbox"}
	if img != nil {
		if alt.Value = img.Alt; img.Alt == "" {
			decorative.Value = "1"
		}
	}
	return append(a.wordlessFields(file, own, img), alt, decorative)
}

// wordlessFields ask for a picture alone, and whether the one that is there goes.
func (a *ask) wordlessFields(file assets.Field, own string, img *store.Image) []assets.Field {
	file.Type, file.Accept = "file", "image/jpeg,image/png,image/gif,image/webp"
	if img == nil {
		return []assets.Field{file}
	}
	kept, err := json.Marshal(img)
	if err != nil {
		panic(err) // a struct of strings and numbers
	}
	return []assets.Field{
		file,
		{Name: file.Name + keptEnd, Type: "hidden", Value: string(kept)},
		{Name: file.Name + removeEnd, Label: a.label(own+removeEnd, "image-remove"), Type: "checkbox"},
	}
}

// parts put the controls under the headings of the form.
func (a *ask) parts(d *draft, fields []assets.Field) []formPart {
	parts := []formPart{{ID: "part-0", Open: true}}
	for i := range d.kind.Fields {
		f := &d.kind.Fields[i]
		if key := "section." + d.kind.Name + "." + f.Name; a.has(key) {
			parts = append(parts, formPart{ID: "part-" + f.Name, Title: a.t(key)})
		}
		part := &parts[len(parts)-1]
		var mine []assets.Field
		for len(fields) > 0 && belongs(fields[0].Name, f.Name) {
			mine, fields = append(mine, fields[0]), fields[1:]
		}
		part.Questions = append(part.Questions, a.questions(d, f, mine)...)
		part.Open = part.Open || f.Required || !f.IsEmpty(d.item) || slices.ContainsFunc(mine, func(c assets.Field) bool { return c.Error != "" })
	}
	return slices.DeleteFunc(parts, func(p formPart) bool { return len(p.Questions) == 0 })
}

// belongs says whether a control is part of the field of this name.
func belongs(control, field string) bool {
	rest, ok := strings.CutPrefix(control, field)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '-')
}

// questions dress the controls of one field for the template.
func (a *ask) questions(d *draft, f *store.Field, controls []assets.Field) []question {
	if len(controls) > 0 && controls[0].Type == tableType {
		return []question{{Field: controls[0], Rows: a.rows(f, controls[1:])}}
	}
	list := make([]question, len(controls))
	for i, c := range controls {
		list[i].Field = c
		if c.Type == "file" && f.Widget == store.Picture {
			list[i].Kept = a.picture(*f.At(d.item).(**store.Image))
		}
	}
	return list
}

func (a *ask) rows(f *store.Field, controls []assets.Field) []row {
	var rows []row
	for len(controls) > 0 {
		n := min(len(f.Columns), len(controls))
		rows = append(rows, row{Legend: a.t("form.row", "number", len(rows)+1), Fields: controls[:n]})
		controls = controls[n:]
	}
	return rows
}
