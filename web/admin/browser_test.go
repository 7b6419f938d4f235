//go:build browser

package admin_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/web/browsertest"
	"github.com/essaim/essaim/web/webtest"
)

func TestPagesInTheBrowser(t *testing.T) {
	b := browsertest.Start(t)
	s := serve(t, webtest.New(t))
	busy(t, s)
	cookies := []*http.Cookie{{Name: "session", Value: s.As(t, s.Admin).Cookie()}}
	own := append(slices.Clone(paths), "/mon-compte", "/mon-compte/securite", "/mon-compte/adresse", "/mon-compte/confirmer", "/mon-compte/mot-de-passe", "/mon-compte/cercles", "/admin/livraisons/abandonner?host=silent.example", silentPath, silentPath+"/oublier",
		"/admin/installation/reseau", "/notifications", "/mon-compte/courriels")
	for _, path := range own {
		check(t, b, s, path, cookies)
	}
	check(t, b, s, "/connexion", nil)
	check(t, b, s, "/connexion/oubli", nil)
	check(t, b, s, invitation(t, s, s.As(t, s.Admin), "contributor"), nil)
	check(t, b, s, link(t, s, s.Contributor, time.Hour), nil)
	empty, wizard := newNode(t)
	check(t, b, empty, wizard, nil)
	check(t, b, empty, wizard+"?etape=labo", nil)
	check(t, b, empty, "/connexion", nil)
}

// check looks at a page.
func check(t *testing.T, b *browsertest.Browser, s *site, path string, cookies []*http.Cookie) {
	t.Helper()
	t.Run(path, func(t *testing.T) {
		b.Open(t, s.Server.URL+path, browsertest.View{Cookies: cookies}).CheckLooks(t)
	})
}
