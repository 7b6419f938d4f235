package admin

import (
	"errors"
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

// install is /installation/{secret}: the set-up of a new node. It is over as soon
// as there is an account; a set-up that broke off after the lab was made can be
// finished.
func (p *Pages) install(w http.ResponseWriter, r *http.Request) error {
	p.setUp.Lock()
	defer p.setUp.Unlock()
	secret := secretOf(r)
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	done, err := p.isSetUp(r)
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
	if err != nil {
		return err
	}
	f := p.installForm(r, secret)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	for _, s := range f.Sections {
		fill(r, s.Fields)
	}
	if err := p.runSetUp(r, secret); err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Log.InfoContext(r.Context(), "lab set up")
	p.Frame.Flash(r, "ok", "setup.done")
	return p.Frame.Redirect(w, r, "/")
}

func (p *Pages) isSetUp(r *http.Request) (done bool, err error) {
	err = p.view(r, func(tx *store.Txn) error {
		for range tx.Accounts() {
			done = true
			break
		}
		return nil
	})
	return done, err
}

func (p *Pages) installForm(r *http.Request, secret string) *form {
	return &form{
		top: p.plain(r, p.t(r, "setup.title")), Lead: p.t(r, "setup.lead"),
		Notice: &assets.Flash{Tone: "warn", Text: p.t(r, "setup.address", "address", p.Node.BaseURL)},
		Sections: []section{
			{Title: p.t(r, "setup.lab"), Fields: []assets.Field{
				{Name: "lab-name", Label: p.t(r, "lab-form.name"), Hint: p.t(r, "setup.lab-name-hint"), Required: true, MaxLength: maxName, Spellcheck: true, Autocomplete: "organization"},
				{Name: "lab-handle", Label: p.t(r, "setup.lab-handle"), Hint: p.t(r, "setup.lab-handle-hint", "host", p.Node.Host()), Value: proposedHandle(p.Node.Host()), Required: true, MaxLength: 30},
				p.territoryField(r),
				{Name: "summary", Label: p.t(r, "lab-form.summary"), Hint: p.t(r, "lab-form.summary-hint"), Type: "textarea", Rows: 4, MaxLength: maxSummary, Spellcheck: true},
				{Name: "approves", Label: p.t(r, "lab-form.approves"), Hint: p.t(r, "lab-form.approves-hint"), Type: "checkbox"},
			}},
			{Title: p.t(r, "setup.admin"), Text: p.t(r, "setup.admin-text"), Fields: append(p.personFields(r, true), p.passwordFields(r)...)},
		},
		Action: "/installation/" + secret, Button: p.t(r, "setup.button"),
	}
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

// runSetUp makes the lab and its administrator, and signs in.
func (p *Pages) runSetUp(r *http.Request, secret string) error {
	ctx, lang := r.Context(), string(assets.LangOf(r.Context()))
	if err := checkSetUp(r); err != nil {
		return err
	}
	_, err := p.Node.SetUp(ctx, store.Actor{
		Handle: handleTyped(r, "lab-handle"), Name: typed(r, "lab-name"), Summary: profileHTML(typed(r, "summary")), Lang: lang,
		Territory: []string{typed(r, "territory")}, Approves: r.PostForm.Get("approves") != "",
	})
	if err != nil && !errors.Is(err, store.ErrExists) { // there is one: the set-up broke off here before
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

func checkSetUp(r *http.Request) error {
	var c checks
	c.text("lab-name", typed(r, "lab-name"), maxName, true)
	c.handle("lab-handle", handleTyped(r, "lab-handle"))
	c.choice("territory", typed(r, "territory"), store.Territories.Slugs)
	c.text("summary", typed(r, "summary"), maxSummary, false)
	c.text("name", typed(r, "name"), maxName, true)
	c.handle("handle", handleTyped(r, "handle"))
	if h := handleTyped(r, "handle"); h != "" && h == handleTyped(r, "lab-handle") {
		c.add("handle", "error.taken", nil)
	}
	c.email("email", typed(r, "email"), true)
	c.newPassword("password", r.PostForm.Get("password"), r.PostForm.Get("password-again"), handleTyped(r, "handle"), typed(r, "email"))
	return c.err()
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
