package page

import (
	"image/color"
	"net/http"
	"net/url"
	"strings"

	template "github.com/DataDog/datadog-agent/pkg/template/html"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/colour"
	"github.com/essaim/essaim/web/drawing"
	"github.com/essaim/essaim/web/reply"
)

// The ends of the addresses of what a record is shared by.
const (
	cardEnd   = ".png"     // the picture that a link to it shows as
	posterEnd = "/affiche" // a sheet for a wall
)

// sharing is how a public record of this node is passed on.
type sharing struct {
	Code template.HTML // its address, for a telephone
	Ways []assets.Link
}

// sharing is nil for what is not for everybody, or at home elsewhere.
func (a *ask) sharing(r *store.Record) *sharing {
	if !shareable(r) {
		return nil
	}
	path := federation.PagePath(r)
	return &sharing{
		Code: drawing.QR(a.Node.BaseURL+a.lang.Link(path), a.t("share.code", "title", title(r))),
		Ways: []assets.Link{
			a.link("share.poster", path+posterEnd),
			a.link("share.embed", builderPath+"?"+url.Values{"fiche": {path}}.Encode()),
			a.link("share.from-account", followFromPath+"?"+url.Values{"objet": {r.IRI}}.Encode()),
		},
	}
}

// shareable says whether a record may be shown where nobody signs in.
func shareable(r *store.Record) bool { return r.Audience == store.Public && !r.Remote }

// findShareable is find for what everybody may take elsewhere, whoever asks.
func (a *ask) findShareable(tx *store.Txn, k *store.Kind) (store.Item, error) {
	it, err := a.find(tx, k)
	if err == nil && !shareable(it.Envelope()) {
		return nil, store.ErrNotFound
	}
	return it, err
}

// card draws what a link to a record shows as elsewhere.
func (p *Pages) card(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		var c drawing.Card
		err := a.view(func(tx *store.Txn) error {
			it, err := a.findShareable(tx, k)
			if err != nil {
				return err
			}
			record := it.Envelope()
			c = drawing.Card{Site: a.actor(tx, record.Lab).DisplayName(), Kind: a.t("kind." + k.Name), Title: title(record), Foot: a.when(it)}
			if c.Foot == "" {
				c.Foot = a.places(record.Territory)
			}
			if words := a.spokenFor(tx, record); words != "" {
				c.Kind += " – " + words
			}
			return nil
		})
		if err != nil {
			return err
		}
		if own, ok := colour.Parse(a.Frame.Site(r).Accent); ok {
			c.Brand = color.RGBA{own.R, own.G, own.B, 0xff}
		}
		picture, err := c.PNG()
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Cache-Control", "public, max-age=3600")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		_, err = w.Write(picture)
		return err
	}
}

type posterPage struct {
	assets.Page
	KindText, Lang, Pitch, When, Origin, Address string
	Interest                                     string // in which it speaks, in words; may be empty
	Code                                         template.HTML
	Back                                         assets.Link
}

// poster is a record for a wall: what, when, and the code that leads to it.
func (p *Pages) poster(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		d := posterPage{}
		name := ""
		err := a.view(func(tx *store.Txn) error {
			it, err := a.findShareable(tx, k)
			if err != nil {
				return err
			}
			record := it.Envelope()
			path := federation.PagePath(record)
			name = title(record)
			d = posterPage{
				KindText: a.t("kind." + k.Name), Lang: a.foreign(record.Lang), Pitch: record.Pitch, When: a.when(it),
				Origin: a.actor(tx, record.Lab).DisplayName(), Interest: a.spokenFor(tx, record), Address: strings.TrimPrefix(a.Node.BaseURL+path, "https://"),
				Code: a.sharing(record).Code, Back: assets.Link{Text: name, Href: path},
			}
			return nil
		})
		if err != nil {
			return err
		}
		d.Page = a.page(name, k.Section, append(a.crumbs(k), d.Back)...)
		d.NoIndex = true
		return p.Frame.Render(w, r, http.StatusOK, "poster.html", d)
	}
}
