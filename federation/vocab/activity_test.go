package vocab

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

const (
	as2   = `{"@context":"https://www.w3.org/ns/activitystreams",`
	actID = "https://labs.example/a/00000001"
)

func TestActivitiesExactly(t *testing.T) {
	follow := mustParse(t, `{"@context":["x"],"id":"https://Żółw.example/f#1#2","type":"Follow","actor":{"id":"https://Żółw.example/ü|"},"object":"https://labs.example/actors/tilab","state":"pending"}`)
	own := mustParse(t, `{"id":"https://labs.example/a/2","type":"Like","actor":"https://labs.example/actors/tilab","object":"https://b.example/1","to":["https://b.example/u"]}`)
	tests := []struct {
		name string
		a    Activity
		want string
	}{
		{
			"Follow",
			Activity{Verb: "Follow", ID: actID, Actor: lab.IRI, Objects: []string{"https://b.example/u"}, To: []string{"https://b.example/u"}},
			`"actor":"https://labs.example/actors/tilab","id":"https://labs.example/a/00000001","object":"https://b.example/u","to":["https://b.example/u"],"type":"Follow"}`,
		},
		{
			"Accept holds the Follow byte for byte", Answer("Accept", actID, follow),
			`"actor":"https://labs.example/actors/tilab","id":"https://labs.example/a/00000001",` +
				`"object":{"actor":"https://Żółw.example/ü|","id":"https://Żółw.example/f#1#2","object":"https://labs.example/actors/tilab","type":"Follow"},` +
				`"to":["https://Żółw.example/ü|"],"type":"Accept"}`,
		},
		{
			"Undo goes where the Like went", Undo(actID, own),
			`"actor":"https://labs.example/actors/tilab","id":"https://labs.example/a/00000001",` +
				`"object":{"actor":"https://labs.example/actors/tilab","id":"https://labs.example/a/2","object":"https://b.example/1","type":"Like"},` +
				`"to":["https://b.example/u"],"type":"Undo"}`,
		},
		{
			"Delete", Delete(lab.IRI, "https://labs.example/o/1", "Article"),
			`"actor":"https://labs.example/actors/tilab","id":"https://labs.example/o/1#delete",` +
				`"object":{"formerType":"Article","id":"https://labs.example/o/1","type":"Tombstone"},"type":"Delete"}`,
		},
		{
			"Delete of the actor", DeleteActor(lab.IRI),
			`"actor":"https://labs.example/actors/tilab","id":"https://labs.example/actors/tilab#delete","object":"https://labs.example/actors/tilab","type":"Delete"}`,
		},
		{
			"Announce",
			Activity{Verb: "Announce", ID: actID, Actor: lab.IRI, Objects: []string{"https://b.example/1"}, To: []string{Public}, Cc: []string{lab.Followers, "https://b.example/u"}, Published: noon},
			`"actor":"https://labs.example/actors/tilab","cc":["https://labs.example/actors/tilab/followers","https://b.example/u"],"id":"https://labs.example/a/00000001",` +
				`"object":"https://b.example/1","published":"2026-03-01T12:00:00.25Z","to":["https://www.w3.org/ns/activitystreams#Public"],"type":"Announce"}`,
		},
		{
			"Add",
			Activity{Verb: "Add", ID: actID, Actor: lab.IRI, Objects: []string{"https://labs.example/o/1"}, Target: "https://labs.example/actors/tilab/featured"},
			`"actor":"https://labs.example/actors/tilab","id":"https://labs.example/a/00000001","object":"https://labs.example/o/1","target":"https://labs.example/actors/tilab/featured","type":"Add"}`,
		},
		{
			"Flag",
			Activity{Verb: "Flag", ID: actID, Actor: "https://labs.example/actor", Objects: []string{"https://b.example/u", "https://b.example/1"}, Content: "a < b & c"},
			`"actor":"https://labs.example/actor","content":"a < b & c","id":"https://labs.example/a/00000001","object":["https://b.example/u","https://b.example/1"],"type":"Flag"}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(tt.a.Encode()); got != as2+tt.want {
				t.Errorf("got  %s\nwant %s", got, as2+tt.want)
			}
		})
	}
}

func TestEveryVerbIsWhatItSays(t *testing.T) {
	for verb := range verbs {
		d := mustParse(t, string(Activity{Verb: verb, ID: actID, Actor: lab.IRI, Objects: []string{"https://b.example/1"}}.Encode()))
		v, err := d.Typed(t.Context())
		if err != nil || v.GetTypeName() != verb || d.Type() != verb {
			t.Errorf("%s: got %v (%v)", verb, d, err)
		}
	}
}

func TestCreateTakesTheContextOver(t *testing.T) {
	record := RecordDocument(experiment(), publication())
	got := string(Activity{Verb: "Create", ID: actID, Actor: lab.IRI, Embed: record, To: []string{Public}, Published: noon}.Encode())
	if strings.Count(got, "@context") != 1 || !strings.HasPrefix(got, `{"@context":`+objectContext) {
		t.Errorf("got %s", got)
	}
	inner := mustParse(t, got).Doc("object")
	whole := mustParse(t, string(record))
	delete(whole.o.members, "@context")
	if !reflect.DeepEqual(plain(inner.o), plain(whole.o)) {
		t.Errorf("got %s, want %s", inner.Raw(), record)
	}
	if actor := string(Activity{Verb: "Update", ID: actID, Actor: lab.IRI, Embed: ActorDocument(localLab(), Profile{TagURL: tagURL})}.Encode()); !strings.HasPrefix(actor, `{"@context":`+actorContext) {
		t.Errorf("actor: got %.200s", actor)
	}
}

func TestCollections(t *testing.T) {
	c := Collection{ID: "https://labs.example/o", Total: 41, First: "https://labs.example/o?page=1", AttributedTo: lab.IRI}
	const want = as2 + `"id":"https://labs.example/o","type":"OrderedCollection","attributedTo":"https://labs.example/actors/tilab","totalItems":41,"first":"https://labs.example/o?page=1"}`
	if got := string(c.Encode()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	whole := Collection{ID: "https://labs.example/o", Total: 2, IRIs: []string{"https://b.example/u", "https://c.example/u"}}
	if got := string(whole.Encode()); got != as2+`"id":"https://labs.example/o","type":"OrderedCollection","totalItems":2,"orderedItems":["https://b.example/u","https://c.example/u"]}` {
		t.Errorf("whole: got %s", got)
	}
	p := Page{ID: "https://labs.example/o?page=1", PartOf: "https://labs.example/o", Next: "https://labs.example/o?\"é", Total: 2, IRIs: []string{"https://b.example/u", "https://żółw.example/"}}
	const page = as2 + `"id":"https://labs.example/o?page=1","type":"OrderedCollectionPage","partOf":"https://labs.example/o","totalItems":2,` +
		`"next":"https://labs.example/o?\"é","orderedItems":["https://b.example/u","https://żółw.example/"]}`
	if got := string(p.Encode()); got != page {
		t.Errorf("got %s, want %s", got, page)
	}
	if got := string(Page{ID: "https://labs.example/o"}.Encode()); !strings.HasSuffix(got, `"orderedItems":[]}`) {
		t.Errorf("empty page: got %s", got)
	}
}

func TestPageOfDocuments(t *testing.T) {
	create := Activity{Verb: "Create", ID: actID, Actor: lab.IRI, Embed: RecordDocument(experiment(), publication())}.Encode()
	like := Activity{Verb: "Like", ID: actID, Actor: lab.IRI, Objects: []string{"https://b.example/1"}}.Encode()
	update := Activity{Verb: "Update", ID: actID, Actor: lab.IRI, Embed: ActorDocument(localLab(), Profile{TagURL: tagURL})}.Encode()
	page := Page{ID: "https://labs.example/o?1", Documents: [][]byte{like, create, update, like}}.Encode()
	if !json.Valid(page) || strings.Count(string(page), "@context") != 2 {
		t.Errorf("want one context for all and the actor's own, got %s", page)
	}
	items := mustParse(t, string(page)).Items()
	if len(items) != 4 || items[1].Doc.Doc("object").Str("essaim:kind") != "experiment" || items[3].Doc.Type() != "Like" {
		t.Errorf("got %s", page)
	}
}

func TestContextDocumentNamesEveryTerm(t *testing.T) {
	terms := mustParse(t, string(ContextDocument())).Doc("@context")
	docs := []Doc{
		mustParse(t, string(RecordDocument(experiment(), publication()))),
		mustParse(t, string(ActorDocument(localLab(), Profile{TagURL: tagURL}))),
	}
	for _, d := range docs {
		for _, key := range d.Keys() {
			if term, ok := strings.CutPrefix(key, EssaimPrefix); ok && !terms.Has(term) {
				t.Errorf("%s is in no context", key)
			}
		}
	}
	for _, k := range store.Kinds {
		for _, f := range k.Fields {
			if f.Wire != "" && f.Wire != "location" && !strings.HasPrefix(f.Wire, EssaimPrefix) {
				t.Errorf("%s.%s: %q is not of our namespace", k.Name, f.Name, f.Wire)
			}
		}
	}
}

// Kinds keep lists of structs, whose keys go out as they are: without a context they
// would mean nothing to a reader of JSON-LD.
func TestContextsNameWhatLiesWithinFields(t *testing.T) {
	terms := mustParse(t, string(ContextDocument())).Doc("@context")
	for _, k := range store.Kinds {
		for _, f := range k.Fields {
			list := reflect.TypeOf(f.At(k.New())).Elem()
			if f.Wire == "" || list.Kind() != reflect.Slice || list.Elem().Kind() != reflect.Struct {
				continue
			}
			for part := range list.Elem().Fields() {
				term, _, _ := strings.Cut(part.Tag.Get("json"), ",")
				if slices.Contains(coreTerms, term) {
					continue
				}
				if !terms.Has(term) || !strings.Contains(objectContext, `"`+term+`":"`+EssaimPrefix+term+`"`) {
					t.Errorf("%s within %s is in no context", term, f.Wire)
				}
			}
		}
	}
}

func TestContextsAreCompactJSON(t *testing.T) {
	for _, c := range []string{plainContext, objectContext, actorContext} {
		if got := string(Encode(json.RawMessage(c))); got != c {
			t.Errorf("got %s, want %s", got, c)
		}
	}
}

func BenchmarkCreate(b *testing.B) {
	record := RecordDocument(experiment(), publication())
	b.ReportAllocs()
	for b.Loop() {
		Activity{Verb: "Create", ID: actID, Actor: lab.IRI, Embed: record, To: []string{Public}, Cc: []string{lab.Followers}, Published: noon}.Encode()
	}
}

func BenchmarkAccept(b *testing.B) {
	follow := mustParse(b, `{"id":"https://b.example/f","type":"Follow","actor":"https://b.example/u","object":"https://labs.example/actors/tilab"}`)
	b.ReportAllocs()
	for b.Loop() {
		Answer("Accept", actID, follow).Encode()
	}
}

func BenchmarkPageOf40(b *testing.B) {
	create := Activity{Verb: "Create", ID: actID, Actor: lab.IRI, Embed: RecordDocument(experiment(), publication())}.Encode()
	p := Page{ID: "https://labs.example/o?1", PartOf: "https://labs.example/o"}
	for range 40 {
		p.Documents = append(p.Documents, create)
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Encode()
	}
}

// A column named like a property of ActivityStreams would take its meaning away
// from every record, for those who read the context.
func TestColumnsLeaveActivityStreamsAlone(t *testing.T) {
	taken := strings.Fields(`actor attachment attributedTo audience bcc bto cc closed content context current deleted
		describes duration endTime first followers following formerType generator height href hreflang icon id image
		inbox inReplyTo instrument items last latitude likes location longitude mediaType name next object oneOf
		orderedItems origin outbox partOf preferredUsername prev preview published radius rel relationship replies
		result shares source startIndex startTime streams subject summary tag target to totalItems type units updated
		url width`)
	for _, k := range store.Kinds {
		for _, f := range k.Fields {
			for _, c := range f.Columns {
				if slices.Contains(taken, c.Name) && !slices.Contains(coreTerms, c.Name) {
					t.Errorf("%s.%s: a column is called %s", k.Name, f.Name, c.Name)
				}
			}
		}
	}
}
