package admin

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation/intake"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

// importPage is "admin-import.html".
type importPage struct {
	top
	Import   *store.Import
	State    string
	Result   string
	Until    time.Time // it can be undone; zero: it cannot
	Progress *assets.Progress
	Preview  *assets.Table // of the first records
	Source   assets.Field
	Main     []assets.Field // questions that have an answer or need one
	More     []assets.Field
	Wrong    []string // a line each
	Hidden   int      // more of them
	Mistakes string   // path of all of them, as a table
	List     *assets.Link
	Buttons  []importButton
}

type importButton struct{ Value, Text, Class string }

// oneImport is /admin/imports/{id}.
func (p *Pages) oneImport(w http.ResponseWriter, r *http.Request) error {
	i, err := p.importOf(r)
	if err != nil {
		return err
	}
	if isPost(r) {
		return p.changeImport(w, r, i)
	}
	page := importPage{top: p.admin(r, i.File, importsPath), Import: i, State: p.t(r, "import.state."+string(i.State)), Result: p.importResult(r, i)}
	page.Crumbs = append(page.Crumbs, assets.Link{Text: p.t(r, "import.title"), Href: importsPath})
	if i.State == store.ImportDraft {
		err = p.planned(r, &page)
	} else {
		err = p.applied(r, &page)
	}
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-import.html", page)
}

// importOf is the import that the path names.
func (p *Pages) importOf(r *http.Request) (i *store.Import, err error) {
	id, err := store.ParseID(mux.Vars(r)["id"])
	if err != nil {
		return nil, store.ErrNotFound
	}
	err = p.view(r, func(tx *store.Txn) error {
		i, err = tx.Import(id)
		return err
	})
	return i, err
}

// changeImport does what a button says.
func (p *Pages) changeImport(w http.ResponseWriter, r *http.Request, i *store.Import) error {
	ctx, d := r.Context(), p.desk()
	do, back := r.PostForm.Get("do"), importPath(i.ID)
	var err error
	switch do {
	case "forget":
		err, back = d.Forget(ctx, i.ID), importsPath
	case "undo":
		return p.askUndo(w, r, i)
	case "undo-now":
		err = d.Undo(ctx, i.ID)
	case "pause":
		err = d.Pause(ctx, i.ID)
	case "resume":
		err = d.Start(ctx, i.ID)
	default:
		m, wrong := mappingOf(r, i)
		if wrong != nil {
			return wrong
		}
		if err = d.Change(ctx, i.ID, typed(r, "source"), m); err == nil && do == "run" {
			err = d.Start(ctx, i.ID)
		}
	}
	if errors.Is(err, intake.ErrBusy) {
		p.Frame.Flash(r, "warn", "import.busy")
		err = nil
	}
	if err != nil {
		return err
	}
	p.Frame.Log.InfoContext(ctx, "import", "object", i.ID, "verb", do, "actor", p.Frame.Viewer(r).Actor)
	return p.Frame.Redirect(w, r, back)
}

// The beginnings of the names of the questions that map columns.
const (
	columnPrefix = "column."
	valuePrefix  = "value."
)

// mappingOf reads the answers.
func mappingOf(r *http.Request, i *store.Import) (sheet.Mapping, error) {
	old, err := intake.MappingOf(i)
	if err != nil {
		return old, err
	}
	m := sheet.Mapping{Kind: old.Kind, From: map[string]sheet.From{}}
	for _, c := range store.KindOf(old.Kind).Columns() {
		from := sheet.From{Column: r.PostForm.Get(columnPrefix + c.Name), Value: typed(r, valuePrefix+c.Name)}
		if from != (sheet.From{}) {
			m.From[c.Name] = from
		}
	}
	return m, nil
}

// planned shows a draft: what would become of the rows, and which column is what.
func (p *Pages) planned(r *http.Request, page *importPage) error {
	plan, err := p.desk().Plan(r.Context(), page.Import.ID)
	if err != nil {
		return err
	}
	page.Import.Count = plan.Count
	page.Result = p.importResult(r, page.Import)
	page.Source = assets.Field{Name: "source", Label: p.t(r, "import.source"), Hint: p.t(r, "import.source-hint"), Value: plan.Import.Source, Required: true, MaxLength: 200}
	p.addQuestions(r, page, plan)
	page.Wrong = p.wrongLines(r, plan.Mapping, plan.Wrong)
	page.Hidden = plan.Count.Wrong - len(plan.Wrong)
	page.Mistakes = importPath(page.Import.ID) + mistakesEnd
	page.Preview = p.previewTable(r, plan)
	page.Buttons = []importButton{
		{"check", p.t(r, "import.check"), "button button-quiet"}, {"run", p.t(r, "import.run"), "button"}, {"forget", p.t(r, "import.forget"), "plain"},
	}
	return nil
}

// previewTable shows the first records as they would be; nil: there are none.
func (p *Pages) previewTable(r *http.Request, plan *intake.Plan) *assets.Table {
	if len(plan.First) == 0 {
		return nil
	}
	t := &assets.Table{Caption: p.t(r, "import.preview")}
	for _, key := range []string{"title", "pitch", "place", "line", "becomes"} {
		t.Columns = append(t.Columns, assets.Column{Text: p.t(r, "import.preview-"+key), Number: key == "line"})
	}
	lang := assets.LangOf(r.Context())
	for _, first := range plan.First {
		becomes := assets.Badge{Tone: "info", Text: p.t(r, "import.preview-changed")}
		if first.New {
			becomes = assets.Badge{Tone: "ok", Text: p.t(r, "import.preview-new")}
		}
		e := first.Item.Envelope()
		t.Rows = append(t.Rows, []assets.Cell{
			{Text: e.Title}, {Text: markup.Excerpt(e.Pitch, 120)}, {Text: e.Place.Commune}, {Text: lang.Number(int64(first.Line))}, {Badge: &becomes},
		})
	}
	return t
}

// addQuestions asks for every field of the kind where it comes from.
func (p *Pages) addQuestions(r *http.Request, page *importPage, plan *intake.Plan) {
	columns := []assets.Choice{{Text: p.t(r, "import.nowhere")}}
	for n, name := range plan.Columns {
		columns = append(columns, assets.Choice{Value: name, Text: p.t(r, "import.column", "name", name, "text", markup.Excerpt(plan.Sample[n], 40))})
	}
	k := store.KindOf(plan.Mapping.Kind)
	for _, c := range k.Columns() {
		if !sheet.Imported(&c) && c.Name != "id" && c.Name != "url" {
			continue
		}
		from := plan.Mapping.From[c.Name]
		label := p.columnLabel(r, k, &c)
		questions := []assets.Field{{Name: columnPrefix + c.Name, Label: label, Type: "select", Choices: columns, Value: from.Column}}
		if c.Field != nil && c.Part == "" {
			questions = append(questions, p.valueQuestion(r, &c, label, from.Value))
		}
		if from != (sheet.From{}) || c.Field != nil && c.Field.Required {
			page.Main = append(page.Main, questions...)
		} else {
			page.More = append(page.More, questions...)
		}
	}
}

func (p *Pages) valueQuestion(r *http.Request, c *store.Column, label, value string) assets.Field {
	q := assets.Field{Name: valuePrefix + c.Name, Label: p.t(r, "import.else", "label", label), Value: value, MaxLength: 500}
	if v := c.Field.Vocabulary; v != nil && c.Field.Widget == store.Choice {
		q.Type, q.Choices = "select", append([]assets.Choice{{}}, p.choices(r, v.Name, v.Slugs)...)
	}
	return q
}

// columnLabel is what people call a column of the records.
func (p *Pages) columnLabel(r *http.Request, k *store.Kind, c *store.Column) string {
	if c.Field == nil {
		return p.t(r, "column.of-"+strings.ReplaceAll(c.Name, ".", "-"))
	}
	label := p.t(r, "field."+c.Field.Name)
	if own := "field." + k.Name + "-" + c.Field.Name; p.Frame.Renderer.Catalog.Has(assets.French, own) {
		label = p.t(r, own)
	}
	if c.Part != "" {
		label += " – " + p.t(r, "column-part."+c.Part)
	}
	return label
}

// wrongLines say of every row that is left out its line, its column, and what is
// wrong.
func (p *Pages) wrongLines(r *http.Request, m sheet.Mapping, rows []*store.ImportedRow) []string {
	var lines []string
	for _, row := range rows {
		for _, e := range row.Wrong {
			text := p.t(r, e.Reason, e.Args)
			column := m.ColumnOf(e.Field)
			if column == "" {
				column = p.fieldLabel(r, m.Kind, e.Field)
			}
			if column == "" {
				lines = append(lines, p.t(r, "import.wrong-row", "line", strconv.Itoa(row.Line), "text", text))
				continue
			}
			lines = append(lines, p.t(r, "import.wrong-cell", "line", strconv.Itoa(row.Line), "column", column, "text", text))
		}
	}
	return lines
}

// fieldLabel is what people call a field that no column was given for.
func (p *Pages) fieldLabel(r *http.Request, kind, field string) string {
	name, _, _ := strings.Cut(field, ".")
	k := store.KindOf(kind)
	if f := k.Field(name); f != nil {
		return p.columnLabel(r, k, &store.Column{Name: name, Field: f})
	}
	return ""
}

// applied shows an import that began: how far it is, or what came of it.
func (p *Pages) applied(r *http.Request, page *importPage) error {
	i := page.Import
	m, err := intake.MappingOf(i)
	if err != nil {
		return err
	}
	rows, more, err := p.wrongRows(r, i.ID)
	if err != nil {
		return err
	}
	page.Wrong, page.Hidden = p.wrongLines(r, m, rows), more
	page.Mistakes = importPath(i.ID) + mistakesEnd
	undo := importButton{"undo", p.t(r, "import.undo"), "button button-quiet"}
	if i.State == store.ImportStopped || i.State == store.ImportDone {
		page.Until = i.Created.Add(store.UndoFor)
	}
	switch k := store.KindOf(m.Kind); i.State {
	case store.ImportRunning, store.ImportUndoing:
		page.Refresh = 2
		page.Progress = &assets.Progress{
			Label: page.State, Done: i.Next, Total: i.Total, Text: p.t(r, "import.progress", "done", i.Next, "total", i.Total),
		}
		if i.State == store.ImportRunning {
			undo.Text = p.t(r, "import.cancel")
			page.Buttons = []importButton{{"pause", p.t(r, "import.pause"), "button"}, undo}
		}
	case store.ImportStopped:
		page.Buttons = []importButton{{"resume", p.t(r, "import.resume"), "button"}, undo}
	case store.ImportDone:
		page.List = &assets.Link{Text: p.t(r, "list."+k.Name+".title"), Href: "/" + k.Path}
		page.Buttons = []importButton{undo}
	}
	return nil
}

// shownWrong is how many rows that were left out a page lists.
const shownWrong = 200

// wrongRows are the first rows that were left out, and how many there are more.
func (p *Pages) wrongRows(r *http.Request, id store.ID) (rows []*store.ImportedRow, more int, err error) {
	err = p.view(r, func(tx *store.Txn) error {
		rows, more = nil, 0
		for _, row := range tx.ImportedRows(id, 0) {
			switch {
			case row.Wrong == nil:
			case len(rows) < shownWrong:
				rows = append(rows, row)
			default:
				more++
			}
		}
		return nil
	})
	return rows, more, err
}

// askUndo says what would be taken back, before it is.
func (p *Pages) askUndo(w http.ResponseWriter, r *http.Request, i *store.Import) error {
	return p.Frame.Render(w, r, http.StatusOK, "confirm.html", assets.Confirm{
		Page: p.admin(r, p.t(r, "import.undo-title", "name", i.File), importsPath).Page, Text: p.t(r, "import.undo-text"),
		Points: []string{
			p.t(r, "import.undo-created", "count", i.Count.Created), p.t(r, "import.undo-updated", "count", i.Count.Updated), p.t(r, "import.undo-kept"),
		},
		Action: importPath(i.ID), Button: p.t(r, "import.undo"), Danger: true, Hidden: []assets.Hidden{{Name: "do", Value: "undo-now"}},
		Back: assets.Link{Text: p.t(r, "form.cancel"), Href: importPath(i.ID)},
	})
}
