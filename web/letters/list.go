package letters

import (
	"net/url"
	"slices"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
)

// List is something that people subscribe to: the new records of a list as it is
// narrowed, those that a search finds, or the changes of an event.
type List struct {
	Path  string   // as it is kept
	Title string   // in words
	Event store.ID // zero: it is no event

	kinds  []string // of a list
	query  store.Query
	search *frame.Search // nil: it is no search
}

// labPath is what is new of the lab itself.
const labPath = "/lab"

// List reads the path of a list of this site; false when nobody can subscribe to
// it. What the path says of nothing known is left out.
func (d *Desk) List(tx *store.Txn, lang assets.Lang, path string) (*List, bool) {
	u, err := url.Parse(path)
	if err != nil || assets.LocalPath(path) != path || len(path) > maxPath {
		return nil, false
	}
	l, ok := d.read(tx, lang, u)
	return l, ok && len(l.Path) <= maxPath // what is kept is longer when it had to be escaped
}

func (d *Desk) read(tx *store.Txn, lang assets.Lang, u *url.URL) (*List, bool) {
	asked := u.Query()
	slug, isTheme := strings.CutPrefix(u.Path, "/themes/")
	number, isObject := strings.CutPrefix(u.Path, "/o/")
	switch {
	case u.Path == labPath:
		return d.ofLab(tx, lang)
	case isTheme:
		return d.ofTheme(lang, slug)
	case isObject:
		return d.ofEvent(tx, number)
	case u.Path == frame.SearchPath && d.Search != nil:
		return d.ofSearch(lang, asked)
	}
	i := slices.IndexFunc(store.Kinds, func(k *store.Kind) bool { return "/"+k.Path == u.Path })
	if i < 0 {
		return nil, false
	}
	return d.ofKind(lang, store.Kinds[i], asked), true
}

const maxPath = 1000 // bytes

func allKinds() []string {
	var names []string
	for _, k := range store.Kinds {
		names = append(names, k.Name)
	}
	return names
}

func (d *Desk) ofLab(tx *store.Txn, lang assets.Lang) (*List, bool) {
	lab, err := tx.Lab()
	if err != nil {
		return nil, false
	}
	title := d.Words.T(lang, "subscription.lab", "lab", lab.DisplayName())
	return &List{Path: labPath, Title: title, kinds: allKinds(), query: store.Query{Home: true}}, true
}

func (d *Desk) ofTheme(lang assets.Lang, slug string) (*List, bool) {
	if !store.Themes.Has(slug) {
		return nil, false
	}
	return &List{
		Path: "/themes/" + slug, Title: d.Words.T(lang, "theme-page.title", "theme", d.Words.T(lang, "theme."+slug)),
		kinds: allKinds(), query: store.Query{Facets: map[string]string{"themes": slug}},
	}, true
}

// ofEvent is an event that everybody may see and that is not over.
func (d *Desk) ofEvent(tx *store.Txn, number string) (*List, bool) {
	id, err := store.ParseID(number)
	if err != nil {
		return nil, false
	}
	it, err := tx.Record(id)
	e, ok := it.(*store.Event)
	if err != nil || !ok || e.Audience != store.Public {
		return nil, false
	}
	return &List{Path: store.EventPath(id), Title: e.Title, Event: id}, true
}

func (d *Desk) ofSearch(lang assets.Lang, asked url.Values) (*List, bool) {
	s := frame.ReadSearch(asked)
	if s.Query.IsEmpty() {
		return nil, false
	}
	s.Asked.Del(frame.AskOrder)
	words := []string{s.Query.Text}
	if s.Query.Text == "" {
		words = nil
	}
	for _, name := range frame.SearchFacets() {
		if value := s.Asked.Get(name); value != "" {
			words = append(words, d.facet(lang, name, value))
		}
	}
	if s.Query.Near != nil {
		words = append(words, s.Place.Label())
	}
	return &List{Path: s.Href(frame.Export{}), Title: d.Words.T(lang, "search.title-of", "text", strings.Join(words, ", ")), search: s}, true
}

func (d *Desk) ofKind(lang assets.Lang, k *store.Kind, asked url.Values) *List {
	narrowing := frame.Narrowing(k, asked)
	title := []string{d.Words.T(lang, "list."+k.Name+".title")}
	for _, f := range frame.Facets(k) {
		if slug := narrowing.Get(f.Name); slug != "" {
			title = append(title, d.facet(lang, f.Name, slug))
		}
	}
	for _, f := range frame.OwnWords(k) {
		if narrowing.Has(f.Name) {
			title = append(title, narrowing.Get(f.Name))
		}
	}
	switch narrowing.Get(frame.Origin) {
	case frame.FromHere:
		title = append(title, d.Words.T(lang, "filter.here"))
	case frame.FromOthers:
		title = append(title, d.Words.T(lang, "filter.others"))
	}
	return &List{
		Path: frame.Export{}.Href(k, narrowing), Title: strings.Join(title, ", "),
		kinds: []string{k.Name}, query: frame.Query(store.Viewer{}, narrowing),
	}
}

// facet is the value of a facet in words.
func (d *Desk) facet(lang assets.Lang, name, value string) string {
	if name == search.FacetKind {
		return d.Words.T(lang, "kind."+value)
	}
	if v := frame.VocabularyOf(name, value); v != nil {
		return d.Words.T(lang, v.Name+"."+value)
	}
	return value
}

// holds says whether what arrived belongs to the list. found is what a search
// finds now.
func (l *List) holds(tx *store.Txn, a store.Arrival, it store.Item, found map[store.ID]bool) bool {
	switch {
	case l.Event != 0:
		return a.Change != "" && a.Record == l.Event
	case a.Change != "":
		return false
	case l.search != nil:
		return found[a.Record]
	}
	r := it.Envelope()
	return r.InReplyTo == "" && slices.Contains(l.kinds, r.Kind) && tx.Fits(it, l.query)
}
