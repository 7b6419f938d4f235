package page

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/letters"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/reply"
)

const (
	subscribePath = "/abonnements"
	listField     = "liste"
)

// subscribeRoutes mounts what people do to hear of what is new, and to hear no more
// of it.
func (p *Pages) subscribeRoutes(r *mux.Router) {
	p.form(r, subscribePath, p.subscribe)
	p.form(r, letters.ConfirmPath+"{secret}", p.confirmSubscription)
	p.form(r, letters.ManagePath+"{token}", p.subscriptions)
	p.form(r, letters.StopPath+"{token}", p.stopLetters)
}

type subscribePage struct {
	assets.Page
	Lead, Address string
	From          assets.Link
	Letters       bool // people can subscribe by mail
	Event         bool // what was chosen is an event
	Fields        []assets.Field
	Lists         []feedList
}

// feedList is a list with the forms in which programs follow it.
type feedList struct {
	Title string
	Feeds []assets.Link
}

// byMail says whether people can subscribe to letters.
func (p *Pages) byMail() bool { return p.Mail.On() && p.Letters != nil }

// subscribe says how to hear of what is new here, and takes addresses for letters.
// Its answer is the same whatever is known of an address.
func (p *Pages) subscribe(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	if err := parseForm(w, r, maxContribution); err != nil {
		return err
	}
	d, err := a.subscribePage()
	if err != nil {
		return err
	}
	if r.Method != http.MethodPost {
		return a.showSubscribe(w, d, http.StatusOK, nil)
	}
	if !d.Letters {
		return store.ErrNotFound
	}
	if trapped(r) {
		return a.subscribed(w)
	}
	email, path, pace := answer(r.PostForm.Get("email")), answer(r.PostForm.Get(listField)), store.Pace(r.PostForm.Get("rythme"))
	switch {
	case email == "":
		return a.showSubscribe(w, d, http.StatusUnprocessableEntity, &store.FieldError{Field: "email", Reason: "error.required"})
	case !mail.IsAddress(email):
		return a.showSubscribe(w, d, http.StatusUnprocessableEntity, &store.FieldError{Field: "email", Reason: "error.email"})
	case pace != store.Daily:
		pace = store.Weekly
	}
	if !a.allowed(Subscribe) {
		return a.tooMany(w, func(wrong store.FieldErrors) error {
			return a.showSubscribe(w, d, http.StatusTooManyRequests, wrong)
		})
	}
	err = p.Letters.Ask(context.WithoutCancel(r.Context()), a.lang, email, path, pace)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return a.showSubscribe(w, d, http.StatusUnprocessableEntity, &store.FieldError{Field: listField, Reason: "error.choice", Args: map[string]any{"value": path}})
	case errors.Is(err, mail.ErrFull):
		return a.showSubscribe(w, d, http.StatusServiceUnavailable, &store.FieldError{Field: "email", Reason: "error.mail-full"})
	case err != nil:
		return err
	}
	return a.subscribed(w)
}

func (a *ask) subscribed(w http.ResponseWriter) error {
	a.Frame.Flash(a.r, "info", "subscription.sent")
	return a.redirect(w, http.StatusSeeOther, subscribePath)
}

func (a *ask) showSubscribe(w http.ResponseWriter, d *subscribePage, status int, wrong error) error {
	mistakes := a.Frame.Renderer.Catalog.Mistakes(a.lang, wrong, d.Fields)
	d.Page = a.page(a.t("subscribe.title"), "network")
	d.Description, d.Errors = d.Lead, mistakes
	return a.Frame.Render(w, a.r, status, "subscribe.html", d)
}

// subscribePage is the page with what was answered so far.
func (a *ask) subscribePage() (*subscribePage, error) {
	d := &subscribePage{Lead: a.t("subscribe.lead"), From: a.link("follow-from.title", followFromPath), Letters: a.byMail()}
	err := a.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		d.Address = lab.Address()
		if d.Letters {
			d.Fields, d.Event = a.subscribeFields(tx)
		}
		return nil
	})
	for _, k := range store.Kinds {
		d.Lists = append(d.Lists, feedList{a.t("list." + k.Name + ".title"), a.feeds(k)})
	}
	return d, err
}

// subscribeFields ask for the address, the list and how often; of an event nobody
// chooses how often.
func (a *ask) subscribeFields(tx *store.Txn) (fields []assets.Field, event bool) {
	var lists []assets.Choice
	add := func(path string) string {
		list, ok := a.Letters.List(tx, a.lang, path)
		if !ok {
			return ""
		}
		event = event || list.Event != 0
		if !slices.ContainsFunc(lists, func(c assets.Choice) bool { return c.Value == list.Path }) {
			lists = append(lists, assets.Choice{Value: list.Path, Text: list.Title})
		}
		return list.Path
	}
	chosen := add(a.r.FormValue(listField))
	if !event {
		add("/lab")
		for _, k := range store.Kinds {
			add("/" + k.Path)
		}
	}
	fields = []assets.Field{
		{Name: "email", Label: a.t("subscription.email"), Hint: a.t("subscription.email-hint"), Type: "email", Required: true, MaxLength: maxEmail, Autocomplete: "email", Value: answer(a.r.PostForm.Get("email"))},
		{Name: listField, Label: a.t("subscription.list"), Type: "select", Value: chosen, Choices: lists},
	}
	if !event {
		fields = append(fields, a.paceField(a.r.PostForm.Get("rythme")))
	}
	return fields, event
}

func (a *ask) paceField(value string) assets.Field {
	f := assets.Field{Name: "rythme", Label: a.t("subscription.pace"), Type: "select", Value: value}
	for _, pace := range []store.Pace{store.Weekly, store.Daily} {
		f.Choices = append(f.Choices, assets.Choice{Value: string(pace), Text: a.t("pace." + string(pace))})
	}
	return f
}

// newsLink leads to subscribe to a list by mail; none: nobody can.
func (a *ask) newsLink(path string) []assets.Link {
	if !a.byMail() {
		return nil
	}
	return []assets.Link{a.link("subscription.by-mail", address(subscribePath, url.Values{listField: {path}}))}
}

func (a *ask) feeds(k *store.Kind) []assets.Link {
	links := []assets.Link{{Text: a.t("export.atom"), Href: "/" + k.Path + ".atom"}, {Text: a.t("export.rss"), Href: "/" + k.Path + ".rss"}}
	if _, dated := k.New().(store.Dated); dated {
		links = append(links, assets.Link{Text: a.t("subscribe.calendar"), Href: "/" + k.Path + ".ics"})
	}
	return links
}

// unlinked keeps the address of a page, which is a secret, to this browser.
func unlinked(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
}

// over answers that what an address of a letter did is over.
func (p *Pages) over(w http.ResponseWriter, r *http.Request) error {
	return p.Frame.Fail(w, r, http.StatusGone, "letter-over")
}

// confirmSubscription asks first: mail programs open links, too.
func (p *Pages) confirmSubscription(w http.ResponseWriter, r *http.Request) error {
	a, secret := p.ask(r), mux.Vars(r)["secret"]
	unlinked(w)
	if !a.byMail() {
		return store.ErrNotFound
	}
	if r.Method == http.MethodPost {
		return a.confirmed(w, secret)
	}
	var list *letters.List
	err := a.view(func(tx *store.Txn) error {
		pending, _, err := tx.PendingSubscription(secret)
		if err != nil {
			return err
		}
		var ok bool
		if list, ok = a.Letters.List(tx, a.lang, pending.Path); !ok {
			return store.ErrNotFound
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return p.over(w, r)
	}
	if err != nil {
		return err
	}
	d := assets.Confirm{
		Page: a.page(a.t("subscription.confirm-title"), "network"), Text: a.t("subscription.confirm-text", "list", list.Title),
		Action: letters.ConfirmPath + secret, Button: a.t("subscription.confirm"), Back: a.link("form.cancel", "/"),
	}
	d.NoIndex = true
	return p.Frame.Render(w, r, http.StatusOK, "confirm.html", d)
}

func (a *ask) confirmed(w http.ResponseWriter, secret string) error {
	var s *store.Subscriber
	full := false
	err := a.Node.Store.Update(a.r.Context(), func(tx *store.Txn) (err error) {
		s, err = tx.ConfirmSubscription(secret, a.Letters.Zone)
		if full = errors.Is(err, store.ErrTooMany); full {
			return nil
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return a.over(w, a.r)
	}
	if err != nil {
		return err
	}
	token, err := a.Letters.ManageToken(a.r.Context(), s)
	if err != nil {
		return err
	}
	if full {
		a.Frame.Flash(a.r, "warn", "subscription.full")
	} else {
		a.Frame.Flash(a.r, "ok", "subscription.done")
	}
	return a.redirect(w, http.StatusSeeOther, letters.ManagePath+token)
}

// subscriptionsPage is "subscriptions.html": what an address is subscribed to.
type subscriptionsPage struct {
	assets.Page
	Lead  string
	Items []subscriptionItem
}

type subscriptionItem struct {
	Number      int
	Title, Href string
	Pace        []assets.Field // none: of an event
}

// subscriptions lets a subscriber change and end everything.
func (p *Pages) subscriptions(w http.ResponseWriter, r *http.Request) error {
	a, token := p.ask(r), mux.Vars(r)["token"]
	unlinked(w)
	if p.Letters == nil {
		return store.ErrNotFound
	}
	if err := parseForm(w, r, maxContribution); err != nil {
		return err
	}
	s, err := p.Letters.Managed(r.Context(), token)
	if errors.Is(err, store.ErrNotFound) {
		return p.over(w, r)
	}
	if err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		return a.changeSubscription(w, s, token)
	}
	d := subscriptionsPage{Lead: a.t("subscription.lead", "address", s.Email)}
	err = a.view(func(tx *store.Txn) error {
		for _, sub := range s.Subscriptions {
			d.Items = append(d.Items, a.subscriptionItem(tx, sub))
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.Page = a.page(a.t("subscription.title"), "network")
	d.NoIndex = true
	return p.Frame.Render(w, r, http.StatusOK, "subscriptions.html", d)
}

func (a *ask) subscriptionItem(tx *store.Txn, sub store.Subscription) subscriptionItem {
	item := subscriptionItem{Number: sub.Number, Title: a.t("subscription.gone"), Href: "/"}
	if list, ok := a.Letters.List(tx, a.lang, sub.Path); ok {
		item.Title, item.Href = list.Title, list.Path
	}
	if sub.Pace != store.AtOnce {
		f := a.paceField(string(sub.Pace))
		f.Name += "-" + strconv.Itoa(sub.Number)
		item.Pace = []assets.Field{f}
	}
	return item
}

// changeSubscription does what one of the buttons says.
func (a *ask) changeSubscription(w http.ResponseWriter, s *store.Subscriber, token string) error {
	form := a.r.PostForm
	number, err := strconv.Atoi(form.Get("numero"))
	pace := store.Pace(form.Get("rythme-" + form.Get("numero")))
	ends := form.Get("do") == "end"
	if err != nil || !ends && pace != store.Daily && pace != store.Weekly {
		return &reply.Error{Status: http.StatusBadRequest}
	}
	err = a.Node.Store.Update(a.r.Context(), func(tx *store.Txn) error {
		now, err := tx.Subscriber(s.ID)
		if err != nil {
			return err
		}
		if ends {
			tx.EndSubscription(now, number)
		} else {
			tx.SetPace(now, number, pace, a.Letters.Zone)
		}
		s = now
		return nil
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return a.over(w, a.r)
	case err != nil:
		return err
	case len(s.Subscriptions) == 0:
		a.Frame.Flash(a.r, "ok", "subscription.ended-all")
		return a.redirect(w, http.StatusSeeOther, subscribePath)
	case ends:
		a.Frame.Flash(a.r, "ok", "subscription.ended")
	default:
		a.Frame.Flash(a.r, "ok", "subscription.changed")
	}
	return a.redirect(w, http.StatusSeeOther, letters.ManagePath+token)
}

// stopLetters ends letters like the one whose address it is: with a button for
// people, by a POST alone for their mail programs (RFC 8058 §3.2).
func (p *Pages) stopLetters(w http.ResponseWriter, r *http.Request) error {
	a, token := p.ask(r), mux.Vars(r)["token"]
	unlinked(w)
	if p.Letters == nil {
		return store.ErrNotFound
	}
	if err := parseForm(w, r, maxContribution); err != nil {
		return err
	}
	done := r.Method == http.MethodPost
	stop, err := p.Letters.Stopping(r.Context(), token, done)
	if errors.Is(err, store.ErrNotFound) {
		return p.over(w, r)
	}
	if err != nil {
		return err
	}
	names, manage, err := a.stopped(stop)
	if err != nil {
		return err
	}
	if done {
		d := openPage{Page: a.page(a.t("stop.done-title"), "network"), Lead: a.t("stop.done-text", "names", strings.Join(names, ", ")), Links: []assets.Link{manage}}
		d.NoIndex = true
		return p.Frame.Render(w, r, http.StatusOK, "open.html", d)
	}
	d := assets.Confirm{
		Page: a.page(a.t("stop.title"), "network"), Text: a.t("stop.text"), Points: names,
		Action: letters.StopPath + token, Button: a.t("stop.button"), Back: a.link("form.cancel", "/"),
	}
	d.NoIndex = true
	return p.Frame.Render(w, r, http.StatusOK, "confirm.html", d)
}

// stopped names what ends, and where the rest is chosen.
func (a *ask) stopped(stop *letters.Stop) (names []string, manage assets.Link, err error) {
	if stop.Path == "" {
		for _, topic := range stop.Topics {
			names = append(names, a.t("topic."+string(topic)))
		}
		return names, a.link("letters.title", letters.ChoicesPath), nil
	}
	err = a.view(func(tx *store.Txn) error {
		if list, ok := a.Letters.List(tx, a.lang, stop.Path); ok {
			names = append(names, list.Title)
		}
		return nil
	})
	return names, a.link("subscribe.title", subscribePath), err
}
