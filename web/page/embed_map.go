package page

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
)

// embeddedMap is the map for frames; whoever goes closer to a group stays in it.
const embeddedMap = embedPath + frame.MapPath

type embedMapPage struct {
	assets.Page
	Count   string
	Listed  string // how many of them the list has
	Places  []placeLine
	Picture mapPicture
	Back    string // the whole map, from a part of it; empty: it is shown
	All     assets.Link
	Empty   string
}

// embedMap is the picture of the map with the first of its places, narrowed as the
// map itself is.
func (p *Pages) embedMap(w http.ResponseWriter, r *http.Request) error {
	a := p.visitor(r)
	m := a.mapped(embeddedMap)
	d := embedMapPage{Page: a.Frame.Renderer.NewPage(r, a.Frame.Site(r), a.t("map.title")), Empty: a.t("map.empty.title")}
	d.Styles = []string{"map.css"}
	d.All = assets.Link{Text: a.t("embed.all", "lab", d.Site.Name), Href: address(frame.MapPath, m.asked)}
	if !m.area.IsZero() {
		d.Back = m.with(frame.Area, "")
	}
	err := a.view(func(tx *store.Txn) error {
		m.pins = tx.Pins(m.query, m.within()).List
		d.Count = a.t("map.count", "count", len(m.pins))
		d.Places, d.Picture = m.lines(tx), m.picture(tx)
		d.Listed = a.t("embed.places", "count", len(d.Places))
		return nil
	})
	if err != nil {
		return err
	}
	return a.Frame.Renderer.Render(w, r, http.StatusOK, "embed-map.html", d)
}

// builderOf is where the code for a map with this narrowing is made.
func builderOf(narrowing url.Values) string {
	asked := url.Values{"liste": {frame.MapPath[1:]}}
	for name := range narrowing {
		asked.Set(name, narrowing.Get(name))
	}
	return address(builderPath, asked)
}

// addMap offers the map, narrowed as the address says.
func (d *builderPage) addMap(a *ask) {
	d.Fields[0].Choices = append(d.Fields[0].Choices, assets.Choice{Value: frame.MapPath[1:], Text: a.t("map.title")})
	narrowing := frame.MapNarrowing(a.r.URL.Query())
	for _, name := range slices.Sorted(maps.Keys(narrowing)) {
		d.Hidden = append(d.Hidden, assets.Hidden{Name: name, Value: narrowing.Get(name)})
	}
}
