package page

import (
	"context"
	"net/http"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const (
	ownProfile    = "/mon-compte/profil"
	profileEnd    = "/profil"   // of the path of a member's page
	audienceStart = "audience." // of the control that asks who may read a field
	maxProfile    = 256 << 10   // bytes of the form
)

// editProfile asks what a member tells, and who may read each of it.
func (p *Pages) editProfile(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	if !a.by.Local {
		return a.signIn(w)
	}
	if err := parseForm(w, r, maxProfile); err != nil {
		return err
	}
	m, err := a.whoseProfile()
	if err != nil {
		return err
	}
	if m.Profile == nil {
		m.Profile = new(store.Profile)
	}
	d := new(draft)
	if r.Method != http.MethodPost {
		return a.showProfile(w, d, m, nil)
	}
	wrong := d.fillProfile(m.Profile, r.PostForm)
	if d.more = r.PostForm.Get(moreButton); d.more != "" {
		return a.showProfile(w, d, m, nil)
	}
	if len(wrong) > 0 {
		return a.showProfile(w, d, m, append(wrong, fieldErrors(m.Profile.Check())...))
	}
	return a.saveProfile(w, d, m)
}

func (a *ask) saveProfile(w http.ResponseWriter, d *draft, m *store.Actor) error {
	// What was sent is saved even when the browser does not wait.
	ctx := context.WithoutCancel(a.r.Context())
	err := a.Node.Publish(ctx, a.by, &federation.Activity{Verb: "Update", Actor: m.IRI, Profile: m})
	if wrong := fieldErrors(err); wrong != nil {
		return a.showProfile(w, d, m, wrong)
	}
	if err != nil {
		return err
	}
	a.Frame.Flash(a.r, "ok", "profile.saved")
	return a.redirect(w, http.StatusSeeOther, actorPath(m))
}

// fillProfile puts the answers of the form into the profile.
func (d *draft) fillProfile(p *store.Profile, answers map[string][]string) store.FieldErrors {
	wrong := d.begin().fillFields(store.ProfileFields, p, answers, "", "")
	p.Audiences = map[string]store.Audience{}
	for _, f := range store.ProfileFields {
		if chosen := answers[audienceStart+f.Name]; len(chosen) > 0 {
			p.Audiences[f.Name] = store.Audience(chosen[0])
		}
	}
	return wrong
}

func (a *ask) showProfile(w http.ResponseWriter, d *draft, m *store.Actor, wrong store.FieldErrors) error {
	f := formPage{Page: a.page(a.t("profile.title"), "account"), Lead: a.t("profile.lead"), Save: a.t("profile.save")}
	if m.IRI != a.by.Actor {
		f.Title = a.t("profile.title-of", "name", m.DisplayName())
	}
	f.NoIndex, f.Action, f.Cancel = true, a.r.URL.Path, actorPath(m)
	if m.Discoverable {
		f.Lead += " " + a.t("profile.listed")
	} else {
		f.Lead += " " + a.t("profile.unlisted")
	}
	fields, ends := a.profileFields(d, m.Profile)
	f.Errors = a.Frame.Renderer.Catalog.Mistakes(a.lang, wrong, fields)
	f.Parts = a.profileParts(d, fields, ends)
	status := http.StatusOK
	if len(wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return a.Frame.Render(w, a.r, status, "form.html", f)
}

// profileFields are the controls of the form, and how many of them there are up to
// the end of each field.
func (a *ask) profileFields(d *draft, p *store.Profile) (controls []assets.Field, ends []int) {
	for i := range store.ProfileFields {
		f := &store.ProfileFields[i]
		controls = append(controls, a.controls(d, f, p, "", "profile-"+f.Name)...)
		if !f.Inner {
			controls = append(controls, assets.Field{
				Name: audienceStart + f.Name, Label: a.t("profile.audience", "field", a.label("profile-"+f.Name, f.Name)),
				Type: "select", Value: string(p.AudienceOf(f)), Choices: a.choices(&store.ProfileAudiences),
			})
		}
		ends = append(ends, len(controls))
	}
	return controls, ends
}

func (a *ask) profileParts(d *draft, controls []assets.Field, ends []int) []formPart {
	var parts []formPart
	begin := 0
	for i := range store.ProfileFields {
		f := &store.ProfileFields[i]
		if key := "section.profile." + f.Name; a.has(key) {
			parts = append(parts, formPart{ID: "part-" + f.Name, Title: a.t(key), Open: true})
		}
		mine := controls[begin:ends[i]]
		part := &parts[len(parts)-1]
		if f.Inner {
			part.Questions = append(part.Questions, a.questions(d, f, mine)...)
		} else {
			last := len(mine) - 1
			part.Questions = append(append(part.Questions, a.questions(d, f, mine[:last])...), question{Field: mine[last]})
		}
		begin = ends[i]
	}
	return parts
}
