package vocab

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func mustParse(t testing.TB, s string) Doc {
	t.Helper()
	d, err := Parse([]byte(s))
	if err != nil {
		t.Fatalf("Parse(%s): %v", s, err)
	}
	return d
}

func TestParseRefuses(t *testing.T) {
	deep := func(n int) string {
		return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n)
	}
	tests := []struct {
		name, doc string
		want      error
	}{
		{"empty body", ``, errNotObject},
		{"a list", `[]`, errNotObject},
		{"a string", `"x"`, errNotObject},
		{"null", `null`, errNotObject},
		{"trailing text", `{} {}`, errSyntax},
		{"open object", `{"a":1`, errSyntax},
		{"open string", `{"a":"`, errSyntax},
		{"comma at the end", `{"a":1,}`, errSyntax},
		{"comma at the end of a list", `{"a":[1,]}`, errSyntax},
		{"no colon", `{"a" 1}`, errSyntax},
		{"bare key", `{a:1}`, errSyntax},
		{"control character", "{\"a\":\"\n\"}", errSyntax},
		{"unknown escape", `{"a":"\x"}`, errSyntax},
		{"short escape", `{"a":"\u00"}`, errSyntax},
		{"sign in an escape", `{"a":"\u+123"}`, errSyntax},
		{"leading zero", `{"a":01}`, errSyntax},
		{"lone minus", `{"a":-}`, errSyntax},
		{"open fraction", `{"a":1.}`, errSyntax},
		{"open exponent", `{"a":1e}`, errSyntax},
		{"unknown word", `{"a":nul}`, errSyntax},
		{"byte order mark", "\uFEFF{}", errNotObject},
		{"not UTF-8", "{\"a\":\"\xff\"}", errUTF8},
		{"33 levels", deep(33), errDepth},
		{"200 000 levels", strings.Repeat("[", 200_000), errNotObject},
		{"200 000 levels of lists", `{"a":` + strings.Repeat("[", 200_000), errDepth},
		{"10 001 values", `{"a":[` + strings.Repeat("1,", 10_000) + `1]}`, errNodes},
		{"equal keys", `{"x":1,"x":2}`, errDuplicate},
		{"equal keys after null", `{"x":null,"x":2}`, errDuplicate},
		{"equal keys when unescaped", `{"actor":"a","\u0061ctor":"b"}`, errDuplicate},
		{"actor in two cases", `{"actor":"a","Actor":"b"}`, errDuplicate},
		{"actor in two cases, the other first", `{"ACTOR":"a","actor":"b"}`, errDuplicate},
		{"id and @id", `{"id":"a","@id":"b"}`, errDuplicate},
		{"type and @type", `{"@type":"a","type":"b"}`, errDuplicate},
		{"object with prefix", `{"object":"a","as:object":"b"}`, errDuplicate},
		{"attributedTo by IRI", `{"attributedTo":"a","` + NS + `#attributedTo":"b"}`, errDuplicate},
		{"inside of an object", `{"object":{"id":"a","ID":"b"}}`, errDuplicate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.doc))
			if !errors.Is(err, tt.want) || !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestParseAccepts(t *testing.T) {
	for _, doc := range []string{
		`{}`, " {\t} \r\n", `{"a":[]}`, `{"a":-0}`, `{"a":1e999999}`, `{"a":1E+5}`, `{"a":0.5}`,
		`{"a":` + strings.Repeat("9", 100_000) + `}`,
		strings.Repeat(`{"a":`, 31) + "{}" + strings.Repeat("}", 31),
		`{"Actor":"a"}`, `{"sensitive":true,"as:sensitive":false}`, `{"schema:actor":"a","actor":"b"}`,
	} {
		if _, err := Parse([]byte(doc)); err != nil {
			t.Errorf("%.60s: %v", doc, err)
		}
	}
}

func TestAuthorityInOtherCaseIsNobody(t *testing.T) {
	d := mustParse(t, `{"Actor":"https://vic.example/v","schema:object":"https://vic.example/o","ID":"https://vic.example/i"}`)
	if got := d.ID() + d.IRI("actor") + d.IRI("object"); got != "" {
		t.Errorf("got %q, want nobody", got)
	}
}

func TestStringsWithoutNULAndLoneSurrogates(t *testing.T) {
	for in, want := range map[string]string{
		`a\u0000b`: "a\uFFFDb", `\ud83d`: "\uFFFD", `\ud83dx`: "\uFFFDx", `\ud83d\u0041`: "\uFFFDA",
		`\ud83d\ude00`: "😀", `\ude00\ud83d`: "\uFFFD\uFFFD", `\ud83d\ud83d\ude00`: "\uFFFD😀",
		`\"\\\/\b\f\n\r\t\u00e9`: "\"\\/\b\f\n\r\té",
	} {
		if got := mustParse(t, `{"s":"`+in+`"}`).Str("s"); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestIdsThatCannotBeOne(t *testing.T) {
	for _, id := range []string{
		`null`, `5`, `true`, `[]`, `{}`, `""`, `" https://a.example/"`, `"https://a.example/\n"`,
		`"https://a.example/\u0000"`, `"https://a.example/` + strings.Repeat("x", maxIRI) + `"`,
	} {
		if got := mustParse(t, `{"id":`+id+`}`).ID(); got != "" {
			t.Errorf("%.40s: got %q, want none", id, got)
		}
	}
}

func TestEmbeddedRawIsItsPartOfTheDocument(t *testing.T) {
	const inner = `{ "id":"https://a.example/1" , "x":[1,{"y":"é"}] }`
	d := mustParse(t, `{"type":"Create","object":`+inner+`,"z":1}`)
	if got := string(d.Doc("object").Raw()); got != inner {
		t.Errorf("got %s, want %s", got, inner)
	}
	if got := mustParse(t, `{"object":[{},{}]}`).Doc("object"); !got.IsZero() {
		t.Errorf("two objects: got %s, want none", got.Raw())
	}
}

func TestZeroDocIsEmpty(t *testing.T) {
	var d Doc
	if d.ID() != "" || d.Type() != "" || d.Raw() != nil || d.Keys() != nil || d.URL() != "" || d.Has("x") || len(d.Items()) > 0 {
		t.Errorf("zero Doc says something")
	}
}

// FuzzParse holds Parse against encoding/json: what it takes is JSON and says
// the same, and what it calls no JSON is none.
func FuzzParse(f *testing.F) {
	for _, doc := range oddities {
		f.Add([]byte(doc.doc))
	}
	for _, s := range []string{
		`{"a":"\ud83d\ude00\u0000\ud83d"}`, `{"as:x":1,"x":2,"@id":"q","a\u0062":-0.5e+7}`, `{"a":[1,{"b":null}]}`, `{"id":1,"ID":2}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := Parse(raw)
		if err != nil {
			if errors.Is(err, errSyntax) && json.Valid(raw) {
				t.Errorf("%v, but encoding/json takes it", err)
			}
			return
		}
		if !json.Valid(raw) || !utf8.Valid(raw) {
			t.Fatal("taken, but it is no JSON")
		}
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		dec.UseNumber()
		var want map[string]any
		if err := dec.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if got := plain(d.o); !reflect.DeepEqual(got, spelled(want)) {
			t.Errorf("got %v, want %v", got, spelled(want))
		}
		readAll(d)
	})
}

// plain returns v without our own types.
func plain(v any) any {
	switch v := v.(type) {
	case *object:
		m := map[string]any{}
		for k, e := range v.members {
			m[k] = plain(e)
		}
		return m
	case []any:
		l := []any{}
		for _, e := range v {
			l = append(l, plain(e))
		}
		return l
	}
	return v
}

// spelled returns what encoding/json read with our spelling of keys and texts.
func spelled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for k, e := range v {
			k = strings.ReplaceAll(k, "\x00", "\uFFFD")
			if authorityOf(k) >= 0 {
				k = plainKey(k)
			}
			m[k] = spelled(e)
		}
		return m
	case []any:
		l := []any{}
		for _, e := range v {
			l = append(l, spelled(e))
		}
		return l
	case string:
		return strings.ReplaceAll(v, "\x00", "\uFFFD")
	}
	return v
}

// readAll calls every reader on every property: none may panic.
func readAll(d Doc) string {
	var b strings.Builder
	say := func(v ...any) { fmt.Fprint(&b, v...) }
	for _, k := range append(d.Keys(), "url", "object") {
		i, _ := d.Int(k)
		f, _ := d.Float(k)
		n, _ := d.Count(k)
		at, _ := d.Time(k)
		img, _ := d.Image(k)
		text, lang := d.Lang(k, "fr")
		say(d.Str(k), d.Strs(k), d.IRI(k), d.IRIs(k), d.Refs(k), d.Doc(k), i, f, n, at, img, text, lang, d.Bool(k))
	}
	place, _ := d.Place()
	say(d, d.URL(), d.Types(), d.Verb(), d.Visibility(), d.Recipients(), d.AttributedTo(""), d.Items(), d.IsVote(),
		d.Options(), d.Hashtags(), d.Mentions(), d.Attachments(), d.Language(), place, d.Envelope())
	return b.String()
}

const createNote = `{"@context":["https://www.w3.org/ns/activitystreams",{"ostatus":"http://ostatus.org#","atomUri":"ostatus:atomUri","inReplyToAtomUri":"ostatus:inReplyToAtomUri","conversation":"ostatus:conversation","sensitive":"as:sensitive","toot":"http://joinmastodon.org/ns#"}],
"id":"https://social.example/users/ada/statuses/113/activity","type":"Create","actor":"https://social.example/users/ada","published":"2026-03-01T10:00:00Z","to":["https://www.w3.org/ns/activitystreams#Public"],"cc":["https://social.example/users/ada/followers"],
"object":{"id":"https://social.example/users/ada/statuses/113","type":"Note","summary":null,"inReplyTo":null,"published":"2026-03-01T10:00:00Z","url":"https://social.example/@ada/113","attributedTo":"https://social.example/users/ada","to":["https://www.w3.org/ns/activitystreams#Public"],"cc":["https://social.example/users/ada/followers"],"sensitive":false,"atomUri":"https://social.example/users/ada/statuses/113","inReplyToAtomUri":null,"conversation":"tag:social.example,2026-03-01:objectId=9:objectType=Conversation","content":"<p>Un atelier \"sans écran\" demain \u00e0 la m\u00e9diath\u00e8que, venez nombreux, c\u2019est ouvert</p>","contentMap":{"fr":"<p>Un atelier \"sans écran\" demain \u00e0 la m\u00e9diath\u00e8que, venez nombreux, c\u2019est ouvert</p>"},"attachment":[],"tag":[{"type":"Hashtag","href":"https://social.example/tags/atelier","name":"#atelier"}],"replies":{"id":"https://social.example/users/ada/statuses/113/replies","type":"Collection","first":{"type":"CollectionPage","next":"https://social.example/users/ada/statuses/113/replies?page=true","partOf":"https://social.example/users/ada/statuses/113/replies","items":[]}}}}`

func BenchmarkParse(b *testing.B) {
	raw := []byte(strings.ReplaceAll(createNote, `\"`, `'`))
	if _, err := Parse(raw); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Parse(raw)
	}
}

// BenchmarkUnmarshal is the reference of BenchmarkParse.
func BenchmarkUnmarshal(b *testing.B) {
	raw := []byte(strings.ReplaceAll(createNote, `\"`, `'`))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		var m map[string]any
		_ = json.Unmarshal(raw, &m)
	}
}
