//go:build browser

package page

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/browsertest"
	"github.com/essaim/essaim/web/webtest"
)

func TestPagesOfEventsInABrowser(t *testing.T) {
	s := newSite(t)
	e := joinable("restricted", 3)
	e.Place = store.Place{Name: "La Fabrique", Commune: "Rennes", PostalCode: "35000"}
	e.Actions = store.Entries[store.Task]{{Who: "Ana", What: "Écrire", Due: "2026-12-01"}}
	path := federation.PagePath(s.publish(t, s.node.Contributor, e))
	s.publish(t, s.node.Contributor, takesPlace("Il y a un mois", -30, ""))
	guest := s.Visitor(t).Post(path+"/participer", url.Values{"name": {"Ana"}, "email": {"ana@exemple.fr"}}).Location
	base, err := url.Parse(webtest.BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	b := browsertest.Start(t)
	for page, signedIn := range map[string]bool{
		"/agenda": true, "/agenda?quand=passe": false, path: true, path + "/participer": false, guest: false, path + "/inscrits": true, "/agenda/nouvelle": true,
	} {
		t.Run(page, func(t *testing.T) {
			view := browsertest.View{NoScript: true}
			if signedIn {
				view.Cookies = s.As(t, s.node.Contributor).HTTP.Jar.Cookies(base)
			}
			p := b.Open(t, s.Server.URL+page, view)
			if p.Status() != http.StatusOK {
				t.Errorf("got %d", p.Status())
			}
			p.CheckLooks(t)
		})
	}
}
