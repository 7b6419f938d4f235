package page

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/reply"
)

const maxMessage = 2000 // characters

// relayEnd is the end of the path by which one writes to the contact of a record.
const relayEnd = "/ecrire"

// addressee is whom a message is passed on to, and from which page.
type addressee struct {
	id      store.ID // of the record or the member
	to      string   // e-mail; nobody is shown it
	title   string   // of the page
	path    string
	url     string
	lang    string
	section string
	crumbs  []assets.Link
	words   string // begins the messages that are its own: "relay" or "relay-member"
}

// relay passes a message on to whom find gives. Neither side sees the other's
// address here; the addressee finds the writer's in the letter.
func (p *Pages) relay(find func(*ask, *store.Txn) (*addressee, error)) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		w.Header().Set("Cache-Control", "no-store")
		var whom *addressee
		err := a.view(func(tx *store.Txn) (err error) {
			if whom, err = find(a, tx); err == nil && (whom.to == "" || !p.Mail.On()) {
				return store.ErrNotFound
			}
			return err
		})
		if err != nil {
			return err
		}
		if err := parseForm(w, r, maxContribution); err != nil {
			return err
		}
		d := a.relayPage(whom)
		return a.askStamped(w, d, "relay "+whom.id.String(), func() (store.FieldErrors, error) {
			return a.passOn(w, whom, d.Fields)
		})
	}
}

// contactOf finds the contact of a record of a kind.
func contactOf(k *store.Kind) func(*ask, *store.Txn) (*addressee, error) {
	return func(a *ask, tx *store.Txn) (*addressee, error) {
		it, err := a.find(tx, k)
		if err != nil {
			return nil, err
		}
		r := it.Envelope()
		return &addressee{
			id: r.ID, to: tx.ContactOf(it), title: title(r), path: federation.PagePath(r), url: r.URL, lang: r.Lang,
			section: k.Section, crumbs: a.crumbs(k), words: "relay",
		}, nil
	}
}

// memberOf finds the member of the path.
func memberOf(a *ask, tx *store.Txn) (*addressee, error) {
	m, err := a.local(tx, mux.Vars(a.r)["handle"])
	if err != nil {
		return nil, err
	}
	return &addressee{
		id: m.ID, to: tx.MemberContact(a.by, m), title: m.DisplayName(), path: actorPath(m), url: m.Page(), lang: m.Lang,
		section: "members", crumbs: []assets.Link{a.link("members.title", directoryPath)}, words: "relay-member",
	}, nil
}

func (a *ask) relayPage(whom *addressee) *openPage {
	d := &openPage{
		Page: a.page(a.t(whom.words+".title", "title", whom.title), whom.section, append(whom.crumbs, assets.Link{Text: whom.title, Href: whom.path})...),
		Lead: a.t(whom.words + ".lead"), Points: []string{a.t("relay.point")}, Action: whom.path + relayEnd, Save: a.t("relay.send"), Cancel: whom.path,
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
func (a *ask) passOn(w http.ResponseWriter, whom *addressee, fields []assets.Field) (store.FieldErrors, error) {
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
	words, lang := a.Frame.Renderer.Catalog, assets.Lang(cmp.Or(whom.lang, string(a.lang)))
	letter := mail.Message{
		To: whom.to, ReplyTo: from, Subject: words.T(lang, "letter."+whom.words+"-subject", "title", whom.title),
		Text: words.T(lang, "letter."+whom.words+"-text", "title", whom.title, "url", whom.url, "from", from, "text", text, "site", a.Node.Host()),
	}
	err := a.Node.Store.Update(context.WithoutCancel(a.r.Context()), func(tx *store.Txn) error {
		if writer, err := tx.ActorByIRI(a.by.Actor); err == nil && writer.Local {
			tx.PutDisclosure(writer.ID, &store.Disclosure{To: whom.title, Path: whom.path})
		}
		return a.Mail.Send(tx, letter)
	})
	switch {
	case errors.Is(err, mail.ErrFull):
		return store.FieldErrors{{Reason: "error.mail-full"}}, nil
	case errors.Is(err, mail.ErrAddress): // the contact's: it was checked by another rule than ours
		return nil, store.ErrNotFound
	case err != nil:
		return nil, err
	}
	a.Frame.Flash(a.r, "ok", "relay.sent")
	return nil, a.redirect(w, http.StatusSeeOther, whom.path)
}

// writeTo is the way to the contact of a record; none when there is none.
func (a *ask) writeTo(tx *store.Txn, it store.Item) []assets.Link {
	if !a.Mail.On() || tx.ContactOf(it) == "" {
		return nil
	}
	return []assets.Link{a.link("relay.link", federation.PagePath(it.Envelope())+relayEnd)}
}
