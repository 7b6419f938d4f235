package vocab

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)
	lab  = &store.Actor{
		IRI: "https://labs.example/actors/tilab", Type: store.Group, Handle: "tilab", Host: "labs.example",
		Inbox: "https://labs.example/actors/tilab/inbox", Followers: "https://labs.example/actors/tilab/followers",
	}
)

func tagURL(tag string) string { return "https://labs.example/tags/" + strings.ToLower(tag) }

func experiment() *store.Experiment {
	return &store.Experiment{
		Record: store.Record{
			IRI: "https://labs.example/o/1", Kind: "experiment", Type: "Article", Lang: "fr",
			URL:   "https://labs.example/e/labacces-1",
			Title: "LabAccès : accéder à ses droits", Pitch: "Deux accueils testent l’accès <sans> écran & sans rendez-vous.",
			Body:   "Un *parcours*.",
			Themes: []string{"acces-aux-droits", "ruralite"}, Territory: []string{"region:53"}, Tags: []string{"bretagne", "ruralité"},
			Image:   &store.Image{URL: "https://labs.example/m/1.jpg", MediaType: "image/jpeg", Alt: "Un guichet", Width: 640, Height: 480},
			Licence: "etalab-2.0", Audience: store.Public, Lab: lab.IRI, Authors: []string{"https://labs.example/actors/ada"},
			Created: noon, Updated: noon.Add(time.Hour),
		},
		Stage: "test-usagers", Outcome: "en-cours",
		Stages:   []store.StageChange{{Stage: "test-usagers", Date: noon, Note: "première séance"}},
		Problems: []store.Problem{{Statement: "Des usagers perdent leurs droits", Date: noon, Why: "12 entretiens"}},
	}
}

func publication() Publication {
	return Publication{
		To: []string{Public}, Cc: []string{lab.Followers}, Body: "<p>Un <em>parcours</em>.</p>", TagURL: tagURL,
	}
}

func TestRecordDocumentIsAsPeersWantIt(t *testing.T) {
	d := mustParse(t, string(RecordDocument(experiment(), publication())))
	m := d.o.members
	for key, want := range map[string]any{
		"id": "https://labs.example/o/1", "type": "Article", "attributedTo": lab.IRI, "actor": lab.IRI,
		"name":         "LabAccès : accéder à ses droits",
		"summary":      "Deux accueils testent l’accès &lt;sans&gt; écran &amp; sans rendez-vous.",
		"url":          "https://labs.example/e/labacces-1",
		"published":    "2026-03-01T12:00:00.25Z",
		"updated":      "2026-03-01T13:00:00.25Z",
		"context":      "https://labs.example/o/1/context",
		"conversation": "https://labs.example/o/1",
		"mediaType":    "text/html", "sensitive": false,
		"essaim:kind": "experiment", "essaim:stage": "test-usagers", "essaim:licence": "etalab-2.0", "essaim:audience": "public",
	} {
		if m[key] != want {
			t.Errorf("%s: got %v, want %v", key, m[key], want)
		}
	}
	if r := d.Doc("replies"); r.IRI("first") != "" || r.Doc("first").IRI("next") != "https://labs.example/o/1/replies?page=true" || r.ID() != "https://labs.example/o/1/replies" {
		t.Errorf("replies: got %v, want its first page within", m["replies"])
	}
	for _, key := range []string{"to", "cc", "tag", "attachment", "essaim:themes", "essaim:authors", "essaim:stages", "essaim:problems"} {
		if _, ok := m[key].([]any); !ok {
			t.Errorf("%s: got %v, want a list", key, m[key])
		}
	}
	if text, lang := d.Lang("content"); lang != "fr" || len(d.Langs("content")) != 1 || d.Langs("content")["fr"] != text {
		t.Errorf("contentMap: got %v, want the content once, in French", d.Langs("content"))
	}
	if _, ok := m["attachment"].([]any)[0].(*object).members["url"].(string); !ok {
		t.Error("attachment url is no string")
	}
	if _, ok := m["essaim:status"]; ok {
		t.Error("an empty field is written")
	}
}

func TestContentIsCompleteInItself(t *testing.T) {
	d := mustParse(t, string(RecordDocument(experiment(), publication())))
	const want = `<p><strong>LabAccès : accéder à ses droits</strong></p>` +
		`<p>Deux accueils testent l’accès &lt;sans&gt; écran &amp; sans rendez-vous.</p>` +
		`<p>Un <em>parcours</em>.</p>` +
		`<p><a href="https://labs.example/tags/accesauxdroits" class="mention hashtag" rel="tag">#<span>AccesAuxDroits</span></a> ` +
		`<a href="https://labs.example/tags/ruralite" class="mention hashtag" rel="tag">#<span>Ruralite</span></a> ` +
		`<a href="https://labs.example/tags/bretagne" class="mention hashtag" rel="tag">#<span>bretagne</span></a> ` +
		`<a href="https://labs.example/tags/ruralité" class="mention hashtag" rel="tag">#<span>ruralité</span></a></p>`
	if got := d.Str("content"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNoteHasNoName(t *testing.T) {
	n := &store.News{Record: store.Record{
		IRI: "https://labs.example/o/2", Kind: "news", Lang: "fr", Body: "Nouveau", Lab: lab.IRI, Pitch: "x", Title: "y",
		InReplyTo: "https://labs.example/o/1", Audience: store.Public, Created: noon,
	}}
	p := Publication{
		To: []string{Public}, Body: "<p>Nouveau</p>", Context: "https://labs.example/o/1", TagURL: tagURL,
		Mentions: []*store.Actor{{IRI: "https://b.example/u", Handle: "u", Host: "b.example"}},
	}
	d := mustParse(t, string(RecordDocument(n, p)))
	if d.Str("summary") != "x" || d.Has("name") || d.Type() != "Note" || d.Str("content") != "<p>Nouveau</p>" {
		t.Errorf("got %s", d.Raw())
	}
	if d.Str("context") != "https://labs.example/o/1/context" || d.IRI("inReplyTo") != "https://labs.example/o/1" {
		t.Errorf("thread: got %s", d.Raw())
	}
	if got := d.Mentions(); !reflect.DeepEqual(got, []string{"https://b.example/u"}) || d.Has("updated") || !d.Has("published") {
		t.Errorf("got %s", d.Raw())
	}
}

func TestRecordComesBackAsItWas(t *testing.T) {
	e := experiment()
	it, err := ReadRecord(mustParse(t, string(RecordDocument(e, publication()))), lab, noon.Add(2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	want := experiment()
	want.Body, want.HTML = "", "<p>Un <em>parcours</em>.</p>"
	want.Host, want.Remote, want.Fetched = "labs.example", true, noon.Add(2*time.Hour)
	if !reflect.DeepEqual(it, want) {
		got, _ := json.MarshalIndent(it, "", " ")
		w, _ := json.MarshalIndent(want, "", " ")
		t.Errorf("got %s, want %s", got, w)
	}
}

// external wraps properties into an object of somebody elsewhere.
func external(props string) string {
	return `{"id":"https://social.example/n/1","attributedTo":"https://social.example/u","to":["as:Public"],` + props + `}`
}

var stranger = &store.Actor{IRI: "https://social.example/u", Followers: "https://social.example/u/followers"}

func read(t *testing.T, props string) *store.Record {
	t.Helper()
	it, err := ReadRecord(mustParse(t, external(props)), stranger, noon)
	if err != nil {
		t.Fatalf("%s: %v", props, err)
	}
	return it.Envelope()
}

func TestReadForeignObjects(t *testing.T) {
	tests := []struct {
		name, props string
		get         func(*store.Record) any
		want        any
	}{
		{"is news", `"type":"Article","name":"T"`, func(r *store.Record) any { return r.Kind + r.Type + r.Title }, "newsArticleT"},
		{"our kind under a foreign type is news", `"type":"Note","essaim:kind":"experiment"`, func(r *store.Record) any { return r.Kind }, "news"},
		{"summary loses its marks", `"type":"Event","summary":"<p>Sam. 14&nbsp;nov.</p><p>Rennes &amp; Brest</p>"`, func(r *store.Record) any { return r.Pitch }, "Sam. 14 nov. Rennes & Brest"},
		{"summary with a comparison", `"type":"Event","summary":"2 < 3 &lt;b&gt; <b class=x>gras</b><br/>fin <i"`, func(r *store.Record) any { return r.Pitch }, "2 < 3 <b> gras fin <i"},
		{"name is one line", `"type":"Article","name":" a\n\u0007b "`, func(r *store.Record) any { return r.Title }, "a b"},
		{"name of a megabyte", `"type":"Article","name":"` + strings.Repeat("é", 1<<20) + `"`, func(r *store.Record) any { return len(r.Title) }, 2 * maxTitle},
		{"Markdown is shown as it stands", `"type":"Video","mediaType":"text/markdown","content":"a <b>\nc\n\nd"`, func(r *store.Record) any { return r.HTML }, "<p>a &lt;b&gt;<br>c</p><p>d</p>"},
		{"url of another host", `"type":"Page","url":"https://www.video.example/w"`, func(r *store.Record) any { return r.URL }, "https://social.example/n/1"},
		{"url of its own", `"type":"Page","url":"https://social.example/@u/1"`, func(r *store.Record) any { return r.URL }, "https://social.example/@u/1"},
		{"time to come", `"type":"Note","published":"2126-01-01T00:00:00Z"`, func(r *store.Record) any { return r.Created }, noon},
		{"time before time", `"type":"Note","published":"0001-01-01T00:00:00Z"`, func(r *store.Record) any { return r.Created }, noon},
		{"updated before published", `"type":"Note","published":"2026-01-02T00:00:00Z","updated":"2026-01-01T00:00:00Z"`, func(r *store.Record) any { return r.Updated }, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)},
		{
			"first picture attached", `"type":"Note","attachment":[{"type":"Link","href":"https://x.example"},{"type":"Document","mediaType":"image/png","url":"https://social.example/i.png","name":"alt"}]`,
			func(r *store.Record) any { return *r.Image },
			store.Image{URL: "https://social.example/i.png", MediaType: "image/png", Alt: "alt"},
		},
		{"claims of ours on foreign news", `"type":"Note","essaim:authors":["https://labs.example/actors/ada"]`, func(r *store.Record) any { return len(r.Authors) }, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.get(read(t, tt.props)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAudienceOfForeignObjects(t *testing.T) {
	tests := []struct {
		address string
		want    store.Audience
		named   int
	}{
		{`"to":"as:Public","cc":"https://social.example/u/followers"`, store.Public, 0},
		{`"to":"https://social.example/u/followers","cc":["as:Public"]`, store.Unlisted, 0},
		{`"to":"https://social.example/u/followers"`, store.FollowedLabs, 0},
		{`"to":["https://labs.example/actors/tilab"],"essaim:audience":"followed-labs"`, store.FollowedLabs, 1},
		{`"to":["https://labs.example/actors/ada"]`, store.Named, 1},
		{`"to":["https://labs.example/actors/ada","https://social.example/u/followers"],"directMessage":true`, store.Named, 1},
		{`"type":"Note"`, store.Named, 0},
	}
	for _, tt := range tests {
		doc := `{"id":"https://social.example/n/1","attributedTo":"https://social.example/u",` + tt.address + `}`
		if !strings.Contains(doc, "type") {
			doc = strings.Replace(doc, "{", `{"type":"Note",`, 1)
		}
		it, err := ReadRecord(mustParse(t, doc), stranger, noon)
		if err != nil {
			t.Fatal(err)
		}
		if r := it.Envelope(); r.Audience != tt.want || len(r.Addressed) != tt.named {
			t.Errorf("%s: got %s for %v, want %s for %d", tt.address, r.Audience, r.Addressed, tt.want, tt.named)
		}
	}
}

func TestReadRecordRefuses(t *testing.T) {
	for doc, want := range map[string]error{
		external(`"type":"ChatMessage"`):                                                                               ErrUnknownType,
		external(`"type":"Note","name":"Oui","inReplyTo":"https://a.b/q"`):                                             ErrUnknownType,
		`{"id":"https://social.example/n/1","type":"Note"}`:                                                            ErrMalformed,
		`{"id":"https://social.example/n/1","type":"Note","attributedTo":"https://social.example/eve"}`:                ErrMalformed,
		`{"id":"https://victim.example/n/1","type":"Note","attributedTo":"https://social.example/u"}`:                  ErrMalformed,
		`{"type":"Note","attributedTo":"https://social.example/u"}`:                                                    ErrMalformed,
		`{"id":null,"type":"Note","attributedTo":"https://social.example/u","@context":{"id":"@id","x":"y"},"URL":[]}`: ErrMalformed,
	} {
		if _, err := ReadRecord(mustParse(t, doc), stranger, noon); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", doc, err, want)
		}
	}
}

func TestFieldsOfANewerOrHostileEssaim(t *testing.T) {
	doc := `{"id":"https://labs.example/o/1","type":"Article","attributedTo":"https://labs.example/actors/tilab","essaim:kind":"experiment",
		"essaim:stage":"orbite","essaim:outcome":["appris"],"essaim:themes":["ruralite","lune","ruralite",7,"ess"],"essaim:territory":"region:53",
		"essaim:stages":{"stage":"signal","date":"2026-03-01T00:00:00Z"},"essaim:problems":[{"statement":5}],
		"essaim:authors":["https://labs.example/actors/ada","https://evil.example/eve"]}`
	it, err := ReadRecord(mustParse(t, doc), lab, noon)
	if err != nil {
		t.Fatal(err)
	}
	e := it.(*store.Experiment)
	if e.Stage != "" || e.Outcome != "appris" || !reflect.DeepEqual(e.Themes, []string{"ruralite", "ess"}) || !reflect.DeepEqual(e.Territory, []string{"region:53"}) {
		t.Errorf("got %+v", e)
	}
	if len(e.Stages) != 1 || e.Stages[0].Stage != "signal" || e.Problems != nil || !reflect.DeepEqual(e.Authors, []string{"https://labs.example/actors/ada"}) {
		t.Errorf("got %+v", e)
	}
}

// FuzzRead: no document of anybody makes the readers panic, and what they read
// can be kept.
func FuzzRead(f *testing.F) {
	f.Add(RecordDocument(experiment(), publication()))
	f.Add(ActorDocument(localLab(), Profile{TagURL: tagURL}))
	for _, o := range oddities {
		f.Add([]byte(external(`"type":"Note","x":` + o.doc)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := Parse(raw)
		if err != nil {
			return
		}
		if it, err := ReadRecord(d, &store.Actor{IRI: d.AttributedTo("")}, noon); err == nil {
			if _, err := json.Marshal(it); err != nil {
				t.Error(err)
			}
		}
		if a, err := ReadActor(d); err == nil {
			if _, err := json.Marshal(a); err != nil || a.Inbox == "" || a.Host == "" {
				t.Errorf("got %+v (%v)", a, err)
			}
		}
	})
}

func BenchmarkRecordDocument(b *testing.B) {
	e, p := experiment(), publication()
	b.ReportAllocs()
	for b.Loop() {
		RecordDocument(e, p)
	}
}

func BenchmarkReadRecord(b *testing.B) {
	d := mustParse(b, string(RecordDocument(experiment(), publication())))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = ReadRecord(d, lab, noon)
	}
}
