package page

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const directoryPath = "/membres"

type membersPage struct {
	assets.Page
	Action  string // where the form of filters is sent
	Filters []assets.Field
	Chips   []chip
	Reset   string // the directory without filters
	Count   string
	Members []person
	Pager   assets.Pager
	Empty   *assets.Empty
}

// members is the directory: who takes part in the lab and in those it follows.
func (p *Pages) members(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	narrow, page := memberNarrowing(r.URL.Query()), pageNumber(r.URL.Query())
	d := membersPage{Page: a.page(a.t("members.title"), "members"), Action: directoryPath, Reset: directoryPath}
	d.Description, d.NoIndex = a.t("directory.lead"), page > 1 || len(narrow) > 0
	err := a.view(func(tx *store.Txn) error {
		found := tx.ListMembers(store.MemberQuery{Viewer: a.by, Narrow: flat(narrow), Offset: (page - 1) * perPage, Limit: perPage})
		for _, m := range found.Members {
			d.Members = append(d.Members, a.listed(tx, m))
		}
		d.Filters, d.Chips = a.memberFilters(narrow, found.Counts), a.memberChips(narrow)
		d.Count = a.t("members.count", "count", found.Total)
		d.Pager = a.pager(directoryPath, narrow, page, found.Total)
		return nil
	})
	if err != nil {
		return err
	}
	if len(d.Members) == 0 {
		d.Empty = a.emptyDirectory(len(narrow) > 0)
	}
	return p.Frame.Render(w, r, http.StatusOK, "members.html", d)
}

// listed is a member in the directory, whose profile is what the viewer may read.
func (a *ask) listed(tx *store.Txn, m *store.Actor) person {
	one := a.person(m)
	one.Job = m.Profile.Job
	if !m.Local {
		lab := a.origin(a.actor(tx, m.Lab))
		one.Lab = &lab
	}
	return one
}

func (a *ask) emptyDirectory(narrowed bool) *assets.Empty {
	if narrowed {
		return &assets.Empty{Title: a.t("list.none.title"), Text: a.t("list.none.text"), Actions: []assets.Link{a.link("directory.all", directoryPath)}}
	}
	return &assets.Empty{Title: a.t("members.empty.title"), Text: a.t("members.empty.text"), Actions: []assets.Link{a.link("nav.lab", "/lab")}}
}

// memberNarrowing is what an address asks of the directory, as far as it is known.
func memberNarrowing(asked url.Values) url.Values {
	query := url.Values{}
	for i := range store.MemberFacets {
		f := &store.MemberFacets[i]
		value := asked.Get(f.Name)
		if value != "" && (f.Widget == store.Words || f.Widget == store.Tick && value == ticked || f.Vocabulary != nil && f.Vocabulary.Has(value)) {
			query.Set(f.Name, value)
		}
	}
	return query
}

const ticked = "1"

func flat(query url.Values) map[string]string {
	one := map[string]string{}
	for name := range query {
		one[name] = query.Get(name)
	}
	return one
}

// memberFilters are the facets, with how many members each answer leaves. What
// would leave none is not offered.
func (a *ask) memberFilters(query url.Values, counts map[string]map[string]int) []assets.Field {
	var fields []assets.Field
	for i := range store.MemberFacets {
		f := &store.MemberFacets[i]
		c := assets.Field{
			Name: f.Name, Label: a.t("filter." + f.Name), Type: "select", Value: query.Get(f.Name),
			Choices: []assets.Choice{{Text: a.t("filter.any")}},
		}
		for _, value := range facetValues(f, counts[f.Name]) {
			if n := counts[f.Name][value]; n > 0 || value == c.Value {
				c.Choices = append(c.Choices, assets.Choice{Value: value, Text: a.t("filter.count", "name", a.facetText(f, value), "count", n)})
			}
		}
		if len(c.Choices) > 1 {
			fields = append(fields, c)
		}
	}
	return fields
}

// facetValues are the answers of a facet in their order.
func facetValues(f *store.Field, counts map[string]int) []string {
	switch f.Widget {
	case store.Tick:
		return []string{ticked}
	case store.Words:
		return slices.Sorted(maps.Keys(counts))
	}
	return f.Vocabulary.Slugs
}

func (a *ask) facetText(f *store.Field, value string) string {
	if f.Widget == store.Tick {
		return a.t("directory." + f.Name)
	}
	return a.word(f.Vocabulary, value)
}

func (a *ask) memberChips(query url.Values) []chip {
	var chips []chip
	for i := range store.MemberFacets {
		f := &store.MemberFacets[i]
		value := query.Get(f.Name)
		if value == "" {
			continue
		}
		rest := maps.Clone(query)
		delete(rest, f.Name)
		text := a.facetText(f, value)
		chips = append(chips, chip{Text: text, Label: a.t("filter.remove", "filter", text), Href: address(directoryPath, rest)})
	}
	return chips
}
