package page

import (
	"context"
	"errors"
	"net/http"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/reply"
)

// remove asks whether a record shall go, and deletes it.
func (p *Pages) remove(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		it, err := a.editable(k)
		if errors.Is(err, errNotTheirs) {
			return a.signIn(w)
		}
		if err != nil {
			return err
		}
		if r.Method != http.MethodPost {
			return a.confirmRemoval(w, k, it.Envelope())
		}
		return a.delete(w, k, it.Envelope())
	}
}

func (a *ask) confirmRemoval(w http.ResponseWriter, k *store.Kind, rec *store.Record) error {
	page := federation.PagePath(rec)
	c := assets.Confirm{
		Page: a.page(a.t("delete."+k.Name+".title"), k.Section, assets.Link{Text: title(rec), Href: page}),
		Text: a.t("delete.text", "title", title(rec)), Points: []string{a.t("delete.address")},
		Action: a.r.URL.Path, Button: a.t("delete." + k.Name + ".button"), Danger: true, Back: a.link("delete.keep", page),
	}
	if rec.Audience.Federates() {
		c.Points = append(c.Points, a.t("delete.network"))
	}
	c.NoIndex = true
	return a.Frame.Render(w, a.r, http.StatusOK, "confirm.html", c)
}

func (a *ask) delete(w http.ResponseWriter, k *store.Kind, rec *store.Record) error {
	ctx := context.WithoutCancel(a.r.Context())
	err := a.Node.Publish(ctx, a.by, &federation.Activity{Verb: "Delete", Actor: rec.Lab, Object: rec.IRI})
	if err != nil {
		return err
	}
	a.Frame.Flash(a.r, "ok", "flash.deleted")
	if k.Path == "" {
		return a.redirect(w, http.StatusSeeOther, "/lab")
	}
	return a.redirect(w, http.StatusSeeOther, "/"+k.Path)
}
