package admin

import (
	"errors"
	"net/http"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/session"
)

// account is /mon-compte: what a member says about himself, and how he signs in.
func (p *Pages) account(w http.ResponseWriter, r *http.Request) error {
	_, account, actor := p.Frame.Sessions.Viewer(r.Context())
	if !isPost(r) {
		return p.renderForm(w, r, p.accountForm(r, account, actor), nil)
	}
	if err := p.saveAccount(r, account, actor); err != nil {
		f := p.accountForm(r, account, actor)
		fill(r, f.Sections[0].Fields)
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Flash(r, "ok", "account.saved")
	return p.Frame.Redirect(w, r, "/mon-compte")
}

func (p *Pages) accountForm(r *http.Request, account *store.Account, actor *store.Actor) *form {
	var languages []assets.Choice
	for _, l := range assets.Languages {
		languages = append(languages, assets.Choice{Value: string(l), Text: l.Name()})
	}
	roles := append([]assets.Choice{{Text: p.t(r, "account.role-blank")}}, p.choices(r, "role", store.MemberRoles.Slugs)...)
	return &form{
		top: p.plain(r, p.t(r, "account.title")), Lead: p.t(r, "account.lead", "address", actor.Address()),
		Sections: []section{{Fields: []assets.Field{
			{Name: "name", Label: p.t(r, "person.name"), Value: actor.Name, Required: true, MaxLength: maxName, Autocomplete: "name"},
			{Name: "summary", Label: p.t(r, "account.bio"), Hint: p.t(r, "account.bio-hint"), Type: "textarea", Rows: 4, Value: profileText(actor.Summary), MaxLength: maxSummary, Spellcheck: true, Lang: otherLang(r, actor.Lang)},
			{Name: "role", Label: p.t(r, "account.role"), Type: "select", Value: actor.Role, Choices: roles},
			{Name: "lang", Label: p.t(r, "account.lang"), Hint: p.t(r, "account.lang-hint"), Type: "select", Value: account.Lang, Choices: languages},
			{Name: "email", Label: p.t(r, "person.email"), Hint: p.t(r, "person.email-hint"), Type: "email", Value: account.Email, MaxLength: 254, Autocomplete: "email"},
			{Name: "discoverable", Label: p.t(r, "account.discoverable"), Hint: p.t(r, "account.discoverable-hint"), Type: "checkbox", Value: checked(actor.Discoverable)},
		}}},
		Action: "/mon-compte", Button: p.t(r, "form.save"),
		Links: []assets.Link{{Text: p.t(r, "profile.title"), Href: "/mon-compte/profil"}, {Text: p.t(r, "account.password"), Href: "/mon-compte/mot-de-passe"}, {Text: p.t(r, "circle.mine"), Href: "/mon-compte/cercles"}, {Text: p.t(r, "apps.title"), Href: "/mon-compte/applications"}},
	}
}

func checked(yes bool) string {
	if yes {
		return "1"
	}
	return ""
}

// otherLang is the language of a text when it is not the page's.
func otherLang(r *http.Request, lang string) string {
	if lang == string(assets.LangOf(r.Context())) {
		return ""
	}
	return lang
}

// saveAccount changes what is private in the account, then what others see. The
// first may fail on an address that is taken; nothing is changed then.
func (p *Pages) saveAccount(r *http.Request, account *store.Account, actor *store.Actor) error {
	if err := checkAccount(r); err != nil {
		return err
	}
	err := p.Node.Store.Update(r.Context(), func(tx *store.Txn) error {
		a, err := tx.Account(account.ID)
		if err != nil {
			return err
		}
		a.Email, a.Lang = typed(r, "email"), typed(r, "lang")
		return tx.PutAccount(a)
	})
	if errors.Is(err, store.ErrExists) {
		return &store.FieldError{Field: "email", Reason: "error.email-taken"}
	}
	if err != nil {
		return err
	}
	profile := *actor
	profile.Name, profile.Summary, profile.Role = typed(r, "name"), profileHTML(typed(r, "summary")), typed(r, "role")
	profile.Lang = typed(r, "lang")
	profile.Discoverable = r.PostForm.Get("discoverable") != ""
	profile.Indexable = profile.Discoverable
	return p.Node.Publish(r.Context(), p.Frame.Viewer(r), &federation.Activity{Verb: "Update", Actor: actor.IRI, Profile: &profile})
}

func checkAccount(r *http.Request) error {
	var c checks
	c.text("name", typed(r, "name"), maxName, true)
	c.text("summary", typed(r, "summary"), maxSummary, false)
	if role := typed(r, "role"); role != "" {
		c.choice("role", role, store.MemberRoles.Slugs)
	}
	var languages []string
	for _, l := range assets.Languages {
		languages = append(languages, string(l))
	}
	c.choice("lang", typed(r, "lang"), languages)
	c.email("email", typed(r, "email"), false)
	return c.err()
}

// password is /mon-compte/mot-de-passe. Whoever came in by a link, or has no
// password yet, is not asked for the old one.
func (p *Pages) password(w http.ResponseWriter, r *http.Request) error {
	_, account, actor := p.Frame.Sessions.Viewer(r.Context())
	knows := account.Password != "" && !p.Frame.Sessions.ByLink(r.Context())
	f := p.passwordForm(r, knows)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	var err error
	if knows {
		err = p.checkOld(r, actor)
	}
	if err == nil {
		err = p.setPassword(r, account)
	}
	if limit, ok := errors.AsType[*session.Limited](err); ok {
		return p.tooMany(w, r, f, limit)
	}
	if err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Flash(r, "ok", "account.password-saved")
	return p.Frame.Redirect(w, r, "/mon-compte")
}

func (p *Pages) passwordForm(r *http.Request, knows bool) *form {
	fields := p.passwordFields(r)
	if knows {
		old := assets.Field{Name: "old", Label: p.t(r, "person.password-old"), Type: "password", Required: true, Autocomplete: "current-password"}
		fields = append([]assets.Field{old}, fields...)
	}
	return &form{
		top: p.plain(r, p.t(r, "account.password")), Lead: p.t(r, "account.password-lead"),
		Sections: []section{{Fields: fields}}, Action: "/mon-compte/mot-de-passe", Button: p.t(r, "form.save"),
		Links: []assets.Link{{Text: p.t(r, "form.cancel"), Href: "/mon-compte"}},
	}
}

func (p *Pages) checkOld(r *http.Request, actor *store.Actor) error {
	err := p.Frame.Sessions.CheckPassword(r.Context(), session.Credentials{
		Login: actor.Handle, Password: r.PostForm.Get("old"), Address: p.Address(r),
	})
	if errors.Is(err, session.ErrCredentials) {
		return &store.FieldError{Field: "old", Reason: "error.wrong-password"}
	}
	return err
}

func (p *Pages) setPassword(r *http.Request, account *store.Account) error {
	var c checks
	c.newPassword("password", r.PostForm.Get("password"), r.PostForm.Get("password-again"))
	if err := c.err(); err != nil {
		return err
	}
	return p.Frame.Sessions.SetPassword(r.Context(), account.ID, r.PostForm.Get("password"))
}
