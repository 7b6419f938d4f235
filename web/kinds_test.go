package web_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
	"github.com/essaim/essaim/store/media"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/session"
)

// Whatever a kind declares goes from the form into the store, over the wire to
// another node, and on its page there; what is inner stays at home.
func TestEveryKindTravelsFromFormToPage(t *testing.T) {
	origin, reader := start(t, "estran"), start(t, "calanques")
	reader.follow(t, origin)
	member := origin.member(t, "maelle")
	for _, k := range store.Kinds {
		t.Run(k.Name, func(t *testing.T) {
			typed := kindtest.Fill(k)
			typed.Envelope().Audience = store.Public
			pointTo(k.Fields, typed, origin.Lab.IRI)
			home := origin.saved(t, member.submit(t, k, typed))
			away := reader.await(t, home.Envelope().IRI)
			sameFields(t, k, home, away)
			wire := origin.visitor(t).get(t, home.Envelope().IRI, "application/activity+json")
			page := words(reader.visitor(t).get(t, reader.URL+federation.PagePath(away.Envelope()), "text/html"))
			inner := member.get(t, origin.URL+federation.PagePath(home.Envelope()), "text/html")
			for _, said := range sayings(k.Fields, typed, "", false) {
				said.check(t, wire, page, words(inner))
			}
		})
	}
}

// node is a whole node, as it is served.
type node struct{ *fedtest.Node }

func start(t *testing.T, handle string) node {
	t.Helper()
	renderer, err := web.NewRenderer(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	images, err := media.Open(t.TempDir(), media.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { images.Close() })
	return node{fedtest.Start(t, handle, fedtest.Serving(func(n *fedtest.Node) http.Handler {
		return web.Handler(web.Config{
			Node: n.Node, Sessions: n.Sessions, Renderer: renderer, Deliveries: n.Worker, Images: images,
			Log: n.Log, Version: "test", Development: true,
		})
	}))}
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
	late := time.After(15 * time.Second)
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
			t.Fatalf("%s: not so after 15 s: %s", n.Lab.Handle, what)
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
	hash, err := session.Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	account := &store.Account{Email: handle + "@" + n.Lab.Handle + ".test", Password: hash, Role: store.Contributor, Lang: "fr"}
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

// submit types all that an item says into the form of its kind.
func (b browser) submit(t *testing.T, k *store.Kind, it store.Item) *http.Response {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	typeFields(t, w, k.Fields, it, "")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.post(t, "/"+k.Path+"/nouvelle", w.FormDataContentType(), &body)
}

func typeFields(t *testing.T, w *multipart.Writer, fields []store.Field, v any, prefix string) {
	t.Helper()
	write := func(name, value string) {
		if err := w.WriteField(prefix+name, value); err != nil {
			t.Fatal(err)
		}
	}
	for i := range fields {
		f := &fields[i]
		if f.Widget == store.Shown {
			continue
		}
		switch p := f.At(v).(type) {
		case *[]string:
			for _, slug := range *p {
				write(f.Name, slug)
			}
		case *store.Place:
			write(f.Name+".name", p.Name)
			write(f.Name+".street", p.Street)
			write(f.Name+".commune", p.Commune)
		case **store.Image:
			upload(t, w, f.Name, "photo.png", pixels(t))
			write(f.Name+"-alt", (*p).Alt)
		case *[]store.Attachment:
			upload(t, w, f.Name, "kit.txt", []byte("Un fichier.\n"))
		case store.Rows:
			for n := range p.Len() {
				typeFields(t, w, f.Columns, p.Row(n), store.RowName(f.Name, n)+".")
			}
		default:
			write(f.Name, f.Text(v))
		}
	}
}

func upload(t *testing.T, w *multipart.Writer, field, name string, data []byte) {
	t.Helper()
	part, err := w.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(data); err != nil {
		t.Fatal(err)
	}
}

func pixels(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pointTo makes all links of an item lead to something that is there.
func pointTo(fields []store.Field, v any, iri string) {
	for i := range fields {
		switch p := fields[i].At(v).(type) {
		case *string:
			if fields[i].Widget == store.Link {
				*p = iri
			}
		case store.Rows:
			for n := range p.Len() {
				pointTo(fields[i].Columns, p.Row(n), iri)
			}
		}
	}
}

// sameFields wants the copy to say what the record says at home, but for what is
// inner. The text of a copy is HTML; a picture is said in other words, too.
func sameFields(t *testing.T, k *store.Kind, home, away store.Item) {
	t.Helper()
	for i := range k.Fields {
		f := &k.Fields[i]
		want, err := json.Marshal(f.At(home))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(f.At(away))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case f.Name == "body":
			if !strings.Contains(away.Envelope().HTML, home.Envelope().Body) {
				t.Errorf("text: got %s, want %s", away.Envelope().HTML, home.Envelope().Body)
			}
		case f.Inner:
			if bytes.Equal(got, want) {
				t.Errorf("%s is inner: got %s there, %s at home", f.Name, got, want)
			}
		case !bytes.Equal(got, want):
			t.Errorf("%s: got %s, want %s", f.Name, got, want)
		case slices.Contains([]string{`""`, "null", "0", "false", "{}"}, string(got)) && !formOnly(f, home):
			t.Errorf("%s: what was typed is not in the store", f.Name)
		}
	}
}

// formOnly says whether the kind keeps what was typed elsewhere: see the fields
// that are only shown.
func formOnly(f *store.Field, it store.Item) bool {
	data, err := json.Marshal(it)
	return f.Envelope && f.Wire == "" && err == nil && !bytes.Contains(data, []byte(`"`+f.Name+`":`))
}

// saying is a value of a field in words, and who is to read it.
type saying struct {
	field, wire, page string
	inner             bool
}

// unsaid are the fields that pages do not spell out, and why.
var unsaid = map[string]string{
	"audience":   "that everybody may read it goes without saying",
	"relations":  "the page leads to what they name",
	"image":      "pictures of other servers are not loaded",
	"start":      "pages say when in words, as far as they can",
	"end":        "see start",
	"zone":       "see start",
	"problemWhy": "shown beside the wording when there are several",
}

func sayings(fields []store.Field, v any, prefix string, inner bool) []saying {
	var list []saying
	for i := range fields {
		f := &fields[i]
		if f.Widget == store.Shown || unsaid[f.Name] != "" {
			continue
		}
		said := saying{field: prefix + f.Name, inner: inner || f.Inner}
		switch p := f.At(v).(type) {
		case store.Rows:
			for n := range p.Len() {
				list = append(list, sayings(f.Columns, p.Row(n), store.RowName(prefix+f.Name, n)+".", said.inner)...)
			}
		case *[]string:
			for _, slug := range *p {
				said.wire, said.page = slug, inWords(f.Vocabulary, slug)
				list = append(list, said)
			}
		case *string:
			said.wire, said.page = *p, *p
			switch {
			case f.Vocabulary != nil:
				said.page = inWords(f.Vocabulary, *p)
			case f.Widget == store.Link:
				said.page = "Labo estran" // whom all of them name
			case f.Widget == store.Web:
				said.page = strings.TrimPrefix(*p, "https://")
			case f.Widget == store.Clock:
				said.page = strings.Replace(*p, "T", " ", 1)
			}
			list = append(list, said)
		case *store.Place:
			said.wire, said.page = p.Name, p.Name
			list = append(list, said)
		case *int, *float64:
			said.wire, said.page = f.Text(v), f.Text(v)
			list = append(list, said)
		}
	}
	return list
}

// check wants what is for everybody in the document and on the page of the other
// node, what is inner on the page at home alone.
func (s saying) check(t *testing.T, wire, page, home string) {
	t.Helper()
	telling := strings.Contains(s.wire, " ") // words that stand nowhere else
	if s.inner && telling && (strings.Contains(wire, s.wire) || strings.Contains(page, s.page)) {
		t.Errorf("%s is inner, and left the node", s.field)
	}
	if s.inner && !strings.Contains(home, s.page) {
		t.Errorf("%s: %q is not on the page for its team", s.field, s.page)
	}
	if !s.inner && !strings.Contains(wire, s.wire) {
		t.Errorf("%s: %q is not in the document", s.field, s.wire)
	}
	if !s.inner && !strings.Contains(page, s.page) {
		t.Errorf("%s: %q is not on the page of the other node", s.field, s.page)
	}
}

var catalog = sync.OnceValues(assets.NewCatalog)

// inWords is a slug as French pages have it.
func inWords(v *store.Vocabulary, slug string) string {
	c, err := catalog()
	if err != nil {
		panic(err) // embedded
	}
	return spaces.Replace(c.T(assets.French, v.Name+"."+slug))
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
