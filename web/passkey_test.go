package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestPasskeysThatWereNotAskedForAreRefused sends what no authenticator made.
func TestPasskeysThatWereNotAskedForAreRefused(t *testing.T) {
	t.Parallel()
	n := start(t, "estran")
	member, visitor := n.member(t, "ana"), n.visitor(t)
	header := func() http.Header {
		return http.Header{"Content-Type": {"application/json"}, "Sec-Fetch-Site": {"same-origin"}}
	}
	for _, c := range []struct {
		who    browser
		path   string
		status int
	}{
		{visitor, "/connexion/cle/fin", http.StatusForbidden},
		{member, "/connexion/cle/fin", http.StatusForbidden},
		{member, "/mon-compte/cle/fin", http.StatusForbidden},
		{visitor, "/mon-compte/cle/fin", http.StatusUnauthorized},
		{visitor, "/mon-compte/cle/debut", http.StatusUnauthorized},
	} {
		for _, body := range []string{`{"credential":{}}`, `{"credential":{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"MQ"}}}`} {
			if got := c.who.do(t, http.MethodPost, n.URL+c.path, header(), strings.NewReader(body)).StatusCode; got != c.status {
				t.Errorf("%s: got %d, want %d", c.path, got, c.status)
			}
		}
		if got := c.who.do(t, http.MethodPost, n.URL+c.path, header(), strings.NewReader("[")).StatusCode; got >= 500 {
			t.Errorf("%s: got %d", c.path, got)
		}
	}
}
