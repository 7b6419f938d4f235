package page

import (
	"context"
	"net/http"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const (
	logoPath  = "/lab/logo"
	logoField = "image"
	backField = "retour" // where a form leads to; "/lab" without it
)

// logo asks those who run the lab for its picture.
func (p *Pages) logo(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	if !a.by.Runs {
		return a.signIn(w)
	}
	if err := parseForm(w, r, maxForm); err != nil {
		return err
	}
	var lab *store.Actor
	err := a.view(func(tx *store.Txn) (err error) {
		lab, err = tx.Lab()
		return err
	})
	if err != nil {
		return err
	}
	if r.Method != http.MethodPost {
		return a.showLogo(w, lab, nil)
	}
	return a.saveLogo(w, *lab)
}

func (a *ask) saveLogo(w http.ResponseWriter, lab store.Actor) error {
	img, err := a.sentImage(logoField)
	if wrong := uploadMistake(logoField, err); wrong != nil {
		return a.showLogo(w, &lab, store.FieldErrors{wrong})
	}
	if err != nil {
		return err
	}
	if lab.Icon = img; img != nil {
		img.Alt = a.t("logo.alt", "lab", lab.DisplayName())
	}
	// What was sent is saved even when the browser does not wait.
	ctx := context.WithoutCancel(a.r.Context())
	if err := a.Node.Publish(ctx, a.by, &federation.Activity{Verb: "Update", Actor: lab.IRI, Profile: &lab}); err != nil {
		return err
	}
	a.Frame.Flash(a.r, "ok", "logo.saved")
	return a.redirect(w, http.StatusSeeOther, a.back())
}

// back is where the form of the logo leads to.
func (a *ask) back() string {
	if path := a.r.URL.Query().Get(backField); path != "" {
		return assets.LocalPath(path)
	}
	return "/lab"
}

func (a *ask) showLogo(w http.ResponseWriter, lab *store.Actor, wrong store.FieldErrors) error {
	f := formPage{Page: a.page(a.t("logo.title"), "lab", actorLink(lab)), Lead: a.t("logo.lead"), Save: a.t("form.save")}
	f.NoIndex, f.Action, f.Cancel = true, a.r.URL.RequestURI(), a.back()
	// Its words are the lab's name.
	fields := a.wordlessFields(assets.Field{Name: logoField, Label: a.t("logo.file"), Hint: a.t("hint.image")}, "logo", lab.Icon)
	f.Errors = a.Frame.Renderer.Catalog.Mistakes(a.lang, wrong, fields)
	part := formPart{ID: "part-0", Open: true}
	for i, field := range fields {
		part.Questions = append(part.Questions, question{Field: field})
		if i == 0 {
			part.Questions[0].Kept = a.picture(lab.Icon)
		}
	}
	f.Parts = []formPart{part}
	status := http.StatusOK
	if len(wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return a.Frame.Render(w, a.r, status, "form.html", f)
}
