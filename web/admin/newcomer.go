package admin

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/openid"
	"github.com/essaim/essaim/web/session"
)

const newcomerPath = "/connexion/fournisseur/compte"

// askNewcomer sends somebody whom a rule is for to the form for an account.
func (p *Pages) askNewcomer(w http.ResponseWriter, r *http.Request, who *openid.Identity, back string) error {
	if err := p.keep(r, keyVouched, who); err != nil {
		return err
	}
	return p.Frame.Redirect(w, r, newcomerPath+"?"+url.Values{"retour": {back}}.Encode())
}

// newcomer is /connexion/fournisseur/compte: whom the provider brings from an
// organisation that a rule is for makes an account. "retour" is the path to go on to.
func (p *Pages) newcomer(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	who, back := p.joining(r), assets.LocalPath(r.FormValue("retour"))
	if who == nil || p.Frame.Viewer(r).Local {
		return p.Frame.Redirect(w, r, "/connexion")
	}
	var rule *store.RoleRule
	siret, email := who.Vouches()
	err := p.view(r, func(tx *store.Txn) error {
		rule = federation.RoleRuleOf(tx, siret, email)
		return nil
	})
	switch {
	case err != nil:
		return err
	case rule == nil:
		return p.unknown(w, r, who)
	}
	f := p.newcomerForm(r, who, rule, back)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	f.fill(r)
	if err := p.makeNewcomer(r, who); errors.Is(err, store.ErrNotFound) { // the rule ended meanwhile
		return p.unknown(w, r, who)
	} else if err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Flash(r, "ok", "join-lab.done")
	return p.Frame.Redirect(w, r, back)
}

func (p *Pages) newcomerForm(r *http.Request, who *openid.Identity, rule *store.RoleRule, back string) *form {
	fields := p.personFields(r, false)
	if who.Verified {
		fields = fields[:2] // the address is the provider's
	}
	fields[0].Value = strings.TrimSpace(who.Name)
	top := p.plain(r, "")
	top.Title = p.t(r, "join-lab.title", "lab", top.Site.Name)
	return &form{
		top: top, Lead: p.t(r, "rule.join", "organisation", p.ruleName(r, rule), "role", p.t(r, "account-role."+string(rule.Role))),
		Notice:   &assets.Flash{Tone: "info", Text: p.t(r, "provider.joining", "label", label(who), "name", p.Provider.Name)},
		Sections: []section{{Fields: append(fields, assets.Field{Name: "retour", Type: "hidden", Value: back})}},
		Action:   newcomerPath, Button: p.t(r, "join-lab.button"),
	}
}

// makeNewcomer makes the account, links it to who came, and signs in.
func (p *Pages) makeNewcomer(r *http.Request, who *openid.Identity) error {
	account := &store.Account{Lang: string(assets.LangOf(r.Context()))}
	address, err := p.joinAnswers(r, &store.Invitation{}, who, account)
	if err != nil {
		return err
	}
	member := store.Actor{Handle: handleTyped(r, "handle"), Name: typed(r, "name"), Lang: account.Lang, Discoverable: true}
	siret, email := who.Vouches()
	_, err = p.Node.JoinByRule(r.Context(), siret, email, member, account, func(tx *store.Txn) error { return linkJoined(tx, account, who) })
	if err != nil {
		return taken(err, "handle")
	}
	if err := p.Frame.Sessions.SignInByIdentity(r.Context(), vouched(who)); err != nil {
		return err
	}
	if address != "" && account.Email == "" {
		return p.askAddress(r, account, address)
	}
	return nil
}

// vouched is what the session keeps of who was let in.
func vouched(who *openid.Identity) session.Vouched {
	return session.Vouched{Issuer: who.Issuer, Subject: who.Subject, Session: who.Session, Strong: who.Strong, Proved: who.Proved, Hint: who.IDToken}
}
