package page

import (
	"net/http"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

type riverPage struct {
	assets.Page
	Entries []entry
	Pager   assets.Pager
	Empty   *assets.Empty
}

// entry is one thing in the river: a sheet, or a post, and who passed it on when
// it is not its author whom we follow.
type entry struct {
	Card      *assets.Card
	Post      *post
	Announcer *assets.Link
}

// river shows what the followed labs published, newest first.
func (p *Pages) river(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	page := pageNumber(r.URL.Query())
	d := riverPage{Page: a.page(a.t("river.title"), "network", a.link("nav.network", "/reseau"))}
	d.Description, d.NoIndex = a.t("river.lead"), true
	err := a.view(func(tx *store.Txn) error {
		found := tx.ListRiver(store.Query{Viewer: a.by, Offset: (page - 1) * perPage, Limit: perPage})
		for _, it := range found.Items {
			d.Entries = append(d.Entries, a.entry(tx, it))
		}
		d.Pager = a.pager("/fil", nil, page, found.Total)
		return nil
	})
	if err != nil {
		return err
	}
	if len(d.Entries) == 0 {
		d.Empty = &assets.Empty{Title: a.t("river.empty.title"), Text: a.t("river.empty.text"), Actions: []assets.Link{a.link("nav.network", "/reseau")}}
		if a.by.Runs {
			d.Empty.Actions = append([]assets.Link{a.link("follow.title", "/reseau/suivre")}, d.Empty.Actions...)
		}
	}
	return p.Frame.Render(w, r, http.StatusOK, "river.html", d)
}

func (a *ask) entry(tx *store.Txn, it store.Item) entry {
	r := it.Envelope()
	e := entry{Announcer: a.announcer(tx, r)}
	if r.Title != "" {
		card := a.card(tx, it)
		e.Card = &card
		return e
	}
	whole := a.post(tx, it)
	whole.About = a.about(tx, r)
	e.Post = &whole
	return e
}

// announcer is the first followed actor that passed a record on, when its author
// is not followed.
func (a *ask) announcer(tx *store.Txn, r *store.Record) *assets.Link {
	if author := a.actor(tx, r.Lab); author.ID != 0 && tx.FollowedHere(author.ID) {
		return nil
	}
	for reaction := range tx.Reactions(r.ID, store.Announced) {
		if by, err := tx.Actor(reaction.Actor); err == nil && tx.FollowedHere(by.ID) {
			link := actorLink(by)
			return &link
		}
	}
	return nil
}
