package admin

import (
	"errors"
	"net/http"
	"strings"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/openid"
)

// isLinked says whether an account can be entered by this node's provider.
func (p *Pages) isLinked(tx *store.Txn, account store.ID) bool {
	for i := range tx.Identities(account) {
		if p.Provider != nil && i.Issuer == p.Provider.Issuer {
			return true
		}
	}
	return false
}

// leaveToLink is /mon-compte/fournisseur/lier.
func (p *Pages) leaveToLink(w http.ResponseWriter, r *http.Request) error {
	return p.sendAway(w, r, errand{For: toLink, Back: linkPath})
}

// link is /mon-compte/fournisseur: whoever came back from the provider says whether
// that is to be a way into this account.
func (p *Pages) link(w http.ResponseWriter, r *http.Request) error {
	var who openid.Identity
	if !p.take(r, keyVouched, &who) {
		return p.Frame.Render(w, r, http.StatusOK, "admin-provider.html", providerPage{
			top: p.plain(r, p.t(r, "provider.link", "name", p.Provider.Name)), Lead: p.t(r, "provider.link-lead", "name", p.Provider.Name),
			Links: []assets.Link{
				{Text: p.t(r, "provider.continue", "name", p.Provider.Name), Href: linkPath + "/lier"},
				{Text: p.t(r, "form.cancel"), Href: "/mon-compte/securite"},
			},
		})
	}
	if !isPost(r) {
		return p.askLink(w, r, &who)
	}
	err := p.Frame.Sessions.LinkIdentity(r.Context(), stored(&who))
	if errors.Is(err, store.ErrExists) {
		return p.Frame.Fail(w, r, http.StatusConflict, "provider-taken")
	}
	if err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", "provider.linked", "name", p.Provider.Name)
	return p.Frame.Redirect(w, r, "/mon-compte/securite")
}

func (p *Pages) askLink(w http.ResponseWriter, r *http.Request, who *openid.Identity) error {
	if err := p.keep(r, keyVouched, who); err != nil {
		return err
	}
	_, _, actor := p.Frame.Sessions.Viewer(r.Context())
	page := assets.Confirm{
		Page:   p.plain(r, p.t(r, "provider.link", "name", p.Provider.Name)).Page,
		Text:   p.t(r, "provider.link-text", "label", label(who), "name", p.Provider.Name, "address", actor.Address()),
		Action: linkPath, Button: p.t(r, "provider.link-button"), Back: assets.Link{Text: p.t(r, "form.cancel"), Href: "/mon-compte/securite"},
	}
	if who.Siret != "" {
		page.Points = []string{p.t(r, "provider.siret", "siret", who.Siret)}
	}
	return p.Frame.Render(w, r, http.StatusOK, "confirm.html", page)
}

// stored is what is kept of somebody at the provider.
func stored(who *openid.Identity) store.Identity {
	return store.Identity{Issuer: who.Issuer, Subject: who.Subject, Label: label(who), Siret: who.Siret}
}

// unlink is /mon-compte/fournisseur/retirer.
func (p *Pages) unlink(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		err := p.Frame.Sessions.UnlinkIdentity(r.Context(), r.PostForm.Get("issuer"), r.PostForm.Get("subject"))
		if err := p.removedWay(r, err, "provider.unlinked"); err != nil {
			return err
		}
	}
	return p.Frame.Redirect(w, r, "/mon-compte/securite")
}

// removedWay says what became of a way into the account that was to be removed.
func (p *Pages) removedWay(r *http.Request, err error, done string) error {
	switch {
	case errors.Is(err, store.ErrLastWayIn):
		p.Frame.Flash(r, "err", "error.last-way-in")
	case err != nil:
		return err
	default:
		p.Frame.Flash(r, "ok", done)
	}
	return nil
}

// signOutThere is the page after a sign-out of somebody whom the provider let in: the
// session there goes on until its owner ends it, too. ProConnect wants it to end.
func (p *Pages) signOutThere(w http.ResponseWriter, r *http.Request, hint string) error {
	to := p.Provider.EndSession(r.Context(), hint)
	if to == "" {
		return p.Frame.Redirect(w, r, "/")
	}
	w.Header().Set("Cache-Control", "no-store")
	if p.Provider.Preset == openid.ProConnect { // no redirect: the policy of the page with the button keeps forms here
		w.Header().Set("Refresh", "0; url="+to)
	}
	page := providerPage{
		top: p.plain(r, p.t(r, "provider.signed-out")), Lead: p.t(r, "provider.signed-out-text", "name", p.Provider.Name),
		Links: []assets.Link{{Text: p.t(r, "provider.sign-out", "name", p.Provider.Name), Href: to}, {Text: p.t(r, "failure.home"), Href: "/"}},
	}
	page.Viewer = nil
	return p.Frame.Render(w, r, http.StatusOK, "admin-provider.html", page)
}

// leaveToJoin is /invitation/{secret}/fournisseur: who was invited is to enter by the
// provider from the beginning.
func (p *Pages) leaveToJoin(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer")
	return p.sendAway(w, r, errand{For: toJoin, Back: "/invitation/" + secretOf(r)})
}

// joining is who came back from the provider to join the lab; nil: nobody. It stays
// in the session until the account is made.
func (p *Pages) joining(r *http.Request) *openid.Identity {
	who := new(openid.Identity)
	if p.Provider == nil || !p.take(r, keyVouched, who) {
		return nil
	}
	if p.keep(r, keyVouched, who) != nil {
		return nil
	}
	return who
}

// linkJoined links the new account to who joins, and takes the address over that the
// provider vouches for, unless somebody has it.
func linkJoined(tx *store.Txn, account *store.Account, who *openid.Identity) error {
	i := stored(who)
	if tx.LinkIdentity(account.ID, &i) != nil {
		return &store.FieldError{Field: "name", Reason: "error.identity-taken"}
	}
	if account.Email == "" && who.Verified {
		if _, err := tx.AccountByEmail(who.Email); errors.Is(err, store.ErrNotFound) {
			account.Email = who.Email
		}
	}
	if who.Verified && strings.EqualFold(account.Email, who.Email) {
		account.Verified = tx.Now()
	}
	return tx.PutAccount(account)
}
