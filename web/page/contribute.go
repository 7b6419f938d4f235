package page

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/reply"
	"github.com/essaim/essaim/web/route"
)

// Act is something that people do without an account, so often from one network.
type Act string

// The acts.
const (
	Contribute Act = "contribute" // writes a record
	Write      Act = "write"      // writes to a contact
	Resend     Act = "resend"     // asks for an edit link by mail
	// AskElsewhere has this node ask another server for a visitor.
	AskElsewhere Act = "ask-elsewhere"
	TakePlace    Act = "take-place" // asks for a place at an event
	Subscribe    Act = "subscribe"  // asks for letters
	AskFar       Act = "ask-far"    // has this node search at others; members are counted, too
)

const (
	maxContribution = 64 << 10 // bytes of a form
	maxOffered      = 100      // records among which a link is chosen
	maxEmail        = 254
	maxByline       = 80
)

// openPage is "open.html": a short form for people without an account.
type openPage struct {
	assets.Page
	Lead   string
	Points []string // what to know before
	Action string   // empty: there is no form
	Fields []assets.Field
	For    []assets.Field // the organisation that somebody writes for
	ForAny bool           // something is said of it: it is not folded
	Hidden []assets.Hidden
	Save   string
	Cancel string // path; empty: none
	Links  []assets.Link
}

// put puts the questions of a form into the page. Most people write for themselves,
// so what is asked of an organisation stands apart.
func (d *openPage) put(fields []assets.Field) {
	for _, f := range fields {
		if !isInterest(f.Name) {
			d.Fields = append(d.Fields, f)
			continue
		}
		d.For = append(d.For, f)
		d.ForAny = d.ForAny || f.Value != "" || f.Error != ""
	}
}

func isInterest(field string) bool {
	return slices.ContainsFunc(store.InterestFields, func(f store.Field) bool { return f.Name == field })
}

// contributeRoutes mounts what people without an account can do.
func (p *Pages) contributeRoutes(r *mux.Router) {
	const claim = "/contribuer/fiche/{secret}"
	p.get(r, "/contribuer", p.contributions)
	p.get(r, "/contribuer/merci", p.thanks)
	p.form(r, "/contribuer/lien", p.lost)
	p.form(r, claim, p.claim)
	p.form(r, claim+"/supprimer", p.unclaim)
	route.Handle(r, claim+"/envoyer", p.Frame.Handle(p.resend)).Methods(http.MethodPost)
	for _, k := range openKinds() {
		p.form(r, contributePath(k), p.contribute(k))
	}
	p.get(r, "/moderation", p.moderation)
}

// openKinds are the kinds that people without an account may write.
func openKinds() []*store.Kind {
	return slices.DeleteFunc(slices.Clone(store.Kinds), func(k *store.Kind) bool { return !k.IsOpen() })
}

// contributePath is the form for a new record without an account.
func contributePath(k *store.Kind) string { return "/contribuer/" + k.Path }

// contributions is /contribuer: what can be written without an account.
func (p *Pages) contributions(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	closed, err := a.formClosed()
	if err != nil {
		return err
	}
	if closed {
		return a.refuseClosed(w, http.StatusOK)
	}
	d := choosePage{Page: a.page(a.t("contribute.title"), "contribute"), Lead: a.t("contribute.lead")}
	d.Description = d.Lead
	for _, k := range openKinds() {
		d.Kinds = append(d.Kinds, kindChoice{Look: k.Look, Title: a.t("contribute." + k.Name + ".title"), Lead: a.t("contribute." + k.Name + ".lead"), Href: contributePath(k)})
	}
	d.Links = []assets.Link{a.link("contribute.lost", "/contribuer/lien"), a.link("contribute.log", "/moderation")}
	if d.Site.Charter {
		d.Links = append(d.Links, a.link("charter.read", charterPath))
	}
	if a.by.Local {
		d.Links = append(d.Links, a.link("contribute.member", "/publier"))
	}
	return p.Frame.Render(w, r, http.StatusOK, "choose.html", d)
}

// formClosed says whether nothing is taken without an account.
func (a *ask) formClosed() (closed bool, err error) {
	err = a.view(func(tx *store.Txn) error {
		closed = a.Node.OpenForm.Closed || tx.FormClosed()
		return nil
	})
	return closed, err
}

func (a *ask) refuseClosed(w http.ResponseWriter, status int) error {
	d := openPage{Page: a.page(a.t("contribute.title"), "contribute"), Lead: a.t("contribute.closed"), Links: []assets.Link{a.link("nav.lab", "/lab")}}
	d.NoIndex = true
	return a.Frame.Render(w, a.r, status, "open.html", d)
}

// sheet is a record in the open form.
type sheet struct {
	*draft
	full  *store.Kind // the draft's is what the form asks of it
	key   string      // of its words: "contribute.need"
	stamp string
	email string
	reach bool
}

// contribute asks for a record and publishes it, without an account.
func (p *Pages) contribute(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		w.Header().Set("Cache-Control", "no-store")
		closed, err := a.formClosed()
		switch {
		case err != nil:
			return err
		case closed && r.Method != http.MethodPost:
			return a.refuseClosed(w, http.StatusOK)
		}
		if err := parseForm(w, r, maxContribution); err != nil {
			return err
		}
		s, err := a.newSheet(k)
		if err != nil {
			return err
		}
		if r.Method == http.MethodPost {
			return a.takeSheet(w, s)
		}
		if s.stamp, err = p.newStamp(r.Context(), k.Name); err != nil {
			return err
		}
		return a.showSheet(w, s, http.StatusOK, nil)
	}
}

// newSheet is an empty record, begun from another when the address names one.
func (a *ask) newSheet(k *store.Kind) (*sheet, error) {
	s := &sheet{full: k, key: "contribute." + k.Name, draft: &draft{kind: k.Opened(), item: k.New(), fresh: true}}
	err := a.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err == nil {
			s.lab = lab.IRI
		}
		return err
	})
	rec := s.item.Envelope()
	rec.Kind, rec.Lang = k.Name, string(a.lang)
	for _, f := range s.kind.Fields {
		if iri := a.r.URL.Query().Get(f.Name); f.Widget == store.Link && f.Formed(iri) {
			_ = f.ParseText(s.item, iri) // a link is any text of that form
		}
	}
	return s, err
}

// takeSheet publishes what was sent, or shows the form again with all of it.
func (a *ask) takeSheet(w http.ResponseWriter, s *sheet) error {
	if trapped(a.r) {
		return a.thank(w)
	}
	stamp, wrong, err := a.stamped(s.full.Name)
	if err != nil {
		return err
	}
	s.stamp = stamp
	unfit, err := a.fillSheet(s)
	if err != nil {
		return err
	}
	if wrong = append(wrong, unfit...); len(wrong) > 0 {
		wrong = append(wrong, fieldErrors(s.kind.Check(s.item))...)
		return a.showSheet(w, s, http.StatusUnprocessableEntity, wrong)
	}
	if !a.allowed(Contribute) {
		return a.tooMany(w, func(wrong store.FieldErrors) error {
			return a.showSheet(w, s, http.StatusTooManyRequests, wrong)
		})
	}
	return a.publishSheet(w, s)
}

// fillSheet reads the answers and says which cannot be taken: a link is one that
// was offered, or that was there.
func (a *ask) fillSheet(s *sheet) (store.FieldErrors, error) {
	form, offered := a.r.PostForm, map[string][]assets.Choice{}
	for i := range s.kind.Fields {
		f := &s.kind.Fields[i]
		if f.Widget != store.Link {
			continue
		}
		choices, err := a.offered(f, f.Text(s.item), true) // the door says what comes too late
		if err != nil {
			return nil, err
		}
		offered[f.Name] = choices
	}
	wrong := s.fill(form)
	for name, choices := range offered {
		value := answer(form.Get(name))
		if !slices.ContainsFunc(choices, func(c assets.Choice) bool { return c.Value == value }) {
			wrong = append(wrong, &store.FieldError{Field: name, Reason: "error.choice", Args: map[string]any{"value": value}})
		}
	}
	s.item.Envelope().Byline = answer(form.Get("byline"))
	s.email, s.reach = answer(form.Get("email")), form.Get("reach") != ""
	switch {
	case s.email != "" && !mail.IsAddress(s.email):
		wrong = append(wrong, &store.FieldError{Field: "email", Reason: "error.email"})
	case s.email == "" && s.reach:
		wrong = append(wrong, &store.FieldError{Field: "email", Reason: "error.email-for-reach"})
	}
	return wrong, nil
}

// allowed says whether whoever asks may do one more of an act.
func (a *ask) allowed(act Act) bool { return a.Allow == nil || a.Allow(a.r, act) }

// tooMany shows a form again, with all that was written.
func (a *ask) tooMany(w http.ResponseWriter, show func(store.FieldErrors) error) error {
	w.Header().Set("Retry-After", "3600")
	return show(store.FieldErrors{{Reason: "error.too-many-from-here"}})
}

func (a *ask) publishSheet(w http.ResponseWriter, s *sheet) error {
	key, err := a.Node.Store.Secret(a.r.Context(), secretName)
	if err != nil {
		return err
	}
	secret := secretOf(key, s.stamp)
	c := &store.Contribution{Email: s.email, Reach: s.reach, Lang: string(a.lang)}
	c.AddLink(secret)
	create := &federation.Activity{Verb: "Create", Actor: s.lab, Item: s.item, Contribution: c}
	create.Then = func(tx *store.Txn) error {
		return a.mailLink(tx, c, s.item.Envelope().Title, secret)
	}
	// What was sent is saved even when the browser does not wait.
	err = a.Node.Publish(context.WithoutCancel(a.r.Context()), store.Viewer{Form: true}, create)
	switch wrong := fieldErrors(err); {
	case wrong != nil:
		return a.showSheet(w, s, http.StatusUnprocessableEntity, wrong)
	case errors.Is(err, federation.ErrFormClosed):
		return a.showSheet(w, s, http.StatusForbidden, store.FieldErrors{{Reason: "error.form-closed"}})
	case err != nil:
		return err
	}
	return a.redirect(w, http.StatusSeeOther, claimPath(secret))
}

// mailLink sends an edit link to the author of a contribution. The page shows it
// too, so a full queue is no reason to refuse.
func (a *ask) mailLink(tx *store.Txn, c *store.Contribution, title, secret string) error {
	if c.Email == "" {
		return nil
	}
	lang := assets.Lang(cmp.Or(c.Lang, string(a.lang)))
	words := a.Frame.Renderer.Catalog
	err := a.Mail.Send(tx, mail.Message{
		To: c.Email, Subject: words.T(lang, "letter.link-subject", "title", title),
		Text: words.T(lang, "letter.link-text", "title", title, "url", a.claimURL(lang, secret), "site", a.Node.Host()),
	})
	if errors.Is(err, mail.ErrFull) {
		return nil
	}
	return err
}

func (a *ask) claimURL(lang assets.Lang, secret string) string {
	return a.Node.BaseURL + lang.Link(claimPath(secret))
}

func (a *ask) showSheet(w http.ResponseWriter, s *sheet, status int, wrong store.FieldErrors) error {
	d := openPage{
		Page: a.page(a.t(s.key+".title"), "contribute", a.link("contribute.title", "/contribuer")),
		Lead: a.t(s.key + ".lead"), Action: contributePath(s.full), Save: a.t("contribute.save"), Cancel: "/contribuer",
		Points: []string{a.t("contribute.point-public"), a.t("contribute.point-moderated"), a.t("contribute.point-data")},
	}
	fields, err := a.sheetFields(s)
	if err != nil {
		return err
	}
	fields = append(fields, a.authorFields(s)...)
	d.Hidden = []assets.Hidden{{Name: stampName, Value: s.stamp}}
	d.Errors = a.Frame.Renderer.Catalog.Mistakes(a.lang, wrong, fields)
	d.put(fields)
	return a.Frame.Render(w, a.r, status, "open.html", d)
}

// sheetFields are the questions about the record. What it is linked to is chosen
// from a list: an address is nothing that people know.
func (a *ask) sheetFields(s *sheet) ([]assets.Field, error) {
	fields := a.fields(s.draft)
	for i := range s.kind.Fields {
		f := &s.kind.Fields[i]
		at := slices.IndexFunc(fields, func(c assets.Field) bool { return c.Name == f.Name })
		if f.Widget != store.Link || at < 0 {
			continue
		}
		choices, err := a.offered(f, f.Text(s.item), false)
		if err != nil {
			return nil, err
		}
		fields[at].Type, fields[at].Choices, fields[at].MaxLength = "select", choices, 0
	}
	return fields, nil
}

// offered are the records that a field can point to: those of this node, of the
// kinds on whose pages a record can be begun with it, that everybody may see, and
// the one that the field has now. Calls that take nothing today are among them
// when late says so.
func (a *ask) offered(f *store.Field, now string, late bool) ([]assets.Choice, error) {
	choices := []assets.Choice{{Text: a.t("form.choose")}}
	err := a.view(func(tx *store.Txn) error {
		for _, kind := range f.On {
			for _, it := range tx.ListKind(kind, store.Query{Home: true, Limit: maxOffered}).Items {
				if c, ok := it.(*store.Call); !ok || late || c.Open(tx.Now()) {
					choices = append(choices, assets.Choice{Value: it.Envelope().IRI, Text: title(it.Envelope())})
				}
			}
		}
		it, err := tx.RecordByIRI(now)
		known := slices.ContainsFunc(choices, func(c assets.Choice) bool { return c.Value == now })
		if err == nil && !known && (store.Viewer{}).CanSee(it.Envelope()) {
			choices = append(choices, assets.Choice{Value: now, Text: title(it.Envelope())})
		}
		return nil
	})
	return choices, err
}

// authorFields are the questions about who writes; none must be answered.
func (a *ask) authorFields(s *sheet) []assets.Field {
	fields := []assets.Field{{
		Name: "byline", Label: a.t("contribute.byline"), Hint: a.t("contribute.byline-hint"), Value: s.item.Envelope().Byline, MaxLength: maxByline, Autocomplete: "name",
	}}
	if !s.fresh || !a.Mail.On() {
		return fields
	}
	reach := ""
	if s.reach {
		reach = "1"
	}
	return append(fields, assets.Field{
		Name: "email", Label: a.t("contribute.email"), Hint: a.t("contribute.email-hint"), Type: "email", Value: s.email, MaxLength: maxEmail, Autocomplete: "email",
	}, assets.Field{
		Name: "reach", Label: a.t("contribute.reach"), Hint: a.t("contribute.reach-hint"), Type: "checkbox", Value: reach,
	})
}

// claimPath is the page by which somebody without an account changes a record.
func claimPath(secret string) string { return "/contribuer/fiche/" + strings.TrimSpace(secret) }
