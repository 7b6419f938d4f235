package admin

import (
	"net/http"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const themesPath = "/admin/themes"

// themes is /admin/themes: the words that people have for the themes.
func (p *Pages) themes(w http.ResponseWriter, r *http.Request) error {
	var said store.Synonyms
	err := p.view(r, func(tx *store.Txn) error {
		said = tx.Synonyms()
		return nil
	})
	if err != nil {
		return err
	}
	f := p.themesForm(r, said)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	f.fill(r)
	typedWords := store.Synonyms{}
	for _, slug := range store.Themes.Slugs {
		typedWords[slug] = strings.FieldsFunc(typed(r, slug), func(c rune) bool { return strings.ContainsRune(",;\n", c) })
	}
	err = p.change(r, store.JournalEntry{Deed: store.EditThemes}, func(tx *store.Txn) error { return tx.PutSynonyms(typedWords) })
	if err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Flash(r, "ok", "themes.saved")
	return p.Frame.Redirect(w, r, themesPath)
}

func (p *Pages) themesForm(r *http.Request, said store.Synonyms) *form {
	f := &form{top: p.admin(r, p.t(r, "themes.title"), themesPath), Lead: p.t(r, "themes.lead"), Action: themesPath, Button: p.t(r, "form.save")}
	f.Notice = &assets.Flash{Tone: "info", Text: p.t(r, "themes.same")}
	var fields []assets.Field
	for _, slug := range store.Themes.Slugs {
		fields = append(fields, assets.Field{
			Name: slug, Label: p.t(r, "theme."+slug), Value: strings.Join(said[slug], ", "),
			MaxLength: store.MaxSynonyms * (store.MaxSynonym + 2), Spellcheck: true,
		})
	}
	f.Sections = []section{{Title: p.t(r, "themes.words"), Text: p.t(r, "themes.words-text"), Fields: fields}}
	return f
}
