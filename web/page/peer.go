package page

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	template "github.com/DataDog/datadog-agent/pkg/template/html"
	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/reply"
)

type peerPage struct {
	assets.Page
	Name, Address, Seal, Territory, Lang string
	Summary                              template.HTML
	Interest                             *assets.Badge // what it declares; nil: nothing
	Fields                               []line
	Original                             string
	Known                                time.Time
	State                                *assets.Badge // of our follow; nil: we do not follow
	Since, Down                          time.Time
	FollowsUs                            bool
	Entries                              []entry
	Count                                string
	Pager                                assets.Pager
	Follow                               string // IRI to follow; empty: not for this viewer
	Leave                                string
	Role                                 string
	Lab                                  *assets.Link // that a person names
	Confirmed                            bool         // and that says the same
	Details                              []detail
	Copy                                 *copyState // nil: it is not copied
}

// peer shows an actor of another node as it is known here.
func (p *Pages) peer(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	page := pageNumber(r.URL.Query())
	var d peerPage
	var other *store.Actor
	err := a.view(func(tx *store.Txn) (err error) {
		if other, err = a.remote(tx); err != nil || other.Local {
			return err
		}
		d, err = a.peerPage(tx, other, page)
		return err
	})
	if err != nil {
		return err
	}
	if path := actorPath(other); other.Local || path != r.URL.EscapedPath() {
		return a.redirect(w, http.StatusMovedPermanently, path)
	}
	summary := d.Summary
	d.Page = a.page(d.Name, "network", a.link("network.title", "/reseau"))
	d.Description, d.NoIndex = markup.Excerpt(markup.Plain(string(summary)), description), true
	return p.Frame.Render(w, r, http.StatusOK, "peer.html", d)
}

// remote finds the actor that the path names.
func (a *ask) remote(tx *store.Txn) (*store.Actor, error) {
	vars := mux.Vars(a.r)
	other, err := tx.ActorByHandle(strings.TrimPrefix(vars["handle"], "@"), vars["host"])
	switch {
	case err != nil:
		return nil, err
	case !other.Deleted.IsZero():
		return nil, store.ErrGone
	case other.Type == store.Application && other.Local:
		return nil, store.ErrNotFound
	}
	return other, nil
}

func (a *ask) peerPage(tx *store.Txn, other *store.Actor, page int) (peerPage, error) {
	lab, err := tx.Lab()
	if err != nil {
		return peerPage{}, err
	}
	d := peerPage{
		Name: other.DisplayName(), Address: other.Address(), Seal: other.IRI, Territory: a.places(other.Territory),
		Lang: a.foreign(other.Lang), Summary: outline(topHeading, markup.Federated(other.Summary)), Fields: lines(other), Interest: a.interest(other.Interest),
		Original: other.Page(), Known: other.Fetched, FollowsUs: tx.Follows(other.ID, lab.ID), Copy: a.copyState(tx, other),
	}
	a.addMembership(tx, &d, other)
	f, err := tx.Follow(lab.ID, other.ID)
	if err == nil {
		badge, down := a.state(tx, other, f)
		d.State, d.Down, d.Since = &badge, down, f.Asked
		if !f.Answered.IsZero() {
			d.Since = f.Answered
		}
	}
	if a.by.Runs && (err != nil || f.State == store.Refused) {
		d.Follow = other.IRI
	}
	if a.by.Runs && d.State != nil {
		d.Leave = actorPath(other) + "/quitter"
	}
	found := tx.ListLab(other.ID, store.Query{Viewer: a.by, Offset: (page - 1) * perPage, Limit: perPage})
	for _, it := range found.Items {
		e := a.entry(tx, it)
		e.Announcer = nil
		d.Entries = append(d.Entries, e)
	}
	d.Count, d.Pager = a.t("peer.count", "count", found.Total), a.pager(a.r.URL.EscapedPath(), nil, page, found.Total)
	return d, nil
}

// addMembership adds what a person tells, and whether the lab that it names does,
// too.
func (a *ask) addMembership(tx *store.Txn, d *peerPage, other *store.Actor) {
	if other.Type != store.Person {
		return
	}
	d.Details = a.profileDetails(tx, other)
	if other.Lab == "" {
		return
	}
	lab := actorLink(a.actor(tx, other.Lab))
	if d.Lab, d.Confirmed = &lab, tx.IsMember(other); d.Confirmed {
		d.Role = a.roleText(other.Role)
	}
}

// unfollow asks whether the lab shall stop following an actor, and does.
func (p *Pages) unfollow(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	if !a.by.Runs {
		return a.signIn(w)
	}
	var other *store.Actor
	var follow *store.Follow
	var lab *store.Actor
	err := a.view(func(tx *store.Txn) (err error) {
		if other, err = a.remote(tx); err != nil {
			return err
		}
		if lab, err = tx.Lab(); err != nil {
			return err
		}
		follow, err = tx.Follow(lab.ID, other.ID)
		return err
	})
	if err != nil {
		return err
	}
	if r.Method != http.MethodPost {
		return a.confirmLeaving(w, other)
	}
	err = a.Node.Publish(context.WithoutCancel(r.Context()), a.by, &federation.Activity{Verb: "Undo", Actor: lab.IRI, Object: follow.IRI})
	if errors.Is(err, federation.ErrForbidden) {
		return &reply.Error{Status: http.StatusForbidden, Err: err}
	}
	if err != nil {
		return err
	}
	a.Frame.Flash(r, "ok", "flash.unfollowed", "name", other.DisplayName())
	return a.redirect(w, http.StatusSeeOther, "/reseau")
}

func (a *ask) confirmLeaving(w http.ResponseWriter, other *store.Actor) error {
	c := assets.Confirm{
		Page: a.page(a.t("leave.title"), "network", a.link("network.title", "/reseau"), actorLink(other)),
		Text: a.t("leave.text", "name", other.DisplayName()), Points: []string{a.t("leave.kept"), a.t("leave.back")},
		Action: a.r.URL.EscapedPath(), Button: a.t("leave.button"), Back: a.link("leave.stay", actorPath(other)),
	}
	c.NoIndex = true
	return a.Frame.Render(w, a.r, http.StatusOK, "confirm.html", c)
}
