package admin

import (
	"context"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// circlesPage is "admin-circles.html".
type circlesPage struct {
	top
	Circles []circleRow
	Empty   *assets.Empty
}

type circleRow struct {
	Name, Purpose   string
	Members, Sheets int
	Edit, Delete    string // paths
}

func circlePath(c *store.Circle) string { return "/admin/cercles/" + c.ID.String() }

// circles is /admin/cercles.
func (p *Pages) circles(w http.ResponseWriter, r *http.Request) error {
	page := circlesPage{top: p.admin(r, p.t(r, "circle.title"), "/admin/cercles")}
	err := p.view(r, func(tx *store.Txn) error {
		for c := range tx.Circles() {
			page.Circles = append(page.Circles, circleRow{
				Name: c.Name, Purpose: c.Purpose, Members: len(c.Members), Sheets: tx.ListCircle(c.ID, store.Query{Viewer: p.Frame.Viewer(r)}).Total,
				Edit: circlePath(c), Delete: circlePath(c) + "/supprimer",
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(page.Circles) == 0 {
		page.Empty = &assets.Empty{
			Title: p.t(r, "circle.none"), Text: p.t(r, "circle.none-text"),
			Actions: []assets.Link{{Text: p.t(r, "circle.create"), Href: "/admin/cercles/nouveau"}},
		}
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-circles.html", page)
}

// newCircle is /admin/cercles/nouveau.
func (p *Pages) newCircle(w http.ResponseWriter, r *http.Request) error {
	return p.askCircle(w, r, &store.Circle{})
}

// editCircle is /admin/cercles/{id}, for those who run the node and for the
// circle's own managers. For others there is no such circle.
func (p *Pages) editCircle(w http.ResponseWriter, r *http.Request) error {
	c, err := p.circle(r)
	if err != nil {
		return err
	}
	if !c.ManagedBy(p.Frame.Viewer(r)) {
		return store.ErrNotFound
	}
	return p.askCircle(w, r, c)
}

// circle is the one that the path names.
func (p *Pages) circle(r *http.Request) (c *store.Circle, err error) {
	id, err := store.ParseID(mux.Vars(r)["id"])
	if err != nil {
		return nil, err
	}
	err = p.view(r, func(tx *store.Txn) error {
		c, err = tx.Circle(id)
		return err
	})
	return c, err
}

// askCircle shows the form of a circle, or saves what was sent.
func (p *Pages) askCircle(w http.ResponseWriter, r *http.Request, c *store.Circle) error {
	if isPost(r) {
		c.Name, c.Purpose = typed(r, "name"), typed(r, "purpose")
		c.Members, c.Managers = r.PostForm["members"], r.PostForm["managers"]
	}
	f, err := p.circleForm(r, c)
	if err != nil {
		return err
	}
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	saved, err := p.Node.SaveCircle(r.Context(), p.Frame.Viewer(r), *c)
	if err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Log.InfoContext(r.Context(), "circle saved", "object", saved.ID, "actor", p.Frame.Viewer(r).Actor)
	p.Frame.Flash(r, "ok", "circle.saved", "name", c.Name)
	return p.Frame.Redirect(w, r, p.circlesHome(r))
}

// circlesHome is where the viewer sees the circles that he may change.
func (p *Pages) circlesHome(r *http.Request) string {
	if p.Frame.Viewer(r).Runs {
		return "/admin/cercles"
	}
	return "/mon-compte/cercles"
}

func (p *Pages) circleForm(r *http.Request, c *store.Circle) (*form, error) {
	members, err := p.memberChoices(r)
	if err != nil {
		return nil, err
	}
	f := &form{
		Lead: p.t(r, "circle.lead"), Action: r.URL.Path, Button: p.t(r, "form.save"),
		Sections: []section{{Fields: []assets.Field{
			{Name: "name", Label: p.t(r, "circle.name"), Hint: p.t(r, "circle.name-hint"), Value: c.Name, Required: true, MaxLength: store.MaxCircleName, Spellcheck: true},
			{Name: "purpose", Label: p.t(r, "circle.purpose"), Hint: p.t(r, "circle.purpose-hint"), Type: "textarea", Rows: 3, Value: c.Purpose, MaxLength: store.MaxCirclePurpose, Spellcheck: true},
			{Name: "members", Label: p.t(r, "circle.members"), Hint: p.t(r, "circle.members-hint"), Type: "checkboxes", Values: c.Members, Choices: members},
			{Name: "managers", Label: p.t(r, "circle.managers"), Hint: p.t(r, "circle.managers-hint"), Type: "checkboxes", Values: c.Managers, Choices: members},
		}}},
		Links: []assets.Link{{Text: p.t(r, "form.cancel"), Href: p.circlesHome(r)}},
	}
	title := p.t(r, "circle.create-title")
	if c.ID == 0 {
		f.Button = p.t(r, "circle.create-button")
	} else {
		title = p.t(r, "circle.edit-title", "name", c.Name)
	}
	if p.Frame.Viewer(r).Runs {
		f.top = p.admin(r, title, "/admin/cercles")
	} else {
		f.top = p.plain(r, title)
	}
	return f, nil
}

// memberChoices are all members of the lab, to be ticked.
func (p *Pages) memberChoices(r *http.Request) (list []assets.Choice, err error) {
	err = p.view(r, func(tx *store.Txn) error {
		for m := range tx.Members() {
			list = append(list, assets.Choice{Value: m.IRI, Text: m.DisplayName(), Hint: m.Address()})
		}
		return nil
	})
	return list, err
}

// deleteCircle is /admin/cercles/{id}/supprimer: it says how many sheets will be
// left to their teams, and dissolves the circle.
func (p *Pages) deleteCircle(w http.ResponseWriter, r *http.Request) error {
	c, err := p.circle(r)
	if err != nil {
		return err
	}
	if !isPost(r) {
		return p.confirmCircle(w, r, c)
	}
	if err := p.Node.DissolveCircle(context.WithoutCancel(r.Context()), p.Frame.Viewer(r), c.ID); err != nil {
		return err
	}
	p.Frame.Log.InfoContext(r.Context(), "circle deleted", "object", c.ID, "actor", p.Frame.Viewer(r).Actor)
	p.Frame.Flash(r, "ok", "circle.deleted", "name", c.Name)
	return p.Frame.Redirect(w, r, "/admin/cercles")
}

func (p *Pages) confirmCircle(w http.ResponseWriter, r *http.Request, c *store.Circle) error {
	used := 0
	err := p.view(r, func(tx *store.Txn) error {
		used = tx.ListCircle(c.ID, store.Query{Viewer: p.Frame.Viewer(r)}).Total
		return nil
	})
	if err != nil {
		return err
	}
	consequence := p.t(r, "circle.delete-unused")
	if used > 0 {
		consequence = p.t(r, "circle.delete-used", "count", used)
	}
	page := assets.Confirm{
		Page: p.admin(r, p.t(r, "circle.delete-title", "name", c.Name), "/admin/cercles").Page,
		Text: p.t(r, "circle.delete-text"), Points: []string{consequence}, Action: r.URL.Path,
		Button: p.t(r, "circle.delete-button"), Danger: true, Back: assets.Link{Text: p.t(r, "circle.delete-keep"), Href: "/admin/cercles"},
	}
	return p.Frame.Render(w, r, http.StatusOK, "confirm.html", page)
}

// myCirclesPage is "admin-my-circles.html".
type myCirclesPage struct {
	top
	Circles []myCircle
	Empty   *assets.Empty
}

type myCircle struct {
	Name, Purpose string
	Members       string // names
	Edit          string // path; empty: not for this member
}

// myCircles is /mon-compte/cercles.
func (p *Pages) myCircles(w http.ResponseWriter, r *http.Request) error {
	page := myCirclesPage{top: p.plain(r, p.t(r, "circle.mine"))}
	viewer := p.Frame.Viewer(r)
	err := p.view(r, func(tx *store.Txn) error {
		for _, c := range tx.CirclesOf(viewer.Actor) {
			mine := myCircle{Name: c.Name, Purpose: c.Purpose, Members: namesOf(tx, c.Members)}
			if c.ManagedBy(viewer) {
				mine.Edit = circlePath(&c)
			}
			page.Circles = append(page.Circles, mine)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(page.Circles) == 0 {
		page.Empty = &assets.Empty{
			Title: p.t(r, "circle.mine-none"), Text: p.t(r, "circle.mine-none-text"),
			Actions: []assets.Link{{Text: p.t(r, "account.title"), Href: "/mon-compte"}},
		}
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-my-circles.html", page)
}

func namesOf(tx *store.Txn, members []string) string {
	var names []string
	for _, iri := range members {
		if m, err := tx.ActorByIRI(iri); err == nil {
			names = append(names, m.DisplayName())
		}
	}
	return strings.Join(names, ", ")
}
