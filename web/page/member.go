package page

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
	"github.com/essaim/essaim/web/reply"
)

type memberPage struct {
	assets.Page
	Person  person
	Lab     assets.Link
	Fields  []line
	Details []detail
	Actions []assets.Link
	Lang    string
	Count   string
	Cards   []assets.Card
	Pager   assets.Pager
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
	d := memberPage{
		Person: a.person(m), Fields: lines(m), Lang: a.foreign(m.Lang), Lab: actorLink(a.actor(tx, m.Lab)),
		Details: a.profileDetails(tx, m),
		Cards:   a.cards(tx, found.Items), Count: a.t("list.count", "count", found.Total),
		Pager: a.pager(a.r.URL.Path, nil, page, found.Total),
	}
	if a.Mail.On() && tx.MemberContact(a.by, m) != "" {
		d.Actions = append(d.Actions, a.link("relay-member.link", actorPath(m)+relayEnd))
	}
	if a.editsProfile(m) {
		d.Actions = append(d.Actions, a.link("profile.edit", actorPath(m)+profileEnd))
	}
	return d
}

// profileDetails are what the viewer may read of an actor's profile.
func (a *ask) profileDetails(tx *store.Txn, m *store.Actor) []detail {
	var parts []detail
	read := m.ProfileFor(a.by)
	for i := range store.ProfileFields {
		f := &store.ProfileFields[i]
		if key := "section.profile." + f.Name; a.has(key) {
			parts = append(parts, detail{ID: "part-" + f.Name, Title: a.t(key)})
		}
		if f.IsEmpty(read) {
			continue
		}
		said := a.fact(tx, "profile-"+f.Name, f, read)
		said.Inner = m.Local && m.Profile.AudienceOf(f) == store.Team
		parts[len(parts)-1].add(said)
	}
	return withFacts(parts)
}

// editsProfile says whether the viewer may change what a member tells: the member
// and those who run the node.
func (a *ask) editsProfile(m *store.Actor) bool {
	return m.Local && m.Type == store.Person && a.by.Local && (a.by.Runs || a.by.Actor == m.IRI)
}

// whoseProfile finds the member whose profile is to be changed: the one in the
// path, or the viewer.
func (a *ask) whoseProfile() (m *store.Actor, err error) {
	err = a.view(func(tx *store.Txn) error {
		if handle := mux.Vars(a.r)["handle"]; handle != "" {
			m, err = a.local(tx, handle)
		} else {
			m, err = tx.ActorByIRI(a.by.Actor)
		}
		return err
	})
	if err == nil && !a.editsProfile(m) {
		err = &reply.Error{Status: http.StatusForbidden}
	}
	return m, err
}
