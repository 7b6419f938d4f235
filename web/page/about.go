package page

import (
	"net/http"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/frame"
)

type aboutPage struct {
	assets.Page
	Sections []section
}

type section struct {
	Title, Text string
	Points      []string
	Links       []assets.Link
}

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
			{Text: a.t(a.Frame.Site(r).Accessibility()), Href: "/accessibilite"},
			a.link("legal.title", "/mentions-legales"), a.link("privacy.title", "/donnees-personnelles"),
			a.link("charter.title", charterPath), a.link("moderation.title", "/moderation"),
		}},
	}}
	return p.Frame.Render(w, r, http.StatusOK, "about.html", d)
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
