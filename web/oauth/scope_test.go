package oauth_test

import (
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/oauth"
	"github.com/essaim/essaim/web/webtest"
)

func TestScopesCoverTheirParts(t *testing.T) {
	for _, c := range []struct {
		granted, needed string
		want            bool
	}{
		{"read", "read:statuses", true},
		{"read", "read", true},
		{"read", "write:statuses", false},
		{"read:statuses", "read", false},
		{"read:statuses", "read:accounts", false},
		{"follow", "write:follows", true},
		{"follow", "read:mutes", true},
		{"follow", "write:statuses", false},
		{"read write", "follow", true},
		{"write", "follow", false},
		{"profile", "profile", true},
		{"profile", "read:accounts", false},
		{"read", "profile", true},
		{"read:accounts", "profile", true},
		{"write", "push", false},
		{"push", "push", true},
		{"", "read", false},
	} {
		if got := oauth.Covers(strings.Fields(c.granted), c.needed); got != c.want {
			t.Errorf("%q for %s: got %v", c.granted, c.needed, got)
		}
	}
}

func TestRegistrationsThatAreRefused(t *testing.T) {
	n := webtest.New(t)
	good := oauth.Registration{Name: "Nuage", Redirects: []string{back}, Scopes: "read"}
	change := func(do func(*oauth.Registration)) oauth.Registration {
		r := good
		do(&r)
		return r
	}
	cases := map[string]oauth.Registration{
		"no name":       change(func(r *oauth.Registration) { r.Name = " " }),
		"long name":     change(func(r *oauth.Registration) { r.Name = strings.Repeat("x", 61) }),
		"no redirect":   change(func(r *oauth.Registration) { r.Redirects = nil }),
		"unknown scope": change(func(r *oauth.Registration) { r.Scopes = "admin" }),
		"website":       change(func(r *oauth.Registration) { r.Website = "javascript:x" }),
	}
	for _, redirect := range []string{
		"javascript:alert(1)", "JavaScript:x", "data:text/html,x", "file:///etc/passwd", "/relative", "//host", "https://", "https://a b/",
		"https://app.example/#f", "https://u:p@app.example/", "https://app.example/;script-src", "x", "",
	} {
		cases["redirect "+redirect] = change(func(r *oauth.Registration) { r.Redirects = []string{redirect} })
	}
	for name, r := range cases {
		if _, _, err := oauth.Register(t.Context(), n.Store, r); err == nil {
			t.Errorf("%s: was accepted", name)
		} else if _, ok := err.(*store.FieldError); !ok { //nolint:errorlint // as it is documented
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, _, err := oauth.Register(t.Context(), n.Store, good); err != nil {
		t.Error(err)
	}
}
