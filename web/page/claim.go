package page

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
)

// claimPage is "claim.html": what its author sees of a contribution, by the edit
// link.
type claimPage struct {
	openPage
	State    assets.Badge
	About    string
	Sheet    *assets.Link // its page, when everybody sees it
	Address  string       // the edit link, whole
	Mailed   string       // where it was sent; empty: nowhere
	Resend   string       // path; empty: it cannot be sent
	Remove   assets.Link
	Question string
}

// claimed is a contribution with its record, as an edit link opens it.
type claimed struct {
	*sheet
	contribution *store.Contribution
	secret       string
}

// findClaim returns what the edit link of the path opens, or store.ErrNotFound.
func (a *ask) findClaim() (*claimed, error) {
	c := &claimed{secret: mux.Vars(a.r)["secret"]}
	err := a.view(func(tx *store.Txn) (err error) {
		if c.contribution, err = tx.ContributionByLink(c.secret); err != nil {
			return err
		}
		it, err := tx.Record(c.contribution.Record)
		if err != nil {
			return err
		}
		full := store.KindOf(it.Envelope().Kind)
		c.sheet = &sheet{full: full, key: "contribute." + full.Name, draft: &draft{kind: full.Opened(), item: it, lab: it.Envelope().Lab}}
		return nil
	})
	return c, err
}

// claim is the page by which the author of a contribution changes it.
func (p *Pages) claim(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	w.Header().Set("Cache-Control", "no-store")
	c, err := a.findClaim()
	if err != nil {
		return err
	}
	if err := parseForm(w, r, maxContribution); err != nil {
		return err
	}
	if o, ok := c.item.(store.Opener); ok {
		o.Open()
	}
	if r.Method != http.MethodPost {
		return a.showClaim(w, c, http.StatusOK, nil)
	}
	return a.changeClaim(w, c)
}

func (a *ask) changeClaim(w http.ResponseWriter, c *claimed) error {
	rec := c.item.Envelope()
	version := rec.Version
	wrong, err := a.fillSheet(c.sheet)
	if err != nil {
		return err
	}
	if a.r.PostForm.Get("version") != strconv.Itoa(version) {
		wrong = append(wrong, &store.FieldError{Reason: "error.stale"})
	}
	if len(wrong) > 0 {
		wrong = append(wrong, fieldErrors(c.kind.Check(c.item))...)
		return a.showClaim(w, c, http.StatusUnprocessableEntity, wrong)
	}
	update := &federation.Activity{Verb: "Update", Actor: c.lab, Item: c.item}
	if c.contribution.Question != "" {
		update.Contribution = &store.Contribution{Answer: answer(a.r.PostForm.Get("answer"))}
	}
	err = a.Node.Publish(context.WithoutCancel(a.r.Context()), store.Viewer{Claim: rec.ID}, update)
	if wrong := fieldErrors(err); wrong != nil {
		return a.showClaim(w, c, http.StatusUnprocessableEntity, wrong)
	}
	if err != nil {
		return err
	}
	a.Frame.Flash(a.r, "ok", "claim.saved")
	return a.redirect(w, http.StatusSeeOther, claimPath(c.secret))
}

func (a *ask) showClaim(w http.ResponseWriter, c *claimed, status int, wrong store.FieldErrors) error {
	rec, known := c.item.Envelope(), c.contribution
	d := claimPage{
		State: a.stateBadge(known.State), About: a.t("claim.state-" + string(known.State)),
		Address: a.claimURL(a.lang, c.secret), Question: known.Question,
		Remove: assets.Link{Text: a.t("claim.remove"), Href: claimPath(c.secret) + "/supprimer"},
	}
	d.Page = a.page(a.t("claim.title", "title", title(rec)), "contribute", a.link("contribute.title", "/contribuer"))
	d.NoIndex, d.Action, d.Save = true, claimPath(c.secret), a.t("claim.save")
	if known.State == store.Hidden {
		d.About += " " + a.t("hide."+known.Reason)
	}
	if (store.Viewer{}).CanSee(rec) {
		d.Sheet = &assets.Link{Text: a.t("claim.sheet"), Href: federation.PagePath(rec)}
	}
	if known.Email != "" && a.Mail.On() {
		d.Mailed, d.Resend = known.Email, claimPath(c.secret)+"/envoyer"
	}
	fields, err := a.sheetFields(c.sheet)
	if err != nil {
		return err
	}
	fields = append(fields, a.authorFields(c.sheet)...)
	if known.Question != "" {
		fields = append([]assets.Field{{Name: "answer", Label: a.t("claim.answer"), Type: "textarea", Rows: 4, Value: known.Answer, MaxLength: maxMessage, Spellcheck: true}}, fields...)
	}
	d.Hidden = []assets.Hidden{{Name: "version", Value: strconv.Itoa(rec.Version)}}
	d.Errors = a.Frame.Renderer.Catalog.Mistakes(a.lang, wrong, fields)
	d.put(fields)
	return a.Frame.Render(w, a.r, status, "claim.html", d)
}

// mergedInto is the page of the record that tells of the same as the one that the
// path names, when a moderator merged them; else empty.
func (a *ask) mergedInto(tx *store.Txn) string {
	slug := mux.Vars(a.r)["slug"]
	id, err := store.ParseID(slug[strings.LastIndexByte(slug, '-')+1:])
	if err != nil {
		return ""
	}
	c, err := tx.Contribution(id)
	if err != nil || c.State != store.Merged {
		return ""
	}
	it, err := tx.Record(c.Into)
	if err != nil || !a.by.CanSee(it.Envelope()) {
		return ""
	}
	return federation.PagePath(it.Envelope())
}

// contributionTones are the tones of the states of a contribution; the rest is plain.
var contributionTones = map[store.ContributionState]string{
	store.Verified: "ok", store.Fresh: "info", store.Held: "warn", store.Hidden: "err",
}

func (a *ask) stateBadge(s store.ContributionState) assets.Badge {
	tone := contributionTones[s]
	if tone == "" {
		tone = "plain"
	}
	return assets.Badge{Tone: tone, Text: a.t("contribution." + string(s))}
}

// unclaim asks whether a contribution shall go, and deletes it.
func (p *Pages) unclaim(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	w.Header().Set("Cache-Control", "no-store")
	c, err := a.findClaim()
	if err != nil {
		return err
	}
	rec := c.item.Envelope()
	if r.Method != http.MethodPost {
		d := assets.Confirm{
			Page: a.page(a.t("claim.remove"), "contribute", assets.Link{Text: title(rec), Href: claimPath(c.secret)}),
			Text: a.t("delete.text", "title", title(rec)), Points: []string{a.t("delete.address"), a.t("claim.remove-data")},
			Action: claimPath(c.secret) + "/supprimer", Button: a.t("claim.remove"), Danger: true, Back: a.link("delete.keep", claimPath(c.secret)),
		}
		d.NoIndex = true
		return p.Frame.Render(w, r, http.StatusOK, "confirm.html", d)
	}
	err = p.Node.Publish(context.WithoutCancel(r.Context()), store.Viewer{Claim: rec.ID}, &federation.Activity{Verb: "Delete", Actor: rec.Lab, Object: rec.IRI})
	if err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", "claim.removed")
	return a.redirect(w, http.StatusSeeOther, "/contribuer")
}

// resend sends the author of a contribution one more edit link.
func (p *Pages) resend(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	c, err := a.findClaim()
	switch {
	case err != nil:
		return err
	case c.contribution.Email == "" || !p.Mail.On():
		return store.ErrNotFound
	case !a.allowed(Resend):
		p.Frame.Flash(r, "warn", "error.too-many-from-here")
		return a.redirect(w, http.StatusSeeOther, claimPath(c.secret))
	}
	if err := a.sendLinks(c.contribution.Email); err != nil {
		return err
	}
	p.Frame.Flash(r, "ok", "claim.sent")
	return a.redirect(w, http.StatusSeeOther, claimPath(c.secret))
}

const maxLost = 10 // contributions of which one letter brings the edit links

// sendLinks sends new edit links of all that an address wrote, in one letter.
func (a *ask) sendLinks(email string) error {
	var secrets [maxLost]string
	for i := range secrets {
		secrets[i] = rand.Text()
	}
	return a.Node.Store.Update(context.WithoutCancel(a.r.Context()), func(tx *store.Txn) error {
		var lines []string
		to, lang := "", a.lang
		for c := range tx.WrittenBy(email) {
			it, err := tx.Record(c.Record)
			if err != nil {
				return err
			}
			secret := secrets[len(lines)]
			c.AddLink(secret)
			tx.PutContribution(c)
			to, lang = c.Email, assets.Lang(c.Lang)
			lines = append(lines, title(it.Envelope())+"\n"+a.claimURL(lang, secret))
			if len(lines) == maxLost {
				break
			}
		}
		if len(lines) == 0 {
			return nil
		}
		words := a.Frame.Renderer.Catalog
		err := a.Mail.Send(tx, mail.Message{
			To: to, Subject: words.T(lang, "letter.links-subject", "site", a.Node.Host()),
			Text: words.T(lang, "letter.links-text", "links", strings.Join(lines, "\n\n"), "site", a.Node.Host()),
		})
		if errors.Is(err, mail.ErrFull) {
			return store.ErrBusy
		}
		return err
	})
}

// lost is /contribuer/lien: who lost an edit link asks for another. The answer is
// the same whether the address wrote anything here or not.
func (p *Pages) lost(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	w.Header().Set("Cache-Control", "no-store")
	if err := parseForm(w, r, maxContribution); err != nil {
		return err
	}
	d := openPage{Page: a.page(a.t("contribute.lost"), "contribute", a.link("contribute.title", "/contribuer")), Lead: a.t("lost.lead")}
	d.NoIndex = true
	if !p.Mail.On() {
		d.Lead = a.t("lost.no-mail")
		return p.Frame.Render(w, r, http.StatusOK, "open.html", d)
	}
	d.Action, d.Save, d.Cancel = "/contribuer/lien", a.t("lost.send"), "/contribuer"
	d.Fields = []assets.Field{{Name: "email", Label: a.t("lost.email"), Type: "email", Required: true, Value: answer(r.PostForm.Get("email")), MaxLength: maxEmail, Autocomplete: "email"}}
	return a.askStamped(w, &d, lostForm, func() (store.FieldErrors, error) {
		if !mail.IsAddress(d.Fields[0].Value) {
			return store.FieldErrors{{Field: "email", Reason: "error.email"}}, nil
		}
		if !a.allowed(Resend) {
			return store.FieldErrors{{Reason: "error.too-many-from-here"}}, nil
		}
		if err := a.sendLinks(d.Fields[0].Value); err != nil {
			return nil, err
		}
		p.Frame.Flash(r, "ok", "lost.sent")
		return nil, a.redirect(w, http.StatusSeeOther, "/contribuer")
	})
}

const lostForm = "lost"

// askStamped shows a short form, or hands over what came back to take, which
// answers unless it returns mistakes.
func (a *ask) askStamped(w http.ResponseWriter, d *openPage, form string, take func() (store.FieldErrors, error)) error {
	if a.r.Method != http.MethodPost {
		stamp, err := a.newStamp(a.r.Context(), form)
		if err != nil {
			return err
		}
		d.Hidden = []assets.Hidden{{Name: stampName, Value: stamp}}
		return a.Frame.Render(w, a.r, http.StatusOK, "open.html", d)
	}
	if trapped(a.r) {
		return a.thank(w)
	}
	stamp, wrong, err := a.stamped(form)
	if err == nil && wrong == nil {
		wrong, err = take()
	}
	if err != nil || wrong == nil {
		return err
	}
	d.Hidden = []assets.Hidden{{Name: stampName, Value: stamp}}
	d.Errors = a.Frame.Renderer.Catalog.Mistakes(a.lang, wrong, d.Fields)
	return a.Frame.Render(w, a.r, http.StatusUnprocessableEntity, "open.html", d)
}
