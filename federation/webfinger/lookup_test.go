package webfinger

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/essaim/essaim/federation/fetch"
)

// internet is one server under many names; answers are keyed by "name resource"
// or, for other paths, "name /path". {port} in an answer is the server's.
type internet struct {
	answers map[string]any
	port    string
	mu      sync.Mutex
	asked   []string
}

func newInternet(t *testing.T, answers map[string]any) (*internet, *fetch.Client) {
	t.Helper()
	n := &internet{answers: answers}
	s := httptest.NewServer(n)
	t.Cleanup(s.Close)
	n.port = s.URL[strings.LastIndex(s.URL, ":"):]
	c := fetch.New(fetch.Config{AllowHTTP: true, AllowNets: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(c.Close)
	return n, c
}

func (n *internet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, _, _ := strings.Cut(r.Host, ".")
	key := name + " " + r.URL.Path
	if resource := r.URL.Query().Get("resource"); resource != "" && r.URL.Path == "/.well-known/webfinger" {
		key = name + " " + strings.ReplaceAll(resource, n.port, "")
	}
	n.mu.Lock()
	n.asked = append(n.asked, key)
	n.mu.Unlock()
	switch answer := n.answers[key].(type) {
	case nil:
		http.NotFound(w, r)
	case int:
		w.WriteHeader(answer)
	case *JRD:
		w.Header().Set("Content-Type", MediaType+"; charset=utf-8")
		body, _ := json.Marshal(answer)
		w.Write([]byte(strings.ReplaceAll(string(body), "{port}", n.port)))
	case string:
		w.Header().Set("Content-Type", HostMetaType)
		w.Write([]byte(strings.ReplaceAll(answer, "{port}", n.port)))
	}
}

func (n *internet) host(name string) string { return name + ".localhost" + n.port }

// says is the descriptor of a handle and its actor, both as "user@name".
func says(handle, actor string) *JRD {
	user, name, _ := strings.Cut(handle, "@")
	actorUser, actorName, _ := strings.Cut(actor, "@")
	return &JRD{
		Subject: "acct:" + user + "@" + name + ".localhost{port}",
		Links:   []Link{{Rel: "self", Type: "application/activity+json", Href: "http://" + actorName + ".localhost{port}/u/" + actorUser}},
	}
}

func TestLookupAsksTheHost(t *testing.T) {
	n, c := newInternet(t, map[string]any{"lab acct:Bee@lab.localhost": says("bee@LAB", "bee@lab")})
	id, err := Lookup(t.Context(), c, "Bee", n.host("lab"))
	want := Identity{Address{User: "bee", Host: n.host("lab")}, "http://" + n.host("lab") + "/u/bee"}
	if err != nil || id != want {
		t.Errorf("got %+v, %v, want %+v", id, err, want)
	}
	if len(n.asked) != 1 {
		t.Errorf("got requests %v, want one", n.asked)
	}
}

func TestLookupFollowsTheSubjectOnce(t *testing.T) {
	n, c := newInternet(t, map[string]any{
		"fed acct:bee@fed.localhost":   says("bee@lab", "bee@fed"),
		"lab acct:bee@lab.localhost":   says("bee@lab", "bee@fed"),
		"one acct:x@one.localhost":     says("x@two", "x@one"),
		"two acct:x@two.localhost":     says("x@three", "x@two"),
		"three acct:x@three.localhost": says("x@three", "x@three"),
	})
	id, err := Lookup(t.Context(), c, "bee", n.host("fed"))
	if err != nil || id.Host != n.host("lab") || id.Actor != "http://"+n.host("fed")+"/u/bee" {
		t.Errorf("got %+v, %v, want bee@lab", id, err)
	}
	_, err = Lookup(t.Context(), c, "x", n.host("one"))
	wantError(t, err, ErrMismatch)
}

func TestLookupFallsBackToHostMeta(t *testing.T) {
	n, c := newInternet(t, map[string]any{
		"lab /.well-known/host-meta": `<?xml version="1.0"?><XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">` +
			`<Link rel="lrdd" type="application/xrd+xml" template="http://fed.localhost{port}/.well-known/webfinger?resource={uri}"/></XRD>`,
		"fed acct:bee@lab.localhost": says("bee@lab", "bee@fed"),
	})
	id, err := Lookup(t.Context(), c, "bee", n.host("lab"))
	if err != nil || id.Actor != "http://"+n.host("fed")+"/u/bee" {
		t.Errorf("got %+v, %v", id, err)
	}
}

func TestLookupOfNobody(t *testing.T) {
	n, c := newInternet(t, map[string]any{
		"lab /.well-known/host-meta": `<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">` +
			`<Link rel="lrdd" template="http://lab.localhost{port}/.well-known/webfinger?resource={uri}"/></XRD>`,
		"lab acct:gone@lab.localhost": http.StatusGone,
		"lab acct:busy@lab.localhost": http.StatusServiceUnavailable,
		"lab acct:page@lab.localhost": &JRD{Subject: "acct:page@lab.localhost{port}"},
		"lab acct:mute@lab.localhost": &JRD{},
		"lab acct:xrd@lab.localhost":  "<XRD/>",
	})
	for user, want := range map[string]error{
		"nobody": fetch.ErrNotFound, "gone": fetch.ErrGone, "busy": fetch.ErrTemporary,
		"page": ErrMismatch, "mute": ErrInvalid, "xrd": fetch.ErrContentType,
	} {
		_, err := Lookup(t.Context(), c, user, n.host("lab"))
		wantError(t, err, want)
	}
	_, err := Lookup(t.Context(), c, "bee", "10.0.0.1")
	wantError(t, err, fetch.ErrForbiddenAddress)
}

// O22
func TestVerifyRefusesAForeignHandle(t *testing.T) {
	n, c := newInternet(t, map[string]any{
		"victim acct:vic@victim.localhost": says("vic@victim", "vic@victim"),
		// An evil host that points its handle, or the victim's, at any actor.
		"evil acct:vic@evil.localhost":    says("vic@evil", "vic@victim"),
		"evil acct:fake@evil.localhost":   says("vic@victim", "fake@evil"),
		"evil acct:alias@evil.localhost":  says("vic@victim", "alias@evil"),
		"evil acct:vic@victim.localhost":  says("vic@victim", "fake@evil"),
		"evil acct:double@evil.localhost": says("double@evil", "other@evil"),
	})
	vic := "http://" + n.host("victim") + "/u/vic"
	id, err := Verify(t.Context(), c, vic, "vic")
	if err != nil || id.Host != n.host("victim") {
		t.Errorf("got %+v, %v, want vic@victim", id, err)
	}
	for _, user := range []string{"vic", "fake", "alias", "double"} {
		_, err := Verify(t.Context(), c, "http://"+n.host("evil")+"/u/"+user, user)
		wantError(t, err, ErrMismatch)
	}
	// Lookup may find the victim's actor under the evil handle; Verify gives it its own back.
	found, err := Lookup(t.Context(), c, "vic", n.host("evil"))
	if err != nil || found.Actor != vic {
		t.Fatalf("got %+v, %v", found, err)
	}
	if id, err = Verify(t.Context(), c, found.Actor, "vic"); err != nil || id.Host != n.host("victim") {
		t.Errorf("got %+v, %v, want vic@victim", id, err)
	}
}

func TestVerifyTakesAnAccountDomain(t *testing.T) {
	n, c := newInternet(t, map[string]any{
		"fed acct:bee@fed.localhost": says("bee@lab", "bee@fed"),
		"lab acct:bee@lab.localhost": says("bee@lab", "bee@fed"),
	})
	id, err := Verify(t.Context(), c, "http://"+n.host("fed")+"/u/bee", "bee")
	if err != nil || id.Host != n.host("lab") {
		t.Errorf("got %+v, %v, want bee@lab", id, err)
	}
}

func TestLookupURLFindsTheActor(t *testing.T) {
	n, c := newInternet(t, map[string]any{
		"lab http://lab.localhost/":        BuildSite("http://lab.localhost{port}", "http://lab.localhost{port}/actor", "http://lab.localhost{port}/actors/lab"),
		"lab http://lab.localhost/o/1?a=b": &JRD{Subject: "x"},
	})
	address, err := ParseHandle(n.host("lab"), c.BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	actor, err := LookupURL(t.Context(), c, address.URL)
	if err != nil || actor != "http://"+n.host("lab")+"/actors/lab" {
		t.Errorf("got %s, %v", actor, err)
	}
	_, err = LookupURL(t.Context(), c, address.URL+"o/1?a=b")
	wantError(t, err, ErrMismatch)
	_, err = LookupURL(t.Context(), c, address.URL+"unknown")
	wantError(t, err, fetch.ErrNotFound)
}

func TestQueryEscapesTheResource(t *testing.T) {
	n, c := newInternet(t, nil)
	resource := "http://" + n.host("lab") + "/?a=b&resource=acct:vic@lab"
	if _, err := LookupURL(t.Context(), c, resource); !errors.Is(err, fetch.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if want := "lab http://lab.localhost/?a=b&resource=acct:vic@lab"; n.asked[0] != want {
		t.Errorf("got %s, want %s (escaped as %s)", n.asked[0], want, url.QueryEscape(resource))
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}
