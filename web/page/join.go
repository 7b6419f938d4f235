package page

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/mail"
	"github.com/essaim/essaim/web/reply"
)

// joinPage is where people take a place at an event, and give it up.
type joinPage struct {
	assets.Page
	Event    assets.Link
	When     string
	Places   string // how many are taken
	State    string // of the viewer's own place, in words; empty: none
	Link     string // of a guest's place: its address, to be kept
	Fields   []assets.Field
	Join     bool   // a button to take a place
	Leave    bool   // a button to give it up
	Confirm  bool   // a button to confirm it
	Choose   bool   // the organisers choose
	Original string // an event of another node, for visitors
}

// joinRoutes mounts what people do about their places at an event.
func (p *Pages) joinRoutes(r *mux.Router, one string, k *store.Kind) {
	p.form(r, one+"/participer", p.join(k))
	p.form(r, one+"/inscription/{token:[A-Z0-9]{20,40}}", p.guest(k))
	p.form(r, one+"/inscrits", p.participants(k))
}

// joining are the ways from the page of an event to its places, and how many are
// taken. Who takes part is not among it.
func (a *ask) joining(it store.Item) (places string, links []assets.Link) {
	e, ok := it.(*store.Event)
	if !ok {
		return "", nil
	}
	_, to := e.When()
	toCome := to.After(a.Node.Store.Now())
	if toCome && e.Audience == store.Public {
		links = a.newsLink(store.EventPath(e.ID))
	}
	if e.Joins() == "" {
		return "", links
	}
	path := federation.PagePath(&e.Record)
	if toCome {
		links = append([]assets.Link{a.link("join.title", path+"/participer")}, links...)
	}
	if a.by.CanEdit(&e.Record) {
		links = append(links, a.link("join.list", path+"/inscrits"))
	}
	return a.taken(e), links
}

func (a *ask) taken(e *store.Event) string {
	if e.Capacity > 0 {
		return a.t("join.taken-of", "count", e.Participants, "capacity", e.Capacity)
	}
	return a.t("join.taken", "count", e.Participants)
}

// seated is an event that people join, and the viewer's place there, or nil.
func (a *ask) seated(k *store.Kind, holder string) (e *store.Event, s *store.Seat, err error) {
	err = a.view(func(tx *store.Txn) error {
		it, err := a.find(tx, k)
		if err != nil {
			return err
		}
		var ok bool
		if e, ok = it.(*store.Event); !ok || e.Joins() == "" && holder == "" {
			return store.ErrNotFound
		}
		s, err = tx.Seat(e.ID, holder)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return e, s, err
}

// join shows the viewer's place at an event, takes it or gives it up. Whoever has
// no account takes one as a guest.
func (p *Pages) join(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		holder := ""
		if a.by.Local {
			holder = store.HolderOf(a.by.Actor)
		}
		e, s, err := a.seated(k, holder)
		if err != nil {
			return err
		}
		if r.Method != http.MethodPost {
			return a.showJoin(w, k, e, s, nil)
		}
		r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
		if !a.by.Local {
			return a.joinAsGuest(w, k, e)
		}
		verb := "Join"
		if r.PostFormValue("do") == "leave" {
			verb = "Leave"
		}
		err = a.Node.Publish(context.WithoutCancel(r.Context()), a.by, &federation.Activity{Verb: verb, Actor: a.by.Actor, Object: e.IRI})
		if wrong := fieldErrors(err); wrong != nil {
			return a.showJoin(w, k, e, s, wrong)
		}
		if err != nil {
			return err
		}
		return a.redirect(w, http.StatusSeeOther, r.URL.Path)
	}
}

func (a *ask) joinAsGuest(w http.ResponseWriter, k *store.Kind, e *store.Event) error {
	guest := federation.Guest{Name: answer(a.r.PostFormValue("name")), Email: answer(a.r.PostFormValue("email")), Lang: string(a.lang), Token: rand.Text()}
	own := federation.PagePath(&e.Record) + "/inscription/" + guest.Token
	if !a.allowed(TakePlace) {
		return a.showJoin(w, k, e, nil, store.FieldErrors{{Reason: "error.too-many-from-here"}})
	}
	if a.Mail.On() {
		guest.Letter = func(tx *store.Txn, e *store.Event, to string) error { return a.mailPlace(tx, e, to, own) }
	}
	_, err := a.Node.TakeSeat(context.WithoutCancel(a.r.Context()), a.by, e.ID, guest)
	switch wrong := fieldErrors(err); {
	case wrong != nil:
		return a.showJoin(w, k, e, nil, wrong)
	case errors.Is(err, mail.ErrAddress):
		return a.showJoin(w, k, e, nil, store.FieldErrors{{Field: "email", Reason: "error.email"}})
	case errors.Is(err, mail.ErrFull):
		return a.showJoin(w, k, e, nil, store.FieldErrors{{Reason: "error.mail-full"}})
	case err != nil:
		return err
	}
	if a.Mail.On() { // the address alone learns more: whether it has a place is its own matter
		a.Frame.Flash(a.r, "ok", "join.letter-sent")
		return a.redirect(w, http.StatusSeeOther, federation.PagePath(&e.Record))
	}
	return a.redirect(w, http.StatusSeeOther, own)
}

// mailPlace sends a guest the address of the place.
func (a *ask) mailPlace(tx *store.Txn, e *store.Event, to, path string) error {
	words := func(key string) string {
		return a.t(key, "title", title(&e.Record), "when", a.when(e), "url", a.Node.BaseURL+a.lang.Link(path),
			"hours", int(federation.ConfirmWithin.Hours()), "site", a.Node.Host())
	}
	return a.Mail.Send(tx, mail.Message{To: to, Subject: words("letter.place-subject"), Text: words("letter.place-text")})
}

func (a *ask) newJoinPage(k *store.Kind, e *store.Event, s *store.Seat) joinPage {
	d := joinPage{Page: a.page(a.t("join.title"), k.Section, a.crumbs(k)...), Places: a.taken(e), When: a.when(e), Choose: e.Joins() == "restricted"}
	d.Event, d.NoIndex = assets.Link{Text: title(&e.Record), Href: federation.PagePath(&e.Record)}, true
	if s != nil {
		d.State, d.Leave = a.t("join.state-"+string(s.State)), s.State != store.Refused
		if d.Confirm = !s.Until.IsZero(); d.Confirm {
			d.State = a.t("join.state-unconfirmed", "until", a.lang.Date(s.Until)+", "+a.lang.Time(s.Until))
		}
	}
	return d
}

func (a *ask) showJoin(w http.ResponseWriter, k *store.Kind, e *store.Event, s *store.Seat, wrong store.FieldErrors) error {
	d := a.newJoinPage(k, e, s)
	d.Join = !d.Leave
	hint := "join.email-hint"
	if a.Mail.On() {
		hint = "join.email-letter"
	}
	switch {
	case a.by.Local:
	case e.Remote:
		d.Original, d.Join = original(&e.Record), false
	default:
		d.Fields = []assets.Field{
			{Name: "name", Label: a.t("join.name"), Required: true, MaxLength: 100, Autocomplete: "name", Value: a.r.PostFormValue("name")},
			{Name: "email", Label: a.t("join.email"), Hint: a.t(hint), Type: "email", Required: true, MaxLength: 254, Autocomplete: "email", Value: a.r.PostFormValue("email")},
		}
	}
	status := http.StatusOK
	if wrong != nil {
		status, d.Errors = http.StatusUnprocessableEntity, a.Frame.Renderer.Catalog.Mistakes(a.lang, wrong, d.Fields)
	}
	return a.Frame.Render(w, a.r, status, "join.html", d)
}

// guest is the page of a guest's place. Whoever knows its address may give the
// place up, so it stands nowhere else.
func (p *Pages) guest(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		token := mux.Vars(r)["token"]
		e, s, err := a.seated(k, store.GuestHolder(token))
		if err != nil {
			return err
		}
		if s == nil {
			return store.ErrNotFound
		}
		w.Header().Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
		if r.Method == http.MethodPost && r.PostFormValue("do") == "confirm" {
			if err := a.Node.ConfirmSeat(context.WithoutCancel(r.Context()), e.ID, token); err != nil {
				return err
			}
			a.Frame.Flash(r, "ok", "join.confirmed")
			return a.redirect(w, http.StatusSeeOther, r.URL.Path)
		}
		if r.Method == http.MethodPost {
			if err := a.Node.LeaveSeat(context.WithoutCancel(r.Context()), e.ID, token); err != nil {
				return err
			}
			a.Frame.Flash(r, "ok", "join.left")
			return a.redirect(w, http.StatusSeeOther, federation.PagePath(&e.Record))
		}
		d := a.newJoinPage(k, e, s)
		d.Link = a.Node.BaseURL + a.lang.Link(r.URL.Path)
		w.Header().Set("Referrer-Policy", "no-referrer")
		return a.Frame.Render(w, r, http.StatusOK, "join.html", d)
	}
}
