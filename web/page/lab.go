package page

import (
	"net/http"
	"net/url"

	template "github.com/DataDog/datadog-agent/pkg/template/html"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
	"github.com/essaim/essaim/web/markup"
)

const activityJSON = "application/activity+json"

// person is a member, as lists and pages show one.
type person struct {
	Name, Href, Seal, Role, Address string
	Job                             string
	Interest                        *assets.Badge  // what is declared; nil: nothing
	Lab                             *assets.Origin // of a member of another lab
	Summary                         template.HTML
	Icon                            *assets.Picture
}

type labPage struct {
	assets.Page
	Name, Address, Territory string
	Icon                     *assets.Picture
	Interest                 *assets.Badge // what the lab declares; nil: nothing
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
	d.Actions = append(d.Actions, a.newsLink("/lab")...)
	return p.Frame.Render(w, r, http.StatusOK, "lab.html", d)
}

func (a *ask) labPage(tx *store.Txn, lab *store.Actor) labPage {
	d := labPage{
		Name: lab.DisplayName(), Address: lab.Address(), Territory: a.places(lab.Territory), Icon: a.picture(lab.Icon), Interest: a.interest(lab.Interest),
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
		Summary: markup.Federated(m.Summary), Icon: a.picture(m.Icon), Interest: a.interest(m.Interest),
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
