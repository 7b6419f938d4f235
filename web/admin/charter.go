package admin

import (
	"cmp"
	"net/http"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const charterPath = "/admin/charte"

// charter is /admin/charte: the charter of the lab. Until there is one, the form holds
// a text to begin with.
func (p *Pages) charter(w http.ResponseWriter, r *http.Request) error {
	var said *store.Charter
	err := p.view(r, func(tx *store.Txn) error {
		said = tx.Charter()
		return nil
	})
	if err != nil {
		return err
	}
	f := p.charterForm(r, said)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	f.fill(r)
	err = p.change(r, store.JournalEntry{Deed: store.EditCharter}, func(tx *store.Txn) error {
		return tx.PutCharter(typed(r, "text"), typed(r, "lang"))
	})
	if err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Flash(r, "ok", "charter.saved")
	return p.Frame.Redirect(w, r, charterPath)
}

func (p *Pages) charterForm(r *http.Request, said *store.Charter) *form {
	lang := string(assets.LangOf(r.Context()))
	f := &form{
		top: p.admin(r, p.t(r, "charter.edit-title"), charterPath), Lead: p.t(r, "charter.lead"), Action: charterPath, Button: p.t(r, "form.save"),
		Links: []assets.Link{{Text: p.t(r, "charter.title"), Href: "/charte"}},
	}
	text := said.Text
	if text == "" {
		text = p.t(r, "charter.draft", "lab", f.Site.Name)
		f.Notice = &assets.Flash{Tone: "info", Text: p.t(r, "charter.draft-notice")}
	}
	f.Sections = []section{{Fields: []assets.Field{
		{Name: "text", Label: p.t(r, "charter.text"), Hint: p.t(r, "charter.text-hint"), Type: "textarea", Rows: 24, Value: text, MaxLength: store.MaxCharter, Spellcheck: true, Lang: otherLang(r, said.Lang)},
		{Name: "lang", Label: p.t(r, "charter.lang"), Type: "select", Value: cmp.Or(said.Lang, lang), Choices: p.choices(r, store.Languages.Name, store.Languages.Slugs)},
	}}}
	return f
}
