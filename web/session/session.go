// Package session knows who is at the other end: a browser with a cookie, a
// person with a password or a one-time link, software with a bearer token.
//
// It keeps to OWASP's advice: argon2id with constant work for accounts that do
// not exist, a new session id at every sign-in, limits on wrong passwords that
// lock nobody out for ever. Of all secrets the store holds only hashes. What
// somebody may do is decided elsewhere: store.Viewer for records, store.Role for
// the administration.
package session

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/essaim/essaim/store"
)

// renew is how often the end of a session is put off at most: reading must not write.
// Where sessions are short it is twice in one.
const renew = 24 * time.Hour

// stay is how long the session of a visitor lasts, who is not signed in: nobody fills
// the store by visits.
const stay = time.Hour

// The keys of a session's data.
const (
	keyAccount = "account"
	keyLogin   = "login"
	keyProved  = "proved" // when somebody last showed who he is: seconds since 1970
)

// Config is what a Manager is made of.
type Config struct {
	// BaseURL is the node's address. With https, cookies are Secure; the port is
	// part of their name, since browsers do not tell ports apart.
	BaseURL string
	// Limit is the number of wrong passwords in five minutes, by address and by
	// account; 0 means 20.
	Limit int
	Log   *slog.Logger // nil discards
	// Idle is how long a session lasts when nobody comes; 0 means 30 days.
	Idle time.Duration
	// Address is the network address of who sends a request, with or without a
	// port. Nil: that of the connection.
	Address func(*http.Request) string
	// Issuer is the OpenID provider that this node asks; empty: none.
	Issuer string
	// Fail answers a request whose session could not be read or kept. Nil answers
	// 500 in plain text.
	Fail func(w http.ResponseWriter, r *http.Request, err error)
	// Tell writes to the owner of an account that changed, in the transaction of the
	// change. Nil: nobody is told.
	Tell func(*store.Txn, Notice) error
}

// Manager holds the sessions of a node. It is safe for concurrent use.
type Manager struct {
	Config
	store   *store.Store
	scs     *scs.SessionManager
	tries   *tries
	party   *webauthn.WebAuthn
	hashing chan struct{} // a slot for each password that is hashed: 19 MiB and a core
}

// New returns the sessions that s keeps.
func New(s *store.Store, c Config) *Manager {
	c.Limit, c.Idle = cmp.Or(c.Limit, 20), cmp.Or(c.Idle, 30*24*time.Hour)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Address == nil {
		c.Address = func(r *http.Request) string { return r.RemoteAddr }
	}
	m := &Manager{Config: c, store: s, party: relyingParty(c.BaseURL), tries: newTries(c.Limit, s.Now), hashing: make(chan struct{}, 2)}
	// scs.New would start a goroutine that cleans a store of its own for ever.
	m.scs = &scs.SessionManager{Store: cookieStore{s}, Lifetime: c.Idle, Codec: scs.GobCodec{}, ErrorFunc: m.fail}
	m.scs.Cookie = scs.SessionCookie{HttpOnly: true, Path: "/", SameSite: http.SameSiteLaxMode, Persist: true}
	m.scs.Cookie.Name, m.scs.Cookie.Secure = cookieName(c.BaseURL)
	return m
}

// cookieName is bound to the host where the browser can hold it to that.
func cookieName(base string) (name string, secure bool) {
	u, err := url.Parse(base)
	switch {
	case err == nil && u.Scheme == "https":
		return "__Host-session", true
	case err == nil && u.Port() != "":
		return "session-" + u.Port(), false
	}
	return "session", false
}

func (m *Manager) fail(w http.ResponseWriter, r *http.Request, err error) {
	if m.Fail != nil {
		m.Fail(w, r, err)
		return
	}
	m.Log.ErrorContext(r.Context(), "session was not read or kept", "err", err)
	http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
}

// who is the viewer of one request.
type who struct {
	viewer  store.Viewer
	account *store.Account
	actor   *store.Actor
	login   *store.Login // nil: by a token
}

type whoKey struct{}

// Middleware reads the session of every request below it, and keeps what
// changed in it. All other methods that take a context need it, but for Bearer
// and the making of links.
func (m *Manager) Middleware(next http.Handler) http.Handler {
	return m.scs.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, err := m.recognise(context.WithValue(r.Context(), visitKey{}, m.visitOf(w, r)))
		if err != nil {
			m.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	}))
}

// recognise puts the viewer into the context and the session's end off.
func (m *Manager) recognise(ctx context.Context) (context.Context, error) {
	if !m.scs.Exists(ctx, keyAccount) {
		return ctx, nil
	}
	w, err := m.whoIs(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return ctx, m.scs.Destroy(ctx)
	}
	if err != nil {
		return ctx, err
	}
	if now := m.store.Now(); m.scs.Deadline(ctx).Sub(now) < m.Idle-min(renew, m.Idle/2) {
		m.scs.SetDeadline(ctx, now.Add(m.Idle))
	}
	return store.DoneBy(context.WithValue(ctx, whoKey{}, w), w.actor.IRI), m.useLogin(ctx, w.login)
}

// whoIs is who the session says it is of, or store.ErrNotFound when its login was
// ended.
func (m *Manager) whoIs(ctx context.Context) (w *who, err error) {
	account, err1 := store.ParseID(m.scs.GetString(ctx, keyAccount))
	login, err2 := store.ParseID(m.scs.GetString(ctx, keyLogin))
	if err1 != nil || err2 != nil {
		return nil, store.ErrNotFound
	}
	err = m.store.View(ctx, func(tx *store.Txn) error {
		if w, err = find(tx, account); err == nil {
			w.login, err = tx.Login(account, login)
		}
		return err
	})
	return w, err
}

// find returns an account with its actor, or store.ErrNotFound when either is
// gone.
func find(tx *store.Txn, id store.ID) (*who, error) {
	account, err := tx.Account(id)
	if err != nil {
		return nil, err
	}
	actor, err := tx.Actor(account.Actor)
	if err != nil {
		return nil, err
	}
	if !actor.Deleted.IsZero() || account.Suspended {
		return nil, store.ErrNotFound
	}
	return &who{viewer: tx.ViewerOf(actor, account.Role), account: account, actor: actor}, nil
}

// Viewer is who is signed in: zero, nil and nil for a visitor. The account and
// the actor are as they were when the request began; change copies only.
func (m *Manager) Viewer(ctx context.Context) (store.Viewer, *store.Account, *store.Actor) {
	w, ok := ctx.Value(whoKey{}).(*who)
	if !ok {
		return store.Viewer{}, nil, nil
	}
	return w.viewer, w.account, w.actor
}

// Put keeps a text in the session, which may be a visitor's.
func (m *Manager) Put(ctx context.Context, key, text string) {
	m.scs.Put(ctx, "x-"+key, text)
	if !m.scs.Exists(ctx, keyAccount) {
		m.scs.SetDeadline(ctx, m.store.Now().Add(stay))
	}
}

// Pop takes out what Put kept; empty when there is nothing.
func (m *Manager) Pop(ctx context.Context, key string) string { return m.scs.PopString(ctx, "x-"+key) }
