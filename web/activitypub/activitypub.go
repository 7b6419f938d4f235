// Package activitypub is the dialect of other servers: actors, records and
// collections as ActivityStreams documents, inboxes and outboxes, and the
// addresses under /.well-known by which servers find each other.
//
// Documents are served to whoever prefers ActivityStreams to a page, by the
// request's Accept header; people are sent to the page (303). What a record's
// audience does not open is served only to a signed request of somebody who may
// see it, and does not exist for all others.
//
// Specifications: ActivityPub §3 to §7; ActivityStreams 2.0; RFC 7033 (WebFinger);
// RFC 6415 (host-meta); NodeInfo 2.0 and 2.1; FEP-d556, FEP-2677, FEP-844e.
package activitypub

import (
	"errors"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/httpsig"
	"github.com/essaim/essaim/federation/inbox"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/route"
	"github.com/essaim/essaim/web/session"
)

// Config is what the dialect needs.
type Config struct {
	Node     *federation.Node
	Front    *inbox.Front
	Sessions *session.Manager // bearer tokens of posts to an outbox
	Errors   reply.Responder
	Search   Searcher // nil: other nodes cannot search here
	Version  string
	Demo     bool
	// SignedOnly serves documents only to signed requests; the node's own actor
	// and the keys of all stay readable, or nobody could verify anybody.
	SignedOnly bool
}

type dialect struct {
	Config
	cache *cache
}

// Routes mounts the dialect. It must come before the pages: addresses that both
// have are served here when the request prefers ActivityStreams.
func Routes(r *mux.Router, c Config) {
	d := &dialect{Config: c, cache: newCache(c.Node.Store)}
	d.post(r, "/inbox", d.sharedInbox)
	d.post(r, "/actors/{handle}/inbox", d.ownInbox)
	d.post(r, "/actor/inbox", d.ownInbox)
	d.post(r, "/actors/{handle}/outbox", d.outboxPost)

	d.get(r, "/actors/{handle}", d.actor)
	d.get(r, "/actor", d.actor)
	d.get(r, "/.well-known/webfinger", d.webfinger)
	d.get(r, "/o/{id:[0-9]+}", d.record).MatcherFunc(wantsNoPage)
	for _, base := range []string{"/actors/{handle}", "/actor"} {
		d.get(r, base+"/{collection:outbox|followers|following|featured|members|posts|events|resources|todos|discussions}", d.actorCollection)
	}
	d.get(r, "/actors/{handle}/{part:featuredCollections|directory}", d.directory)
	d.get(r, "/actors/{handle}/directory/{member}", d.directoryItem)
	d.get(r, "/actors/{handle}"+federation.ConsentPath, d.directoryConsent)
	d.get(r, "/peers", d.peers)
	d.get(r, "/actors/{handle}/descriptor", d.descriptor)
	d.get(r, "/actors/{handle}"+federation.SketchPath, d.sketch)
	d.get(r, "/actors/{handle}/catalog", d.catalogue)
	d.get(r, "/actors/{handle}/catalog/{part:feed|buckets}", d.catalogue)
	d.get(r, "/o/{id:[0-9]+}/{collection:replies|likes|shares|replications|context}", d.recordCollection)
	d.get(r, "/activities/{id:[0-9]+}", d.activity)

	d.get(r, "/.well-known/host-meta", d.hostMeta)
	d.get(r, "/.well-known/host-meta.json", d.hostMetaJSON)
	d.get(r, "/.well-known/nodeinfo", d.nodeInfoLinks)
	d.get(r, "/nodeinfo/{version:2\\.[01]}", d.nodeInfo)
	d.get(r, "/ns", d.namespace)
	if d.Search != nil {
		d.get(r, "/search", d.search)
	}

	d.get(r, "/@{handle}", d.actorPage).MatcherFunc(prefersActivity)
	d.get(r, "/{letter:[a-z]}/{slug:(?:.*-)?}{id:[0-9]+}", d.record).MatcherFunc(prefersActivity)
}

func (d *dialect) get(r *mux.Router, path string, h reply.Handler) *mux.Route {
	return route.Handle(r, path, d.Errors.Adapt(h)).Methods(http.MethodGet, http.MethodHead)
}

func (d *dialect) post(r *mux.Router, path string, h reply.Handler) {
	route.Handle(r, path, d.Errors.Adapt(d.challenged(h))).Methods(http.MethodPost)
}

// challenged says with a 401 how to sign (RFC 9421 §5.1).
func (d *dialect) challenged(h reply.Handler) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := h(w, r)
		if errors.Is(err, httpsig.ErrSignature) {
			w.Header().Set("Accept-Signature", httpsig.AcceptSignature)
		}
		return err
	}
}

func (d *dialect) sharedInbox(w http.ResponseWriter, r *http.Request) error {
	return d.accepted(w, d.Front.PostInbox(w, r, ""))
}

// ownInbox is the inbox of one actor: 404 when there is none, 410 when it left.
func (d *dialect) ownInbox(w http.ResponseWriter, r *http.Request) error {
	a, err := d.localActor(r)
	if err != nil {
		return d.Front.Refused(r, err)
	}
	return d.accepted(w, d.Front.PostInbox(w, r, a.IRI))
}

func (d *dialect) accepted(w http.ResponseWriter, err error) error {
	if err == nil {
		w.WriteHeader(http.StatusAccepted)
	}
	return err
}

// outboxPost is ActivityPub client to server (§6), with a bearer token.
func (d *dialect) outboxPost(w http.ResponseWriter, r *http.Request) error {
	viewer, _, token, err := d.Sessions.Bearer(r.Context(), r)
	if err != nil || !token.Has("write") {
		return &reply.Error{Status: http.StatusUnauthorized, Detail: "a bearer token with the scope write is required", Authenticate: `Bearer scope="write"`, Err: err}
	}
	a, err := d.localActor(r)
	if err != nil {
		return err
	}
	id, err := d.Front.PostOutbox(w, r, a.IRI, viewer)
	if err != nil {
		return err
	}
	w.Header().Set("Location", id)
	w.WriteHeader(http.StatusCreated)
	return nil
}

// localActor is the actor that the request's path names.
func (d *dialect) localActor(r *http.Request) (*store.Actor, error) {
	iri := d.Node.BaseURL + "/actor"
	if handle, ok := mux.Vars(r)["handle"]; ok {
		iri = d.Node.BaseURL + "/actors/" + handle
	}
	var a *store.Actor
	err := d.Node.Store.View(r.Context(), func(tx *store.Txn) (err error) {
		if a, err = tx.ActorByIRI(iri); err == nil && !a.Deleted.IsZero() {
			err = store.ErrGone
		}
		return err
	})
	return a, err
}
