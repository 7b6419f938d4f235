//go:build browser

package oauth_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/essaim/essaim/web/browsertest"
	"github.com/essaim/essaim/web/oauth"
)

func TestPagesInTheBrowser(t *testing.T) {
	b := browsertest.Start(t)
	s := start(t)
	member := s.As(t, s.node.Contributor)
	s.change(s.exchange(s.code()))
	cookies := []*http.Cookie{{Name: "session", Value: member.Cookie()}}
	pages := []string{
		"/mon-compte/applications", "/oauth/authorize?" + s.question().Encode(),
		"/oauth/authorize?" + s.question("redirect_uri", oauth.OutOfBand, "scope", "read write follow push").Encode(),
		"/oauth/authorize?" + s.question("redirect_uri", "https://evil.example/").Encode(),
	}
	for i, path := range pages {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			b.Open(t, s.Server.URL+path, browsertest.View{Cookies: cookies}).CheckLooks(t)
		})
	}
}
