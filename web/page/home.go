package page

import (
	"net/http"
	"slices"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

const (
	homeNews = 2   // posts
	homeText = 200 // characters of what the lab says of itself
)

type homePage struct {
	assets.Page
	Summary   string
	Address   string
	Blocks    []homeBlock // in the order that those who run the lab chose
	Now       []lit
	Lists     []assets.Link
	News      []post
	Map       *chart // of the network; nil: there is none yet
	Following string
	Followers string
	Empty     *assets.Empty
	Main      assets.Link // what to do first here
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
		d.Summary, d.Address = markup.Excerpt(markup.Plain(lab.Summary), homeText), lab.Address()
		d.Now = a.spotlights(tx)
		a.addBlocks(tx, &d)
		d.Lists = a.lists(tx)
		d.News = a.posts(tx, store.Query{Viewer: a.by, Limit: homeNews, Home: true})
		for i := range d.News {
			d.News[i].Edit = ""
		}
		a.addNeighbours(tx, &d, lab)
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

// homeBlock is a part of the home page: shelves that stand together, or one of
// store.FrontBlocks.
type homeBlock struct {
	Name    string
	Shelves []shelf
}

// addBlocks puts the parts of the home page in their order. Shelves that follow one
// another stand together. Where nothing is hidden and nothing there is what to begin
// with.
func (a *ask) addBlocks(tx *store.Txn, d *homePage) {
	front := tx.Front()
	shelves := a.shelves(tx, store.Query{Viewer: a.by}, nil, kindsOf(front.Shown)...)
	if len(shelves) == 0 && len(kindsOf(front.Hidden)) == 0 {
		d.Empty = a.emptyList(store.Kinds[0], false)
	}
	if slices.Contains(front.Shown, store.FrontNow) {
		shelves = unlit(shelves, d.Now)
	}
	for _, name := range front.Shown {
		switch {
		case store.KindOf(name) == nil:
			d.Blocks = append(d.Blocks, homeBlock{Name: name})
			continue
		case len(shelves) == 0, shelves[0].ID != shelfID(name):
			continue // there is none of the kind
		}
		if n := len(d.Blocks); n == 0 || d.Blocks[n-1].Shelves == nil {
			d.Blocks = append(d.Blocks, homeBlock{Name: name})
		}
		last := &d.Blocks[len(d.Blocks)-1]
		last.Shelves, shelves = append(last.Shelves, shelves[0]), shelves[1:]
	}
}

// kindsOf are the kinds among the names of blocks.
func kindsOf(blocks []string) []*store.Kind {
	var kinds []*store.Kind
	for _, name := range blocks {
		if k := store.KindOf(name); k != nil {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

const drawnLabs = 60 // labs that the home page draws

// addNeighbours draws the network without its names, which would be too small.
func (a *ask) addNeighbours(tx *store.Txn, d *homePage, lab *store.Actor) {
	m, following, followers := newSketch(lab, 0), 0, 0
	for f := range tx.Following(lab.ID) {
		other, err := tx.Actor(f.Followed)
		if err != nil || f.State != store.Accepted {
			continue
		}
		if following++; following <= drawnLabs {
			m.follows(other, 0, true)
		}
	}
	for f := range tx.Followers(lab.ID) {
		if f.State != store.Accepted {
			continue
		}
		followers++
		if other, err := tx.Actor(f.Follower); err == nil && other.Type == store.Group && followers <= drawnLabs {
			m.followedBy(other, 0, true)
		}
	}
	d.Following, d.Followers = a.t("network.following-count", "count", following), a.t("network.followers-count", "count", followers)
	if len(m.labs) > 1 {
		m.mute = true
		c := m.draw(a)
		d.Map = &c
	}
}

// welcome says what can be done next.
func (a *ask) welcome(d *homePage) {
	first := store.Kinds[0]
	d.Main = assets.Link{Text: a.t("list." + first.Name + ".title"), Href: "/" + first.Path}
	if a.by.Local {
		d.Main = a.link("choose.title", "/publier")
	}
}
