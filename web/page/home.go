package page

import (
	"net/http"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

const (
	homeSheets = 6
	homeNews   = 4
)

type homePage struct {
	assets.Page
	Summary     string
	Address     string
	Experiments []assets.Card
	Count       string
	News        []post
	Following   string
	Followers   string
	Labs        []assets.Link // whom we follow
	Empty       *assets.Empty
	Create      *assets.Link
}

// home says who the lab is and what is new.
func (p *Pages) home(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	d := homePage{}
	err := a.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		d.Summary, d.Address = markup.Plain(lab.Summary), lab.Address()
		found := tx.ListKind("experiment", store.Query{Viewer: a.by, Limit: homeSheets})
		d.Experiments, d.Count = a.cards(tx, found.Items), a.t("home.all", "count", found.Total)
		for _, it := range tx.ListKind("news", store.Query{Viewer: a.by, Limit: homeNews, Home: true}).Items {
			news := a.post(tx, it)
			news.Edit, news.About = "", a.about(tx, it.Envelope())
			d.News = append(d.News, news)
		}
		a.addNeighbours(tx, &d, lab.ID)
		return nil
	})
	if err != nil {
		return err
	}
	d.Page = a.page(a.t("home.title"), "")
	d.Description = markup.Excerpt(d.Summary, description)
	a.welcome(&d)
	return p.Frame.Render(w, r, http.StatusOK, "home.html", d)
}

const namedLabs = 12 // labs that the home page names

func (a *ask) addNeighbours(tx *store.Txn, d *homePage, lab store.ID) {
	following, followers := 0, 0
	for f := range tx.Following(lab) {
		if f.State != store.Accepted {
			continue
		}
		if following++; len(d.Labs) < namedLabs {
			if other, err := tx.Actor(f.Followed); err == nil {
				d.Labs = append(d.Labs, actorLink(other))
			}
		}
	}
	for f := range tx.Followers(lab) {
		if f.State == store.Accepted {
			followers++
		}
	}
	d.Following, d.Followers = a.t("network.following-count", "count", following), a.t("network.followers-count", "count", followers)
}

// welcome says what can be done next.
func (a *ask) welcome(d *homePage) {
	if a.by.Local {
		create := a.link("list.experiment.create", "/experimentations/nouvelle")
		d.Create = &create
	}
	if len(d.Experiments) == 0 {
		d.Empty = a.emptyList(store.KindOf("experiment"), false)
	}
}
