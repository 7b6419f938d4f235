package admin

import (
	"math"
	"net/http"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/colour"
)

const colourPath = "/admin/couleur"

// colourPage is "admin-colour.html".
type colourPage struct {
	top
	Fields  []assets.Field
	Own     bool // the lab has a colour of its own
	Try     bool // what is shown is not saved
	Samples []colourSample
	Table   assets.Table
	Nearest []nearColour // instead of one that cannot be read
}

// colourSample is a piece of a page in one of the modes, drawn: a page has no styles of
// its own.
type colourSample struct {
	Title                                             string
	Paper, Surface, Line, Ink, Brand, Hover, On, Soft string
}

// nearColour is a colour that is offered.
type nearColour struct{ Code, Text string }

// colours is /admin/couleur: the colour of the lab's pages. Which can be read is for
// web/assets to say.
func (p *Pages) colours(w http.ResponseWriter, r *http.Request) error {
	var now string
	err := p.view(r, func(tx *store.Txn) error {
		now = tx.Accent()
		return nil
	})
	if err != nil {
		return err
	}
	if !isPost(r) {
		return p.showColour(w, r, now, now, nil)
	}
	chosen, field := chosenColour(r)
	if err := p.checkColour(chosen, field); err != nil {
		return p.showColour(w, r, now, chosen, err)
	}
	if r.PostForm.Get("do") == "try" {
		return p.showColour(w, r, now, chosen, nil)
	}
	err = p.change(r, store.JournalEntry{Deed: store.ChooseColour, What: chosen}, func(tx *store.Txn) error { return tx.PutAccent(chosen) })
	if err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", "colour.saved")
	return p.Frame.Redirect(w, r, colourPath)
}

// chosenColour is what was asked for, and in which field: a code wins. Empty is the
// colour of the software.
func chosenColour(r *http.Request) (code, field string) {
	if r.PostForm.Get("do") == "default" {
		return "", ""
	}
	if code := strings.ToLower(typed(r, "code")); code != "" {
		return "#" + strings.TrimPrefix(code, "#"), "code"
	}
	return strings.ToLower(typed(r, "colour")), "colour"
}

// tooLight is the reason against a colour in which text cannot be read.
const tooLight = "error.colour-contrast"

func (p *Pages) checkColour(text, field string) error {
	c, ok := colour.Parse(text)
	switch {
	case field == "":
		return nil
	case !ok:
		return &store.FieldError{Field: field, Reason: "error.colour"}
	case !p.Frame.Renderer.Static.Tint(c).Readable():
		return &store.FieldError{Field: field, Reason: tooLight}
	}
	return nil
}

// showColour shows the page with a colour, which may be wrong. The empty one is that of
// the software.
func (p *Pages) showColour(w http.ResponseWriter, r *http.Request, now, chosen string, mistakes error) error {
	static, status := p.Frame.Renderer.Static, http.StatusOK
	d := colourPage{top: p.admin(r, p.t(r, "colour.title"), colourPath), Own: now != "", Try: chosen != now && mistakes == nil}
	c, ok := colour.Parse(chosen)
	if !ok {
		c = static.Brand()
	}
	d.Fields = []assets.Field{
		{Name: "colour", Label: p.t(r, "colour.pick"), Hint: p.t(r, "colour.pick-hint"), Type: "color", Value: c.String()},
		{Name: "code", Label: p.t(r, "colour.code"), Hint: p.t(r, "colour.code-hint"), MaxLength: 7, Autocomplete: "off"},
	}
	if e, wrong := asFieldError(mistakes); wrong {
		status = http.StatusUnprocessableEntity
		d.Fields[1].Value = typed(r, "code")
		d.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()), mistakes, d.Fields)
		if e.Reason == tooLight {
			d.Nearest = p.nearest(r, c)
		}
	}
	if ok || mistakes == nil {
		tint := static.Tint(c)
		d.Samples = []colourSample{p.colourSample(r, "light", 0, tint.Light), p.colourSample(r, "dark", 1, tint.Dark)}
		d.Table = p.contrasts(r, tint)
	}
	return p.Frame.Render(w, r, status, "admin-colour.html", d)
}

func (p *Pages) nearest(r *http.Request, c colour.Colour) (list []nearColour) {
	for _, near := range p.Frame.Renderer.Static.Nearest(c) {
		list = append(list, nearColour{near.String(), p.t(r, "colour.take", "colour", near.String())})
	}
	return list
}

func (p *Pages) colourSample(r *http.Request, mode string, i int, x assets.Shades) colourSample {
	token := func(name string) string { return p.Frame.Renderer.Static.Token(name)[i].String() }
	return colourSample{
		Title: p.t(r, "colour."+mode), Paper: token("paper"), Surface: token("surface"), Line: token("line"), Ink: token("ink"),
		Brand: x.Brand.String(), Hover: x.Hover.String(), On: x.On.String(), Soft: x.Soft.String(),
	}
}

// contrasts are those of a look, in a table.
func (p *Pages) contrasts(r *http.Request, tint assets.Tint) assets.Table {
	t := assets.Table{Caption: p.t(r, "colour.contrasts"), Columns: []assets.Column{
		{Text: p.t(r, "colour.pair")}, {Text: p.t(r, "colour.light"), Number: true}, {Text: p.t(r, "colour.dark"), Number: true},
	}}
	for _, c := range tint.Contrasts {
		t.Rows = append(t.Rows, []assets.Cell{{Text: p.t(r, "colour.pair-"+c.Name)}, p.ratio(r, c.Light), p.ratio(r, c.Dark)})
	}
	return t
}

// ratio is a contrast, marked where it is not enough.
func (p *Pages) ratio(r *http.Request, ratio float64) assets.Cell {
	text := assets.LangOf(r.Context()).Amount(math.Floor(10*ratio) / 10) // never more than it is
	if ratio < assets.Enough {
		return assets.Cell{Badge: &assets.Badge{Tone: "err", Text: p.t(r, "colour.too-low", "ratio", text)}}
	}
	return assets.Cell{Text: text}
}
