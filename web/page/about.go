package page

import (
	"net/http"
	"strconv"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
)

type aboutPage struct {
	assets.Page
	Lab      string
	Sections []section
}

type section struct {
	Title, Text string
	Links       []assets.Link
}

// accessibility is the declaration that the law asks for (RGAA): non conforming
// until somebody independent has looked.
func (p *Pages) accessibility(w http.ResponseWriter, r *http.Request) error {
	return p.about(w, r, "accessibility", "status", "done", "contact", "recourse")
}

func (p *Pages) legal(w http.ResponseWriter, r *http.Request) error {
	return p.about(w, r, "legal", "publisher", "content", "data", geography, "software")
}

func (p *Pages) about(w http.ResponseWriter, r *http.Request, key string, sections ...string) error {
	a := p.ask(r)
	d := aboutPage{Page: a.page(a.t(key+".title"), "")}
	for _, s := range sections {
		part := section{Title: a.t(key + "." + s + ".title"), Text: a.t(key+"."+s+".text", "lab", d.Site.Name, "address", d.Site.Handle)}
		if s == geography {
			part.Links = a.geoLicences()
		}
		d.Sections = append(d.Sections, part)
	}
	return p.Frame.Render(w, r, http.StatusOK, "about.html", d)
}

// privacy is /donnees-personnelles.
func (p *Pages) privacy(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	d := aboutPage{Page: a.page(a.t("privacy.title"), "")}
	for _, s := range []string{"who", "what", "why", "where", "how-long", "rights"} {
		text := a.t("privacy."+s+".text", "lab", d.Site.Name, "address", d.Site.Handle, "reports", inDays(p.KeepReports), "contacts", inDays(p.KeepContacts))
		d.Sections = append(d.Sections, section{Title: a.t("privacy." + s + ".title"), Text: text})
	}
	return p.Frame.Render(w, r, http.StatusOK, "about.html", d)
}

func inDays(d time.Duration) string { return strconv.Itoa(int(d.Hours() / 24)) }

// siteMap is /plan-du-site: every page that anybody may begin with.
func (p *Pages) siteMap(w http.ResponseWriter, r *http.Request) error {
	a := p.ask(r)
	var kinds []assets.Link
	for _, k := range store.Kinds {
		if k.Path != "" {
			kinds = append(kinds, a.link("list."+k.Name+".title", "/"+k.Path))
		}
	}
	d := aboutPage{Page: a.page(a.t("sitemap.title"), ""), Sections: []section{
		{Title: a.t("sitemap.site"), Links: []assets.Link{
			a.link("nav.home", "/"), a.link("nav.lab", "/lab"), a.link("members.title", directoryPath), a.link("nav.network", "/reseau"),
			a.link("river.title", "/fil"), a.link("search.title", frame.SearchPath),
		}},
		{Title: a.t("sitemap.kinds"), Links: kinds},
		{Title: a.t("sitemap.take-part"), Links: []assets.Link{a.link("contribute.title", "/contribuer"), a.link("nav.sign-in", "/connexion"), a.link("data.title", "/donnees")}},
		{Title: a.t("sitemap.about"), Links: []assets.Link{
			a.link("accessibility.title", "/accessibilite"), a.link("legal.title", "/mentions-legales"), a.link("privacy.title", "/donnees-personnelles"),
			a.link("moderation.title", "/moderation"),
		}},
	}}
	return p.Frame.Render(w, r, http.StatusOK, "about.html", d)
}

// geography is the section of the legal page that names the sources of the maps,
// as their licences ask.
const geography = "geo"

func (a *ask) geoLicences() []assets.Link {
	return []assets.Link{
		a.link("legal.geo.licence", "https://www.etalab.gouv.fr/licence-ouverte-open-licence"),
		a.link("legal.geo.cc-by", "https://creativecommons.org/licenses/by/4.0/"),
		a.link("legal.geo.geonames", "https://www.geonames.org/"),
	}
}

// robots keeps search engines off what is nobody's reading; a demonstration is
// not to be found at all.
func (p *Pages) robots(w http.ResponseWriter, _ *http.Request) error {
	text := "User-agent: *\nDisallow: /admin\nDisallow: /connexion\nDisallow: /mon-compte\nDisallow: /authorize_interaction\nDisallow: /reseau/\nDisallow: /fil\nDisallow: /embed/\nDisallow: /suivre\nSitemap: " + p.Node.BaseURL + "/sitemap.xml\n"
	if p.Frame.Demo {
		text = "User-agent: *\nDisallow: /\n"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte(text))
	return err
}
