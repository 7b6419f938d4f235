package page

import (
	"context"
	"errors"
	"net/http"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/webfinger"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

const (
	followFromPath = "/suivre"
	handleField    = "compte"
	objectField    = "objet"
)

type followFromPage struct {
	assets.Page
	Lead   string
	Fields []assets.Field
	Object string
	Next   *assets.Link // where to go on, at the visitor's server
}

// followFrom leads visitors who have an account elsewhere to their own server, to
// follow the lab or to open a record there. The way on is a link: browsers do not
// let a form end at another site.
func (p *Pages) followFrom(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	r.Body = http.MaxBytesReader(w, r.Body, maxContribution)
	object, intent, err := a.shared(r.FormValue(objectField))
	if err != nil {
		return err
	}
	d := followFromPage{Lead: a.t("follow-from." + intent), Object: r.FormValue(objectField), Fields: []assets.Field{{
		Name: handleField, Label: a.t("follow-from.handle"), Hint: a.t("follow-from.handle-hint"), Required: true,
		Value: r.PostFormValue(handleField), Autocomplete: "off",
	}}}
	status := http.StatusOK
	if r.Method == http.MethodPost {
		next, err := a.intent(d.Fields[0].Value, intent, object)
		if reason := handleReason(err); reason != "" {
			wrong := &store.FieldError{Field: handleField, Reason: reason}
			d.Errors, status = p.Frame.Renderer.Catalog.Mistakes(a.lang, wrong, d.Fields), http.StatusUnprocessableEntity
		} else if err != nil {
			return err
		} else {
			d.Next = &assets.Link{Text: a.t("follow-from.next", "host", store.HostOf(next)), Href: next}
		}
	}
	mistakes := d.Errors
	d.Page = a.page(a.t("follow-from.title"), "network", a.link("subscribe.title", subscribePath))
	d.NoIndex, d.Errors = true, mistakes
	return p.Frame.Render(w, r, status, "follow-from.html", d)
}

// shared is what is to be followed or opened, by its id: the lab when none is
// named. Only what everybody may see here is passed on.
func (a *ask) shared(iri string) (object, intent string, err error) {
	err = a.view(func(tx *store.Txn) error {
		if iri == "" {
			lab, err := tx.Lab()
			if err == nil {
				object, intent = lab.IRI, federation.IntentFollow
			}
			return err
		}
		it, err := tx.RecordByIRI(iri)
		if err == nil && !shareable(it.Envelope()) {
			err = store.ErrNotFound
		}
		object, intent = iri, federation.IntentObject
		return err
	})
	return object, intent, err
}

// intent asks the visitor's server, which takes a while.
func (a *ask) intent(handle, intent, object string) (string, error) {
	if !a.allowed(AskElsewhere) {
		return "", &reply.Error{Status: http.StatusTooManyRequests}
	}
	ctx, cancel := context.WithTimeout(a.r.Context(), resolveTime)
	defer cancel()
	return a.Node.Intent(ctx, handle, intent, object)
}

// handleReason is what to tell about a handle; empty: it is not to blame.
func handleReason(err error) string {
	switch {
	case errors.Is(err, webfinger.ErrInvalid):
		return "follow-from.invalid"
	case errors.Is(err, webfinger.ErrMismatch):
		return "follow-from.no-way"
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrGone):
		return "follow-from.nobody"
	case errors.Is(err, federation.ErrUnreachable), errors.Is(err, federation.ErrBlocked), errors.Is(err, context.DeadlineExceeded):
		return "follow-from.silent"
	}
	return ""
}
