package admin

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/openid"
	"github.com/essaim/essaim/web/session"
)

// inviteDays are how long an invitation can last; the first is proposed.
var inviteDays = []string{"7", "1", "30"}

// invite is /admin/membres/nouveau: an invitation, by mail or to be passed on.
func (p *Pages) invite(w http.ResponseWriter, r *http.Request) error {
	_, own, _ := p.Frame.Sessions.Viewer(r.Context())
	f := p.inviteForm(r, own.Role)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	fill(r, f.Sections[0].Fields)
	i, err := p.invitation(r, own)
	if err != nil {
		return p.renderForm(w, r, f, err)
	}
	secret := rand.Text()
	err = p.Node.Invite(r.Context(), p.Frame.Viewer(r), *i, secret, func(tx *store.Txn) error {
		return p.mailInvitation(r, tx, i, secret)
	})
	if errors.Is(err, mail.ErrFull) {
		err = &store.FieldError{Field: "email", Reason: "error.mail-full"}
	}
	if err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Log.InfoContext(r.Context(), "invitation made", "actor", p.Frame.Viewer(r).Actor)
	if i.Mailed {
		p.Frame.Flash(r, "ok", "invite.mailed", "address", i.Email)
		return p.Frame.Redirect(w, r, "/admin/membres")
	}
	return p.renderLink(w, r, p.t(r, "invite.link-made"), "", "/invitation/"+secret, i.Expires.Sub(p.Node.Store.Now()))
}

func (p *Pages) inviteForm(r *http.Request, by store.Role) *form {
	role := assets.Field{
		Name: "role", Label: p.t(r, "invite.role"), Type: "radios", Value: string(store.Contributor), Required: true,
	}
	for _, x := range manageable(by) {
		role.Choices = append(role.Choices, assets.Choice{Value: x, Text: p.t(r, "account-role."+x), Hint: p.t(r, "account-role."+x+"-hint")})
	}
	days := assets.Field{Name: "days", Label: p.t(r, "invite.life"), Type: "select", Value: inviteDays[0], Choices: p.choices(r, "invite.days", inviteDays)}
	hint := p.t(r, "invite.email-hint")
	if !p.Mail.On() {
		hint = p.t(r, "invite.email-hint-no-mail")
	}
	return &form{
		top: p.admin(r, p.t(r, "invite.invite"), "/admin/membres"), Lead: p.t(r, "invite.invite-lead"),
		Sections: []section{{Fields: []assets.Field{
			{Name: "email", Label: p.t(r, "person.email"), Hint: hint, Type: "email", MaxLength: 254, Autocomplete: "off"},
			role, days,
		}}},
		Action: "/admin/membres/nouveau", Button: p.t(r, "invite.invite-button"),
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

// invitation is what was answered, or what is wrong with it.
func (p *Pages) invitation(r *http.Request, by *store.Account) (*store.Invitation, error) {
	var c checks
	c.email("email", typed(r, "email"), false)
	c.choice("role", typed(r, "role"), manageable(by.Role))
	c.choice("days", typed(r, "days"), inviteDays)
	if err := c.err(); err != nil {
		return nil, err
	}
	days := map[string]int{"1": 1, "7": 7, "30": 30}[typed(r, "days")]
	i := &store.Invitation{
		Role: store.Role(typed(r, "role")), Email: typed(r, "email"), By: by.ID,
		Expires: p.Node.Store.Now().Add(time.Duration(days) * 24 * time.Hour),
	}
	i.Mailed = i.Email != "" && p.Mail.On()
	return i, nil
}

func (p *Pages) mailInvitation(r *http.Request, tx *store.Txn, i *store.Invitation, secret string) error {
	if !i.Mailed {
		return nil
	}
	lab, err := tx.Lab()
	if err != nil {
		return err
	}
	lang := assets.LangOf(r.Context())
	_, _, by := p.Frame.Sessions.Viewer(r.Context())
	words := func(end string) string {
		return p.Frame.Renderer.Catalog.T(lang, "letter.invitation"+end, "lab", lab.DisplayName(), "name", by.DisplayName(),
			"url", p.Node.BaseURL+lang.Link("/invitation/"+secret), "until", lang.Date(i.Expires), "site", p.Node.Host())
	}
	return p.Mail.Send(tx, mail.Message{To: i.Email, Subject: words("-subject"), Text: words("-text")})
}

// endInvitation is /admin/membres/invitation: an invitation is taken back.
func (p *Pages) endInvitation(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		if err := p.Node.EndInvitation(r.Context(), p.Frame.Viewer(r), r.PostForm.Get("invitation")); err != nil {
			return err
		}
		p.Frame.Flash(r, "ok", "invite.ended")
	}
	return p.Frame.Redirect(w, r, "/admin/membres")
}

// join is /invitation/{secret}: who was invited makes an account.
func (p *Pages) join(w http.ResponseWriter, r *http.Request) error {
	secret := secretOf(r)
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	var i *store.Invitation
	err := p.view(r, func(tx *store.Txn) (err error) {
		i, err = tx.Invitation(secret)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return p.Frame.Fail(w, r, http.StatusGone, "link-used")
	}
	if err != nil {
		return err
	}
	f := p.joinForm(r, i, secret)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	fill(r, f.Sections[0].Fields)
	if err := p.acceptInvitation(r, i, secret); err != nil {
		return p.renderForm(w, r, f, err)
	}
	return p.Frame.Redirect(w, r, "/")
}

func (p *Pages) joinForm(r *http.Request, i *store.Invitation, secret string) *form {
	who := p.joining(r)
	fields := p.personFields(r, false)
	if i.Email != "" || who != nil && who.Verified {
		fields = fields[:2] // the address is the invitation's, or the provider's
	}
	top := p.plain(r, "")
	top.Title = p.t(r, "join-lab.title", "lab", top.Site.Name)
	f := &form{
		top:    top,
		Lead:   p.t(r, "join-lab.lead", "role", p.t(r, "account-role."+string(i.Role))),
		Action: "/invitation/" + secret, Button: p.t(r, "join-lab.button"),
	}
	if who == nil {
		fields = append(fields, p.passwordFields(r)...)
		f.Provider = p.providerButton(r, "/invitation/"+secret+"/fournisseur", "")
	} else {
		fields[0].Value = strings.TrimSpace(who.Name)
		f.Notice = &assets.Flash{Tone: "info", Text: p.t(r, "provider.joining", "label", label(who), "name", p.Provider.Name)}
	}
	f.Sections = []section{{Fields: fields}}
	if top.Site.Charter {
		f.Links = []assets.Link{{Text: p.t(r, "charter.read"), Href: "/charte"}}
	}
	return f
}

func (p *Pages) acceptInvitation(r *http.Request, i *store.Invitation, secret string) error {
	who, account := p.joining(r), &store.Account{Lang: string(assets.LangOf(r.Context()))}
	email, err := p.joinAnswers(r, i, who, account)
	if err != nil {
		return err
	}
	var then func(*store.Txn) error
	if who != nil {
		then = func(tx *store.Txn) error { return linkJoined(tx, account, who) }
	}
	member := store.Actor{Handle: handleTyped(r, "handle"), Name: typed(r, "name"), Lang: account.Lang, Discoverable: true}
	if _, err := p.Node.AcceptInvitation(r.Context(), secret, member, account, then); err != nil {
		return taken(err, "handle")
	}
	if err := p.Frame.Sessions.Begin(r.Context(), account); err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", "join-lab.done")
	if email != "" && account.Email == "" {
		return p.askAddress(r, account, email)
	}
	return nil
}

// joinAnswers checks what was answered and puts it into the account, but for an address
// that is to be confirmed.
func (p *Pages) joinAnswers(r *http.Request, i *store.Invitation, who *openid.Identity, account *store.Account) (email string, err error) {
	var c checks
	c.text("name", typed(r, "name"), maxName, true)
	c.handle("handle", handleTyped(r, "handle"))
	if i.Email == "" && (who == nil || !who.Verified) {
		email = typed(r, "email")
		c.email("email", email, false)
	}
	if who == nil {
		c.newPassword("password", r.PostForm.Get("password"), r.PostForm.Get("password-again"), handleTyped(r, "handle"), email)
	}
	if err := c.err(); err != nil {
		return "", err
	}
	if !p.Mail.On() {
		account.Email = email
	}
	if who == nil {
		account.Password, err = session.Hash(r.PostForm.Get("password"))
	}
	return email, err
}
