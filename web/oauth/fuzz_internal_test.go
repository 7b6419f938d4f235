package oauth

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func FuzzRedirect(f *testing.F) {
	for _, s := range []string{
		OutOfBand, "https://app.example/back?x=1", "nuage://back", "nuage:back", "javascript:alert(1)", "//evil", "https://", "http://[::1]:80/",
		"https://a\tb/", "https://a/;script-src", "JAVASCRIPT:x", "https://u@h/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !validRedirect(s) {
			return
		}
		u, err := url.Parse(s)
		if err != nil || u.Scheme == "" || u.Fragment != "" || u.User != nil || strings.EqualFold(u.Scheme, "javascript") {
			t.Errorf("%q was taken", s)
		}
		h := http.Header{"Content-Security-Policy": {"default-src 'none'; form-action 'self'; base-uri 'none'"}}
		letGo(h, s)
		if policy := h.Get("Content-Security-Policy"); strings.Count(policy, ";") != 2 || strings.ContainsAny(policy, "\r\n") {
			t.Errorf("%q makes the policy %q", s, policy)
		}
		if sameRedirect("https://other.example/\n"+s, s) != nil || sameRedirect("https://other.example/", s) == nil && s != "https://other.example/" {
			t.Errorf("%q is compared wrongly", s)
		}
	})
}

func FuzzScopes(f *testing.F) {
	f.Add("read write:statuses follow")
	f.Add("read+push,profile")
	f.Fuzz(func(t *testing.T, s string) {
		scopes, ok := ParseScopes(s)
		if !ok {
			return
		}
		for _, scope := range scopes {
			if !Covers(scopes, scope) || !within([]string{scope}, scopes) {
				t.Errorf("%q does not cover its own %s", s, scope)
			}
		}
	})
}
