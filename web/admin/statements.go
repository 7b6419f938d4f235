package admin

import (
	"net/http"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const statementsPath = "/admin/mentions"

// statements is /admin/mentions: what the pages that the law asks for say of this
// site. What they declare of its accessibility follows from it (store.Statements).
func (p *Pages) statements(w http.ResponseWriter, r *http.Request) error {
	var said *store.Statements
	err := p.view(r, func(tx *store.Txn) error {
		said = tx.Statements()
		return nil
	})
	if err != nil {
		return err
	}
	f := p.statementsForm(r, said)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	f.fill(r)
	if err := p.saveStatements(r); err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Flash(r, "ok", "statement.saved")
	return p.Frame.Redirect(w, r, statementsPath)
}

func (p *Pages) statementsForm(r *http.Request, said *store.Statements) *form {
	state := said.Conformity(p.Node.Store.Now())
	f := &form{
		top: p.admin(r, p.t(r, "statement.title"), statementsPath), Lead: p.t(r, "statement.lead"),
		Notice: &assets.Flash{Tone: "info", Text: p.t(r, "statement.state", "state", p.t(r, "accessibility.mention-"+string(state)))},
		Action: statementsPath, Button: p.t(r, "form.save"),
		Links: []assets.Link{{Text: p.t(r, "accessibility.title"), Href: "/accessibilite"}, {Text: p.t(r, "legal.title"), Href: "/mentions-legales"}},
	}
	for i := range store.StatementFields {
		x := &store.StatementFields[i]
		if key := "section.statement." + x.Name; p.has(key) {
			f.Sections = append(f.Sections, section{Title: p.t(r, key)})
		}
		part := &f.Sections[len(f.Sections)-1]
		part.Fields = append(part.Fields, p.statementField(r, x, said))
	}
	return f
}

// statementTypes are the types of input of the widgets that are no plain line.
var statementTypes = map[store.Widget]string{store.Text: "textarea", store.Day: "date", store.Web: "url"}

func (p *Pages) statementField(r *http.Request, x *store.Field, said *store.Statements) assets.Field {
	f := assets.Field{
		Name: x.Name, Label: p.t(r, "field.statement-"+x.Name), Type: statementTypes[x.Widget], Rows: 3,
		Value: x.Text(said), MaxLength: x.Max, Spellcheck: x.Widget == store.Text,
	}
	if key := "hint.statement-" + x.Name; p.has(key) {
		f.Hint = p.t(r, key)
	}
	if x.Widget == store.Amount {
		f.InputMode = "decimal"
	}
	return f
}

// has says whether there is a message, in the source of all languages: what one lacks
// is said in French.
func (p *Pages) has(key string) bool { return p.Frame.Renderer.Catalog.Has(assets.French, key) }

func (p *Pages) saveStatements(r *http.Request) error {
	said, wrong := new(store.Statements), store.FieldErrors(nil)
	for i := range store.StatementFields {
		x := &store.StatementFields[i]
		if e := x.ParseText(said, r.PostForm.Get(x.Name)); e != nil {
			wrong = append(wrong, e)
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return p.change(r, store.JournalEntry{Deed: store.EditStatements}, func(tx *store.Txn) error { return tx.PutStatements(said) })
}
