package admin

import (
	"errors"
	"net/http"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/session"
)

// address is /mon-compte/adresse: another e-mail address, or the same to be
// confirmed.
func (p *Pages) address(w http.ResponseWriter, r *http.Request) error {
	_, account, _ := p.Frame.Sessions.Viewer(r.Context())
	f := p.addressForm(r, account)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	fill(r, f.Sections[0].Fields)
	if err := p.saveAddress(r, account, typed(r, "email")); err != nil {
		return p.renderForm(w, r, f, err)
	}
	return p.Frame.Redirect(w, r, "/mon-compte/securite")
}

func (p *Pages) addressForm(r *http.Request, account *store.Account) *form {
	value := account.Email
	if account.Change != nil {
		value = account.Change.Address
	}
	f := &form{
		top: p.plain(r, p.t(r, "security.change-address")), Lead: p.t(r, "address.lead"),
		Sections: []section{{Fields: []assets.Field{
			{Name: "email", Label: p.t(r, "person.email"), Hint: p.t(r, "person.email-hint"), Type: "email", Value: value, MaxLength: 254, Required: true, Autocomplete: "email"},
		}}},
		Action: "/mon-compte/adresse", Button: p.t(r, "address.button"),
		Links: []assets.Link{{Text: p.t(r, "form.cancel"), Href: "/mon-compte/securite"}},
	}
	if !p.Mail.On() {
		f.Lead, f.Button = p.t(r, "address.lead-no-mail"), p.t(r, "form.save")
	}
	return f
}

func (p *Pages) saveAddress(r *http.Request, account *store.Account, email string) error {
	var c checks
	if c.email("email", email, true); c.err() == nil && email == account.Email && (!account.Verified.IsZero() || !p.Mail.On()) {
		c.add("email", "error.email-same", nil)
	}
	if err := c.err(); err != nil {
		return err
	}
	if !p.Mail.On() {
		return p.setAddress(r, account.ID, email)
	}
	if err := p.askAddress(r, account, email); err != nil {
		return err
	}
	p.Frame.Flash(r, "info", "address.sent", "address", email)
	return nil
}

// setAddress is for nodes without letters: nothing can be confirmed there.
func (p *Pages) setAddress(r *http.Request, account store.ID, email string) error {
	err := p.Node.Store.Update(r.Context(), func(tx *store.Txn) error {
		a, err := tx.Account(account)
		if err != nil {
			return err
		}
		a.Email = email
		return tx.PutAccount(a)
	})
	if errors.Is(err, store.ErrExists) {
		return &store.FieldError{Field: "email", Reason: "error.email-taken"}
	}
	if err == nil {
		p.Frame.Flash(r, "ok", "address.saved")
	}
	return err
}

// askAddress writes the letters by which an address is confirmed.
func (p *Pages) askAddress(r *http.Request, account *store.Account, email string) error {
	lang := assets.LangOf(r.Context())
	err := p.Frame.Sessions.ChangeAddress(r.Context(), account.ID, email, func(tx *store.Txn, l session.AddressLetter) error {
		words := func(end string) string {
			return p.Frame.Renderer.Catalog.T(lang, "letter.address-"+l.Kind+end, "address", l.New,
				"url", p.Node.BaseURL+lang.Link("/adresse/"+l.Secret), "site", p.Node.Host())
		}
		return p.Mail.Send(tx, mail.Message{To: l.To, Subject: words("-subject"), Text: words("-text")})
	})
	if errors.Is(err, mail.ErrFull) {
		return &store.FieldError{Field: "email", Reason: "error.mail-full"}
	}
	return err
}

// confirmAddress is /adresse/{secret}: a button first, since mail programs open
// links, too.
func (p *Pages) confirmAddress(w http.ResponseWriter, r *http.Request) error {
	secret := secretOf(r)
	w.Header().Set("Referrer-Policy", "no-referrer")
	if isPost(r) {
		return p.addressConfirmed(w, r, secret)
	}
	account, err := p.Frame.Sessions.AddressLink(r.Context(), secret)
	if errors.Is(err, store.ErrNotFound) {
		return p.Frame.Fail(w, r, http.StatusGone, "link-used")
	}
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "confirm.html", assets.Confirm{
		Page: p.plain(r, p.t(r, "address.confirm-title")).Page, Text: p.t(r, "address.confirm-text", "address", account.Change.Address),
		Points: []string{p.t(r, "address.confirm-once")}, Action: "/adresse/" + secret, Button: p.t(r, "address.confirm-button"),
		Back: assets.Link{Text: p.t(r, "form.cancel"), Href: "/"},
	})
}

func (p *Pages) addressConfirmed(w http.ResponseWriter, r *http.Request, secret string) error {
	done, err := p.Frame.Sessions.ConfirmAddress(r.Context(), secret)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrExists):
		return p.Frame.Fail(w, r, http.StatusGone, "link-used")
	case err != nil:
		return err
	case done:
		p.Frame.Flash(r, "ok", "address.confirmed")
	default:
		p.Frame.Flash(r, "info", "address.half")
	}
	return p.Frame.Redirect(w, r, "/mon-compte/securite")
}
