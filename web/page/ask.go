package page

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

// perPage is how many records a page of a list has.
const perPage = 20

// ask is one request: who asks, in which language, and the actors that were
// looked up for it. It belongs to one goroutine.
type ask struct {
	*Pages
	r      *http.Request
	lang   assets.Lang
	by     store.Viewer
	actors map[string]*store.Actor // by IRI; those of one View
}

func (p *Pages) ask(r *http.Request) *ask {
	return &ask{
		Pages: p, r: r, lang: assets.LangOf(r.Context()), by: p.Frame.Viewer(r),
		actors: map[string]*store.Actor{},
	}
}

// t is a message in the language of the request.
func (a *ask) t(key string, args ...any) string {
	return a.Frame.Renderer.Catalog.T(a.lang, key, args...)
}

// has says whether there is a message of this key.
func (a *ask) has(key string) bool { return a.Frame.Renderer.Catalog.Has(assets.French, key) }

// view reads the store.
func (a *ask) view(fn func(tx *store.Txn) error) error {
	return a.Node.Store.View(a.r.Context(), fn)
}

// page begins a page. title is final text, section the navigation's entry.
func (a *ask) page(title, section string, crumbs ...assets.Link) assets.Page {
	p := a.Frame.Page(a.r, title)
	p.Section, p.Crumbs, p.Light = section, crumbs, section == "contribute"
	return p
}

// link is a crumb or an action with the words of a key.
func (a *ask) link(key, href string) assets.Link { return assets.Link{Text: a.t(key), Href: href} }

// redirect sends the browser to a path of this site, in its language.
func (a *ask) redirect(w http.ResponseWriter, status int, path string) error {
	http.Redirect(w, a.r, a.lang.Link(assets.LocalPath(path)), status)
	return nil
}

// signIn sends a visitor to sign in and back here; whoever is signed in already
// may not do this.
func (a *ask) signIn(w http.ResponseWriter) error {
	if a.by.Local {
		return &reply.Error{Status: http.StatusForbidden}
	}
	if a.r.Method == http.MethodPost {
		return &reply.Error{Status: http.StatusUnauthorized}
	}
	return a.redirect(w, http.StatusSeeOther, "/connexion?"+url.Values{"retour": {a.r.URL.RequestURI()}}.Encode())
}

// actor returns the actor of an IRI. One that is not known here is its address.
func (a *ask) actor(tx *store.Txn, iri string) *store.Actor {
	if known, ok := a.actors[iri]; ok {
		return known
	}
	actor, err := tx.ActorByIRI(iri)
	if err != nil || !actor.Deleted.IsZero() {
		actor = &store.Actor{IRI: iri, Name: store.HostOf(iri), URL: iri}
	}
	a.actors[iri] = actor
	return actor
}

// actorPath is the page of an actor here, or its own one when it is not known.
func actorPath(actor *store.Actor) string {
	switch {
	case actor.ID == 0:
		return actor.IRI
	case !actor.Local:
		return "/reseau/" + url.PathEscape(actor.Host) + "/" + url.PathEscape(actor.Handle)
	case actor.Type == store.Group:
		return "/lab"
	}
	return "/@" + actor.Handle
}

func actorLink(actor *store.Actor) assets.Link {
	return assets.Link{Text: actor.DisplayName(), Href: actorPath(actor)}
}

// origin is who published something, with a badge on those who may have something
// to sell.
func (a *ask) origin(actor *store.Actor) assets.Origin {
	o := assets.Origin{Name: actor.DisplayName(), Href: actorPath(actor), Remote: !actor.Local}
	if actor.IsCommercial() {
		o.Badge = a.interest(actor.Interest)
	}
	return o
}

// originOf is the origin of a record. One that declares the same of itself has its
// own badges.
func (a *ask) originOf(tx *store.Txn, r *store.Record) assets.Origin {
	actor := a.actor(tx, r.Lab)
	o := a.origin(actor)
	if r.Interest == actor.Interest {
		o.Badge = nil
	}
	return o
}

// interest is what somebody declares; nil when nothing.
func (a *ask) interest(i store.Interest) *assets.Badge {
	text := a.Frame.Renderer.Catalog.Interest(a.lang, i)
	if text == "" {
		return nil
	}
	return &assets.Badge{Tone: cmp.Or(store.CommercialIntents.Tones[i.CommercialIntent], "plain"), Text: text}
}

// spokenFor is in whose interest a record speaks, where there are no badges; empty:
// nothing is to be said.
func (a *ask) spokenFor(tx *store.Txn, r *store.Record) string {
	return a.Frame.Renderer.Catalog.SpokenFor(a.lang, r, a.actor(tx, r.Lab))
}

// foreign is the language of a text when the page has another.
func (a *ask) foreign(lang string) string {
	if lang == "" || strings.EqualFold(lang, string(a.Frame.Renderer.Catalog.Mostly(a.lang))) {
		return ""
	}
	return lang
}

// places are the names of territories.
func (a *ask) places(codes []string) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = a.place(code)
	}
	return strings.Join(names, ", ")
}

func (a *ask) place(code string) string {
	if key := "territory." + code; a.has(key) {
		return a.t(key)
	}
	kind, number, ok := strings.Cut(code, ":")
	if key := "territory-of." + kind; ok && a.has(key) {
		return a.t(key, "code", number)
	}
	return code
}
