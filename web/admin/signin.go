package admin

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/session"
)

// signIn is /connexion. "retour" is the path to go back to.
func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) error {
	back := assets.LocalPath(r.FormValue("retour"))
	appWindow(w, back)
	if p.Frame.Viewer(r).Local {
		return p.Frame.Redirect(w, r, back)
	}
	if !isPost(r) {
		return p.renderForm(w, r, p.signInForm(r, back), nil)
	}
	login := typed(r, "login")
	err := p.Frame.Sessions.SignIn(r.Context(), session.Credentials{
		Login: login, Password: r.PostForm.Get("password"), Address: p.Address(r),
	})
	if err == nil {
		return p.Frame.Redirect(w, r, back)
	}
	if errors.Is(err, session.ErrSecond) {
		return p.askSecond(w, r, back)
	}
	if errors.Is(err, session.ErrCredentials) {
		err = &store.FieldError{Field: "login", Reason: "error.wrong-credentials"}
	}
	f := p.signInForm(r, back)
	fill(r, f.Sections[0].Fields)
	if limit, ok := errors.AsType[*session.Limited](err); ok {
		return p.tooMany(w, r, f, limit)
	}
	return p.renderForm(w, r, f, err)
}

func (p *Pages) signInForm(r *http.Request, back string) *form {
	return &form{
		top: p.plain(r, p.t(r, "signin.title")), Lead: p.t(r, "signin.lead"),
		Sections: []section{{Fields: []assets.Field{
			{Name: "retour", Type: "hidden", Value: back},
			{Name: "login", Label: p.t(r, "signin.login"), Hint: p.t(r, "signin.login-hint"), Required: true, Autocomplete: "username", MaxLength: 254},
			{Name: "password", Label: p.t(r, "signin.password"), Type: "password", Required: true, Autocomplete: "current-password"},
		}}},
		Action: "/connexion", Button: p.t(r, "nav.sign-in"), Links: []assets.Link{{Text: p.t(r, "reset.title"), Href: "/connexion/oubli"}},
		Passkey: p.passkey(back), Provider: p.providerButton(r, startPath, back),
	}
}

// passkey is back where passkeys can be used, else empty.
func (p *Pages) passkey(back string) string {
	if p.Frame.Sessions.Passkeys() {
		return back
	}
	return ""
}

// tooMany brings the form back after too many wrong passwords.
func (p *Pages) tooMany(w http.ResponseWriter, r *http.Request, f *form, limit *session.Limited) error {
	seconds := int(limit.RetryAfter.Seconds()) + 1
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	f.Flash = &assets.Flash{Tone: "err", Text: p.t(r, "signin.limited", "count", (seconds+59)/60)}
	return p.Frame.Render(w, r, http.StatusTooManyRequests, "admin-form.html", f)
}

// signInByLink is /connexion/{secret}: a button first, so that the preview of a
// mail program does not use the link up.
func (p *Pages) signInByLink(w http.ResponseWriter, r *http.Request) error {
	secret := secretOf(r)
	w.Header().Set("Referrer-Policy", "no-referrer")
	token, err := p.Frame.Sessions.Link(r.Context(), secret, session.ScopeSignIn, session.ScopeReset)
	if errors.Is(err, store.ErrNotFound) {
		return p.Frame.Fail(w, r, http.StatusGone, "link-used")
	}
	if err != nil {
		return err
	}
	if !isPost(r) {
		return p.offerLink(w, r, token, secret)
	}
	account, err := p.Frame.Sessions.SignInByLink(r.Context(), secret)
	if errors.Is(err, store.ErrNotFound) {
		return p.Frame.Fail(w, r, http.StatusGone, "link-used")
	}
	if err != nil && !errors.Is(err, session.ErrSecond) {
		return err
	}
	back := "/"
	if account.Password == "" || token.Has(session.ScopeReset) {
		p.Frame.Flash(r, "info", "account.choose-password")
		back = "/mon-compte/mot-de-passe"
	}
	if err != nil {
		return p.askSecond(w, r, back)
	}
	return p.Frame.Redirect(w, r, back)
}

// askSecond goes on with the second factor.
func (p *Pages) askSecond(w http.ResponseWriter, r *http.Request, back string) error {
	return p.Frame.Redirect(w, r, "/connexion/code?"+url.Values{"retour": {back}}.Encode())
}

func (p *Pages) offerLink(w http.ResponseWriter, r *http.Request, token *store.Token, secret string) error {
	var actor *store.Actor
	err := p.view(r, func(tx *store.Txn) error {
		account, err := tx.Account(token.Account)
		if err != nil {
			return err
		}
		actor, err = tx.Actor(account.Actor)
		return err
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "confirm.html", assets.Confirm{
		Page: p.plain(r, p.t(r, "signin.title")).Page, Text: p.t(r, "signin.link-text", "name", actor.DisplayName(), "address", actor.Address()),
		Points: []string{p.t(r, "signin.link-once")}, Action: "/connexion/" + secret, Button: p.t(r, "nav.sign-in"),
		Back: assets.Link{Text: p.t(r, "form.cancel"), Href: "/"},
	})
}

// signOut is /deconnexion.
func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) error {
	hint := p.Frame.Sessions.Hint(r.Context())
	if err := p.Frame.Sessions.SignOut(r.Context()); err != nil {
		return err
	}
	if hint != "" && p.Provider != nil {
		return p.signOutThere(w, r, hint)
	}
	return p.Frame.Redirect(w, r, "/")
}
