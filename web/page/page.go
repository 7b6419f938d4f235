// Package page is the dialect for people: the pages of the site, in every
// language, without JavaScript.
//
// A handler reads what it needs in one View, into the struct of its template,
// and renders after the View is closed; a change goes to federation.Node.Publish
// and answers with a redirect. Who may see what is asked of store.Viewer alone: a
// record that the viewer may not see answers like one that does not exist. Forms
// and facets follow from the descriptors of store.Kinds, so a new kind of record
// needs no new page.
//
// What visitors are shown is kept until something changes (kept.go).
//
// Signing in, setting up and administration are left to web/admin, the words and
// the look to web/assets.
package page

import (
	"context"
	"embed"
	"io"
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/letters"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/route"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Templates are the page's own, for assets.New.
var Templates = assets.Pages(templateFiles)

// Images keeps the pictures and files that people upload. A *store.FieldError says
// what is wrong with one. Their addresses are paths.
type Images interface {
	Put(ctx context.Context, r io.Reader) (*store.Image, error)
	PutFile(ctx context.Context, r io.Reader, name string) (*store.Attachment, error)
	File(path string) (*store.Attachment, error) // one that was put before, or store.ErrNotFound
	Keep(path string) bool                       // it is there, and stays until what names it is saved
	MaxFile() int64                              // bytes of a file
	Accepts() string                             // the files that are taken, as an input says it
}

// Config is what Pages are made of. Search and Software may be nil; the rest is required.
type Config struct {
	Frame  *frame.Frame
	Node   *federation.Node
	Images Images
	Mail   *mail.Mailer // nil: no letters are sent
	// Letters writes to subscribers. Nil, or without Mail: nobody can subscribe.
	Letters *letters.Desk
	Search  Searcher // nil: there is no page of the search
	// Allow says whether whoever sends a request may do one more of an act, which
	// then counts. Nil: always.
	Allow func(r *http.Request, act Act) bool
	// Software asks a host what it runs ("essaim 0.1.0"), or answers "". Nil:
	// it is not asked.
	Software func(ctx context.Context, host string) string
	Tiles    Tiles // what lies under the map that moves; zero: our own outlines alone
	Keeps    Keeps // how long what is about people is kept
}

// Pages answers people. It is safe for concurrent use.
type Pages struct {
	Config
	kept *kept
}

// New returns the pages of a node.
func New(c Config) *Pages { return &Pages{Config: c, kept: newKept(c.Node)} }

// Routes mounts the pages. The language's prefix is off the path already.
func (p *Pages) Routes(r *mux.Router) {
	p.shared(r, "/", p.home)
	for _, k := range store.Kinds {
		p.kindRoutes(r, k)
	}
	p.shared(r, "/entraide", p.section("mutual-aid"))
	p.get(r, "/publier", p.choose)
	p.contributeRoutes(r)
	p.shared(r, "/lab", p.lab)
	p.form(r, logoPath, p.logo)
	p.shared(r, figuresPath, p.figures)
	p.shared(r, "/bilan/{year:[0-9]{4}}", p.report)
	p.shared(r, frame.MapPath, p.carte)
	p.shared(r, directoryPath, p.members)
	p.shared(r, "/@{handle}", p.profile)
	p.form(r, "/@{handle}"+profileEnd, p.editProfile)
	p.form(r, "/@{handle}"+relayEnd, p.relay(memberOf))
	p.form(r, ownProfile, p.editProfile)
	p.get(r, "/o/{id:[0-9]+}", p.object)
	p.get(r, "/reseau", p.network)
	p.get(r, networkData, p.networkCSV)
	p.form(r, "/reseau/suivre", p.follow)
	p.get(r, "/reseau/{host}/{handle}", p.peer)
	p.form(r, "/reseau/{host}/{handle}/quitter", p.unfollow)
	p.form(r, "/reseau/{host}/{handle}/choix", p.chooseCopy)
	p.get(r, "/authorize_interaction", p.interact)
	p.shared(r, "/fil", p.river)
	p.get(r, frame.SearchPath, p.search)
	p.get(r, precedentsPath, p.precedents)
	p.shared(r, "/themes/{tag}", p.theme)
	p.get(r, "/accessibilite", p.accessibility)
	p.get(r, "/mentions-legales", p.legal)
	p.get(r, "/donnees-personnelles", p.privacy)
	p.get(r, charterPath, p.charter)
	p.get(r, "/plan-du-site", p.siteMap)
	route.Handle(r, "/apparence", http.HandlerFunc(assets.SetTheme)).Methods(http.MethodPost)
	p.get(r, "/robots.txt", p.robots)
	p.get(r, "/sitemap.xml", p.sitemaps)
	p.get(r, pagesMap, p.pagesMap)
	p.embedRoutes(r)
	p.form(r, followFromPath, p.followFrom)
	p.subscribeRoutes(r)
}

// kindRoutes mounts the list, the form and the pages of a kind of record.
func (p *Pages) kindRoutes(r *mux.Router, k *store.Kind) {
	one := "/" + k.Letter + "/{slug:(?:[^/]*-)?[0-9]+}"
	if _, dated := k.New().(store.Dated); dated {
		p.shared(r, "/"+k.Path, p.agenda(k))
		p.get(r, "/"+k.Path+".ics", p.calendar(k))
		p.get(r, one+".ics", p.oneCalendar(k))
		p.joinRoutes(r, one, k)
	} else {
		p.shared(r, "/"+k.Path, p.list(k))
	}
	p.form(r, newPath(k), p.create(k))
	p.shared(r, one, p.record(k))
	p.shared(r, one+cardEnd, p.card(k))
	p.get(r, one+posterEnd, p.poster(k))
	p.get(r, "/sitemap-"+k.Path+".xml", p.sitemap(k))
	p.form(r, one+"/modifier", p.edit(k))
	p.form(r, one+"/supprimer", p.remove(k))
	p.form(r, one+relayEnd, p.relay(contactOf(k)))
	route.Handle(r, one+"/agir", p.Frame.Handle(p.act(k))).Methods(http.MethodPost)
}

// newPath is the address of the form for a new record.
func newPath(k *store.Kind) string { return "/" + k.Path + "/nouvelle" }

// replyKind is the kind of what people write in the thread of a record.
var replyKind = store.Kinds[slices.IndexFunc(store.Kinds, func(k *store.Kind) bool { return k.Reply })]

func (p *Pages) get(r *mux.Router, path string, h reply.Handler) {
	route.Handle(r, path, p.Frame.Handle(h)).Methods(http.MethodGet, http.MethodHead)
}

// shared mounts a page that is the same for all visitors.
func (p *Pages) shared(r *mux.Router, path string, h reply.Handler) { p.get(r, path, p.kept.around(h)) }

func (p *Pages) form(r *mux.Router, path string, h reply.Handler) {
	route.Handle(r, path, p.Frame.Handle(h)).Methods(http.MethodGet, http.MethodHead, http.MethodPost)
}
