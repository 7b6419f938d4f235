package admin

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/reply"
)

// actDraft puts a ready question where it can be changed.
const actDraft = "draft"

// decide does what a moderator decided about one contribution or several. Each is a
// decision of its own: that somebody else was quicker with one stops no other.
func (p *Pages) decide(w http.ResponseWriter, r *http.Request) error {
	switch act := r.PostForm.Get("act"); {
	case r.PostForm.Has("entry"):
		return p.takeBack(w, r)
	case act == actDraft:
		return p.showModeration(w, r, http.StatusOK, nil)
	case act == string(store.Erase) && store.HideReasons.Has(r.PostForm.Get("reason")) && r.PostForm.Get("sure") == "":
		return p.askErase(w, r)
	}
	all, err := readModerations(r)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return p.showModeration(w, r, http.StatusUnprocessableEntity, store.FieldErrors{{Reason: "error.none-chosen"}})
	}
	late := 0
	for _, m := range all {
		err := p.moderate(r, m)
		if _, wrong := errors.AsType[store.FieldErrors](err); wrong {
			return p.showModeration(w, r, http.StatusUnprocessableEntity, err)
		}
		if errors.Is(err, store.ErrNotNow) || errors.Is(err, store.ErrNotFound) {
			late++
		} else if err != nil {
			return err
		}
	}
	switch done := len(all) - late; {
	case late > 0:
		p.Frame.Flash(r, "warn", "moderate.too-late", "count", late)
	case done > 1:
		p.Frame.Flash(r, "ok", "moderate.done-several", "count", done)
	default:
		p.Frame.Flash(r, "ok", "moderate.done-"+string(all[0].Act))
	}
	return p.Frame.Redirect(w, r, "/admin/moderation")
}

func (p *Pages) moderate(r *http.Request, m store.Moderation) error {
	if m.Act == store.Ask && m.Text == "" {
		if err := p.askReady(r, &m); err != nil {
			return err
		}
	}
	secret := rand.Text()
	then := func(tx *store.Txn, it store.Item, c *store.Contribution) error {
		return p.tellAuthor(tx, m, it.Envelope(), c, secret)
	}
	return p.Node.Moderate(context.WithoutCancel(r.Context()), p.Frame.Viewer(r), m, then)
}

// askReady asks the ready question that was chosen, in the words of the author.
func (p *Pages) askReady(r *http.Request, m *store.Moderation) error {
	return p.view(r, func(tx *store.Txn) error {
		c, err := tx.Contribution(m.Record)
		if err != nil {
			return err
		}
		it, err := tx.Record(m.Record)
		if err == nil {
			m.Text = p.readyQuestion(r, authorLang(it.Envelope(), c))
		}
		return err
	})
}

// readyQuestion is the one that was chosen; empty: none was.
func (p *Pages) readyQuestion(r *http.Request, lang assets.Lang) string {
	slug := r.PostForm.Get("ready")
	if !store.Questions.Has(slug) {
		return ""
	}
	return p.Frame.Renderer.Catalog.T(lang, store.Questions.Name+"."+slug)
}

// takeBack takes a decision of the log back.
func (p *Pages) takeBack(w http.ResponseWriter, r *http.Request) error {
	id, err := store.ParseID(r.PostForm.Get("entry"))
	if err != nil {
		return &reply.Error{Status: http.StatusBadRequest}
	}
	err = p.Node.TakeBack(context.WithoutCancel(r.Context()), p.Frame.Viewer(r), id)
	switch {
	case errors.Is(err, store.ErrNotNow), errors.Is(err, store.ErrNotFound):
		p.Frame.Flash(r, "warn", "moderate.too-late", "count", 1)
	case err != nil:
		return err
	default:
		p.Frame.Flash(r, "ok", "moderate.done-undo")
	}
	return p.Frame.Redirect(w, r, "/admin/moderation")
}

// askErase asks once more before something is deleted for ever.
func (p *Pages) askErase(w http.ResponseWriter, r *http.Request) error {
	all, err := readModerations(r)
	if err != nil || len(all) != 1 {
		return cmp.Or(err, error(&reply.Error{Status: http.StatusBadRequest}))
	}
	title := ""
	err = p.view(r, func(tx *store.Txn) error {
		it, err := tx.Record(all[0].Record)
		if err == nil {
			title = it.Envelope().Title
		}
		return err
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, http.StatusOK, "confirm.html", assets.Confirm{
		Page: p.admin(r, p.t(r, "moderate.erase"), "/admin/moderation").Page, Danger: true,
		Text: p.t(r, "moderate.erase-text", "title", title), Points: []string{p.t(r, "moderate.erase-for-ever"), p.t(r, "moderate.erase-or-hide")},
		Action: "/admin/moderation", Button: p.t(r, "moderate.erase-button"), Back: assets.Link{Text: p.t(r, "form.cancel"), Href: "/admin/moderation"},
		Hidden: []assets.Hidden{{Name: "act", Value: string(store.Erase)}, {Name: "record", Value: all[0].Record.String()}, {Name: "reason", Value: all[0].Reason}, {Name: "sure", Value: "1"}},
	})
}

// readModerations reads one decision for each contribution that was chosen.
func readModerations(r *http.Request) ([]store.Moderation, error) {
	m := store.Moderation{Act: store.Deed(r.PostForm.Get("act")), Reason: r.PostForm.Get("reason"), Text: typed(r, "question")}
	var err error
	if into := r.PostForm.Get("into"); into != "" {
		if m.Into, err = store.ParseID(into); err != nil {
			return nil, &reply.Error{Status: http.StatusBadRequest}
		}
	}
	var all []store.Moderation
	for _, record := range r.PostForm["record"] {
		if m.Record, err = store.ParseID(record); err != nil || len(all) == maxToModerate {
			return nil, &reply.Error{Status: http.StatusBadRequest}
		}
		all = append(all, m)
	}
	return all, nil
}

// answered are the acts of which the author of a contribution is told.
var answered = map[store.Deed]bool{store.Verify: true, store.Hide: true, store.Merge: true, store.Ask: true, store.Erase: true}

// tellAuthor sends the author of a contribution what was decided, with a new edit
// link, or one to the record that stays. A full queue is no reason not to decide.
func (p *Pages) tellAuthor(tx *store.Txn, m store.Moderation, rec *store.Record, c *store.Contribution, secret string) error {
	if c.Email == "" || !p.Mail.On() || !answered[m.Act] {
		return nil
	}
	lang := authorLang(rec, c)
	url := p.Node.BaseURL + lang.Link("/contribuer/fiche/"+secret)
	switch m.Act {
	case store.Erase:
	case store.Merge:
		it, err := tx.Record(c.Into)
		if err != nil {
			return err
		}
		url = p.Node.BaseURL + lang.Link(federation.PagePath(it.Envelope()))
	default:
		c.AddLink(secret)
		tx.PutContribution(c)
	}
	words, key := p.Frame.Renderer.Catalog, "letter."+string(m.Act)
	reason := ""
	if c.Reason != "" {
		reason = words.T(lang, "hide."+c.Reason)
	}
	err := p.Mail.Send(tx, mail.Message{
		To: c.Email, Subject: words.T(lang, key+"-subject", "title", rec.Title),
		Text: words.T(lang, key+"-text", "title", rec.Title, "reason", reason, "question", m.Text,
			"url", url, "site", p.Node.Host()),
	})
	if errors.Is(err, mail.ErrFull) || errors.Is(err, mail.ErrAddress) {
		return nil
	}
	return err
}

// switchForm is /admin/moderation/formulaire: it closes the open form, or opens it
// again.
func (p *Pages) switchForm(w http.ResponseWriter, r *http.Request) error {
	if !isPost(r) {
		return p.Frame.Redirect(w, r, "/admin/moderation")
	}
	closed, key, deed := typed(r, "form") == "close", "moderate.opened", store.OpenForm
	if closed {
		key, deed = "moderate.closed", store.CloseForm
	}
	err := p.change(r, store.JournalEntry{Deed: deed}, func(tx *store.Txn) error {
		tx.CloseForm(closed)
		tx.PutSetting(settingFormDecided, []byte{1})
		return nil
	})
	if err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", key)
	return p.Frame.Redirect(w, r, "/admin/moderation")
}
