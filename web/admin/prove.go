package admin

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/session"
)

// fresh asks whoever did not lately to show again who he is. An answer that was
// sent meanwhile is lost: its form is shown again.
func (p *Pages) fresh(h reply.Handler) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if p.Frame.Sessions.Fresh(r.Context()) {
			return h(w, r)
		}
		back := url.Values{"retour": {r.URL.RequestURI()}}
		return p.Frame.Redirect(w, r, "/mon-compte/confirmer?"+back.Encode())
	}
}

// prove is /mon-compte/confirmer: the password once more, or another proof, before a
// grave act.
func (p *Pages) prove(w http.ResponseWriter, r *http.Request) error {
	back := assets.LocalPath(r.FormValue("retour"))
	f, err := p.proveForm(r, back)
	if err != nil {
		return err
	}
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	err = p.Frame.Sessions.Prove(r.Context(), session.Credentials{Password: r.PostForm.Get("password"), Address: p.Address(r)})
	if err == nil {
		return p.Frame.Redirect(w, r, back)
	}
	if errors.Is(err, session.ErrCredentials) {
		err = &store.FieldError{Field: "password", Reason: "error.wrong-password"}
	}
	if limit, ok := errors.AsType[*session.Limited](err); ok {
		return p.tooMany(w, r, f, limit)
	}
	return p.renderForm(w, r, f, err)
}

// proveForm asks for what the account has.
func (p *Pages) proveForm(r *http.Request, back string) (*form, error) {
	f := &form{
		top: p.plain(r, p.t(r, "prove.title")), Lead: p.t(r, "prove.lead"),
		Action: "/mon-compte/confirmer", Button: p.t(r, "prove.button"), Passkey: p.passkey(back),
		Links: []assets.Link{{Text: p.t(r, "form.cancel"), Href: "/mon-compte"}},
	}
	_, account, _ := p.Frame.Sessions.Viewer(r.Context())
	err := p.view(r, func(tx *store.Txn) error {
		if p.isLinked(tx, account.ID) {
			f.Provider = p.providerButton(r, provePath, back)
		}
		return nil
	})
	if account.Password == "" && f.Provider != nil {
		f.Button = ""
		return f, err
	}
	f.Sections = []section{{Fields: []assets.Field{
		{Name: "retour", Type: "hidden", Value: back},
		{Name: "password", Label: p.t(r, "signin.password"), Type: "password", Required: true, Autocomplete: "current-password"},
	}}}
	return f, err
}
