package page

import (
	"context"
	"net/http"
	"net/url"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/reply"
)

// interact is where other sites send people of this node who want to answer or
// follow something there: to its page here.
func (p *Pages) interact(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	uri := r.URL.Query().Get("uri")
	if uri == "" {
		return &reply.Error{Status: http.StatusBadRequest}
	}
	if !a.by.Local {
		return a.signIn(w)
	}
	if path := a.known(uri); path != "" {
		return a.redirect(w, http.StatusSeeOther, path)
	}
	ctx, cancel := context.WithTimeout(r.Context(), resolveTime)
	defer cancel()
	if store.Origin(uri) != "" && a.Node.Learn(ctx, uri) == nil {
		if path := a.known(uri); path != "" {
			return a.redirect(w, http.StatusSeeOther, path)
		}
	}
	if a.by.Runs {
		return a.preview(w, uri)
	}
	return a.meet(ctx, w, uri)
}

// known is the page of something that is here already, or empty.
func (a *ask) known(uri string) (path string) {
	_ = a.view(func(tx *store.Txn) error { // not found is empty
		it, err := tx.RecordByIRI(uri)
		if err == nil && a.by.CanSee(it.Envelope()) {
			path = federation.PagePath(it.Envelope())
			return nil
		}
		if actor, err := tx.ActorByIRI(uri); err == nil && actor.Deleted.IsZero() {
			path = a.meetingPath(tx, actor)
		}
		return nil
	})
	return path
}

// meetingPath is where to go for an actor: to follow it, for those who may.
func (a *ask) meetingPath(tx *store.Txn, actor *store.Actor) string {
	if !a.by.Runs || actor.Local || tx.FollowedHere(actor.ID) {
		return actorPath(actor)
	}
	return address("/reseau/suivre", url.Values{addressField: {actor.IRI}})
}

// meet brings those who cannot follow for the lab to the page of who was named.
func (a *ask) meet(ctx context.Context, w http.ResponseWriter, uri string) error {
	actor, err := a.Node.Resolve(ctx, uri)
	if err != nil {
		return &reply.Error{Status: http.StatusNotFound, Err: err}
	}
	return a.redirect(w, http.StatusSeeOther, actorPath(actor))
}
