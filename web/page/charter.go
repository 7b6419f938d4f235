package page

import (
	"net/http"

	template "github.com/DataDog/datadog-agent/pkg/template/html"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

const charterPath = "/charte"

// charterPage is "charter.html".
type charterPage struct {
	assets.Page
	Version string
	Text    template.HTML
	Lang    string        // of the text, when it is not the page's
	Empty   *assets.Empty // there is no charter
	Edit    *assets.Link  // for those who run the lab
}

// charter is /charte: what the lab promises those who take part, and asks of them.
func (p *Pages) charter(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	var c *store.Charter
	err := a.view(func(tx *store.Txn) error {
		c = tx.Charter()
		return nil
	})
	if err != nil {
		return err
	}
	d := charterPage{Page: a.page(a.t("charter.title"), "lab"), Lang: a.foreign(c.Lang)}
	if a.by.May(store.RunLab) {
		edit := a.link("charter.edit", "/admin/charte")
		d.Edit = &edit
	}
	if c.Text == "" {
		d.NoIndex = true
		d.Empty = a.noCharter(&d)
		return p.Frame.Render(w, r, http.StatusOK, "charter.html", d)
	}
	d.Text = outline(2, markup.Markdown(c.Text))
	d.Version = a.t("charter.version", "version", c.Version, "date", a.lang.Date(c.Updated))
	d.Description = markup.Excerpt(markup.Plain(string(d.Text)), description)
	return p.Frame.Render(w, r, http.StatusOK, "charter.html", d)
}

// noCharter says what stands in its place, and who can write one.
func (a *ask) noCharter(d *charterPage) *assets.Empty {
	none := &assets.Empty{Title: a.t("charter.none"), Text: a.t("charter.none-text"), Actions: []assets.Link{a.link("nav.lab", "/lab")}}
	if d.Edit != nil {
		none.Text, none.Actions, d.Edit = a.t("charter.none-edit"), []assets.Link{*d.Edit}, nil
	}
	return none
}
