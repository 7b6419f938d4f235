package admin

import (
	"encoding/base32"
	"errors"
	"net/http"
	"strings"

	template "github.com/DataDog/datadog-agent/pkg/template/html"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/drawing"
	"github.com/essaim/essaim/web/session"
)

// totpPage is "admin-totp.html": a secret to be shared with an app of codes.
type totpPage struct {
	*form
	Picture template.HTML
	Secret  string // in groups of four
}

const keyTOTP = "totp" // of the session: the secret that is shown

// totp is /mon-compte/code: from now on, a code beside the password.
func (p *Pages) totp(w http.ResponseWriter, r *http.Request) error {
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(p.Frame.Sessions.Pop(r.Context(), keyTOTP))
	if err != nil || len(secret) == 0 || !isPost(r) {
		return p.showTOTP(w, r, session.NewTOTPSecret(), nil)
	}
	recovery, err := p.Frame.Sessions.SetTOTP(r.Context(), secret, typed(r, "code"))
	if errors.Is(err, session.ErrCredentials) {
		return p.showTOTP(w, r, secret, &store.FieldError{Field: "code", Reason: "error.code"})
	}
	if err != nil {
		return err
	}
	return p.showRecovery(w, r, recovery, "totp.set")
}

func (p *Pages) showTOTP(w http.ResponseWriter, r *http.Request, secret []byte, mistake error) error {
	_, _, actor := p.Frame.Sessions.Viewer(r.Context())
	text := session.TOTPText(secret)
	picture := drawing.QR(session.TOTPAddress(secret, p.Node.Host(), actor.Handle), p.t(r, "totp.picture"))
	page := totpPage{Picture: picture, Secret: strings.Join(groups(text, 4), " "), form: &form{
		top: p.plain(r, p.t(r, "totp.title")), Lead: p.t(r, "totp.lead"),
		Sections: []section{{Fields: []assets.Field{p.codeField(r, p.t(r, "totp.code-hint"))}}},
		Action:   "/mon-compte/code", Button: p.t(r, "totp.button"),
		Links: []assets.Link{{Text: p.t(r, "form.cancel"), Href: "/mon-compte/securite"}},
	}}
	p.Frame.Sessions.Put(r.Context(), keyTOTP, text)
	status := http.StatusOK
	if mistake != nil {
		status = http.StatusUnprocessableEntity
		page.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()), mistake, page.Sections[0].Fields)
	}
	w.Header().Set("Cache-Control", "no-store")
	return p.Frame.Render(w, r, status, "admin-totp.html", page)
}

func groups(text string, of int) (list []string) {
	for len(text) > of {
		list, text = append(list, text[:of]), text[of:]
	}
	return append(list, text)
}

// removeTOTP is /mon-compte/code/retirer.
func (p *Pages) removeTOTP(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		if err := p.Frame.Sessions.RemoveTOTP(r.Context()); err != nil {
			return err
		}
		p.Frame.Flash(r, "ok", "totp.removed")
	}
	return p.Frame.Redirect(w, r, "/mon-compte/securite")
}

// recoveryPage is "admin-recovery.html": recovery codes, shown once.
type recoveryPage struct {
	top
	Codes []string
	Site  string
	Back  string
}

const recoveryPath = "/mon-compte/secours"

// recovery is /mon-compte/secours: new recovery codes. "retour" is the path to go back
// to.
func (p *Pages) recovery(w http.ResponseWriter, r *http.Request) error {
	if !isPost(r) {
		back := r.FormValue("retour")
		return p.Frame.Render(w, r, http.StatusOK, "confirm.html", assets.Confirm{
			Page: p.plain(r, p.t(r, "recovery.title")).Page, Text: p.t(r, "recovery.offer"), Action: recoveryPath, Button: p.t(r, "recovery.show"),
			Hidden: []assets.Hidden{{Name: "retour", Value: back}}, Back: assets.Link{Text: p.t(r, "recovery.later"), Href: afterFactor(back)},
		})
	}
	codes, err := p.Frame.Sessions.RenewRecovery(r.Context())
	if err != nil {
		return err
	}
	return p.showRecovery(w, r, codes, "recovery.renewed")
}

// showRecovery shows recovery codes that were just made, if any, and says what was
// done.
func (p *Pages) showRecovery(w http.ResponseWriter, r *http.Request, codes []string, done string) error {
	p.Frame.Flash(r, "ok", done)
	if len(codes) == 0 {
		return p.Frame.Redirect(w, r, "/mon-compte/securite")
	}
	w.Header().Set("Cache-Control", "no-store")
	return p.Frame.Render(w, r, http.StatusOK, "admin-recovery.html", recoveryPage{
		top: p.plain(r, p.t(r, "recovery.title")), Codes: codes, Site: p.Node.Host(), Back: afterFactor(r.FormValue("retour")),
	})
}

// dropFactors is /admin/membres/secours: a member lost the phone and the codes.
func (p *Pages) dropFactors(w http.ResponseWriter, r *http.Request) error {
	if isPost(r) {
		id, err := store.ParseID(r.PostForm.Get("account"))
		if err != nil {
			return store.ErrNotFound
		}
		if err := p.Frame.Sessions.DropFactors(r.Context(), id); err != nil {
			return err
		}
		p.Frame.Log.InfoContext(r.Context(), "second factors removed", "object", id, "actor", p.Frame.Viewer(r).Actor)
		p.Frame.Flash(r, "ok", "invite.dropped")
	}
	return p.Frame.Redirect(w, r, "/admin/membres")
}
