package mastodon

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/oauth"
)

// call is one request: who asks, with which token, for what. Without a token the
// viewer is anybody and account and actor are nil.
type call struct {
	*API
	w http.ResponseWriter
	r *http.Request

	params
	viewer  store.Viewer
	account *store.Account
	actor   *store.Actor
	token   *store.Token
	secret  string
}

// act is what an address does: it returns the entity to answer with.
type act func(*call) (any, error)

// anybody is who asks without a token: an app, which reads documents and no pages
// of this site.
var anybody = store.Viewer{Away: true}

// begin finds out who asks. A token that is not valid is refused, even where none
// is needed: clients learn by it that they must sign in again.
func (d *API) begin(w http.ResponseWriter, r *http.Request) (*call, error) {
	c := &call{API: d, w: w, r: r, viewer: anybody}
	if c.secret = bearer(r); c.secret == "" {
		return c, nil
	}
	return c, c.view(c.recognise)
}

func (c *call) recognise(tx *store.Txn) (err error) {
	if c.token, err = tx.Token(c.secret); err != nil || c.token.Once {
		return errToken
	}
	if c.token.Account == 0 && c.token.App != "" {
		return nil // software for itself
	}
	if c.account, err = tx.Account(c.token.Account); err != nil || c.account.Suspended {
		return errToken
	}
	if c.actor, err = tx.Actor(c.account.Actor); err != nil || !c.actor.Deleted.IsZero() {
		return errToken
	}
	c.viewer = tx.ViewerOf(c.actor, c.account.Role)
	return nil
}

// bearer is the token of a request: in its header, or where a stream has it.
func bearer(r *http.Request) string {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(secret)
	}
	return ""
}

var (
	errToken    = &refusal{http.StatusUnauthorized, "The access token is invalid", ""}
	errNoMember = &refusal{http.StatusUnprocessableEntity, "This method requires an authenticated user", ""}
	errScope    = &refusal{http.StatusForbidden, "This action is outside the authorized scopes", ""}
	errMethod   = &refusal{http.StatusMethodNotAllowed, "Method not allowed", ""}
	errNotFound = &refusal{http.StatusNotFound, "Record not found", ""}
)

// allow says whether the token covers what the address needs: nothing ("public"),
// a token of any kind ("app"), or one of these scopes and a member.
func (c *call) allow(scope string) error {
	switch {
	case scope == forAll:
		return nil
	case c.token == nil:
		return errToken
	case scope == forApps:
		return nil
	case c.account == nil:
		return errNoMember
	case !oauth.Covers(c.token.Scopes, scope):
		return errScope
	}
	return nil
}

// view reads the store.
func (c *call) view(fn func(*store.Txn) error) error {
	return c.Node.Store.View(c.r.Context(), fn)
}

// keep writes what the member keeps to himself.
func (c *call) keep(fn func(*store.Txn) error) error {
	return c.Node.Store.Update(c.r.Context(), fn)
}

// publish brings an activity of the member to the door.
func (c *call) publish(a *federation.Activity) error {
	if a.Actor == "" {
		a.Actor = c.actor.IRI
	}
	return c.Node.Publish(c.r.Context(), c.viewer, a)
}

// lang is the language of who asks.
func (c *call) lang() assets.Lang {
	if c.account != nil && c.account.Lang != "" {
		return assets.Lang(c.account.Lang)
	}
	return assets.Lang(c.Node.Lang)
}

func (c *call) t(key string, args ...any) string { return c.Catalog.T(c.lang(), key, args...) }

// id is a part of the path that names a row.
func (c *call) id(name string) (store.ID, error) { return parseID(mux.Vars(c.r)[name]) }

func parseID(s string) (store.ID, error) {
	id, err := store.ParseID(s)
	if err != nil {
		return 0, errNotFound
	}
	return id, nil
}

// named is the actor that the path names.
func (c *call) named(tx *store.Txn) (*store.Actor, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	return knownActor(tx, id)
}

func knownActor(tx *store.Txn, id store.ID) (*store.Actor, error) {
	a, err := tx.Actor(id)
	if err != nil || !a.Deleted.IsZero() || tx.HostBlocked(a.Host) {
		return nil, errNotFound
	}
	return a, nil
}

// who are the actors whose homes and notices a member reads: himself and, as one
// of its members, the lab.
func (c *call) homes(tx *store.Txn) []store.ID {
	ids := []store.ID{c.actor.ID}
	if lab, err := tx.Lab(); err == nil {
		ids = append(ids, lab.ID)
	}
	return ids
}

// told are the actors whose notices a member reads: those of the lab are for who
// runs it.
func (c *call) told(tx *store.Txn) []store.ID {
	if !c.viewer.Runs {
		return []store.ID{c.actor.ID}
	}
	return c.homes(tx)
}

// background is a context that outlives the request.
func (c *call) background() context.Context { return context.WithoutCancel(c.r.Context()) }

func isMissing(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrGone)
}
