package page

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

// onShelf is how many records stand on a shelf.
const onShelf = 3

// shelf is the newest of one kind, with the way to its whole list.
type shelf struct {
	ID, Title string
	Cards     []assets.Card
	Items     []relatedLink // instead of cards, where room is short
	All       assets.Link
	stock     []store.Item
}

// shelves are the newest records of some kinds that q lists, or the next of those
// that take place, leaving out the kinds of which there are none. narrowed
// is q as the address of a list has it. The first kind has cards, the others have a
// line or two for each record.
func (a *ask) shelves(tx *store.Txn, q store.Query, narrowed url.Values, kinds ...*store.Kind) []shelf {
	list := a.stocked(tx, q, narrowed, kinds)
	for i := range list {
		if i == 0 {
			list[i].Cards = a.cards(tx, list[i].stock)
			continue
		}
		for _, it := range list[i].stock {
			list[i].Items = append(list[i].Items, a.inBrief(tx, it))
		}
	}
	return list
}

// stocked are shelves whose records are to be shown.
func (a *ask) stocked(tx *store.Txn, q store.Query, narrowed url.Values, kinds []*store.Kind) []shelf {
	var list []shelf
	q.Limit = onShelf
	for _, k := range kinds {
		if k.Reply || !knows(k, q) {
			continue
		}
		found := tx.ListKind(k.Name, q)
		if _, dated := k.New().(store.Dated); dated {
			found.Items = tx.Upcoming(k.Name, tx.Now(), q).Items
		}
		if len(found.Items) == 0 {
			continue
		}
		name := a.t("list." + k.Name + ".title")
		list = append(list, shelf{
			ID: shelfID(k.Name), Title: name, stock: found.Items,
			All: assets.Link{Text: a.t("shelf.all", "title", name, "count", found.Total), Href: address("/"+k.Path, narrowed)},
		})
	}
	return list
}

func shelfID(kind string) string { return "shelf-" + kind }

// inBrief is a record in a line: when it takes place, or where.
func (a *ask) inBrief(tx *store.Txn, it store.Item) relatedLink {
	line := a.relatedTo(tx, it, a.when(it))
	line.Badges = a.unusual(store.KindOf(it.Envelope().Kind), it)
	if line.Note == "" {
		line.Note = a.places(it.Envelope().Territory)
	}
	return line
}

// knows says whether a kind has all the facets of a query.
func knows(k *store.Kind, q store.Query) bool {
	for name := range q.Facets {
		if k.Field(name) == nil {
			return false
		}
	}
	return true
}

// posts are the newest short texts that q lists.
func (a *ask) posts(tx *store.Txn, q store.Query) []post {
	var list []post
	for _, it := range tx.ListKind(replyKind.Name, q).Items {
		p := a.post(tx, it)
		p.About = a.about(tx, it.Envelope())
		list = append(list, p)
	}
	return list
}

// lists lead to the whole lists of the kinds that have no shelf on the home page.
func (a *ask) lists(tx *store.Txn) []assets.Link {
	var links []assets.Link
	for _, k := range store.Kinds {
		if k.Front {
			continue
		}
		if n := tx.ListKind(k.Name, store.Query{Viewer: a.by}).Total; n > 0 {
			links = append(links, assets.Link{Text: a.t("filter.count", "name", a.t("list."+k.Name+".title"), "count", n), Href: "/" + k.Path})
		}
	}
	return links
}

type choosePage struct {
	assets.Page
	Lead  string
	Kinds []kindChoice
	Links []assets.Link
}

// kindChoice is a kind of record that a member can write.
type kindChoice struct {
	Look, Title, Lead string
	Href              string
}

// choose asks which kind of record a member wants to write.
func (p *Pages) choose(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	if !a.by.Local {
		return a.signIn(w)
	}
	d := choosePage{Page: a.page(a.t("choose.title"), "lab")}
	d.NoIndex = true
	for _, k := range store.Kinds {
		d.Kinds = append(d.Kinds, kindChoice{
			Look: k.Look, Title: a.t("list." + k.Name + ".create"), Lead: a.t("list." + k.Name + ".lead"), Href: newPath(k),
		})
	}
	return p.Frame.Render(w, r, http.StatusOK, "choose.html", d)
}

type sectionPage struct {
	assets.Page
	Lead    string
	Shelves []shelf
	Pairs   []fit         // of needs and resources
	Kinds   []assets.Link // all lists of the section, also those that are empty
	Empty   *assets.Empty
}

// section shows the newest of every kind that stands under an entry of the
// navigation.
func (p *Pages) section(name string) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		d := sectionPage{Page: a.page(a.t("nav."+name), name), Lead: a.t("section-page." + name + ".lead")}
		d.Description = d.Lead
		for _, k := range inSection(name) {
			d.Kinds = append(d.Kinds, a.link("list."+k.Name+".title", "/"+k.Path))
		}
		err := a.view(func(tx *store.Txn) error {
			d.Shelves = a.shelves(tx, store.Query{Viewer: a.by}, nil, inSection(name)...)
			d.Pairs = a.pairs(tx)
			return nil
		})
		if err != nil {
			return err
		}
		if len(d.Shelves) == 0 {
			d.Empty = &assets.Empty{Title: a.t("section-page." + name + ".empty"), Text: a.t("section-page.none"), Actions: []assets.Link{a.link("nav.network", "/reseau")}}
		}
		return p.Frame.Render(w, r, http.StatusOK, "section.html", d)
	}
}

// inSection are the kinds that stand under an entry of the navigation.
func inSection(name string) []*store.Kind {
	return slices.DeleteFunc(slices.Clone(store.Kinds), func(k *store.Kind) bool { return k.Section != name })
}
