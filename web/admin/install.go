package admin

import (
	"errors"
	"html"
	"net"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/session"
)

// The most characters of what people say about themselves and their lab.
const (
	maxName    = 100
	maxSummary = 500
)

func secretOf(r *http.Request) string { return mux.Vars(r)["secret"] }

// The pages of the set-up by its link. What comes after the account is for whoever
// is signed in: see welcome.
const (
	stepAddress = 1 + iota
	stepLab
	stepAccount
	stepPasskey
	stepLogo
	stepMail
	stepNetwork
	stepContent
)

// install is /installation/{secret}: the set-up of a new node, a step after the
// other. Which one it is, the store says: the lab, its first account, and then it is
// over. A set-up that was broken off goes on where it was.
func (p *Pages) install(w http.ResponseWriter, r *http.Request) error {
	p.setUp.Lock()
	defer p.setUp.Unlock()
	secret := secretOf(r)
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	lab, done, err := p.isSetUp(r)
	if err != nil {
		return err
	}
	if done {
		return p.Frame.Fail(w, r, http.StatusGone, "set-up")
	}
	_, err = p.Frame.Sessions.Link(r.Context(), secret, session.ScopeSetUp)
	if errors.Is(err, store.ErrNotFound) {
		return p.Frame.Fail(w, r, http.StatusGone, "set-up-link")
	}
	switch {
	case err != nil:
		return err
	case lab:
		return p.installAccount(w, r, secret)
	case isPost(r) || r.URL.Query().Get("etape") == "labo":
		return p.installLab(w, r, secret)
	}
	return p.installAddress(w, r, secret)
}

// installAddress shows the address, which cannot change, as it looks from outside.
func (p *Pages) installAddress(w http.ResponseWriter, r *http.Request, secret string) error {
	page := addressPage{
		top: p.plain(r, p.t(r, "setup.address-title")), Step: p.step(r, stepAddress), Address: p.Node.BaseURL,
		Next: "/installation/" + secret + "?etape=labo", Path: "/installation/" + secret,
	}
	if p.Examine != nil {
		for _, f := range p.Examine(r.Context()) {
			if f.Check == "dns" || f.Check == "tls" || f.Check == "proxy" {
				page.Findings = append(page.Findings, p.finding(r, f))
			}
		}
	}
	return p.Frame.Render(w, r, http.StatusOK, "admin-address.html", page)
}

// addressPage is "admin-address.html".
type addressPage struct {
	top
	Step       string
	Address    string
	Findings   []finding
	Path, Next string
}

// step says how far the set-up is.
func (p *Pages) step(r *http.Request, n int) string {
	return p.t(r, "setup.step", "number", n, "of", stepContent)
}

// installLab makes the lab.
func (p *Pages) installLab(w http.ResponseWriter, r *http.Request, secret string) error {
	f := p.installLabForm(r, secret)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	if err := p.makeLab(r, f); err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Log.InfoContext(r.Context(), "lab set up")
	return p.Frame.Redirect(w, r, "/installation/"+secret)
}

func (p *Pages) installLabForm(r *http.Request, secret string) *form {
	return &form{
		top: p.plain(r, p.t(r, "setup.title")), Step: p.step(r, stepLab), Lead: p.t(r, "setup.lead"),
		Notice: &assets.Flash{Tone: "warn", Text: p.t(r, "setup.address", "address", p.Node.BaseURL)},
		Sections: []section{{Fields: []assets.Field{
			{Name: "lab-name", Label: p.t(r, "lab-form.name"), Hint: p.t(r, "setup.lab-name-hint"), Required: true, MaxLength: maxName, Spellcheck: true, Autocomplete: "organization"},
			{Name: "lab-handle", Label: p.t(r, "setup.lab-handle"), Hint: p.t(r, "setup.lab-handle-hint", "host", p.Node.Host()), Value: proposedHandle(p.Node.Host()), Required: true, MaxLength: 30},
			p.territoryField(r), p.communeField(r),
			{Name: "summary", Label: p.t(r, "lab-form.summary"), Hint: p.t(r, "lab-form.summary-hint"), Type: "textarea", Rows: 4, MaxLength: maxSummary, Spellcheck: true},
			{Name: "approves", Label: p.t(r, "lab-form.approves"), Hint: p.t(r, "lab-form.approves-hint"), Type: "checkbox"},
		}}},
		Action: "/installation/" + secret, Button: p.t(r, "setup.button"),
	}
}

func (p *Pages) makeLab(r *http.Request, f *form) error {
	var c checks
	c.text("lab-name", typed(r, "lab-name"), maxName, true)
	c.handle("lab-handle", handleTyped(r, "lab-handle"))
	c.choice("territory", typed(r, "territory"), store.Territories.Slugs)
	commune := p.askCommune(r, f, &c)
	c.text("summary", typed(r, "summary"), maxSummary, false)
	f.fill(r)
	if err := c.err(); err != nil {
		return err
	}
	lab := store.Actor{
		Handle: handleTyped(r, "lab-handle"), Name: typed(r, "lab-name"), Summary: profileHTML(typed(r, "summary")),
		Lang: string(assets.LangOf(r.Context())), Territory: []string{typed(r, "territory")}, Approves: r.PostForm.Get("approves") != "",
		Fields: withLine(nil, communeLine, html.EscapeString(commune)),
	}
	_, err := p.Node.SetUp(r.Context(), lab)
	return err
}

// installAccount makes the first account, and signs in: the link is used up.
func (p *Pages) installAccount(w http.ResponseWriter, r *http.Request, secret string) error {
	f := &form{
		top: p.plain(r, p.t(r, "setup.admin")), Step: p.step(r, stepAccount), Lead: p.t(r, "setup.admin-text"),
		Sections: []section{{Fields: append(p.personFields(r, true), p.passwordFields(r)...)}},
		Action:   "/installation/" + secret, Button: p.t(r, "setup.account-button"),
	}
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	f.fill(r)
	if err := p.makeAccount(r, secret); err != nil {
		return p.renderForm(w, r, f, err)
	}
	return p.Frame.Redirect(w, r, welcomePath+"/cle")
}

// isSetUp says whether there is a lab, and whether all is done that needs the link.
func (p *Pages) isSetUp(r *http.Request) (lab, done bool, err error) {
	err = p.view(r, func(tx *store.Txn) error {
		_, err := tx.Lab()
		lab = err == nil
		for range tx.Accounts() {
			done = true
			break
		}
		return nil
	})
	return lab, done, err
}

// proposedHandle is the first label of the host's name, if it has one.
func proposedHandle(host string) string {
	name := strings.ToLower(host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	label, _, several := strings.Cut(name, ".")
	if !several || net.ParseIP(name) != nil || label == "www" || federation.CheckHandle(label) != nil {
		return "labo"
	}
	return label
}

func (p *Pages) territoryField(r *http.Request) assets.Field {
	blank := assets.Choice{Text: p.t(r, "lab-form.territory-blank")}
	return assets.Field{
		Name: "territory", Label: p.t(r, "lab-form.territory"), Type: "select", Required: true,
		Choices: append([]assets.Choice{blank}, p.choices(r, "territory", store.Territories.Slugs)...),
	}
}

// personFields ask who somebody is.
func (p *Pages) personFields(r *http.Request, email bool) []assets.Field {
	return []assets.Field{
		{Name: "name", Label: p.t(r, "person.name"), Required: true, MaxLength: maxName, Autocomplete: "name"},
		{Name: "handle", Label: p.t(r, "person.handle"), Hint: p.t(r, "person.handle-hint", "host", p.Node.Host()), Required: true, MaxLength: 30, Autocomplete: "username"},
		{Name: "email", Label: p.t(r, "person.email"), Hint: p.t(r, "person.email-hint"), Type: "email", Required: email, MaxLength: 254, Autocomplete: "email"},
	}
}

func (p *Pages) passwordFields(r *http.Request) []assets.Field {
	return []assets.Field{
		{Name: "password", Label: p.t(r, "person.password"), Hint: p.t(r, "person.password-hint", "min", session.MinPassword), Type: "password", Required: true, Autocomplete: "new-password"},
		{Name: "password-again", Label: p.t(r, "person.password-again"), Type: "password", Required: true, Autocomplete: "new-password"},
	}
}

func (p *Pages) makeAccount(r *http.Request, secret string) (err error) {
	ctx, lang := r.Context(), string(assets.LangOf(r.Context()))
	var c checks
	c.text("name", typed(r, "name"), maxName, true)
	c.handle("handle", handleTyped(r, "handle"))
	c.email("email", typed(r, "email"), true)
	c.newPassword("password", r.PostForm.Get("password"), r.PostForm.Get("password-again"), handleTyped(r, "handle"), typed(r, "email"))
	if err := c.err(); err != nil {
		return err
	}
	account := &store.Account{Email: typed(r, "email"), Role: store.Admin, Lang: lang}
	if account.Password, err = session.Hash(r.PostForm.Get("password")); err != nil {
		return err
	}
	member := store.Actor{Handle: handleTyped(r, "handle"), Name: typed(r, "name"), Lang: lang, Discoverable: true}
	if _, err := p.Node.AddMember(ctx, member, account); err != nil {
		return taken(err, "handle")
	}
	if _, err := p.Frame.Sessions.UseLink(ctx, secret, session.ScopeSetUp); err != nil {
		return err
	}
	if err := p.Frame.Sessions.Begin(ctx, account); err != nil || !p.Mail.On() {
		return err
	}
	return p.askAddress(r, account, account.Email)
}

// handleTyped is a handle as people may type it: with its @, in capitals.
func handleTyped(r *http.Request, field string) string {
	return strings.ToLower(strings.TrimPrefix(typed(r, field), "@"))
}

// handle asks for what federation takes.
func (c *checks) handle(field, handle string) {
	if e, ok := errors.AsType[*store.FieldError](federation.CheckHandle(handle)); ok {
		c.add(field, e.Reason, e.Args)
	}
}

// taken says beside the field that a name is somebody else's.
func taken(err error, field string) error {
	if errors.Is(err, store.ErrExists) {
		return &store.FieldError{Field: field, Reason: "error.taken"}
	}
	return err
}
