package web_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
	"github.com/essaim/essaim/web/assets"
)

// Whatever a kind declares goes from the form into the store, over the wire to
// another node, and on its page there; what is inner stays at home.
func TestEveryKindTravelsFromFormToPage(t *testing.T) {
	origin, reader := start(t, "estran"), start(t, "calanques")
	reader.follow(t, origin)
	member := origin.member(t, "maelle")
	known := reader.await(t, origin.publish(t, knownTitle))
	for _, k := range store.Kinds {
		t.Run(k.Name, func(t *testing.T) {
			typed := kindtest.Fill(k)
			typed.Envelope().Audience = store.Public
			pointTo(k.Fields, typed, origin.Lab.IRI, known.Envelope().IRI)
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

// knownTitle is what links in tables lead to.
const knownTitle = "Une fiche connue des deux"

// publish saves a small record, and returns its IRI.
func (n node) publish(t *testing.T, title string) string {
	t.Helper()
	it := &store.Experiment{Stage: "signal", Record: store.Record{Kind: "experiment", Title: title, Pitch: "Une accroche.", Audience: store.Public}}
	err := n.Publish(t.Context(), n.Admin(), &federation.Activity{Verb: "Create", Actor: n.Lab.IRI, Item: it})
	if err != nil {
		t.Fatal(err)
	}
	return it.IRI
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

// pointTo makes the links of an item lead to something that is there, those in
// tables to another.
func pointTo(fields []store.Field, v any, iri, inTables string) {
	for i := range fields {
		switch p := fields[i].At(v).(type) {
		case *string:
			if fields[i].Widget == store.Link {
				*p = iri
			}
		case store.Rows:
			for n := range p.Len() {
				pointTo(fields[i].Columns, p.Row(n), inTables, inTables)
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
		case f.Widget != store.Shown && slices.Contains([]string{`""`, "null", "0", "false", "{}"}, string(got)) && !formOnly(f, home):
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
			case f.Widget == store.Link && prefix == "":
				said.page = "Labo estran"
			case f.Widget == store.Link:
				said.page = knownTitle
			case f.Widget == store.Web:
				said.page = strings.TrimPrefix(*p, "https://")
			case f.Widget == store.Day, f.Widget == store.Clock:
				said.page = "14 mars 2026"
			}
			list = append(list, said)
		case *store.Place:
			said.wire, said.page = p.Name, p.Name
			list = append(list, said)
		case *int, *float64:
			said.wire, said.page = f.Text(v), strings.Replace(f.Text(v), ".", ",", 1)
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
