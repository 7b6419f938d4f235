package page

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	template "github.com/DataDog/datadog-agent/pkg/template/html"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/markup"
)

// Searcher finds what people look for.
type Searcher interface {
	Find(ctx context.Context, q search.Query) (*search.Found, error)
}

// excerptLength is how much of a text stands around the words that were looked for,
// in bytes.
const excerptLength = 240

type searchPage struct {
	assets.Page
	Action  string
	Text    string
	Fields  []assets.Field  // where, how far, in which order
	Kept    []assets.Hidden // the facets that the form carries along
	Which   []assets.Link   // communes of the name that was typed
	Facets  []facetLinks
	Chips   []chip
	Reset   string
	Count   string
	Cards   []assets.Card
	Pager   assets.Pager
	Empty   *assets.Empty
	Behind  bool
	Further *assets.Link  // the same search at other nodes; nil: it was asked there, or says no words
	Far     *farFinds     // nil: they were not asked
	Started bool          // something is asked for
	Exports []assets.Link // what was found in other forms
}

// facetLinks are the answers of a facet that narrow what was found.
type facetLinks struct {
	Name, Label string
	Links       []assets.Link
}

// seeking is one search: what its address says, and who asks.
type seeking struct {
	*ask
	*frame.Search
}

// search finds records, labs and members.
func (p *Pages) search(w http.ResponseWriter, r *http.Request) error {
	if p.Config.Search == nil {
		return store.ErrNotFound
	}
	s, page := p.seeking(r), pageNumber(r.URL.Query())
	d := s.page(page)
	if !d.Started {
		d.Empty = s.teach("search.start")
		return p.Frame.Render(w, r, http.StatusOK, "search.html", d)
	}
	s.Query.Offset, s.Query.Limit, s.Query.Members = (page-1)*perPage, perPage, s.by.Local
	found, err := p.Config.Search.Find(r.Context(), s.Query)
	if err != nil {
		return err
	}
	d.Behind, d.Count = found.Behind, s.t("search.count", "count", found.Total)
	d.Pager = s.pager(frame.SearchPath, s.Asked, page, found.Total)
	err = s.view(func(tx *store.Txn) error {
		d.Cards = s.found(found.Show(tx, s.by), tx)
		d.Facets, d.Chips = s.facets(tx, found), s.chips(tx)
		return nil
	})
	if err != nil {
		return err
	}
	if len(d.Cards) == 0 {
		d.Empty = s.teach("search.none")
	}
	if err := s.further(&d); err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "search.html", d)
}

// seeking reads an address. What it says of nothing known is left out.
func (p *Pages) seeking(r *http.Request) *seeking {
	return &seeking{ask: p.ask(r), Search: frame.ReadSearch(r.URL.Query())}
}

// page is the form as it was sent.
func (s *seeking) page(page int) searchPage {
	title := s.t("search.title")
	if s.Query.Text != "" {
		title = s.t("search.title-of", "text", s.Query.Text)
	}
	d := searchPage{
		Page: s.ask.page(title, "search"), Action: frame.SearchPath, Reset: frame.SearchPath, Text: s.Query.Text,
		Fields: s.fields(), Started: !s.Query.IsEmpty() || len(s.Which) > 0,
	}
	d.Description, d.NoIndex = s.t("search.lead"), d.Started || page > 1
	if d.Started {
		d.Feeds, d.Exports = s.exports()
	}
	for _, name := range frame.SearchFacets() {
		if value := s.Asked.Get(name); value != "" {
			d.Kept = append(d.Kept, assets.Hidden{Name: name, Value: value})
		}
	}
	for _, place := range s.Which {
		d.Which = append(d.Which, assets.Link{Text: s.communeText(place), Href: s.with(frame.AskNear, place.Code)})
	}
	return d
}

// exports are the other forms of what is found, as those of lists.
func (s *seeking) exports() (feeds []assets.Feed, downloads []assets.Link) {
	for _, e := range frame.Feeds {
		feeds = append(feeds, assets.Feed{Type: e.Type, Title: s.t("export" + e.End), Href: s.lang.Link(s.Href(e))})
	}
	for _, e := range slices.Concat(frame.SearchData, frame.Feeds) {
		downloads = append(downloads, s.link("export"+e.End, s.Href(e)))
	}
	return feeds, append(downloads, s.newsLink(s.Href(frame.Export{}))...)
}

func (s *seeking) fields() []assets.Field {
	near := assets.Field{Name: frame.AskNear, Label: s.t("search.near"), Hint: s.t("search.near-hint"), Value: s.Asked.Get(frame.AskNear), MaxLength: frame.MaxAnswer, Autocomplete: "address-level2"}
	switch {
	case s.Place.Code != "":
		near.Value = s.Place.Label()
	case len(s.Which) > 0:
		near.Error = s.t("error.commune-which", "value", near.Value)
	case near.Value != "":
		near.Error = s.t("error.commune-unknown", "value", near.Value)
	}
	within := assets.Field{Name: frame.AskWithin, Label: s.t("search.within"), Type: "select", Value: frame.UsualRadius}
	if chosen := s.Asked.Get(frame.AskWithin); chosen != "" {
		within.Value = chosen
	}
	for _, km := range frame.Radii {
		within.Choices = append(within.Choices, assets.Choice{Value: km, Text: s.t("search.km", "km", km)})
	}
	order := assets.Field{Name: frame.AskOrder, Label: s.t("search.order"), Type: "select", Value: string(s.Query.Sort)}
	for _, by := range []search.Sort{search.ByRelevance, search.ByDate, search.ByDistance} {
		order.Choices = append(order.Choices, assets.Choice{Value: string(by), Text: s.t("search.by." + orderWord(by))})
	}
	return []assets.Field{near, within, order}
}

func orderWord(by search.Sort) string {
	if by == search.ByRelevance {
		return "pertinence"
	}
	return string(by)
}

// with is the address of this search, from its first page on, with another answer
// to one question; "" takes the question back.
func (s *seeking) with(name, value string) string {
	query := maps.Clone(s.Asked)
	if value == "" {
		query.Del(name)
	} else {
		query.Set(name, value)
	}
	return address(frame.SearchPath, query)
}

// teach says what can be done where there is nothing to show.
func (s *seeking) teach(key string) *assets.Empty {
	e := &assets.Empty{Title: s.t(key + ".title"), Text: s.t(key + ".text")}
	if len(s.Asked) > 1 && s.Query.Text != "" {
		e.Actions = append(e.Actions, s.link("search.wider", address(frame.SearchPath, url.Values{frame.AskText: {s.Query.Text}})))
	}
	k := store.Kinds[0]
	e.Actions = append(e.Actions, s.link("list."+k.Name+".title", "/"+k.Path), s.link("nav.network", "/reseau"))
	return e
}

// found are the cards of what was found, with the words that were looked for
// marked in them.
func (s *seeking) found(hits []search.Hit, tx *store.Txn) []assets.Card {
	marker := search.NewMarker(s.Query.Text)
	var cards []assets.Card
	for _, h := range hits {
		if h.Actor != nil {
			cards = append(cards, s.actorCard(tx, h.Actor, marker))
			continue
		}
		c := s.card(tx, h.Item)
		c.Found = marked(marker, h.Item.Envelope().Pitch, func() string { return markup.Plain(string(s.text(tx, h.Item))) })
		if h.Distance >= 0 {
			away := s.t("search.away", "km", strconv.FormatFloat(h.Distance, 'f', 0, 64))
			c.Territory = strings.TrimPrefix(c.Territory+", "+away, ", ")
		}
		cards = append(cards, c)
	}
	return cards
}

func (s *seeking) actorCard(tx *store.Txn, a *store.Actor, marker *search.Marker) assets.Card {
	kind := search.KindLab
	if a.Type == store.Person {
		kind = search.KindMember
	}
	text := markup.Plain(a.Summary)
	c := assets.Card{
		Kind: kind, KindText: s.t("search.kind." + kind), ID: a.ID.String(), Title: a.DisplayName(), Href: actorPath(a),
		Pitch: markup.Excerpt(text, cardPitch), Lang: s.foreign(a.Lang), Picture: s.picture(a.Icon), Territory: s.places(a.Territory),
		Found: marked(marker, text, func() string { return "" }),
	}
	if kind == search.KindMember && a.Lab != "" {
		c.Origin = s.origin(s.actor(tx, a.Lab))
	}
	return c
}

// marked is the piece of a text, or else of the longer one, that has the words
// that were looked for; nothing when none has.
func marked(m *search.Marker, short string, long func() string) template.HTML {
	pieces := m.Excerpt(short, excerptLength)
	if pieces == nil {
		pieces = m.Excerpt(long(), excerptLength)
	}
	var b strings.Builder
	for _, p := range pieces {
		text := template.HTMLEscapeString(p.Text)
		if p.Hit {
			text = "<mark>" + text + "</mark>"
		}
		b.WriteString(text)
	}
	return template.HTML(b.String()) // every piece is escaped above
}
