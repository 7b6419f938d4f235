package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/media"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/session"
)

// node is a whole node, as it is served.
type node struct{ *fedtest.Node }

// templates are those of every node, which take long to parse.
var templates = sync.OnceValues(func() (*assets.Renderer, error) { return web.NewRenderer(time.UTC) })

func start(t *testing.T, handle string) node {
	t.Helper()
	return startWith(t, handle, func(*fedtest.Node, *web.Config) {})
}

// startWith starts a node whose handler is configured in another way.
func startWith(t *testing.T, handle string, change func(*fedtest.Node, *web.Config), options ...fedtest.Option) node {
	t.Helper()
	renderer, err := templates()
	if err != nil {
		t.Fatal(err)
	}
	images, err := media.Open(t.TempDir(), media.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { images.Close() })
	serving := fedtest.Serving(func(n *fedtest.Node) http.Handler {
		n.Words = func(lang, key string, args ...any) string { return renderer.Catalog.T(assets.Lang(lang), key, args...) }
		c := web.Config{
			Node: n.Node, Sessions: n.Sessions, Renderer: renderer, Deliveries: n.Worker, Images: images,
			Log: n.Log, Version: "test", Development: true,
		}
		change(n, &c)
		return web.Handler(c)
	})
	return node{fedtest.Start(t, handle, append(options, serving)...)}
}

func (n node) follow(t *testing.T, other node) {
	t.Helper()
	err := n.Publish(t.Context(), n.Admin(), &federation.Activity{Verb: "Follow", Actor: n.Lab.IRI, Object: other.Lab.IRI})
	if err != nil {
		t.Fatal(err)
	}
	n.eventually(t, "the follow is accepted", func(tx *store.Txn) bool {
		lab, err := tx.ActorByIRI(other.Lab.IRI)
		return err == nil && tx.Follows(n.Lab.ID, lab.ID)
	})
}

// await is the copy of a record of another node, as soon as there is one.
func (n node) await(t *testing.T, iri string) (it store.Item) {
	t.Helper()
	n.eventually(t, iri+" has arrived", func(tx *store.Txn) (ok bool) {
		var err error
		it, err = tx.RecordByIRI(iri)
		return err == nil
	})
	return it
}

// eventually waits until the store satisfies a condition: between real nodes over
// real HTTP there is no other sign.
func (n node) eventually(t *testing.T, what string, holds func(*store.Txn) bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(2 * time.Minute)
	for ok := false; !ok; {
		err := n.Store.View(t.Context(), func(tx *store.Txn) error {
			ok = holds(tx)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%s: not so after two minutes: %s", n.Lab.Handle, what)
		}
	}
}

// saved is the record that a redirect leads to.
func (n node) saved(t *testing.T, res *http.Response) (it store.Item) {
	t.Helper()
	to := res.Header.Get("Location")
	id, err := store.ParseID(to[strings.LastIndexAny(to, "-/")+1:])
	if err != nil {
		t.Fatal(err)
	}
	err = n.Store.View(t.Context(), func(tx *store.Txn) (err error) {
		it, err = tx.Record(id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return it
}

// browser is somebody with cookies who follows no redirect.
type browser struct {
	*http.Client
	base string
}

func (n node) visitor(t *testing.T) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{base: n.URL, Client: &http.Client{
		Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

const password = "marée haute à midi"

// member is a browser in which a new member of the lab has signed in.
func (n node) member(t *testing.T, handle string) browser {
	t.Helper()
	return n.signedIn(t, handle, store.Contributor)
}

func (n node) signedIn(t *testing.T, handle string, role store.Role) browser {
	t.Helper()
	hash, err := session.Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	account := &store.Account{Email: handle + "@" + n.Lab.Handle + ".test", Password: hash, Role: role, Lang: "fr"}
	if _, err := n.AddMember(t.Context(), store.Actor{Handle: handle, Name: handle, Lang: "fr"}, account); err != nil {
		t.Fatal(err)
	}
	b := n.visitor(t)
	form := url.Values{"login": {account.Email}, "password": {password}}
	b.post(t, "/connexion", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	return b
}

// post sends a form that is to be accepted.
func (b browser) post(t *testing.T, path, form string, body io.Reader) *http.Response {
	t.Helper()
	res := b.do(t, http.MethodPost, b.base+path, http.Header{"Content-Type": {form}, "Sec-Fetch-Site": {"same-origin"}}, body)
	if res.StatusCode != http.StatusSeeOther {
		page, _ := io.ReadAll(res.Body)
		_, mistakes, _ := strings.Cut(string(page), `<section class="mistakes"`)
		mistakes, _, _ = strings.Cut(mistakes, "</section>")
		t.Fatalf("%s: got %d, want 303: %s", path, res.StatusCode, words(mistakes))
	}
	return res
}

// send sends answers to a form that is to be accepted.
func (b browser) send(t *testing.T, path string, answers url.Values) *http.Response {
	t.Helper()
	return b.post(t, path, "application/x-www-form-urlencoded", strings.NewReader(answers.Encode()))
}

// refused sends answers to a form that is to come back with this status, and
// returns what the page says.
func (b browser) refused(t *testing.T, path string, answers url.Values, status int) string {
	t.Helper()
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
	res := b.do(t, http.MethodPost, b.base+path, header, strings.NewReader(answers.Encode()))
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status {
		t.Fatalf("%s: got %d, %v, want %d", path, res.StatusCode, err, status)
	}
	return words(string(page))
}

// status is that of an address.
func (b browser) status(t *testing.T, address, accept string) int {
	t.Helper()
	return b.do(t, http.MethodGet, address, http.Header{"Accept": {accept}}, nil).StatusCode
}

func (b browser) get(t *testing.T, address, accept string) string {
	t.Helper()
	res := b.do(t, http.MethodGet, address, http.Header{"Accept": {accept}}, nil)
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: got %d, %v", address, res.StatusCode, err)
	}
	return string(data)
}

func (b browser) do(t *testing.T, method, address string, header http.Header, body io.Reader) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	res, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

var spaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

// words is what one reads on a page, with simple spaces.
func words(page string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	for z.Next() != html.ErrorToken {
		if token := z.Token(); token.Type == html.TextToken {
			b.WriteString(token.Data + " ")
		}
	}
	return spaces.Replace(b.String())
}

// change sends a record's form again, with the version that is there now.
func (n node) change(t *testing.T, b browser, rec *store.Record, answers url.Values) store.Item {
	t.Helper()
	answers.Set("version", strconv.Itoa(n.await(t, rec.IRI).Envelope().Version))
	return n.saved(t, b.send(t, federation.PagePath(rec)+"/modifier", answers))
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
