package page

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/reply"
)

type listPage struct {
	assets.Page
	Action  string // where the form of filters is sent
	Filters []assets.Field
	Chips   []chip
	Reset   string // the list without filters
	Count   string
	Cards   []assets.Card
	Pager   assets.Pager
	Empty   *assets.Empty
	Create  *assets.Link
	Exports []assets.Link // the list in other forms
}

// chip is a filter that is on, and the list without it.
type chip struct{ Text, Label, Href string }

// list shows the records of a kind, narrowed by its facets and by origin.
func (p *Pages) list(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		query, page := a.narrowing(k), pageNumber(r.URL.Query())
		d := listPage{Page: a.page(a.t("list."+k.Name+".title"), k.Section), Action: "/" + k.Path, Reset: "/" + k.Path}
		d.Description, d.NoIndex = a.t("list."+k.Name+".lead"), page > 1 || len(query) > 0
		d.Feeds, d.Exports = a.exports(k, query)
		if a.by.Local {
			create := a.link("list."+k.Name+".create", newPath(k))
			d.Create = &create
		}
		err := a.view(func(tx *store.Txn) error {
			found := tx.ListKind(k.Name, a.query(query, page))
			d.Filters, d.Chips = a.filters(k, query, found.Counts), a.chips(k, query)
			d.Cards, d.Count = a.cards(tx, found.Items), a.t("list.count", "count", found.Total)
			d.Pager = a.pager(d.Action, query, page, found.Total)
			return nil
		})
		if err != nil {
			return err
		}
		if len(d.Cards) == 0 {
			d.Empty = a.emptyList(k, len(query) > 0)
		}
		return p.Frame.Render(w, r, http.StatusOK, "list.html", d)
	}
}

// narrowing is what the address asks for, as far as the kind knows it.
func (a *ask) narrowing(k *store.Kind) url.Values { return frame.Narrowing(k, a.r.URL.Query()) }

func (a *ask) query(query url.Values, page int) store.Query {
	q := frame.Query(a.by, query)
	q.Counts, q.Offset, q.Limit = true, (page-1)*perPage, perPage
	return q
}

// exports are the other forms of a list: those that people subscribe to, and those
// that they take away.
func (a *ask) exports(k *store.Kind, query url.Values) (feeds []assets.Feed, downloads []assets.Link) {
	for _, e := range frame.Feeds {
		feeds = append(feeds, assets.Feed{Type: e.Type, Title: a.t("export" + e.End), Href: a.lang.Link(e.Href(k, query))})
	}
	for _, e := range slices.Concat(frame.Data, frame.Feeds) {
		downloads = append(downloads, a.link("export"+e.End, e.Href(k, query)))
	}
	downloads = append(downloads, a.link("export.codebook", "/donnees/"+k.Path))
	return feeds, append(downloads, a.newsLink(frame.Export{}.Href(k, query))...)
}

// filters are the facets of a list, with how many records each answer leaves.
// What would leave none is not offered.
func (a *ask) filters(k *store.Kind, query url.Values, counts map[string]map[string]int) []assets.Field {
	var fields []assets.Field
	for _, f := range frame.Facets(k) {
		c := assets.Field{
			Name: f.Name, Label: a.t("filter." + f.Name), Type: "select", Value: query.Get(f.Name),
			Choices: []assets.Choice{{Text: a.t("filter.any")}},
		}
		for _, choice := range a.choices(f.Vocabulary) {
			if n := counts[f.Name][choice.Value]; n > 0 || choice.Value == c.Value {
				choice.Text = a.t("filter.count", "name", choice.Text, "count", n)
				c.Choices = append(c.Choices, choice)
			}
		}
		if len(c.Choices) > 1 {
			fields = append(fields, c)
		}
	}
	for _, f := range frame.OwnWords(k) {
		if query.Has(f.Name) {
			fields = append(fields, assets.Field{Name: f.Name, Type: "hidden", Value: query.Get(f.Name)})
		}
	}
	return append(fields, a.originField(query))
}

func (a *ask) originField(query url.Values) assets.Field {
	return assets.Field{
		Name: frame.Origin, Label: a.t("filter.origin"), Type: "select", Value: query.Get(frame.Origin),
		Choices: []assets.Choice{
			{Text: a.t("filter.any")}, {Value: frame.FromHere, Text: a.t("filter.here")}, {Value: frame.FromOthers, Text: a.t("filter.others")},
		},
	}
}

// choices are the entries of a vocabulary in words.
func (a *ask) choices(v *store.Vocabulary) []assets.Choice {
	list := make([]assets.Choice, len(v.Slugs))
	for i, slug := range v.Slugs {
		list[i] = assets.Choice{Value: slug, Text: a.t(v.Name + "." + slug)}
		if hint := v.Name + "-hint." + slug; a.has(hint) {
			list[i].Hint = a.t(hint)
		}
	}
	return list
}

func (a *ask) chips(k *store.Kind, query url.Values) []chip {
	var chips []chip
	add := func(name, text string) {
		rest := url.Values{}
		for other := range query {
			if other != name {
				rest.Set(other, query.Get(other))
			}
		}
		chips = append(chips, chip{Text: text, Label: a.t("filter.remove", "filter", text), Href: address("/"+k.Path, rest)})
	}
	for _, f := range frame.Facets(k) {
		if slug := query.Get(f.Name); slug != "" {
			add(f.Name, a.t(f.Vocabulary.Name+"."+slug))
		}
	}
	for _, f := range frame.OwnWords(k) {
		if query.Has(f.Name) {
			add(f.Name, query.Get(f.Name))
		}
	}
	switch query.Get(frame.Origin) {
	case frame.FromHere:
		add(frame.Origin, a.t("filter.here"))
	case frame.FromOthers:
		add(frame.Origin, a.t("filter.others"))
	}
	return chips
}

func (a *ask) emptyList(k *store.Kind, narrowed bool) *assets.Empty {
	key := "list." + k.Name + ".empty"
	if narrowed {
		return &assets.Empty{Title: a.t("list.none.title"), Text: a.t("list.none.text"), Actions: []assets.Link{a.link("list.all", "/"+k.Path)}}
	}
	e := &assets.Empty{Title: a.t(key + ".title"), Text: a.t(key + ".text"), Actions: []assets.Link{a.link("nav.network", "/reseau")}}
	if a.by.Local {
		e.Actions = append([]assets.Link{a.link("list."+k.Name+".create", newPath(k))}, e.Actions...)
	}
	return e
}

// pageNumber is the page that a query asks for, from 1 on.
func pageNumber(query url.Values) int {
	n, err := strconv.Atoi(query.Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

// pager links the pages of a list of total records; kept is what else stands in
// their addresses.
func (a *ask) pager(path string, kept url.Values, page, total int) assets.Pager {
	last := (total + perPage - 1) / perPage
	if last < 2 && page == 1 {
		return assets.Pager{}
	}
	at := func(n int) string {
		query := url.Values{}
		for name := range kept {
			query.Set(name, kept.Get(name))
		}
		query.Del("page")
		if n > 1 {
			query.Set("page", strconv.Itoa(n))
		}
		return address(path, query)
	}
	p := assets.Pager{Position: a.t("pager.position", "page", page, "last", max(last, 1))}
	if page > 1 {
		p.Newer = at(min(page-1, max(last, 1)))
	}
	if page < last {
		p.Older = at(page + 1)
	}
	return p
}

func address(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}
