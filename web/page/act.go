package page

import (
	"context"
	"net/http"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/reply"
)

const maxAct = 4 << 10 // bytes of a form that is one button

// act is a button by which the viewer does something to a record that is no edit.
type act struct{ Name, Text string }

// acts are the buttons of a record's page.
func (a *ask) acts(tx *store.Txn, k *store.Kind, it store.Item) []act {
	list := a.pinActs(tx, it.Envelope())
	kind, ok := it.(store.Actable)
	if !ok || it.Envelope().Remote {
		return list
	}
	for _, name := range kind.Acts(a.by) {
		list = append(list, act{name, a.t("act." + k.Name + "-" + name)})
	}
	return list
}

// act does what a button says.
func (p *Pages) act(k *store.Kind) reply.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := p.ask(r)
		if !a.by.Local {
			return a.signIn(w)
		}
		if err := parseForm(w, r, maxAct); err != nil {
			return err
		}
		var rec *store.Record
		err := a.view(func(tx *store.Txn) error {
			it, err := a.find(tx, k)
			if err == nil {
				rec = it.Envelope()
			}
			return err
		})
		if err != nil {
			return err
		}
		name := r.PostFormValue("act")
		said, done := &federation.Activity{Verb: "Update", Actor: rec.Lab, Object: rec.IRI, Act: name}, k.Name+"-"+name
		if verb, ok := pinning[name]; ok {
			said.Verb, said.Act, done = verb, "", name
		}
		ctx := context.WithoutCancel(r.Context())
		if err := p.Node.Publish(ctx, a.by, said); err != nil {
			return err
		}
		p.Frame.Flash(r, "ok", "act-done."+done)
		return a.redirect(w, http.StatusSeeOther, federation.PagePath(rec))
	}
}
