package admin

import (
	"net/http"
	"slices"
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
	Members     []memberRow
	Invitations []invitationRow
	Roles       []assets.Choice // that the viewer may give; empty: none
}

type memberRow struct {
	Account store.ID // zero: no login
	Name    string
	Handle  string
	Role    string // in words
	Slug    string
	Since   time.Time
	Open    bool // has no password yet
	Manage  bool // the viewer may make a link for it
	Second  bool // wants a second factor
}

type invitationRow struct {
	ID, Email, Role, By string
	Expires             time.Time
}

// members is /admin/membres.
func (p *Pages) members(w http.ResponseWriter, r *http.Request) error {
	_, own, _ := p.Frame.Sessions.Viewer(r.Context())
	page := membersPage{top: p.admin(r, p.t(r, "admin.tab.members"), "/admin/membres")}
	if own.Role.May(store.Appoint) {
		for _, x := range store.Roles() {
			page.Roles = append(page.Roles, assets.Choice{Value: string(x), Text: p.t(r, "account-role."+string(x))})
		}
	}
	err := p.view(r, func(tx *store.Txn) error {
		page.Members, page.Invitations = nil, p.invitations(r, tx)
		for a := range tx.Members() {
			row := memberRow{Name: a.DisplayName(), Handle: a.Handle, Since: a.Created, Role: p.t(r, "account-role.none")}
			if account, err := tx.AccountOf(a.ID); err == nil {
				row.Account, row.Open, row.Slug = account.ID, account.Password == "", string(account.Role)
				row.Second = tx.Factors(account.ID).Second()
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

// invitations are those that still wait, what ends first first.
func (p *Pages) invitations(r *http.Request, tx *store.Txn) (list []invitationRow) {
	for i := range tx.Invitations() {
		row := invitationRow{ID: i.ID, Email: i.Email, Role: p.t(r, "account-role."+string(i.Role)), Expires: i.Expires}
		if by, err := tx.Account(i.By); err == nil {
			if actor, err := tx.Actor(by.Actor); err == nil {
				row.By = actor.DisplayName()
			}
		}
		list = append(list, row)
	}
	slices.SortFunc(list, func(a, b invitationRow) int { return a.Expires.Compare(b.Expires) })
	return list
}

// appoint is /admin/membres/role: another role for a member.
func (p *Pages) appoint(w http.ResponseWriter, r *http.Request) error {
	if !isPost(r) {
		return p.Frame.Redirect(w, r, "/admin/membres")
	}
	id, err := store.ParseID(r.PostForm.Get("account"))
	if err != nil {
		return store.ErrNotFound
	}
	role := store.Role(r.PostForm.Get("role"))
	err = p.Node.Appoint(r.Context(), p.Frame.Viewer(r), id, role)
	if e, ok := asFieldError(err); ok {
		p.Frame.Flash(r, "err", e.Reason)
		return p.Frame.Redirect(w, r, "/admin/membres")
	}
	if err != nil {
		return err
	}
	p.Frame.Log.InfoContext(r.Context(), "role given", "object", id, "actor", p.Frame.Viewer(r).Actor)
	p.Frame.Flash(r, "ok", "invite.appointed")
	return p.Frame.Redirect(w, r, "/admin/membres")
}

// linkPage is "admin-link.html": a link to pass on, shown once.
type linkPage struct {
	top
	Name string // whom it is for; empty: whoever gets it
	Link string
	Days int
}

// renewLink is /admin/membres/lien: a sign-in link for a member who forgot the
// password.
func (p *Pages) renewLink(w http.ResponseWriter, r *http.Request) error {
	if !isPost(r) {
		return p.Frame.Redirect(w, r, "/admin/membres")
	}
	id, err := store.ParseID(r.PostForm.Get("account"))
	if err != nil {
		return store.ErrNotFound
	}
	_, own, _ := p.Frame.Sessions.Viewer(r.Context())
	var name string
	err = p.view(r, func(tx *store.Txn) error {
		account, err := tx.Account(id)
		if err != nil {
			return err
		}
		if !own.Role.Manages(account.Role) {
			return &reply.Error{Status: http.StatusForbidden}
		}
		a, err := tx.Actor(account.Actor)
		if err == nil {
			name = a.DisplayName()
		}
		return err
	})
	if err != nil {
		return err
	}
	secret, err := p.Frame.Sessions.NewLink(r.Context(), id, session.ScopeSignIn, linkLife)
	if err != nil {
		return err
	}
	p.Frame.Log.InfoContext(r.Context(), "sign-in link made", "object", id, "actor", p.Frame.Viewer(r).Actor)
	return p.renderLink(w, r, p.t(r, "invite.link-title", "name", name), name, "/connexion/"+secret, linkLife)
}

// renderLink shows a link to pass on; nobody can see it again.
func (p *Pages) renderLink(w http.ResponseWriter, r *http.Request, title, name, path string, life time.Duration) error {
	w.Header().Set("Cache-Control", "no-store")
	return p.Frame.Render(w, r, http.StatusOK, "admin-link.html", linkPage{
		top: p.admin(r, title, "/admin/membres"), Name: name,
		Link: p.Node.BaseURL + assets.LangOf(r.Context()).Link(path), Days: int(life.Round(time.Hour) / (24 * time.Hour)),
	})
}
