package page

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/reply"
)

// What other sites may show in a frame lies below embedPath, as visitors see it,
// whoever is signed in.
const (
	embedPath   = "/embed"
	builderPath = "/integrer"
	oembedPath  = "/oembed"

	embeddedCards            = 10
	embedWidth, embedHeight  = 640, 480
	oembedType               = "application/json+oembed"
	frameNowhere, frameAnyAt = "frame-ancestors 'none'", "frame-ancestors *"
)

// embedRoutes mounts what other sites may show.
func (p *Pages) embedRoutes(r *mux.Router) {
	for _, k := range store.Kinds {
		p.get(r, embedPath+"/"+k.Path, framed(p.embedList(k)))
		p.get(r, embedPath+"/"+k.Letter+"/{slug:(?:[^/]*-)?[0-9]+}", framed(p.embedRecord(k)))
	}
	p.get(r, embeddedMap, framed(p.embedMap))
	p.get(r, builderPath, p.builder)
	p.get(r, oembedPath, p.oembed)
}

// framed lets any site show a page in a frame.
func framed(h reply.Handler) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return h(embedded{w}, r)
	}
}

// embedded opens the frame as the answer is written: errors stay closed.
type embedded struct{ http.ResponseWriter }

// WriteHeader opens the frame.
func (e embedded) WriteHeader(status int) {
	h := e.Header()
	h.Set("Content-Security-Policy", strings.Replace(h.Get("Content-Security-Policy"), frameNowhere, frameAnyAt, 1))
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Robots-Tag", "noindex")
	e.ResponseWriter.WriteHeader(status)
}

type embedPage struct {
	assets.Page
	Cards []assets.Card
	All   assets.Link
	Empty string
}

// visitor is the request as of somebody who is not on this site, whoever asks.
func (p *Pages) visitor(r *http.Request) *ask {
	a := p.ask(r)
	a.by = store.Viewer{Away: true}
	return a
}

// embedList shows the newest public records of a kind, or the next of those that
// take place.
func (p *Pages) embedList(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.visitor(r)
		d := embedPage{Empty: a.t("list." + k.Name + ".empty.title")}
		err := a.view(func(tx *store.Txn) error {
			q := a.query(a.narrowing(k), 1)
			q.Counts, q.Limit = false, embeddedCards
			found := tx.ListKind(k.Name, q)
			if _, dated := k.New().(store.Dated); dated {
				found = tx.Upcoming(k.Name, tx.Now(), q)
			}
			d.Cards = a.cards(tx, found.Items)
			return nil
		})
		if err != nil {
			return err
		}
		return a.embed(w, d, a.t("list."+k.Name+".title"), address("/"+k.Path, a.narrowing(k)))
	}
}

// embedRecord shows one record as its card.
func (p *Pages) embedRecord(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.visitor(r)
		d, path := embedPage{}, ""
		err := a.view(func(tx *store.Txn) error {
			it, err := a.findShareable(tx, k)
			if err == nil {
				d.Cards, path = a.cards(tx, []store.Item{it}), federation.PagePath(it.Envelope())
			}
			return err
		})
		if err != nil {
			return err
		}
		return a.embed(w, d, a.t("kind."+k.Name), path)
	}
}

func (a *ask) embed(w http.ResponseWriter, d embedPage, title, path string) error {
	d.Page = a.Frame.Renderer.NewPage(a.r, a.Frame.Site(a.r), title)
	d.All = assets.Link{Text: a.t("embed.all", "lab", d.Site.Name), Href: path}
	return a.Frame.Renderer.Render(w, a.r, http.StatusOK, "embed.html", d)
}

// frameCode is what is copied into another site; the title is for those who do not
// see the frame (RGAA 2.1).
func (a *ask) frameCode(path, title string) string {
	return `<iframe src="` + template.HTMLEscapeString(a.Node.BaseURL+a.lang.Link(embedPath+path)) + `" title="` + template.HTMLEscapeString(title) +
		`" width="100%" height="480" style="border:0" loading="lazy"></iframe>`
}

type builderPage struct {
	assets.Page
	Lead   string
	Fields []assets.Field
	Hidden []assets.Hidden
	Code   *assets.Field // nil: nothing was chosen yet
	Show   string
}

// builder makes the code for another site.
func (p *Pages) builder(w http.ResponseWriter, r *http.Request) error {
	a := p.visitor(r)
	list, sheet := r.URL.Query().Get("liste"), localRecord(a.Node.BaseURL, r.URL.Query().Get("fiche"))
	d := builderPage{Lead: a.t("embed.lead"), Fields: []assets.Field{
		{Name: "liste", Label: a.t("embed.list"), Type: "select", Value: list, Choices: []assets.Choice{{Text: a.t("embed.none")}}},
		{Name: "fiche", Label: a.t("embed.record"), Hint: a.t("embed.record-hint"), Value: sheet, MaxLength: 500},
	}}
	path, title := "", ""
	if d.addMap(a); list == frame.MapPath[1:] {
		path, title = address(frame.MapPath, frame.MapNarrowing(r.URL.Query())), a.t("map.title")
	}
	for _, k := range store.Kinds {
		name := a.t("list." + k.Name + ".title")
		d.Fields[0].Choices = append(d.Fields[0].Choices, assets.Choice{Value: k.Path, Text: name})
		if list == k.Path {
			path, title = "/"+k.Path, name
		}
	}
	if it := a.recordAt(sheet); it != nil {
		path, title = sheet, it.Title
	} else if sheet != "" {
		d.Fields[1].Error = a.t("embed.unknown")
	}
	d.Page = a.page(a.t("embed.title"), "network", a.link("data.title", "/donnees"))
	if path != "" {
		d.Show = embedPath + path
		d.Code = &assets.Field{Name: "code", Label: a.t("embed.code"), Hint: a.t("embed.code-hint"), Type: "textarea", Rows: 4, Value: a.frameCode(path, title)}
	}
	return p.Frame.Render(w, r, http.StatusOK, "builder.html", d)
}

// localRecord is the path of a record's page of this site, from its whole address
// or the path itself; empty for what is neither.
func localRecord(base, text string) string {
	u, err := url.Parse(strings.TrimPrefix(strings.TrimSpace(text), base))
	if err != nil || u.IsAbs() || u.Host != "" {
		return strings.TrimSpace(text)
	}
	for _, lang := range assets.Languages[1:] {
		if path, ok := strings.CutPrefix(u.Path, lang.Link("/")+"/"); ok {
			return "/" + path
		}
	}
	return u.Path
}

// recordAt is the shareable record whose page has this path, or nil.
func (a *ask) recordAt(path string) (found *store.Record) {
	number := path[max(strings.LastIndexAny(path, "-/"), 0):]
	id, err := store.ParseID(strings.TrimLeft(number, "-/"))
	if err != nil {
		return nil
	}
	_ = a.view(func(tx *store.Txn) error { // not found is nil
		it, err := tx.Record(id)
		if err == nil && shareable(it.Envelope()) && federation.PagePath(it.Envelope()) == path {
			found = it.Envelope()
		}
		return nil
	})
	return found
}

// oembed answers sites that turn a link into a frame (oEmbed 1.0 §2.3).
func (p *Pages) oembed(w http.ResponseWriter, r *http.Request) error {
	a, asked := p.visitor(r), r.URL.Query()
	if format := asked.Get("format"); format != "" && format != "json" {
		w.WriteHeader(http.StatusNotImplemented) // oEmbed 1.0 §2.3.2
		return nil
	}
	path := localRecord(a.Node.BaseURL, asked.Get("url"))
	record := a.recordAt(path)
	if record == nil {
		return store.ErrNotFound
	}
	site := a.Frame.Site(r)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	return json.NewEncoder(w).Encode(map[string]any{
		"version": "1.0", "type": "rich", "title": record.Title, "provider_name": site.Name, "provider_url": a.Node.BaseURL,
		"html": a.frameCode(path, record.Title), "width": embedWidth, "height": embedHeight, "cache_age": 3600,
		"thumbnail_url": a.Node.BaseURL + path + cardEnd, "thumbnail_width": 1200, "thumbnail_height": 630,
	})
}
