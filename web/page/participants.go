package page

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

type participantsPage struct {
	assets.Page
	Event  assets.Link
	Places string
	People []participant
}

// participant is a place at an event, for its organisers.
type participant struct {
	Holder      string
	Name, Email string
	Href        string // of an actor
	State       string
	Asked       time.Time
	In, Out     bool // the buttons that make sense
}

// participants shows organisers who takes part, and lets them choose.
func (p *Pages) participants(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		var d participantsPage
		var e *store.Event
		var seats []*store.Seat
		err := a.view(func(tx *store.Txn) error {
			it, err := a.find(tx, k)
			if err != nil {
				return err
			}
			if e, _ = it.(*store.Event); e == nil || !a.by.CanEdit(&e.Record) {
				return store.ErrNotFound
			}
			seats = slices.Collect(tx.Seats(e.ID))
			slices.SortFunc(seats, func(x, y *store.Seat) int {
				return cmp.Or(x.Asked.Compare(y.Asked), cmp.Compare(x.Holder, y.Holder))
			})
			for _, s := range seats {
				d.People = append(d.People, a.participant(tx, s))
			}
			return nil
		})
		if err != nil {
			return err
		}
		if r.Method == http.MethodPost {
			r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
			return a.answerSeat(w, e, seats)
		}
		d.Page = a.page(a.t("join.list"), k.Section, a.crumbs(k)...)
		d.Event, d.Places, d.NoIndex = assets.Link{Text: title(&e.Record), Href: federation.PagePath(&e.Record)}, a.taken(e), true
		return p.Frame.Render(w, r, http.StatusOK, "participants.html", d)
	}
}

func (a *ask) participant(tx *store.Txn, s *store.Seat) participant {
	x := participant{
		Holder: s.Holder, Name: s.Name, Email: s.Email, State: a.t("join.seat-" + string(s.State)), Asked: s.Asked,
		In: s.State != store.Accepted, Out: s.State != store.Refused,
	}
	if !s.Until.IsZero() {
		x.State = a.t("join.seat-unconfirmed")
	}
	if s.Actor != "" {
		actor := a.actor(tx, s.Actor)
		x.Name, x.Href = actor.DisplayName(), actorPath(actor)
	}
	return x
}

// answerSeat lets somebody in, or not.
func (a *ask) answerSeat(w http.ResponseWriter, e *store.Event, seats []*store.Seat) error {
	i := slices.IndexFunc(seats, func(s *store.Seat) bool { return s.Holder == a.r.PostFormValue("holder") })
	if i < 0 {
		return store.ErrNotFound
	}
	verb, state := "Accept", store.Accepted
	if a.r.PostFormValue("do") == "refuse" {
		verb, state = "Reject", store.Refused
	}
	ctx, s := context.WithoutCancel(a.r.Context()), seats[i]
	var err error
	if s.Actor == "" {
		err = a.Node.AnswerGuest(ctx, a.by, e.ID, s.Holder, state)
	} else {
		err = a.Node.Publish(ctx, a.by, &federation.Activity{Verb: verb, Actor: e.Lab, Object: s.Actor, Target: e.IRI})
	}
	switch wrong := fieldErrors(err); {
	case wrong != nil:
		a.Frame.Flash(a.r, "warn", wrong[0].Reason)
	case err != nil:
		return err
	}
	return a.redirect(w, http.StatusSeeOther, a.r.URL.Path)
}
