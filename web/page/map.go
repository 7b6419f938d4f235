package page

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/atlas"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/reply"
)

type mapPage struct {
	assets.Page
	Action  string
	Filters []assets.Field
	Area    string // part of the globe that the form carries along
	Chips   []chip
	Reset   string
	Count   string
	Parts   []assets.Link // of the country, to go to
	Places  []placeLine
	Pager   assets.Pager
	Empty   *assets.Empty
	Picture mapPicture
	Tiles   Tiles
	Data    string // the same for maps elsewhere
	Embed   string // where the code for another site is made
}

// placeLine is a line of the list: what a marker stands for, by the same number.
type placeLine struct {
	ID, Number, Look, KindText, Title, Href, Lang string
	Origin                                        assets.Origin
	Place, Precision                              string // Precision: only when it is rough
}

// mapped is one request for the map: the list and the picture of the same places,
// in the same order.
type mapped struct {
	*ask
	path  string     // of the page: the map, or that for a frame
	asked url.Values // as far as it is known, without the page
	query store.Query
	area  atlas.Box // zero: everywhere
	page  int
	pins  []store.Pin
	texts map[int]store.PinText // by place in pins: those that were read
}

// carte shows everything that lies somewhere, as a list and as a picture, which a
// script makes a map that moves. What it is narrowed to stands in its address.
func (p *Pages) carte(w http.ResponseWriter, r *http.Request) error {
	m := p.ask(r).mapped(frame.MapPath)
	m.page, m.query.Counts = pageNumber(r.URL.Query()), true
	d := mapPage{Page: m.ask.page(m.t("map.title"), "map"), Action: frame.MapPath, Reset: frame.MapPath, Area: m.asked.Get(frame.Area)}
	d.Description, d.NoIndex = m.t("map.lead"), m.page > 1 || len(m.asked) > 0
	d.Styles, d.Scripts = []string{"leaflet.css", "map.css"}, slices.Concat([]string{"leaflet.js"}, p.Tiles.scripts(), []string{"map.js"})
	d.Data, d.Embed = address(frame.MapData, m.asked), builderOf(m.asked)
	if err := m.view(func(tx *store.Txn) error { m.fill(tx, &d); return nil }); err != nil {
		return err
	}
	if len(m.pins) == 0 {
		d.Empty = m.nothing()
	}
	d.Tiles = p.Tiles
	w.Header().Set("Content-Security-Policy", reply.Policy(d.Tiles.origins()...))
	return p.Frame.Render(w, r, http.StatusOK, "map.html", d)
}

// mapped is the map that the address of a request asks for, from its first page on.
func (a *ask) mapped(path string) *mapped {
	m := &mapped{ask: a, path: path, asked: frame.MapNarrowing(a.r.URL.Query()), page: 1, texts: map[int]store.PinText{}}
	m.query, m.area = frame.MapQuery(a.by, m.asked)
	return m
}

func (m *mapped) fill(tx *store.Txn, d *mapPage) {
	found := tx.Pins(m.query, m.within())
	m.pins = found.List
	d.Filters, d.Chips = m.filters(tx, found.Counts), m.chips(tx)
	d.Count = m.t("map.count", "count", len(m.pins))
	d.Parts = m.parts(tx)
	d.Pager = m.pager(frame.MapPath, m.asked, m.page, len(m.pins))
	d.Places, d.Picture = m.lines(tx), m.picture(tx)
}

// lines are the places of the page of the list.
func (m *mapped) lines(tx *store.Txn) (list []placeLine) {
	for i := (m.page - 1) * perPage; i < min(m.page*perPage, len(m.pins)); i++ {
		list = append(list, m.line(tx, i))
	}
	return list
}

func (m *mapped) within() func(geo.Point) bool {
	if m.area.IsZero() {
		return nil
	}
	return m.area.Has
}

// text is what the n-th place says.
func (m *mapped) text(n int) store.PinText {
	t, ok := m.texts[n]
	if !ok {
		t = m.pins[n].Text()
		m.texts[n] = t
	}
	return t
}

func (m *mapped) line(tx *store.Txn, n int) placeLine {
	text := m.text(n)
	lab := m.actor(tx, text.Lab)
	l := placeLine{
		ID: m.pins[n].ID.String(), Number: strconv.Itoa(n + 1), Title: text.Title, Lang: m.foreign(text.Lang), Place: text.Place,
		Href: actorPath(lab), Look: lookOf(text.Kind), KindText: m.kindText(text.Kind),
	}
	if text.Kind != store.KindLab {
		l.Href = federation.PagePath(&store.Record{ID: m.pins[n].ID, Kind: text.Kind, Title: text.Title})
		l.Origin = m.origin(lab)
	}
	if text.Precision.Rough() {
		l.Precision = m.t("precision." + string(text.Precision))
	}
	return l
}

func lookOf(kind string) string {
	if k := store.KindOf(kind); k != nil {
		return k.Look
	}
	return kind
}

func (m *mapped) kindText(kind string) string {
	if kind == store.KindLab {
		return m.t("search.kind." + kind)
	}
	return m.t("kind." + kind)
}

// with is the address of this map, from its first page on, with another answer to
// one question; "" takes the question back.
func (m *mapped) with(name, value string) string {
	query := url.Values{}
	for other := range m.asked {
		query.Set(other, m.asked.Get(other))
	}
	query.Del(name)
	if value != "" {
		query.Set(name, value)
	}
	return address(m.path, query)
}

// parts are the parts of the country with something in them.
func (m *mapped) parts(tx *store.Txn) []assets.Link {
	all := m.pins
	if !m.area.IsZero() {
		all = tx.Pins(m.query, nil).List
	}
	var links []assets.Link
	for _, part := range atlas.Parts() {
		n := 0
		for i := range all {
			if part.Box.Has(all[i].At) {
				n++
			}
		}
		if n == 0 {
			continue
		}
		name := m.t("map.mainland")
		if part.Code != "" {
			name = m.place(part.Code)
		}
		links = append(links, assets.Link{Text: m.t("filter.count", "name", name, "count", n), Href: m.with(frame.Area, part.Box.String())})
	}
	return links
}

func (m *mapped) nothing() *assets.Empty {
	if len(m.asked) > 0 {
		return &assets.Empty{Title: m.t("list.none.title"), Text: m.t("list.none.text"), Actions: []assets.Link{m.link("map.all", frame.MapPath)}}
	}
	return &assets.Empty{Title: m.t("map.empty.title"), Text: m.t("map.empty.text"), Actions: []assets.Link{m.link("nav.contribute", "/contribuer"), m.link("nav.network", "/reseau")}}
}
