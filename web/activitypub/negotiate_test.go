package activitypub

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// What servers, browsers and tools send, and what each shall get at an address
// that is a page, too, and at one that is a document by nature.
func TestNegotiation(t *testing.T) {
	for _, c := range []struct {
		accept          string
		onPage, onActor bool // ActivityStreams?
	}{
		{"", false, true},
		{"*/*", false, true},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", false, false},
		{"application/activity+json", true, true},
		{"application/activity+json, application/ld+json", true, true},
		{`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, true, true},
		{`application/ld+json;profile="https://www.w3.org/ns/activitystreams https://example.org/p"`, true, true},
		{`application/ld+json; profile="https://www.w3.org/ns/activitystreams", application/activity+json, text/html;q=0.1`, true, true},
		{"APPLICATION/ACTIVITY+JSON;charset=utf-8", true, true},
		{"text/html, application/activity+json;q=0.5", false, false},
		{"text/html;q=0.4, application/activity+json;q=0.5", true, true},
		{"application/activity+json;q=0, */*", false, false},
		{"application/json", false, true},
		{"application/*", false, true},
		{"text/*", false, false},
		{"nonsense;;;,", false, true},
		{"application/activity+json;q=7", false, true},
	} {
		r := httptest.NewRequest(http.MethodGet, "/@lab", nil)
		if c.accept != "" {
			r.Header.Set("Accept", c.accept)
		}
		if got := prefersActivity(r, nil); got != c.onPage {
			t.Errorf("%q at a page: got %v, want %v", c.accept, got, c.onPage)
		}
		if got := !prefersPage(r); got != c.onActor {
			t.Errorf("%q at an id: got %v, want %v", c.accept, got, c.onActor)
		}
	}
}

func FuzzAccept(f *testing.F) {
	f.Add(`application/ld+json; profile="https://www.w3.org/ns/activitystreams";q=0.3, */*;q=x`)
	f.Fuzz(func(t *testing.T, accept string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["Accept"] = []string{accept}
		a, p, _ := preferences(r.Header)
		if a < 0 || a > 1 || p < 0 || p > 1 {
			t.Errorf("%q: qualities %v and %v", accept, a, p)
		}
	})
}

func TestEntityTagIsComparedWeakly(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, `"a"`: true, `W/"a"`: true, `"b", "a"`: true, "*": true, `"b"`: false, "a": false,
	} {
		if got := matches(header, `"a"`); got != want {
			t.Errorf("%q: got %v, want %v", header, got, want)
		}
	}
}
