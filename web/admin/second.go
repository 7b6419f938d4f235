package admin

import (
	"errors"
	"net/http"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/session"
)

// secondPage is "admin-second.html": the code, or the passkey, that an account
// wants beside its password.
type secondPage struct {
	*form
	Back    string
	Passkey bool
}

// second is /connexion/code. "retour" is the path to go back to.
func (p *Pages) second(w http.ResponseWriter, r *http.Request) error {
	back := assets.LocalPath(r.FormValue("retour"))
	_, factors, err := p.Frame.Sessions.Pending(r.Context())
	if errors.Is(err, store.ErrNotFound) {
		return p.Frame.Redirect(w, r, "/connexion")
	}
	if err != nil {
		return err
	}
	page := secondPage{form: p.secondForm(r, back), Back: back, Passkey: len(factors.Passkeys) > 0}
	status := http.StatusOK
	if isPost(r) {
		err := p.Frame.Sessions.SignInByCode(r.Context(), typed(r, "code"))
		if err == nil {
			return p.Frame.Redirect(w, r, back)
		}
		if limit, ok := errors.AsType[*session.Limited](err); ok {
			return p.tooMany(w, r, page.form, limit)
		}
		if !errors.Is(err, session.ErrCredentials) {
			return err
		}
		status = http.StatusUnprocessableEntity
		page.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()),
			&store.FieldError{Field: "code", Reason: "error.code"}, page.Sections[0].Fields)
	}
	return p.Frame.Render(w, r, status, "admin-second.html", page)
}

func (p *Pages) secondForm(r *http.Request, back string) *form {
	return &form{
		top: p.plain(r, p.t(r, "second.title")), Lead: p.t(r, "second.lead"),
		Sections: []section{{Fields: []assets.Field{
			{Name: "retour", Type: "hidden", Value: back},
			p.codeField(r, p.t(r, "second.code-hint")),
		}}},
		Action: "/connexion/code", Button: p.t(r, "nav.sign-in"),
		Links: []assets.Link{{Text: p.t(r, "form.cancel"), Href: "/connexion"}},
	}
}

func (p *Pages) codeField(r *http.Request, hint string) assets.Field {
	return assets.Field{Name: "code", Label: p.t(r, "second.code"), Hint: hint, Required: true, Autocomplete: "one-time-code", MaxLength: 20}
}
