package page

import (
	"context"
	"errors"
	"net/http"
	"time"

	template "github.com/DataDog/datadog-agent/pkg/template/html"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

const (
	addressField  = "adresse"
	resolveTime   = 20 * time.Second // for finding out who is meant
	softwareTime  = 3 * time.Second  // for what can be left out
	confirmedName = "acteur"
)

type followPage struct {
	assets.Page
	Fields  []assets.Field
	Preview *preview
}

// preview is who was found, before the lab follows.
type preview struct {
	IRI, Name, Address, Seal, Territory, Software, Original, Lang string
	Summary                                                       template.HTML
	Manual                                                        bool
	Fields                                                        []assets.Field // what to copy
}

// follow asks whom the lab shall follow, shows who was found, and follows.
func (p *Pages) follow(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	if !a.by.Runs {
		return a.signIn(w)
	}
	if err := parseForm(w, r, maxContribution); err != nil {
		return err
	}
	switch {
	case r.Method != http.MethodPost && r.URL.Query().Get(addressField) == "":
		return a.followForm(w, "", nil)
	case r.Method == http.MethodPost && r.PostFormValue(confirmedName) != "":
		return a.confirmFollow(w, r.PostFormValue(confirmedName))
	}
	return a.preview(w, answer(r.FormValue(addressField)))
}

// preview shows who an address belongs to.
func (a *ask) preview(w http.ResponseWriter, text string) error {
	if text == "" {
		return a.followForm(w, text, &store.FieldError{Field: addressField, Reason: "error.required"})
	}
	ctx, cancel := context.WithTimeout(a.r.Context(), resolveTime)
	defer cancel()
	actor, err := a.Node.Resolve(ctx, text)
	if err == nil {
		err = a.followable(actor)
	}
	if wrong := a.followError(err); wrong != nil {
		return a.followForm(w, text, wrong)
	}
	if err != nil {
		return err
	}
	d := followPage{Page: a.followFrame(actor.DisplayName())}
	d.Preview = &preview{
		IRI: actor.IRI, Name: actor.DisplayName(), Address: actor.Address(), Seal: actor.IRI, Territory: a.places(actor.Territory),
		Summary: outline(topHeading, markup.Federated(actor.Summary)), Lang: a.foreign(actor.Lang), Original: actor.Page(), Manual: actor.Approves,
		Software: a.software(actor.IRI), Fields: a.choiceFields(store.Selection{}, a.pasted(ctx, actor, text)),
	}
	return a.Frame.Render(w, a.r, http.StatusOK, "follow.html", d)
}

// pasted is the record of an actor whose address was typed instead of its own, if
// it is one.
func (a *ask) pasted(ctx context.Context, actor *store.Actor, text string) (choices []assets.Choice) {
	if store.Origin(text) == "" {
		return nil
	}
	iri, err := a.Node.Identify(ctx, a.by, text)
	if err != nil {
		return nil // the actor was found all the same
	}
	_ = a.view(func(tx *store.Txn) error { // nothing to choose from when it cannot be read
		if it, err := tx.RecordByIRI(iri); err == nil && it.Envelope().Lab == actor.IRI {
			choices = a.recordChoices(tx, []string{iri})
		}
		return nil
	})
	return choices
}

func (a *ask) software(iri string) string {
	if a.Software == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(a.r.Context(), softwareTime)
	defer cancel()
	return a.Config.Software(ctx, store.HostOf(iri))
}

// followable says why the lab cannot follow an actor that was found.
func (a *ask) followable(actor *store.Actor) error {
	return a.view(func(tx *store.Txn) error {
		lab, err := tx.Lab()
		if err != nil {
			return err
		}
		found, err := tx.ActorByIRI(actor.IRI)
		if err != nil {
			return err
		}
		f, err := tx.Follow(lab.ID, found.ID)
		switch {
		case actor.Local:
			return &store.FieldError{Field: addressField, Reason: "error.self"}
		case err == nil && f.State == store.Accepted:
			return &store.FieldError{Field: addressField, Reason: "error.already-following"}
		case tx.BlockedHere(found.ID) || tx.HostBlocked(found.Host):
			return federation.ErrBlocked
		}
		return nil
	})
}

// followError puts what went wrong with an address beside its field. Nil: err is
// none, or not about the address.
func (a *ask) followError(err error) *store.FieldError {
	if e, ok := errors.AsType[*store.FieldError](err); ok {
		return e
	}
	var reason string
	switch {
	case err == nil, errors.Is(err, store.ErrBusy), errors.Is(err, store.ErrFull), errors.Is(err, store.ErrClosed), errors.Is(err, context.Canceled):
		return nil
	case errors.Is(err, federation.ErrBlocked) && a.Frame.Demo:
		reason = "error.blocked-demo"
	case errors.Is(err, federation.ErrBlocked):
		reason = "error.blocked"
	case errors.Is(err, federation.ErrNotActor):
		reason = "error.not-a-lab"
	case errors.Is(err, store.ErrGone):
		reason = "error.lab-gone"
	case errors.Is(err, store.ErrNotFound) && !errors.Is(err, federation.ErrUnreachable):
		reason = "error.not-found"
	case errors.Is(err, federation.ErrUnreachable), errors.Is(err, context.DeadlineExceeded):
		reason = "error.unreachable"
	default:
		reason = "error.lab-address"
	}
	return &store.FieldError{Field: addressField, Reason: reason}
}

func (a *ask) followFrame(title string) assets.Page {
	p := a.page(title, "network", a.link("network.title", "/reseau"))
	p.NoIndex = true
	return p
}

func (a *ask) followForm(w http.ResponseWriter, text string, wrong *store.FieldError) error {
	d := followPage{Page: a.followFrame(a.t("follow.title"))}
	d.Fields = []assets.Field{{
		Name: addressField, Label: a.t("field.adresse"), Hint: a.t("hint.adresse"), Value: text, Required: true, Autocomplete: "off",
	}}
	status := http.StatusOK
	if wrong != nil {
		status = http.StatusUnprocessableEntity
		d.Errors = a.Frame.Renderer.Catalog.Mistakes(a.lang, wrong, d.Fields)
	}
	return a.Frame.Render(w, a.r, status, "follow.html", d)
}

// confirmFollow follows who was shown.
func (a *ask) confirmFollow(w http.ResponseWriter, iri string) error {
	var lab, other *store.Actor
	err := a.view(func(tx *store.Txn) (err error) {
		if lab, err = tx.Lab(); err != nil {
			return err
		}
		other, err = tx.ActorByIRI(iri)
		return err
	})
	if err == nil {
		err = a.followable(other)
	}
	if err == nil {
		err = a.Node.Publish(context.WithoutCancel(a.r.Context()), a.by, &federation.Activity{
			Verb: "Follow", Actor: lab.IRI, Object: iri, Wants: selection(a.r.PostForm),
		})
	}
	if wrong := a.followError(err); wrong != nil {
		return a.followForm(w, iri, wrong)
	}
	if err != nil {
		return err
	}
	a.Frame.Flash(a.r, "ok", "flash.followed", "name", other.DisplayName())
	return a.redirect(w, http.StatusSeeOther, "/reseau")
}
