package admin

import (
	"net/http"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/session"
)

// linkLife is how long a sign-in link that is passed on by hand can be used.
const linkLife = 7 * 24 * time.Hour

// membersPage is "admin-members.html".
type membersPage struct {
	top
	Members []memberRow
}

type memberRow struct {
	Account store.ID // zero: no login
	Name    string
	Handle  string
	Role    string
	Since   time.Time
	Open    bool // has no password yet
	Manage  bool // the viewer may make a link for it
}

// members is /admin/membres.
func (p *Pages) members(w http.ResponseWriter, r *http.Request) error {
	_, own, _ := p.Frame.Sessions.Viewer(r.Context())
	page := membersPage{top: p.admin(r, p.t(r, "admin.tab.members"), "/admin/membres")}
	err := p.view(r, func(tx *store.Txn) error {
		for a := range tx.Members() {
			row := memberRow{Name: a.DisplayName(), Handle: a.Handle, Since: a.Created, Role: p.t(r, "account-role.none")}
			if account, err := tx.AccountOf(a.ID); err == nil {
				row.Account, row.Open = account.ID, account.Password == ""
				row.Role, row.Manage = p.t(r, "account-role."+string(account.Role)), own.Role.Manages(account.Role)
			}
			page.Members = append(page.Members, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-members.html", page)
}

// invite is /admin/membres/nouveau: a new member, who gets a sign-in link.
func (p *Pages) invite(w http.ResponseWriter, r *http.Request) error {
	_, own, _ := p.Frame.Sessions.Viewer(r.Context())
	f := p.inviteForm(r, own.Role)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	fill(r, f.Sections[0].Fields)
	account, err := p.addMember(r, own.Role)
	if err != nil {
		return p.renderForm(w, r, f, err)
	}
	return p.showLink(w, r, account)
}

func (p *Pages) inviteForm(r *http.Request, by store.Role) *form {
	role := assets.Field{
		Name: "role", Label: p.t(r, "invite.role"), Type: "radios", Value: string(store.Contributor), Required: true,
	}
	for _, x := range manageable(by) {
		role.Choices = append(role.Choices, assets.Choice{Value: x, Text: p.t(r, "account-role."+x), Hint: p.t(r, "account-role."+x+"-hint")})
	}
	return &form{
		top: p.admin(r, p.t(r, "invite.invite"), "/admin/membres"), Lead: p.t(r, "invite.invite-lead"),
		Sections: []section{{Fields: append(p.personFields(r, false), role)}},
		Action:   "/admin/membres/nouveau", Button: p.t(r, "invite.invite-button"),
		Links: []assets.Link{{Text: p.t(r, "form.cancel"), Href: "/admin/membres"}},
	}
}

// manageable are the roles that a role may give.
func manageable(by store.Role) []string {
	var may []string
	for _, x := range store.Roles() {
		if by.Manages(x) {
			may = append(may, string(x))
		}
	}
	return may
}

func (p *Pages) addMember(r *http.Request, by store.Role) (*store.Account, error) {
	var c checks
	c.text("name", typed(r, "name"), maxName, true)
	c.handle("handle", handleTyped(r, "handle"))
	c.email("email", typed(r, "email"), false)
	c.choice("role", typed(r, "role"), manageable(by))
	if err := p.checkTaken(r, &c); err != nil {
		return nil, err
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	lang := string(assets.LangOf(r.Context()))
	account := &store.Account{Email: typed(r, "email"), Role: store.Role(typed(r, "role")), Lang: lang}
	member := store.Actor{Handle: handleTyped(r, "handle"), Name: typed(r, "name"), Lang: lang}
	added, err := p.Node.AddMember(r.Context(), member, account)
	if err != nil {
		return nil, taken(err, "handle")
	}
	p.Frame.Log.InfoContext(r.Context(), "member added", "object", added.IRI, "actor", p.Frame.Viewer(r).Actor)
	return account, nil
}

// checkTaken looks for the handle and the address before the keys are made.
func (p *Pages) checkTaken(r *http.Request, c *checks) error {
	return p.view(r, func(tx *store.Txn) error {
		if _, err := tx.ActorByHandle(handleTyped(r, "handle"), p.Node.Host()); err == nil {
			c.add("handle", "error.taken", nil)
		}
		if email := typed(r, "email"); email != "" {
			if _, err := tx.AccountByLogin(email); err == nil {
				c.add("email", "error.email-taken", nil)
			}
		}
		return nil
	})
}

// linkPage is "admin-link.html": a link to pass on, shown once.
type linkPage struct {
	top
	Name string
	Link string
	Days int
}

// renewLink is /admin/membres/lien: a sign-in link for a member who has none any
// more, or forgot the password.
func (p *Pages) renewLink(w http.ResponseWriter, r *http.Request) error {
	if !isPost(r) {
		return p.Frame.Redirect(w, r, "/admin/membres")
	}
	id, err := store.ParseID(r.PostForm.Get("account"))
	if err != nil {
		return err
	}
	var account *store.Account
	err = p.view(r, func(tx *store.Txn) error {
		account, err = tx.Account(id)
		return err
	})
	if err != nil {
		return err
	}
	if _, own, _ := p.Frame.Sessions.Viewer(r.Context()); !own.Role.Manages(account.Role) {
		return &reply.Error{Status: http.StatusForbidden}
	}
	return p.showLink(w, r, account)
}

// showLink makes a link and shows it; nobody can see it again.
func (p *Pages) showLink(w http.ResponseWriter, r *http.Request, account *store.Account) error {
	secret, err := p.Frame.Sessions.NewLink(r.Context(), account.ID, session.ScopeSignIn, linkLife)
	if err != nil {
		return err
	}
	var name string
	err = p.view(r, func(tx *store.Txn) error {
		a, err := tx.Actor(account.Actor)
		if err == nil {
			name = a.DisplayName()
		}
		return err
	})
	if err != nil {
		return err
	}
	p.Frame.Log.InfoContext(r.Context(), "sign-in link made", "object", account.Actor, "actor", p.Frame.Viewer(r).Actor)
	w.Header().Set("Cache-Control", "no-store")
	return p.Frame.Render(w, r, http.StatusOK, "admin-link.html", linkPage{
		top: p.admin(r, p.t(r, "invite.link-title", "name", name), "/admin/membres"), Name: name,
		Link: p.Node.BaseURL + assets.LangOf(r.Context()).Link("/connexion/"+secret), Days: int(linkLife / (24 * time.Hour)),
	})
}
