package admin

import (
	"errors"
	"html"
	"net/http"
	"net/url"
	"slices"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/markup"
)

// The names of the lines of a lab's profile that have a question of their own.
// They are part of what other servers show, so they are in one language.
const (
	siteLine    = "Site web"
	patronsLine = "Tutelles"
	communeLine = "Commune"
)

// logoPath is where the lab's picture is changed.
const logoPath = "/lab/logo"

// lab is /admin/lab: the profile of the lab.
func (p *Pages) lab(w http.ResponseWriter, r *http.Request) error {
	var lab *store.Actor
	err := p.view(r, func(tx *store.Txn) (err error) {
		lab, err = tx.Lab()
		return err
	})
	if err != nil {
		return err
	}
	f := p.labForm(r, lab)
	if !isPost(r) {
		return p.renderForm(w, r, f, nil)
	}
	if err := p.saveLab(r, lab, f); err != nil {
		return p.renderForm(w, r, f, err)
	}
	p.Frame.Flash(r, "ok", "lab-form.saved")
	return p.Frame.Redirect(w, r, "/admin/lab")
}

func (p *Pages) labForm(r *http.Request, lab *store.Actor) *form {
	territory := p.territoryField(r)
	if len(lab.Territory) > 0 {
		territory.Value = lab.Territory[0]
	}
	commune := p.communeField(r)
	commune.Value = line(lab, communeLine)
	lang := otherLang(r, lab.Lang)
	return &form{
		top: p.admin(r, p.t(r, "admin.tab.lab"), "/admin/lab"), Lead: p.t(r, "lab-form.lead", "address", lab.Address()),
		Sections: []section{{Fields: []assets.Field{
			{Name: "name", Label: p.t(r, "lab-form.name"), Value: lab.Name, Required: true, MaxLength: maxName, Spellcheck: true},
			{Name: "summary", Label: p.t(r, "lab-form.summary"), Hint: p.t(r, "lab-form.summary-hint"), Type: "textarea", Rows: 5, Value: profileText(lab.Summary), MaxLength: maxSummary, Spellcheck: true, Lang: lang},
			territory, commune,
			{Name: "site", Label: p.t(r, "lab-form.site"), Hint: p.t(r, "lab-form.site-hint"), Type: "url", Value: line(lab, siteLine), MaxLength: maxAddress, Autocomplete: "url"},
			{Name: "patrons", Label: p.t(r, "lab-form.patrons"), Hint: p.t(r, "lab-form.patrons-hint"), Value: line(lab, patronsLine), MaxLength: maxName * 2, Lang: lang},
			p.interestField(r, "category", store.OrgCategories, lab.Category),
			p.interestField(r, "commercialIntent", store.CommercialIntents, lab.CommercialIntent),
			{Name: "approves", Label: p.t(r, "lab-form.approves"), Hint: p.t(r, "lab-form.approves-hint"), Type: "checkbox", Value: checked(lab.Approves)},
			{Name: "discoverable", Label: p.t(r, "lab-form.discoverable"), Hint: p.t(r, "lab-form.discoverable-hint"), Type: "checkbox", Value: checked(lab.Discoverable)},
		}}},
		Action: "/admin/lab", Button: p.t(r, "form.save"),
		Links: []assets.Link{{Text: p.t(r, "logo.title"), Href: logoPath + "?retour=/admin/lab"}},
	}
}

// interestField asks for one part of what somebody declares; none need be.
func (p *Pages) interestField(r *http.Request, name string, v store.Vocabulary, value string) assets.Field {
	none := assets.Choice{Text: p.t(r, "interest.none")}
	return assets.Field{
		Name: name, Label: p.t(r, "field."+name), Hint: p.t(r, "hint."+name), Type: "select", Value: value,
		Choices: append([]assets.Choice{none}, p.choices(r, v.Name, v.Slugs)...),
	}
}

func typedInterest(r *http.Request) store.Interest {
	return store.Interest{Category: typed(r, "category"), CommercialIntent: typed(r, "commercialIntent")}
}

// interest wants what is declared, if anything, to be of the vocabularies.
func (c *checks) interest(r *http.Request) {
	declared := store.Actor{Interest: typedInterest(r)}
	if errs, ok := errors.AsType[store.FieldErrors](declared.CheckInterest()); ok {
		c.errs = append(c.errs, errs...)
	}
}

// maxAddress is the most characters of a web address.
const maxAddress = 500

func (p *Pages) saveLab(r *http.Request, lab *store.Actor, f *form) error {
	site, patrons := typed(r, "site"), typed(r, "patrons")
	var c checks
	c.text("name", typed(r, "name"), maxName, true)
	c.text("summary", typed(r, "summary"), maxSummary, false)
	c.choice("territory", typed(r, "territory"), store.Territories.Slugs)
	commune := p.askCommune(r, f, &c)
	c.address("site", site)
	c.text("patrons", patrons, 2*maxName, false)
	c.interest(r)
	f.fill(r)
	if err := c.err(); err != nil {
		return err
	}
	profile := *lab
	profile.Name, profile.Summary = typed(r, "name"), profileHTML(typed(r, "summary"))
	profile.Territory, profile.Interest = []string{typed(r, "territory")}, typedInterest(r)
	profile.Approves = r.PostForm.Get("approves") != ""
	profile.Discoverable = r.PostForm.Get("discoverable") != ""
	profile.Indexable = profile.Discoverable
	address := html.EscapeString(site)
	if address != "" {
		address = `<a href="` + address + `" rel="me nofollow noopener">` + address + `</a>`
	}
	profile.Fields = withLine(withLine(lab.Fields, siteLine, address), patronsLine, html.EscapeString(patrons))
	profile.Fields = withLine(profile.Fields, communeLine, html.EscapeString(commune))
	return p.Node.Publish(r.Context(), p.Frame.Viewer(r), &federation.Activity{Verb: "Update", Actor: lab.IRI, Profile: &profile})
}

// address asks for a whole web address, or none.
func (c *checks) address(field, value string) {
	u, err := url.Parse(value)
	switch {
	case value == "":
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Host == "", u.User != nil, len(value) > maxAddress:
		c.add(field, "error.url", nil)
	}
}

// line is the text of a line of the profile.
func line(a *store.Actor, name string) string {
	for _, f := range a.Fields {
		if f.Name == name {
			return markup.Plain(f.Value)
		}
	}
	return ""
}

// withLine puts a line into a profile, in its place or at the end; without a
// value it is taken out. The others stay as they are.
func withLine(fields []store.NameValue, name, value string) []store.NameValue {
	fields = slices.Clone(fields)
	i := slices.IndexFunc(fields, func(f store.NameValue) bool { return f.Name == name })
	switch {
	case i >= 0 && value == "":
		return slices.Delete(fields, i, i+1)
	case i >= 0:
		fields[i].Value = value
	case value != "":
		fields = append(fields, store.NameValue{Name: name, Value: value})
	}
	return fields
}
