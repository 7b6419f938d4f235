// Package web is the HTTP side of a node: Handler mounts every dialect on one
// router and wraps it in what all of them share. A dialect is a way in which
// others see the node: pages for people, administration, ActivityPub for servers.
// Dialects never import each other.
package web

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-chi/httprate"
	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/doctor"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/inbox"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
	"github.com/essaim/essaim/web/activitypub"
	"github.com/essaim/essaim/web/admin"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/letters"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/mastodon"
	"github.com/essaim/essaim/web/oauth"
	"github.com/essaim/essaim/web/opendata"
	"github.com/essaim/essaim/web/openid"
	"github.com/essaim/essaim/web/page"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/route"
	"github.com/essaim/essaim/web/session"
)

// Config is what the handler is made of.
type Config struct {
	Node       *federation.Node
	Sessions   *session.Manager
	Renderer   *assets.Renderer // of NewRenderer
	Deliveries Deliveries
	Images     Images
	Log        *slog.Logger
	Version    string
	SourceURL  string

	Demo        bool // the content is fictional: every page says so
	Development bool // shown in red to administrators
	SignedOnly  bool // documents only for signed requests

	MaxBody        int64 // bytes of a document from another node
	InboxPerMinute int   // activities from one address; 0: no limit
	PagesPerMinute int   // other requests from one address; 0: no limit
	MaxStreams     int   // of apps, open at once; 0: no limit
	// ContributionsPerHour are those without an account from one network; 0: no limit.
	ContributionsPerHour int
	Mail                 *mail.Mailer     // nil: no letters are sent
	Provider             *openid.Provider // nil: members sign in here only
	// Letters writes to members and subscribers; nil: one that shows its dates in UTC.
	Letters *letters.Desk
	Search  page.Searcher // nil: there is no page of the search
	Tiles   Tiles         // under the map that moves

	Keeps Keeps // how long what is about people is kept
	// Strained says that the process is short of memory: only reading goes on. Nil:
	// it never is.
	Strained func() bool

	// Rejects counts what inboxes do not take. May be nil.
	Rejects *inbox.Rejects

	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	// Software asks a host what it runs, for the preview of a follow. May be nil.
	Software func(ctx context.Context, host string) string
	// Probe takes notice of what reaches the node, for Examine, which says how the node
	// is. May be nil.
	Probe   *doctor.Probe
	Examine func(context.Context) []doctor.Finding
	// Ailing is what the last examination found to be done. May be nil.
	Ailing func() []doctor.Finding
	Built  time.Time // when the running version was written; zero: that is not known
	// Backups is where the node keeps its own; the zero Shelf: nowhere.
	Backups  backup.Shelf
	Fixed    bool      // the configuration says with whom the lab exchanges
	Settings []Setting // the configuration in effect, without its secrets
	// Live is given what carries changes to the streams and pushes of apps: it is
	// to run as long as the node serves. Nil: nothing streams.
	Live func(run func(context.Context) error)
}

// Tiles are described at page.Tiles.
type Tiles = page.Tiles

// Keeps are described at page.Keeps.
type Keeps = page.Keeps

// OpenTiles is described at page.OpenTiles.
func OpenTiles(path string) (*page.TileFile, error) { return page.OpenTiles(path) }

// Setting is described at admin.Setting.
type Setting = admin.Setting

// Deliveries is the worker of the out-log.
type Deliveries interface {
	admin.Deliveries
	Wake(host string)
}

// Images keeps pictures and serves them.
type Images interface {
	page.Images
	Handler() http.Handler
	OpenFile(name string) (fs.File, error)
}

// NewRenderer parses the templates of all dialects. Dates show in zone.
func NewRenderer(zone *time.Location) (*assets.Renderer, error) {
	return assets.New(zone, page.Templates, admin.Templates, opendata.Templates, oauth.Templates)
}

// Handler mounts everything.
func Handler(c Config) http.Handler {
	r, f := routes(c)
	return wrap(r, c, f)
}

func routes(c Config) (*mux.Router, *frame.Frame) {
	if c.Letters == nil {
		c.Letters = newDesk(c)
	}
	f := &frame.Frame{
		Renderer: c.Renderer, Sessions: c.Sessions, Store: c.Node.Store, BaseURL: c.Node.BaseURL,
		Version: c.Version, SourceURL: c.SourceURL, Demo: c.Demo, Log: c.Log, Unread: c.Letters.Unread,
	}
	c.Sessions.Fail = f.Responder().Fail
	c.Sessions.Address = func(r *http.Request) string { return clientAddress(r, c.TrustedProxies) }
	if c.Provider != nil {
		c.Sessions.Issuer = c.Provider.Issuer
	}
	c.Sessions.Tell = securityLetters(c.Mail, c.Renderer.Catalog, c.Node.BaseURL)
	r := mux.NewRouter()
	problems := reply.Responder{Log: c.Log, Render: reply.JSON}
	r.MethodNotAllowedHandler = f.Responder().Adapt(methodNotAllowed)
	r.NotFoundHandler = f.Responder().Adapt(notFound)
	health(r, c.Node.Store)

	machines := r.NewRoute().Subrouter()
	machines.Use(limit(c.InboxPerMinute, c.TrustedProxies, problems))
	if c.Probe != nil {
		route.Handle(machines, doctor.ProbePath+"{secret}", c.Probe).Methods(http.MethodGet)
	}
	servers := activitypub.Config{
		Node: c.Node, Front: front(c), Sessions: c.Sessions, Errors: problems,
		Version: c.Version, Demo: c.Demo, SignedOnly: c.SignedOnly,
	}
	if c.Search != nil {
		servers.Search = c.Search
	}
	activitypub.Routes(machines, servers)
	r.PathPrefix(assets.StaticPrefix).Handler(c.Renderer.Static).Methods(http.MethodGet, http.MethodHead)
	r.PathPrefix("/media/").Handler(c.Images.Handler()).Methods(http.MethodGet, http.MethodHead)

	if c.Tiles.File != nil {
		route.Handle(r, page.TilesPath, c.Tiles.File).Methods(http.MethodGet, http.MethodHead)
	}

	apps(r, c)
	people := r.NewRoute().Subrouter()
	people.Use(limit(c.PagesPerMinute, c.TrustedProxies, f.Responder()), crossOrigin(f.Responder()), c.Sessions.Middleware, bounded(c.Sessions))
	software := r.NewRoute().Subrouter()
	software.Use(limit(c.PagesPerMinute, c.TrustedProxies, problems))
	if c.Provider != nil {
		route.Handle(software, openid.LogoutPath, problems.Adapt(endElsewhere(c))).Methods(http.MethodPost)
	}
	oauth.New(oauth.Config{
		Store: c.Node.Store, Sessions: c.Sessions, Frame: f, BaseURL: c.Node.BaseURL, Log: c.Log,
	}).Routes(people, software)
	var rejected admin.Rejected
	if c.Rejects != nil {
		rejected = c.Rejects
	}
	admin.New(admin.Config{
		Rejects: rejected, Software: c.Software,
		Frame: f, Node: c.Node, Deliveries: c.Deliveries, Mail: c.Mail, Letters: c.Letters, Provider: c.Provider, Development: c.Development,
		Address: c.Sessions.Address, AllowReset: allowReset(c), OpenFile: c.Images.OpenFile,
		Examine: c.Examine, Ailing: c.Ailing, Built: c.Built, SourceURL: c.SourceURL, Backups: c.Backups, Settings: c.Settings, Fixed: c.Fixed, KeepJournal: c.Keeps.Journal,
	}).Routes(people)
	data := opendata.Config{Frame: f, Node: c.Node}
	if c.Search != nil {
		data.Search = c.Search
	}
	opendata.Routes(people, data)
	page.New(page.Config{Frame: f, Node: c.Node, Images: c.Images, Mail: c.Mail, Letters: c.Letters, Search: c.Search, Allow: perNetwork(c), Software: c.Software, Tiles: c.Tiles, Keeps: c.Keeps}).Routes(people)
	return r, f
}

// apps mounts the dialect of Mastodon's apps.
func apps(r *mux.Router, c Config) {
	api := mastodon.New(mastodon.Config{
		Node: c.Node, Catalog: c.Renderer.Catalog, Images: c.Images, Search: c.Search, Log: c.Log,
		Version: c.Version, SourceURL: c.SourceURL, PerMinute: c.PagesPerMinute, MaxStreams: c.MaxStreams,
		Address: func(r *http.Request) string { return clientAddress(r, c.TrustedProxies) },
	})
	api.Routes(r)
	if c.Live != nil {
		c.Live(api.Run)
	}
}

// wrap puts around the router what every answer needs.
func wrap(h http.Handler, c Config, f *frame.Frame) http.Handler {
	if c.Demo {
		h = noIndex(h)
	}
	h = assets.Language(h)
	h = f.Responder().Recover(shed(pathOnly(h, f.Responder()), c.TrustedProxies, c.Strained))
	h = reply.SecurityHeaders(store.Origin(c.Node.BaseURL)[:5] == "https")(h)
	return reply.WithRequestID(h)
}

func front(c Config) *inbox.Front {
	return inbox.New(inbox.Config{
		Node:    c.Node,
		Policy:  httpsig.Policy{Origin: store.Origin(c.Node.BaseURL), AllowHTTP: c.Development},
		MaxBody: c.MaxBody, Now: c.Node.Store.Now, Alive: c.Deliveries.Wake, Allow: perHost(c.InboxPerMinute), Rejects: c.Rejects,
	})
}

// crossOrigin refuses what another site makes a browser send (CSRF). Software
// with tokens and servers with signatures do not pass here.
func crossOrigin(errors reply.Responder) mux.MiddlewareFunc {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(errors.Adapt(func(http.ResponseWriter, *http.Request) error {
		return &reply.Error{Status: http.StatusForbidden, Detail: "cross-origin request"}
	}))
	return p.Handler
}

// limit bounds the requests of one address. A flood is answered 429 with
// Retry-After.
func limit(perMinute int, proxies []netip.Prefix, errors reply.Responder) mux.MiddlewareFunc {
	if perMinute == 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	return httprate.LimitBy(perMinute, time.Minute,
		func(r *http.Request) (string, error) { return clientAddress(r, proxies), nil },
		httprate.WithLimitHandler(func(w http.ResponseWriter, r *http.Request) {
			errors.Fail(w, r, &reply.Error{Status: http.StatusTooManyRequests, RetryAfter: time.Minute})
		}),
	)
}

// pathOnly forgets the host of a request line that has one (RFC 9112 §3.2.2): no
// redirect repeats a name that the caller chose. What is asked of a proxy or of the
// whole server (§3.2.3, §3.2.4) is refused.
func pathOnly(next http.Handler, errors reply.Responder) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect || r.URL.Path == "*" {
			errors.Fail(w, r, &reply.Error{Status: http.StatusBadRequest, Detail: "neither a proxy nor the whole server answers"})
			return
		}
		if r.URL.Host != "" {
			r = r.Clone(r.Context())
			r.URL.Scheme, r.URL.Host, r.URL.User = "", "", nil
		}
		next.ServeHTTP(w, r)
	})
}

func noIndex(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Robots-Tag", "noindex")
		next.ServeHTTP(w, r)
	})
}

func notFound(http.ResponseWriter, *http.Request) error { return store.ErrNotFound }

func methodNotAllowed(http.ResponseWriter, *http.Request) error {
	return &reply.Error{Status: http.StatusMethodNotAllowed}
}
