package page

import (
	"net/http"
	"net/url"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
)

// precedentsPath is the page that says who did something already.
const precedentsPath = "/deja-fait"

// precedents lists the experiments about a theme, in places of a size, of all labs
// that are copied here.
func (p *Pages) precedents(w http.ResponseWriter, r *http.Request) error {
	if p.Search == nil {
		return store.ErrNotFound
	}
	asked := url.Values{}
	for name, v := range map[string]*store.Vocabulary{"themes": &store.Themes, search.FacetSize: &store.Sizes} {
		if slug := r.URL.Query().Get(name); v.Has(slug) {
			asked.Set(name, slug)
		}
	}
	a, page := p.ask(r), pageNumber(r.URL.Query())
	q := search.Query{Members: a.by.Local, Sort: search.ByDate, Offset: (page - 1) * perPage, Limit: perPage, Facets: map[string]string{search.FacetKind: "experiment"}}
	for name := range asked {
		q.Facets[name] = asked.Get(name)
	}
	found, err := p.Search.Find(r.Context(), q)
	if err != nil {
		return err
	}
	d := a.precedentsPage(asked, page, found)
	err = a.view(func(tx *store.Txn) error {
		for _, hit := range found.Show(tx, a.by) {
			d.Cards = append(d.Cards, a.card(tx, hit.Item))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(d.Cards) == 0 {
		d.Empty = &assets.Empty{
			Title: a.t("precedents.none.title"), Text: a.t("precedents.none.text"),
			Actions: []assets.Link{a.link("precedents.all", precedentsPath), a.link("precedents.ask", newPath(store.KindOf("need")))},
		}
	}
	return p.Frame.Render(w, r, http.StatusOK, "list.html", d)
}

func (a *ask) precedentsPage(asked url.Values, page int, found *search.Found) listPage {
	d := listPage{
		Page: a.page(a.t("precedents.title"), "experiments"), Action: precedentsPath, Reset: precedentsPath,
		Count: a.t("list.count", "count", found.Total), Pager: a.pager(precedentsPath, asked, page, found.Total),
		Filters: []assets.Field{
			a.vocabularyFilter("themes", a.t("filter.themes"), &store.Themes, asked),
			a.vocabularyFilter(search.FacetSize, a.t("search.facet.size"), &store.Sizes, asked),
		},
	}
	d.Description, d.NoIndex = a.t("precedents.lead"), page > 1 || len(asked) > 0
	s := frame.Search{Asked: url.Values{search.FacetKind: {"experiment"}}}
	for name := range asked {
		s.Asked.Set(name, asked.Get(name))
	}
	d.Feeds, d.Exports = (&seeking{a, &s}).exports()
	return d
}

// vocabularyFilter is a question that any entry of a vocabulary answers, or none.
func (a *ask) vocabularyFilter(name, label string, v *store.Vocabulary, asked url.Values) assets.Field {
	return assets.Field{
		Name: name, Label: label, Type: "select", Value: asked.Get(name),
		Choices: append([]assets.Choice{{Text: a.t("filter.any")}}, a.choices(v)...),
	}
}

// precedentsOf leads from a record to who did something of the kind already; nil where
// its kind asks for nothing, or nothing can be searched.
func (a *ask) precedentsOf(k *store.Kind, r *store.Record) *assets.Link {
	if !k.Precedents || a.Search == nil {
		return nil
	}
	asked := url.Values{}
	if len(r.Themes) > 0 && store.Themes.Has(r.Themes[0]) {
		asked.Set("themes", r.Themes[0])
	}
	if size := r.Place.Size(); size != "" {
		asked.Set(search.FacetSize, size)
	}
	link := a.link("precedents.title", address(precedentsPath, asked))
	return &link
}
