package admin

import (
	"net/http"
	"slices"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

// securityPage is "admin-security.html": how one signs in, and where one is signed
// in.
type securityPage struct {
	top
	Email   string
	Badge   *assets.Badge // whether the address is confirmed; nil: there is none
	Waiting string        // the new address that waits to be confirmed
	Since   time.Time
	Factors *store.Factors
	// Passkeys says whether this node's address is one that they can be bound to.
	Passkeys   bool
	Provider   string // its name; empty: there is none
	Identities []*store.Identity
	Logins     []loginRow
	Others     bool
}

type loginRow struct {
	ID            store.ID
	Device        string
	Network       string
	Created, Used time.Time
	Here          bool
}

// security is /mon-compte/securite.
func (p *Pages) security(w http.ResponseWriter, r *http.Request) error {
	_, account, _ := p.Frame.Sessions.Viewer(r.Context())
	if isPost(r) {
		return p.endLogin(w, r, account)
	}
	page := securityPage{top: p.plain(r, p.t(r, "security.title")), Email: account.Email, Passkeys: p.Frame.Sessions.Passkeys()}
	page.Badge = p.addressBadge(r, account)
	if c := account.Change; c != nil && c.Address != account.Email {
		page.Waiting = c.Address
	}
	if p.Provider != nil {
		page.Provider = p.Provider.Name
	}
	here := p.Frame.Sessions.Login(r.Context()).ID
	err := p.view(r, func(tx *store.Txn) error {
		page.Logins, page.Factors, page.Identities = nil, tx.Factors(account.ID), slices.Collect(tx.Identities(account.ID))
		for l := range tx.Logins(account.ID) {
			row := loginRow{ID: l.ID, Device: l.Device, Network: l.Network, Created: l.Created, Used: l.Used, Here: l.ID == here}
			if row.Device == "" {
				row.Device = p.t(r, "security.device-unknown")
			}
			page.Logins = append(page.Logins, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.Reverse(page.Logins)
	page.Others = len(page.Logins) > 1
	return p.Frame.Render(w, r, http.StatusOK, "admin-security.html", page)
}

func (p *Pages) addressBadge(r *http.Request, a *store.Account) *assets.Badge {
	switch {
	case a.Email == "":
		return nil
	case a.Verified.IsZero():
		return &assets.Badge{Tone: "warn", Text: p.t(r, "security.unconfirmed")}
	}
	return &assets.Badge{Tone: "ok", Text: p.t(r, "security.confirmed")}
}

// endLogin signs out one browser, or all others.
func (p *Pages) endLogin(w http.ResponseWriter, r *http.Request, account *store.Account) error {
	if r.PostForm.Get("login") == "others" {
		if err := p.Frame.Sessions.EndOthers(r.Context()); err != nil {
			return err
		}
	} else {
		id, err := store.ParseID(r.PostForm.Get("login"))
		if err != nil {
			return store.ErrNotFound
		}
		if err := p.Frame.Sessions.EndLogin(r.Context(), account.ID, id); err != nil {
			return err
		}
	}
	p.Frame.Flash(r, "ok", "security.ended")
	return p.Frame.Redirect(w, r, "/mon-compte/securite")
}
