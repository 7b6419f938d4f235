// Package mastodon is the dialect of the apps that people have on their phones:
// Mastodon's client API, as far as it has a meaning here.
//
// Its nouns, Account and Status, stay in this package: an account is an actor, a
// status a record or its announcement. Reading goes to the store's views and asks
// CanSee; writing goes to Node.Publish; what a member keeps to himself (mutes,
// filters, markers …) lies in the store beside it. What Mastodon has and Essaim
// has not is empty, not missing.
//
// routes.go is the table of all addresses. A handler gets a call, which knows who
// asks, and returns an entity; answering is written once.
//
// Specification: docs.joinmastodon.org, methods and entities of API version 4.5.
package mastodon

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/maypok86/otter/v2"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/route"
)

// APILevel is the version of Mastodon whose API this is; clients compare it.
const APILevel = "4.5.0"

// Config is what the dialect needs.
type Config struct {
	Node    *federation.Node
	Catalog *assets.Catalog // words in the language of who reads
	Images  Images
	Search  Searcher // nil: texts are not searched
	Log     *slog.Logger
	Version string // of the program
	// SourceURL is where the source of the program is offered.
	SourceURL string
	// Address is the network address that a request is counted under.
	Address func(*http.Request) string
	// PerMinute bounds the requests of one address or token; 0: no limit.
	PerMinute int
	// MaxStreams bounds the streams that are open at once; one address or member has at
	// most half of them. 0: no limit.
	MaxStreams int
}

// Images keeps the pictures that members send.
type Images interface {
	Put(ctx context.Context, r io.Reader) (*store.Image, error)
}

// API serves the dialect. It is safe for concurrent use.
type API struct {
	Config
	rendered *otter.Cache[renderKey, *rendering]
	cleaned  *otter.Cache[string, string] // HTML of profiles, by what it was
	rates    *rates
	once     *replays
	hub      *hub
}

// New returns the dialect. Nothing streams before Run is called.
func New(c Config) *API {
	d := &API{Config: c, once: newReplays(), rates: newRates(c.PerMinute, c.Node.Store.Now)}
	d.rendered = otter.Must(&otter.Options[renderKey, *rendering]{MaximumSize: maxRendered})
	d.cleaned = otter.Must(&otter.Options[string, string]{MaximumSize: maxRendered})
	d.hub = newHub(d)
	return d
}

// Run carries what changes to open streams and to subscribed apps until ctx ends.
func (d *API) Run(ctx context.Context) error { return d.hub.run(ctx) }

// Routes mounts the dialect. It must come before the pages.
func (d *API) Routes(r *mux.Router) {
	route.Handle(r, avatarPath, serveImage(blankAvatar())).Methods(http.MethodGet, http.MethodHead)
	route.Handle(r, headerPath, serveImage(blankHeader())).Methods(http.MethodGet, http.MethodHead)
	var routes []*mux.Route
	for _, e := range d.endpoints() {
		for _, path := range []string{e.path, e.path + "/"} { // Mastodon.py asks for /api/v1/instance/
			routes = append(routes, route.Handle(r, "/api"+path, d.handler(e)).Methods(e.method))
		}
	}
	r.PathPrefix("/api/").Handler(d.public(func(c *call) (any, error) { return nil, missed(c.r, routes) }))
}

// missed says whether an address is not there, or only not by this method.
func missed(r *http.Request, routes []*mux.Route) error {
	for _, method := range []string{get, send, put, patch, erase} {
		probe := *r
		probe.Method = method
		for _, route := range routes {
			if method != r.Method && route.Match(&probe, new(mux.RouteMatch)) {
				return errMethod
			}
		}
	}
	return errNotFound
}
