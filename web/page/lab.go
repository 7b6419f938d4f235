package page

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/markup"
)

const activityJSON = "application/activity+json"

// person is a member, as lists and pages show one.
type person struct {
	Name, Href, Seal, Role, Address string
	Summary                         template.HTML
	Icon                            *assets.Picture
}

type labPage struct {
	assets.Page
	Name, Address, Territory string
	Icon                     *assets.Picture
	Seal                     string
	Summary                  template.HTML
	Fields                   []line
	Team                     []person
	Shelves                  []shelf
	News                     []post
	Following, Followers     string
	Actions                  []assets.Link
	Manual                   bool // follows wait for a person
}

// line is a line of a profile.
type line struct {
	Name  string
	Value template.HTML
}

// lab is the page of this node's lab.
func (p *Pages) lab(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	d := labPage{}
	var address string
	err := a.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		address = lab.IRI
		d = a.labPage(tx, lab)
		return nil
	})
	if err != nil {
		return err
	}
	summary := d.Summary
	d.Page = a.page(d.Name, "lab")
	d.Description = markup.Excerpt(markup.Plain(string(summary)), description)
	d.Feeds = []assets.Feed{{Type: activityJSON, Href: address}}
	if a.by.Local {
		d.Actions = []assets.Link{a.link("choose.title", "/publier")}
	}
	return p.Frame.Render(w, r, http.StatusOK, "lab.html", d)
}

func (a *ask) labPage(tx *store.Txn, lab *store.Actor) labPage {
	d := labPage{
		Name: lab.DisplayName(), Address: lab.Address(), Territory: a.places(lab.Territory), Icon: a.picture(lab.Icon),
		Seal: lab.IRI, Summary: markup.Federated(lab.Summary), Fields: lines(lab), Manual: lab.Approves,
	}
	for m := range tx.Members() {
		if a.shows(m) {
			d.Team = append(d.Team, a.person(m))
		}
	}
	d.Shelves = a.shelves(tx, store.Query{Viewer: a.by, Home: true}, url.Values{"origine": {frame.FromHere}}, store.Kinds...)
	d.News = a.posts(tx, store.Query{Viewer: a.by, Home: true, Limit: homeNews})
	d.Following = a.t("network.following-count", "count", accepted(tx.Following(lab.ID)))
	d.Followers = a.t("network.followers-count", "count", accepted(tx.Followers(lab.ID)))
	return d
}

// shows says whether the viewer meets a member in lists: members of the lab do,
// others only those who want to be found.
func (a *ask) shows(m *store.Actor) bool { return a.by.Local || m.Discoverable }

func (a *ask) person(m *store.Actor) person {
	p := person{
		Name: m.DisplayName(), Href: actorPath(m), Seal: m.IRI, Address: m.Address(),
		Summary: markup.Federated(m.Summary), Icon: a.picture(m.Icon),
	}
	if m.Role != "" {
		p.Role = a.roleText(m.Role)
	}
	return p
}

func (a *ask) roleText(slug string) string {
	if store.MemberRoles.Has(slug) {
		return a.t("role." + slug)
	}
	return slug
}

func lines(actor *store.Actor) []line {
	list := make([]line, len(actor.Fields))
	for i, f := range actor.Fields {
		list[i] = line{Name: f.Name, Value: markup.Federated(f.Value)}
	}
	return list
}

type membersPage struct {
	assets.Page
	Count   string
	Members []person
	Empty   *assets.Empty
}

// members lists who takes part in the lab.
func (p *Pages) members(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	d := membersPage{Page: a.page(a.t("members.title"), "members")}
	d.Description = a.t("members.lead")
	err := a.view(func(tx *store.Txn) error {
		for m := range tx.Members() {
			if a.shows(m) {
				d.Members = append(d.Members, a.person(m))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.Count = a.t("members.count", "count", len(d.Members))
	if len(d.Members) == 0 {
		d.Empty = &assets.Empty{Title: a.t("members.empty.title"), Text: a.t("members.empty.text"), Actions: []assets.Link{a.link("nav.lab", "/lab")}}
	}
	return p.Frame.Render(w, r, http.StatusOK, "members.html", d)
}

type memberPage struct {
	assets.Page
	Person person
	Lab    assets.Link
	Fields []line
	Lang   string
	Count  string
	Cards  []assets.Card
	Pager  assets.Pager
}

// profile is the page of an actor of this node by its handle.
func (p *Pages) profile(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	handle, page := mux.Vars(r)["handle"], pageNumber(r.URL.Query())
	var d memberPage
	var m *store.Actor
	err := a.view(func(tx *store.Txn) (err error) {
		if m, err = a.local(tx, handle); err != nil || m.Type != store.Person {
			return err
		}
		d = a.memberPage(tx, m, page)
		return nil
	})
	if err != nil {
		return err
	}
	if m.Type == store.Group {
		return p.lab(w, r)
	}
	if path := actorPath(m); path != r.URL.Path {
		return a.redirect(w, http.StatusMovedPermanently, path)
	}
	summary := d.Person.Summary
	d.Page = a.page(d.Person.Name, "members", a.link("members.title", "/membres"))
	d.Description, d.NoIndex = markup.Excerpt(markup.Plain(string(summary)), description), !m.Indexable
	d.Feeds = []assets.Feed{{Type: activityJSON, Href: m.IRI}}
	return p.Frame.Render(w, r, http.StatusOK, "member.html", d)
}

// local finds the lab or a member by handle, with or without our host.
func (a *ask) local(tx *store.Txn, handle string) (*store.Actor, error) {
	handle, host, _ := strings.Cut(handle, "@")
	if host != "" && !strings.EqualFold(host, a.Node.Host()) {
		return nil, store.ErrNotFound
	}
	m, err := tx.ActorByHandle(handle, a.Node.Host())
	switch {
	case err != nil:
		return nil, err
	case !m.Local || m.Type == store.Application:
		return nil, store.ErrNotFound
	case !m.Deleted.IsZero():
		return nil, store.ErrGone
	}
	return m, nil
}

func (a *ask) memberPage(tx *store.Txn, m *store.Actor, page int) memberPage {
	found := tx.ListAuthor(m.ID, store.Query{Viewer: a.by, Offset: (page - 1) * perPage, Limit: perPage})
	return memberPage{
		Person: a.person(m), Fields: lines(m), Lang: a.foreign(m.Lang), Lab: actorLink(a.actor(tx, m.Lab)),
		Cards: a.cards(tx, found.Items), Count: a.t("list.count", "count", found.Total),
		Pager: a.pager(a.r.URL.Path, nil, page, found.Total),
	}
}
