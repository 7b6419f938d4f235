package webtest

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/session"
)

// renderers has those of every dialect, by its templates: parsing them takes long.
var renderers sync.Map

func rendererOf(templates []fs.FS) (*assets.Renderer, error) {
	dialect := [1]fs.FS(append(templates, nil))
	parse, _ := renderers.LoadOrStore(dialect, sync.OnceValues(func() (*assets.Renderer, error) {
		return assets.New(time.UTC, templates...)
	}))
	return parse.(func() (*assets.Renderer, error))()
}

// Frame is the frame of the node's pages, with the templates of a dialect, if any.
func (n *Node) Frame(t testing.TB, templates ...fs.FS) *frame.Frame {
	t.Helper()
	renderer, err := rendererOf(templates)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	return &frame.Frame{
		Renderer: renderer, Store: n.Store, BaseURL: BaseURL, Log: log,
		Sessions: session.New(n.Store, session.Config{BaseURL: BaseURL, Log: log}),
	}
}

// Site is a node's pages on a server.
type Site struct {
	Server *httptest.Server
	frame  *frame.Frame
}

// Serve serves what routes mounts, behind what stands before every page.
func Serve(t testing.TB, f *frame.Frame, routes func(*mux.Router)) *Site {
	t.Helper()
	r := mux.NewRouter()
	r.PathPrefix(assets.StaticPrefix).Handler(f.Renderer.Static)
	routes(r)
	return ServeHandler(t, f, r)
}

// ServeHandler is Serve for what needs no router.
func ServeHandler(t testing.TB, f *frame.Frame, h http.Handler) *Site {
	t.Helper()
	guard := http.NewCrossOriginProtection()
	server := httptest.NewServer(guard.Handler(assets.Language(f.Sessions.Middleware(h))))
	t.Cleanup(server.Close)
	return &Site{Server: server, frame: f}
}

// Client is a browser without JavaScript: it has cookies, and does not follow
// redirects, so that a test sees them.
type Client struct {
	HTTP *http.Client
	t    testing.TB
}

// Visitor returns a fresh browser.
func (s *Site) Visitor(t testing.TB) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	address := s.Server.Listener.Addr().String()
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &Client{t: t, HTTP: &http.Client{
		Jar: jar, Transport: transport, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// As returns a browser in which the member is signed in.
func (s *Site) As(t testing.TB, member *store.Actor) *Client {
	t.Helper()
	c := s.Visitor(t)
	begin := httptest.NewRecorder()
	s.frame.Sessions.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.frame.Sessions.Begin(r.Context(), s.account(t, member)); err != nil {
			t.Error(err)
		}
	})).ServeHTTP(begin, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	base, err := url.Parse(BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	c.HTTP.Jar.SetCookies(base, begin.Result().Cookies())
	return c
}

func (s *Site) account(t testing.TB, member *store.Actor) (account *store.Account) {
	t.Helper()
	err := s.frame.Store.View(t.Context(), func(tx *store.Txn) (err error) {
		account, err = tx.AccountOf(member.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return account
}

// Answer is what came back, read to its end.
type Answer struct {
	Status   int
	Header   http.Header
	Body     string
	Location string // of a redirect: its path and query
}

// Has says whether the page holds all of these texts.
func (a Answer) Has(texts ...string) bool {
	for _, text := range texts {
		if !strings.Contains(a.Body, text) {
			return false
		}
	}
	return true
}

// Get asks for a path.
func (c *Client) Get(path string) Answer {
	c.t.Helper()
	return c.Do(http.MethodGet, path, nil, nil)
}

// Post sends a form, as a browser does from a page of the same site.
func (c *Client) Post(path string, form url.Values) Answer {
	c.t.Helper()
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}, "Origin": {BaseURL}}
	return c.Do(http.MethodPost, path, strings.NewReader(form.Encode()), header)
}

// PostFrom is Post from a page of another site.
func (c *Client) PostFrom(origin, path string, form url.Values) Answer {
	c.t.Helper()
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"cross-site"}, "Origin": {origin}}
	return c.Do(http.MethodPost, path, strings.NewReader(form.Encode()), header)
}

// Do sends any request; header may be nil.
func (c *Client) Do(method, path string, body io.Reader, header http.Header) Answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, BaseURL+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if header != nil {
		r.Header = header
	}
	res, err := c.HTTP.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := Answer{Status: res.StatusCode, Header: res.Header, Body: string(data)}
	if to, err := res.Location(); err == nil {
		a.Location = to.RequestURI()
	}
	return a
}

// Cookie is the value of the session's cookie in this browser; empty: none.
func (c *Client) Cookie() string {
	base, err := url.Parse(BaseURL)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, cookie := range c.HTTP.Jar.Cookies(base) {
		if cookie.Name == "session" {
			return cookie.Value
		}
	}
	return ""
}
