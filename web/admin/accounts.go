package admin

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const accountsPath = "/admin/comptes"

// accountsPage is "admin-accounts.html": who is restricted, and the form to
// restrict somebody.
type accountsPage struct {
	form
	Rows []restricted
}

type restricted struct {
	Name, Address, IRI, How string
}

// accounts is /admin/comptes: members and actors of other nodes who are limited or
// suspended.
func (p *Pages) accounts(w http.ResponseWriter, r *http.Request) error {
	if !isPost(r) {
		return p.showAccounts(w, r, nil)
	}
	act := store.Deed(typed(r, "act"))
	var c checks
	c.choice("act", string(act), []string{string(store.LimitActor), string(store.SuspendActor), string(store.LiftActor)})
	iri, err := p.actorTyped(r, typed(r, "account"))
	if err == nil {
		err = c.err()
	}
	if err == nil {
		err = p.Node.Restrict(context.WithoutCancel(r.Context()), p.Frame.Viewer(r), iri, act)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = &store.FieldError{Field: "account", Reason: "restrict.unknown"}
	case errors.Is(err, store.ErrNotNow), errors.Is(err, federation.ErrForbidden):
		err = &store.FieldError{Field: "account", Reason: "restrict.not-possible"}
	}
	if err != nil {
		return p.showAccounts(w, r, err)
	}
	p.Frame.Log.InfoContext(r.Context(), "account restricted", "verb", act, "actor", p.Frame.Viewer(r).Actor)
	p.Frame.Flash(r, "ok", "restrict.done-"+string(act))
	return p.Frame.Redirect(w, r, accountsPath)
}

// actorTyped is who is meant by an address (@name@host, @name, or a link).
func (p *Pages) actorTyped(r *http.Request, text string) (iri string, err error) {
	err = p.view(r, func(tx *store.Txn) error {
		name, host, _ := strings.Cut(strings.TrimPrefix(text, "@"), "@")
		if host == "" {
			host = p.Node.Host()
		}
		a, err := tx.ActorByHandle(name, host)
		if err != nil {
			a, err = tx.ActorByIRI(text)
		}
		if err == nil {
			iri = a.IRI
		}
		return err
	})
	return iri, err
}

func (p *Pages) showAccounts(w http.ResponseWriter, r *http.Request, mistakes error) error {
	fields := []assets.Field{
		{Name: "account", Label: p.t(r, "restrict.account"), Hint: p.t(r, "restrict.account-hint"), Required: true, MaxLength: maxAddress, Value: typed(r, "account")},
		{Name: "act", Label: p.t(r, "restrict.act"), Hint: p.t(r, "restrict.act-hint"), Type: "select", Value: typed(r, "act"), Choices: []assets.Choice{
			{Value: string(store.LimitActor), Text: p.t(r, "restrict.limit-actor")},
			{Value: string(store.SuspendActor), Text: p.t(r, "restrict.suspend-actor")},
			{Value: string(store.LiftActor), Text: p.t(r, "restrict.lift-actor")},
		}},
	}
	page := accountsPage{form: form{top: p.admin(r, p.t(r, "restrict.accounts"), accountsPath), Sections: []section{{Fields: fields}}}}
	status := http.StatusOK
	if mistakes != nil {
		status = http.StatusUnprocessableEntity
		page.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()), mistakes, fields)
		if len(page.Errors) == 0 {
			return mistakes
		}
	}
	err := p.view(r, func(tx *store.Txn) error {
		page.Rows = p.readRestricted(r, tx)
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, status, "admin-accounts.html", page)
}

func (p *Pages) readRestricted(r *http.Request, tx *store.Txn) (rows []restricted) {
	add := func(a *store.Actor, how store.Deed) {
		rows = append(rows, restricted{a.DisplayName(), a.Address(), a.IRI, p.t(r, "restrict."+string(how))})
	}
	for l := range tx.Limits() {
		if a, err := tx.Actor(l.Actor); err == nil {
			add(a, store.LimitActor)
		}
	}
	if lab, err := tx.Lab(); err == nil {
		for b := range tx.BlocksOf(lab.ID) {
			if a, err := tx.Actor(b.Blocked); err == nil {
				add(a, store.SuspendActor)
			}
		}
	}
	for account := range tx.Accounts() {
		if a, err := tx.Actor(account.Actor); err == nil && account.Suspended {
			add(a, store.SuspendActor)
		}
	}
	return rows
}
