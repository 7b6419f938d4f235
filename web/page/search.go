package page

import (
	"context"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/store/search"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

// Searcher finds what people look for.
type Searcher interface {
	Find(ctx context.Context, q search.Query) (*search.Found, error)
}

const (
	searchPath = "/recherche"

	// What an address of the search says beside its facets.
	askText, askNear, askWithin, askOrder = "q", "pres", "km", "tri"

	excerptLength = 240 // bytes of a text around the words that were looked for
	maxAnswer     = 100 // bytes of a value in an address
	usualRadius   = "50"
)

var radii = []string{"10", "25", usualRadius, "100", "200"}

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
	Started bool // something is asked for
}

// facetLinks are the answers of a facet that narrow what was found.
type facetLinks struct {
	Name, Label string
	Links       []assets.Link
}

// seeking is one search: what its address says, and what is made of it.
type seeking struct {
	*ask
	asked url.Values // as far as it is known, without the page
	query search.Query
	place geo.Place   // the zero Place: anywhere
	which []geo.Place // several may be meant
}

// search finds records, labs and members.
func (p *Pages) search(w http.ResponseWriter, r *http.Request) error {
	if p.Search == nil {
		return store.ErrNotFound
	}
	s, page := p.seeking(r), pageNumber(r.URL.Query())
	d := s.page(page)
	if !d.Started {
		d.Empty = s.teach("search.start")
		return p.Frame.Render(w, r, http.StatusOK, "search.html", d)
	}
	s.query.Offset, s.query.Limit = (page-1)*perPage, perPage
	found, err := p.Search.Find(r.Context(), s.query)
	if err != nil {
		return err
	}
	d.Behind, d.Count = found.Behind, s.t("search.count", "count", found.Total)
	d.Pager = s.pager(searchPath, s.asked, page, found.Total)
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
	return p.Frame.Render(w, r, http.StatusOK, "search.html", d)
}

// seeking reads an address. What it says of nothing known is left out.
func (p *Pages) seeking(r *http.Request) *seeking {
	s := &seeking{ask: p.ask(r), asked: url.Values{}}
	from := r.URL.Query()
	s.query.Facets = map[string]string{}
	for _, name := range searchFacets() {
		if value := from.Get(name); value != "" && len(value) <= maxAnswer {
			s.asked.Set(name, value)
			s.query.Facets[name] = value
		}
	}
	if s.query.Text = strings.TrimSpace(from.Get(askText)); s.query.Text != "" {
		s.asked.Set(askText, s.query.Text)
	}
	if order := search.Sort(from.Get(askOrder)); order == search.ByDate || order == search.ByDistance {
		s.query.Sort = order
		s.asked.Set(askOrder, string(order))
	}
	s.locate(from)
	return s
}

// locate looks up where something is to be near to.
func (s *seeking) locate(from url.Values) {
	typed := strings.TrimSpace(from.Get(askNear))
	if typed == "" || len(typed) > maxAnswer {
		return
	}
	s.asked.Set(askNear, typed)
	if s.place, s.which = geo.Resolve(typed, geo.Commune); s.place.Code == "" {
		return
	}
	s.asked.Set(askNear, s.place.Code)
	s.query.Near = &s.place.Point
	radius := from.Get(askWithin)
	if !slices.Contains(radii, radius) {
		radius = usualRadius
	}
	s.asked.Set(askWithin, radius)
	s.query.Within, _ = strconv.ParseFloat(radius, 64)
}

// page is the form as it was sent.
func (s *seeking) page(page int) searchPage {
	title := s.t("search.title")
	if s.query.Text != "" {
		title = s.t("search.title-of", "text", s.query.Text)
	}
	d := searchPage{
		Page: s.ask.page(title, "search"), Action: searchPath, Reset: searchPath, Text: s.query.Text,
		Fields: s.fields(), Started: !s.query.IsEmpty() || len(s.which) > 0,
	}
	d.Description, d.NoIndex = s.t("search.lead"), d.Started || page > 1
	for _, name := range searchFacets() {
		if value := s.asked.Get(name); value != "" {
			d.Kept = append(d.Kept, assets.Hidden{Name: name, Value: value})
		}
	}
	for _, place := range s.which {
		d.Which = append(d.Which, assets.Link{Text: s.communeText(place), Href: s.with(askNear, place.Code)})
	}
	return d
}

func (s *seeking) fields() []assets.Field {
	near := assets.Field{Name: askNear, Label: s.t("search.near"), Hint: s.t("search.near-hint"), Value: s.asked.Get(askNear), MaxLength: maxAnswer, Autocomplete: "address-level2"}
	switch {
	case s.place.Code != "":
		near.Value = s.place.Label()
	case len(s.which) > 0:
		near.Error = s.t("error.commune-which", "value", near.Value)
	case near.Value != "":
		near.Error = s.t("error.commune-unknown", "value", near.Value)
	}
	within := assets.Field{Name: askWithin, Label: s.t("search.within"), Type: "select", Value: usualRadius}
	if chosen := s.asked.Get(askWithin); chosen != "" {
		within.Value = chosen
	}
	for _, km := range radii {
		within.Choices = append(within.Choices, assets.Choice{Value: km, Text: s.t("search.km", "km", km)})
	}
	order := assets.Field{Name: askOrder, Label: s.t("search.order"), Type: "select", Value: string(s.query.Sort)}
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
	query := maps.Clone(s.asked)
	if value == "" {
		query.Del(name)
	} else {
		query.Set(name, value)
	}
	return address(searchPath, query)
}

// teach says what can be done where there is nothing to show.
func (s *seeking) teach(key string) *assets.Empty {
	e := &assets.Empty{Title: s.t(key + ".title"), Text: s.t(key + ".text")}
	if len(s.asked) > 1 && s.query.Text != "" {
		e.Actions = append(e.Actions, s.link("search.wider", address(searchPath, url.Values{askText: {s.query.Text}})))
	}
	k := store.Kinds[0]
	e.Actions = append(e.Actions, s.link("list."+k.Name+".title", "/"+k.Path), s.link("nav.network", "/reseau"))
	return e
}

// found are the cards of what was found, with the words that were looked for
// marked in them.
func (s *seeking) found(hits []search.Hit, tx *store.Txn) []assets.Card {
	marker := search.NewMarker(s.query.Text)
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
		c.Origin = origin(s.actor(tx, a.Lab))
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
	return template.HTML(b.String()) //nolint:gosec // every piece is escaped above
}
