package page

import (
	"time"

	template "github.com/DataDog/datadog-agent/pkg/template/html"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

const (
	cardPitch = 160 // characters of a pitch on a card
	newsTitle = 90  // characters of a text that has no title
)

// cards are the sheets of a list.
func (a *ask) cards(tx *store.Txn, items []store.Item) []assets.Card {
	cards := make([]assets.Card, len(items))
	for i, it := range items {
		cards[i] = a.card(tx, it)
	}
	return cards
}

func (a *ask) card(tx *store.Txn, it store.Item) assets.Card {
	r, k := it.Envelope(), store.KindOf(it.Envelope().Kind)
	return assets.Card{
		Kind: k.Look, Badges: a.unusual(k, it), KindText: a.t("kind." + r.Kind), ID: r.ID.String(),
		Title: title(r), Href: federation.PagePath(r), Pitch: markup.Excerpt(r.Pitch, cardPitch),
		Lang: a.foreign(r.Lang), Picture: a.picture(r.Image), Stage: a.stage(it),
		Origin: a.originOf(tx, r), Territory: a.places(r.Territory), Themes: a.themes(r),
		Date: r.Created, When: a.when(it), Audience: a.narrow(tx, r.Audience),
	}
}

// title is what a record is called: news have no title but their first words.
func title(r *store.Record) string {
	if r.Title != "" {
		return r.Title
	}
	text := r.Body
	if r.Remote {
		text = markup.Plain(r.HTML)
	}
	if short := markup.Excerpt(text, newsTitle); short != "" {
		return short
	}
	return r.IRI
}

// themes are the themes of a record, then its own words.
func (a *ask) themes(r *store.Record) []assets.Link {
	var links []assets.Link
	for _, slug := range r.Themes {
		if store.Themes.Has(slug) {
			links = append(links, assets.Link{Text: a.t("theme." + slug), Href: "/themes/" + slug})
		}
	}
	for _, tag := range r.Tags {
		if themeOf(tag) == "" {
			links = append(links, assets.Link{Text: "#" + tag, Href: tagPath(tag)})
		}
	}
	return links
}

const stopped = 5 // the level of what was given up

// stage is where a record stands; nil when its kind has no stages, or it is at
// none that is known here.
func (a *ask) stage(it store.Item) *assets.Stage {
	staged, ok := it.(store.Staged)
	if !ok {
		return nil
	}
	j := staged.Journey()
	if j.Stopped != "" {
		return &assets.Stage{Text: a.t(j.Stopped), Level: stopped}
	}
	if j.Current < 0 {
		return nil
	}
	return &assets.Stage{Text: a.t(j.Stage), Level: j.Steps[j.Current].Level}
}

// post is a short text as it stands in a thread or a river, whole.
type post struct {
	ID       string
	Origin   assets.Origin
	Seal     string
	HTML     template.HTML
	Lang     string
	Date     time.Time
	Href     string
	Pictures []assets.Picture
	Hidden   bool   // its author asks to fold it
	Warning  string // what the author says of what is folded
	Audience string
	Original string // at home, when it is of another node
	Edit     string
	About    *assets.Link // the record whose thread it is in
}

func (a *ask) post(tx *store.Txn, it store.Item) post {
	r := it.Envelope()
	author := a.actor(tx, r.Lab)
	p := post{
		ID: r.ID.String(), Origin: a.origin(author), Seal: author.IRI, HTML: a.text(tx, it), Lang: a.foreign(r.Lang),
		Date: r.Created, Href: federation.PagePath(r), Pictures: a.pictures(r), Hidden: r.Sensitive,
		Audience: a.narrow(tx, r.Audience),
	}
	if r.Remote {
		p.Original = original(r)
	}
	if r.Title == "" && r.Pitch != "" { // the summary of a Note is a warning
		p.Hidden, p.Warning = true, r.Pitch
	}
	if a.by.CanEdit(r) {
		p.Edit = p.Href + "/modifier"
	}
	return p
}

// original is the address of a record at home.
func original(r *store.Record) string {
	if r.URL != "" {
		return r.URL
	}
	return r.IRI
}
