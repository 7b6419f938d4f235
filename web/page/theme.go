package page

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// searched is how many of the newest records are looked through for a hashtag
// that is no theme: those are in no index.
const searched = 500

// foldTag makes one of the spellings of a theme: "acces-aux-droits" in our
// addresses, "AccesAuxDroits" as a hashtag.
func foldTag(tag string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(tag, "#"), "-", ""))
}

// themesByTag finds a theme by its folded hashtag.
var themesByTag = func() map[string]string {
	m := make(map[string]string, len(store.Themes.Slugs))
	for _, slug := range store.Themes.Slugs {
		m[foldTag(slug)] = slug
	}
	return m
}()

// themeOf is the theme that a hashtag means, or empty.
func themeOf(tag string) string { return themesByTag[foldTag(tag)] }

func tagPath(tag string) string { return "/themes/" + url.PathEscape(tag) }

type themePage struct {
	assets.Page
	Also    string        // with what other words people mean a theme; may be empty
	Shelves []shelf       // of a theme
	Cards   []assets.Card // of any other hashtag
	Count   string
	Pager   assets.Pager
	Empty   *assets.Empty
	Actions []assets.Link
}

// theme lists what carries a theme or a hashtag.
func (p *Pages) theme(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	tag := mux.Vars(r)["tag"]
	name, slug := "#"+strings.TrimPrefix(tag, "#"), themeOf(tag)
	if slug != "" {
		name = a.t("theme." + slug)
	}
	d := themePage{Page: a.page(a.t("theme-page.title", "theme", name), store.Kinds[0].Section)}
	if slug != "" {
		d.Actions = a.newsLink("/themes/" + slug)
	}
	page := pageNumber(r.URL.Query())
	err := a.view(func(tx *store.Txn) error {
		if slug != "" {
			if words := tx.Synonyms()[slug]; len(words) > 0 {
				d.Also = a.t("theme-page.also", "words", strings.Join(words, ", "))
			}
			d.Shelves = a.shelves(tx, store.Query{Viewer: a.by, Facets: map[string]string{"themes": slug}}, url.Values{"themes": {slug}}, store.Kinds...)
			return nil
		}
		found := a.tagged(tx, tag, page)
		d.Cards, d.Count = a.cards(tx, found.Items), a.t("list.count", "count", found.Total)
		d.Pager = a.pager(r.URL.Path, r.URL.Query(), page, found.Total)
		return nil
	})
	if err != nil {
		return err
	}
	if len(d.Cards) == 0 && len(d.Shelves) == 0 {
		d.NoIndex = true
		d.Empty = &assets.Empty{Title: a.t("theme-page.empty.title"), Text: a.t("theme-page.empty.text"), Actions: []assets.Link{a.link("list.all", "/"+store.Kinds[0].Path)}}
	}
	return p.Frame.Render(w, r, http.StatusOK, "theme.html", d)
}

// tagged lists a hashtag that is no theme from the newest records.
func (a *ask) tagged(tx *store.Txn, tag string, page int) store.Page {
	offset := (page - 1) * perPage
	var found store.Page
	for _, k := range store.Kinds {
		for _, it := range tx.ListKind(k.Name, store.Query{Viewer: a.by, Limit: searched}).Items {
			if !hasTag(it.Envelope(), tag) {
				continue
			}
			if found.Total++; found.Total > offset && len(found.Items) < perPage {
				found.Items = append(found.Items, it)
			}
		}
	}
	return found
}

func hasTag(r *store.Record, tag string) bool {
	for _, have := range r.Tags {
		if foldTag(have) == foldTag(tag) {
			return true
		}
	}
	return false
}
