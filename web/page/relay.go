package page

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/reply"
)

const maxMessage = 2000 // characters

// relayEnd is the end of the path by which one writes to the contact of a record.
const relayEnd = "/ecrire"

// relay passes a message on to the contact of a record. Neither side sees the
// other's address here; the contact finds the writer's in the letter.
func (p *Pages) relay(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		w.Header().Set("Cache-Control", "no-store")
		var rec *store.Record
		var to string
		err := a.view(func(tx *store.Txn) error {
			it, err := a.find(tx, k)
			if err != nil {
				return err
			}
			if rec, to = it.Envelope(), tx.ContactOf(it); to == "" || !p.Mail.On() {
				return store.ErrNotFound
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := parseForm(w, r, maxContribution); err != nil {
			return err
		}
		d := a.relayPage(k, rec)
		return a.askStamped(w, d, "relay "+rec.ID.String(), func() (store.FieldErrors, error) {
			return a.passOn(w, rec, to, d.Fields)
		})
	}
}

func (a *ask) relayPage(k *store.Kind, rec *store.Record) *openPage {
	path := federation.PagePath(rec)
	d := &openPage{
		Page: a.page(a.t("relay.title", "title", title(rec)), k.Section, append(a.crumbs(k), assets.Link{Text: title(rec), Href: path})...),
		Lead: a.t("relay.lead"), Points: []string{a.t("relay.point")}, Action: path + relayEnd, Save: a.t("relay.send"), Cancel: path,
		Fields: []assets.Field{
			{Name: "email", Label: a.t("relay.email"), Hint: a.t("relay.email-hint"), Type: "email", Required: true, MaxLength: maxEmail, Autocomplete: "email"},
			{Name: "message", Label: a.t("relay.message"), Type: "textarea", Rows: 8, Required: true, MaxLength: maxMessage, Spellcheck: true},
		},
	}
	d.NoIndex = true
	for i := range d.Fields {
		d.Fields[i].Value = answer(a.r.PostForm.Get(d.Fields[i].Name))
	}
	return d
}

// passOn queues the letter.
func (a *ask) passOn(w http.ResponseWriter, rec *store.Record, to string, fields []assets.Field) (store.FieldErrors, error) {
	from, text := fields[0].Value, fields[1].Value
	var wrong store.FieldErrors
	if !mail.IsAddress(from) {
		wrong = append(wrong, &store.FieldError{Field: "email", Reason: "error.email"})
	}
	switch n := len([]rune(text)); {
	case n == 0:
		wrong = append(wrong, &store.FieldError{Field: "message", Reason: "error.required"})
	case n > maxMessage:
		wrong = append(wrong, &store.FieldError{Field: "message", Reason: "error.too-long", Args: map[string]any{"max": maxMessage, "have": n}})
	}
	if wrong == nil && !a.allowed(Write) {
		wrong = store.FieldErrors{{Reason: "error.too-many-from-here"}}
	}
	if wrong != nil {
		return wrong, nil
	}
	words, lang := a.Frame.Renderer.Catalog, assets.Lang(cmp.Or(rec.Lang, string(a.lang)))
	letter := mail.Message{
		To: to, ReplyTo: from, Subject: words.T(lang, "letter.relay-subject", "title", title(rec)),
		Text: words.T(lang, "letter.relay-text", "title", title(rec), "url", rec.URL, "from", from, "text", text, "site", a.Node.Host()),
	}
	err := a.Node.Store.Update(context.WithoutCancel(a.r.Context()), func(tx *store.Txn) error { return a.Mail.Send(tx, letter) })
	switch {
	case errors.Is(err, mail.ErrFull):
		return store.FieldErrors{{Reason: "error.mail-full"}}, nil
	case errors.Is(err, mail.ErrAddress): // the contact's: it was checked by another rule than ours
		return nil, store.ErrNotFound
	case err != nil:
		return nil, err
	}
	a.Frame.Flash(a.r, "ok", "relay.sent")
	return nil, a.redirect(w, http.StatusSeeOther, federation.PagePath(rec))
}

// writeTo is the way to the contact of a record; none when there is none.
func (a *ask) writeTo(tx *store.Txn, it store.Item) []assets.Link {
	if !a.Mail.On() || tx.ContactOf(it) == "" {
		return nil
	}
	return []assets.Link{a.link("relay.link", federation.PagePath(it.Envelope())+relayEnd)}
}
