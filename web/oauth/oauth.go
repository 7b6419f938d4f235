// Package oauth lets software act for members: it registers apps, asks members
// whether they agree, and gives out tokens.
//
// The protocol is go-oauth2's; this package brings its stores, the page on which
// people agree in plain words, and the rules around it: PKCE with S256 or none,
// redirects compared as a whole, scopes that never grow, codes that work once and
// end what they gave when they are used again. Of all secrets the store holds
// only hashes.
//
// Specifications: RFC 6749 (authorization code and client credentials), RFC 7636
// (PKCE), RFC 7009 (revocation), RFC 8414 (metadata), RFC 6750 (bearer tokens),
// RFC 9700 (best practice), and what Mastodon does beside them: POST /api/v1/apps,
// scopes, the out-of-band redirect.
package oauth

import (
	"crypto/rand"
	"embed"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-oauth2/oauth2/v4"
	"github.com/go-oauth2/oauth2/v4/manage"
	"github.com/go-oauth2/oauth2/v4/server"
	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/route"
	"github.com/essaim/essaim/web/session"
)

//go:embed templates/*.html
var templateFiles embed.FS

// Templates are the pages of this package, for assets.New.
var Templates = assets.Pages(templateFiles)

// Config is what the server needs.
type Config struct {
	Store    *store.Store
	Sessions *session.Manager
	Frame    *frame.Frame
	BaseURL  string // scheme and host, without a slash at the end
	Log      *slog.Logger
}

// Server answers at /oauth, and shows members which apps they let in. It is safe
// for concurrent use.
type Server struct {
	Config
	protocol *server.Server
}

// codeLife is how long an app has to change its code for a token.
const codeLife = 5 * time.Minute

// New returns the server.
func New(c Config) *Server {
	m := manage.NewManager()
	m.MapClientStorage(clients{c.Store})
	m.MapTokenStorage(grants{c.Store})
	m.MapAuthorizeGenerate(codeMaker{})
	m.MapAccessGenerate(tokenMaker{})
	m.SetAuthorizeCodeExp(codeLife)
	m.SetAuthorizeCodeTokenCfg(&manage.Config{}) // tokens last until they are revoked, as Mastodon's do
	m.SetClientTokenCfg(&manage.Config{})
	m.SetValidateURIHandler(sameRedirect)
	s := &Server{Config: c}
	s.protocol = server.NewServer(&server.Config{
		TokenType:                   "Bearer",
		AllowedResponseTypes:        []oauth2.ResponseType{oauth2.Code},
		AllowedGrantTypes:           []oauth2.GrantType{oauth2.AuthorizationCode, oauth2.ClientCredentials},
		AllowedCodeChallengeMethods: []oauth2.CodeChallengeMethod{oauth2.CodeChallengeS256},
	}, m)
	s.protocol.ClientInfoHandler = credentials
	s.protocol.ClientScopeHandler = s.mayHave
	s.protocol.InternalErrorHandler = s.internal
	s.protocol.ResponseTokenHandler = s.writeToken
	return s
}

// Routes mounts what people see on people, whose requests have a session, and
// what software asks for on machines.
func (s *Server) Routes(people, machines *mux.Router) {
	both := []string{http.MethodGet, http.MethodHead, http.MethodPost}
	route.Handle(people, "/oauth/authorize", s.Frame.Handle(s.authorize)).Methods(both...)
	route.Handle(people, "/oauth/authorize/", s.Frame.Handle(s.authorize)).Methods(both...) // as toot asks
	route.Handle(people, "/mon-compte/applications", s.Frame.Handle(s.apps)).Methods(both...)

	problems := reply.Responder{Log: s.Log, Render: renderError}
	machine := func(path string, h reply.Handler, methods ...string) {
		route.Handle(machines, path, open(problems.Adapt(h))).Methods(append(methods, http.MethodOptions)...)
	}
	machine("/oauth/token", s.token, http.MethodPost)
	machine("/oauth/revoke", s.revoke, http.MethodPost)
	machine("/oauth/userinfo", s.userInfo, http.MethodGet, http.MethodPost)
	machine("/.well-known/oauth-authorization-server", s.metadata, http.MethodGet)
}

// open lets web apps of any origin ask.
func open(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// NewSecret is a secret with 256 bits.
func NewSecret() string { return rand.Text() + rand.Text() }
