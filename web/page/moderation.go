package page

import (
	"net/http"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

type moderationPage struct {
	assets.Page
	Lead  string
	Log   assets.Table
	Empty *assets.Empty
	Pager assets.Pager
}

// moderation is /moderation: what moderators did, for everybody and without names:
// neither theirs nor those of what they took away.
func (p *Pages) moderation(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	d := moderationPage{Page: a.page(a.t("moderation.title"), "contribute", a.link("contribute.title", "/contribuer")), Lead: a.t("moderation.lead")}
	d.Description = d.Lead
	d.Log = assets.Table{Caption: a.t("moderation.caption"), Columns: []assets.Column{
		{Text: a.t("moderation.when")}, {Text: a.t("moderation.what")}, {Text: a.t("moderation.about")}, {Text: a.t("moderation.why")},
	}}
	page, total := pageNumber(r.URL.Query()), 0
	err := a.view(func(tx *store.Txn) error {
		for m := range tx.Moderations() {
			if m.Deed == store.Ask {
				continue // between the moderators and the author
			}
			if total++; total > (page-1)*perPage && total <= page*perPage {
				d.Log.Rows = append(d.Log.Rows, a.moderated(tx, m))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(d.Log.Rows) == 0 {
		d.Empty = &assets.Empty{Title: a.t("moderation.none"), Text: a.t("moderation.none-text"), Actions: []assets.Link{a.link("contribute.title", "/contribuer")}}
	}
	d.Pager = a.pager("/moderation", nil, page, total)
	return p.Frame.Render(w, r, http.StatusOK, "moderation.html", d)
}

func (a *ask) moderated(tx *store.Txn, m *store.JournalEntry) []assets.Cell {
	about := assets.Cell{}
	switch {
	case m.Host != "":
		about.Text = m.Host
	case m.Actor != 0:
		about.Text = a.t("moderated.an-account")
	case m.Kind == "":
		about.Text = a.t("moderated.a-report")
	default:
		about.Text = a.t("kind." + m.Kind)
	}
	if it, err := tx.Record(m.Record); err == nil && (store.Viewer{}).CanList(it.Envelope()) {
		about = assets.Cell{Text: title(it.Envelope()), Href: federation.PagePath(it.Envelope())}
	}
	why := assets.Cell{Text: m.Note}
	if m.Reason != "" {
		why.Text = a.t("hide." + m.Reason)
	}
	return []assets.Cell{{Time: m.When}, {Text: a.t("moderated." + string(m.Deed))}, about, why}
}
