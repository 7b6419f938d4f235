package admin

import (
	"net/http"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/letters"
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
			p.interestField(r, "category", store.OrgCategories, actor.Category),
			p.interestField(r, "commercialIntent", store.CommercialIntents, actor.CommercialIntent),
			{Name: "lang", Label: p.t(r, "account.lang"), Hint: p.t(r, "account.lang-hint"), Type: "select", Value: account.Lang, Choices: languages},
			{Name: "discoverable", Label: p.t(r, "account.discoverable"), Hint: p.t(r, "account.discoverable-hint"), Type: "checkbox", Value: checked(actor.Discoverable)},
		}}},
		Action: "/mon-compte", Button: p.t(r, "form.save"),
		Links: []assets.Link{{Text: p.t(r, "profile.title"), Href: "/mon-compte/profil"}, {Text: p.t(r, "security.title"), Href: "/mon-compte/securite"}, {Text: p.t(r, "letters.title"), Href: letters.ChoicesPath}, {Text: p.t(r, "circle.mine"), Href: "/mon-compte/cercles"}, {Text: p.t(r, "apps.title"), Href: "/mon-compte/applications"}, {Text: p.t(r, "report.mine"), Href: "/mon-compte/signalements"}, {Text: p.t(r, "mine.title"), Href: minePath}},
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

// saveAccount changes what is private in the account, then what others see.
func (p *Pages) saveAccount(r *http.Request, account *store.Account, actor *store.Actor) error {
	if err := checkAccount(r); err != nil {
		return err
	}
	err := p.Node.Store.Update(r.Context(), func(tx *store.Txn) error {
		a, err := tx.Account(account.ID)
		if err != nil {
			return err
		}
		a.Lang = typed(r, "lang")
		return tx.PutAccount(a)
	})
	if err != nil {
		return err
	}
	profile := *actor
	profile.Name, profile.Summary, profile.Role = typed(r, "name"), profileHTML(typed(r, "summary")), typed(r, "role")
	profile.Lang, profile.Interest = typed(r, "lang"), typedInterest(r)
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
	c.interest(r)
	return c.err()
}

// password is /mon-compte/mot-de-passe: a new one, for whoever just showed who he
// is, be it by a link.
func (p *Pages) password(w http.ResponseWriter, r *http.Request) error {
	_, account, _ := p.Frame.Sessions.Viewer(r.Context())
	f := p.passwordForm(r)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	if err := p.setPassword(r, account); err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Flash(r, "ok", "account.password-saved")
	return p.Frame.Redirect(w, r, "/mon-compte/securite")
}

func (p *Pages) passwordForm(r *http.Request) *form {
	return &form{
		top: p.plain(r, p.t(r, "account.password")), Lead: p.t(r, "account.password-lead"),
		Sections: []section{{Fields: p.passwordFields(r)}}, Action: "/mon-compte/mot-de-passe", Button: p.t(r, "form.save"),
		Links: []assets.Link{{Text: p.t(r, "form.cancel"), Href: "/mon-compte/securite"}},
	}
}

func (p *Pages) setPassword(r *http.Request, account *store.Account) error {
	_, _, actor := p.Frame.Sessions.Viewer(r.Context())
	var c checks
	c.newPassword("password", r.PostForm.Get("password"), r.PostForm.Get("password-again"), actor.Handle, account.Email)
	if err := c.err(); err != nil {
		return err
	}
	return p.Frame.Sessions.SetPassword(r.Context(), account.ID, r.PostForm.Get("password"))
}
