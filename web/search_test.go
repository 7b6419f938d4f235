package web_test

import (
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// What a search finds can be subscribed to and taken away, with the same words in its
// address, and says so itself.
func TestASearchInOtherForms(t *testing.T) {
	w := newWorld(t)
	for _, title := range []string{"Une navette fluviale", "Un guichet"} {
		w.publish(w.members["author"], &store.Experiment{Stage: "idees", Record: store.Record{
			Kind: "experiment", Title: title, Pitch: "Pour <tous> & \x01 partout.", Audience: store.Public, Lang: "fr", Licence: "etalab-2.0",
			Territory: []string{"region:53"}, Place: store.Place{Code: "com:35360", Lon: -1.21, Lat: 48.12, Precision: store.AtCommune}, Themes: []string{"mobilite"},
		}})
	}
	for _, c := range []struct {
		path      string
		has, lack []string
	}{
		{"/recherche.atom?q=navettes", []string{"application/atom+xml", "Access-Control-Allow-Origin: *", "Une navette fluviale", "navettes – Labo estran", "recherche?q=navettes"}, []string{"Un guichet"}},
		{"/en/recherche.rss?reusable=yes&themes=mobilite", []string{"application/rss+xml", "Une navette", "Un guichet", "<language>en</language>"}, []string{"Racine"}},
		{"/recherche.json?kind=lab", []string{"application/feed+json", "Labo estran"}, []string{"Une navette"}},
		{"/recherche.json?q=rien+de+tel", []string{`"items":[]`}, nil},
		{"/recherche.geojson?q=navette", []string{"application/geo+json", `"name":"Une navette fluviale"`, `"coordinates":[`}, []string{"Un guichet"}},
		{"/recherche.jsonld?q=navette", []string{"application/ld+json", "Une navette fluviale"}, []string{"Un guichet"}},
		{"/recherche?q=navette", []string{`rel="alternate" type="application/atom&#43;xml" href="/recherche.atom?q=navette"`, `href="/recherche.geojson?q=navette"`}, nil},
		{"/recherche?kind=experiment", []string{"reusable=yes"}, nil},
		{"/deja-fait?themes=mobilite&size=ville", []string{"Une navette", "size=ville"}, []string{"Racine"}},
		{"/deja-fait?themes=mobilite&size=village", []string{"à notre connaissance", "/besoins/nouvelle"}, []string{"Une navette"}},
		{"/recherche?size=ville", []string{"Une navette", "Ville (10"}, []string{"Racine"}},
		{federation.PagePath(w.root), []string{"Au hasard du réseau", "Un guichet", "/deja-fait"}, []string{"À croiser"}},
		{"/recherche", nil, []string{"recherche.atom"}},
	} {
		_, got := w.viewers["visitor"]("GET", c.path, asPage)
		for _, want := range c.has {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing in %.1500s", c.path, want, got)
			}
		}
		for _, not := range c.lack {
			if strings.Contains(got, not) {
				t.Errorf("%s: shows %q", c.path, not)
			}
		}
	}
}
