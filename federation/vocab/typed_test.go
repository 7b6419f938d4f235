package vocab

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestNormalised(t *testing.T) {
	tests := []struct{ name, doc, want string }{
		{"null is absent", `{"type":"Note","summary":null,"tag":[null]}`, `{"type":"Note"}`},
		{"prefixes", `{"@type":"as:Note","as:sensitive":true,"@id":"https://a.example/1"}`, `{"type":"Note","sensitive":true,"id":"https://a.example/1"}`},
		{"plain wins over prefixed", `{"as:sensitive":true,"sensitive":false,"toot:sensitive":true}`, `{"sensitive":false}`},
		{"foreign context", `{"@context":{"x":"y"}}`, `{}`},
		{"actor written out", `{"actor":[{"id":"https://a.example/u","type":"Person"}]}`, `{"actor":"https://a.example/u"}`},
		{
			"lists", `{"to":"https://a.example/u","tag":{"type":"Hashtag"},"attachment":"x","orderedItems":"y"}`,
			`{"to":["https://a.example/u"],"tag":[{"type":"Hashtag"}],"attachment":["x"],"orderedItems":["y"]}`,
		},
		{"Public", `{"to":"as:Public","cc":["Public"]}`, `{"to":["` + Public + `"],"cc":["` + Public + `"]}`},
		{"times", `{"published":"10000-01-01T00:00:00Z","updated":"2026-01-01T00:00:00.123Z","startTime":7}`, `{"updated":"2026-01-01T00:00:00Z"}`},
		{"durations", `{"duration":"","object":{"duration":["-"]}}`, `{"object":{}}`},
		{"ids", `{"id":null,"object":{"id":5,"icon":{"id":""}}}`, `{"object":{"icon":{}}}`},
		{"numbers", `{"a":1e999999,"b":1.5}`, `{"b":1.5}`},
		{"EmojiReact", `{"type":"EmojiReact"}`, `{"type":"Like"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := mustParse(t, tt.doc).Normalised()
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]any
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			want["@context"] = NS
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestTypedRefusesWhatGoFedIsTooSlowFor(t *testing.T) {
	for name, doc := range map[string]string{
		"2000 tags": `{"type":"Note","tag":[` + strings.Repeat(`{"type":"Hashtag"},`, 1_999) + `{}]}`,
		"300 to":    `{"type":"Note","attachment":[` + strings.Repeat(`"https://a.example/u",`, 299) + `"x"]}`,
		"values":    `{"type":"Note","a":{"b":` + strings.Repeat(`[1,2,3,4,5,6,7,8,9,0],`, 0) + `[` + strings.Repeat(`[1,2,3,4,5,6,7,8,9,0],`, 200) + `0]}}`,
	} {
		if _, err := mustParse(t, doc).Typed(t.Context()); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: got %v, want ErrTooLarge", name, err)
		}
	}
}

func TestTypedUnknownType(t *testing.T) {
	for _, doc := range []string{`{"type":"ChatMessage"}`, `{"type":"QuoteRequest"}`, `{"type":["Bite","Wave"]}`} {
		if _, err := mustParse(t, doc).Typed(t.Context()); !errors.Is(err, ErrUnknownType) {
			t.Errorf("%s: got %v, want ErrUnknownType", doc, err)
		}
	}
	if _, err := mustParse(t, `{"id":"https://a.example/1"}`).Typed(t.Context()); !errors.Is(err, ErrMalformed) {
		t.Errorf("no type: got %v, want ErrMalformed", err)
	}
}

func TestGoFedPanicsStayInside(t *testing.T) {
	_, err := toType(t.Context(), map[string]any{"@context": NS, "type": "Video", "duration": ""})
	if !errors.Is(err, ErrMalformed) {
		t.Errorf("got %v, want ErrMalformed", err)
	}
}

func TestTypedReadsOddDocuments(t *testing.T) {
	for _, tt := range oddities {
		v, err := mustParse(t, tt.doc).Typed(t.Context())
		if err != nil && !errors.Is(err, ErrUnknownType) && !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err == nil && v.GetTypeName() == "" {
			t.Errorf("%s: a value of no type", tt.name)
		}
	}
}

func TestEnvelopeNamesObjects(t *testing.T) {
	d := mustParse(t, `{"id":"https://a.example/c","type":"EmojiReact","actor":{"id":"https://a.example/u","type":"Person"},"to":"as:Public",
		"content":"x","object":[{"id":"https://b.example/1","type":"Note","content":"long"},{"type":"Follow","actor":"https://a.example/u"},"https://b.example/2"]}`)
	const want = `{"@context":"https://www.w3.org/ns/activitystreams","actor":"https://a.example/u","id":"https://a.example/c",` +
		`"object":["https://b.example/1",{"type":"Follow"},"https://b.example/2"],"to":["https://www.w3.org/ns/activitystreams#Public"],"type":"Like"}`
	if got := string(d.Envelope()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// FuzzTyped: whatever Parse takes, go-fed gives a value or an error of ours.
func FuzzTyped(f *testing.F) {
	for _, doc := range oddities {
		f.Add([]byte(doc.doc))
	}
	f.Add([]byte(`{"type":"Video","duration":"","object":{"type":"Audio","duration":"-"}}`))
	f.Add([]byte(`{"type":"Accept","object":{"type":"Follow","id":null}}`))
	f.Add([]byte(createNote))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := Parse(raw)
		if err != nil {
			return
		}
		_, err = d.Typed(t.Context())
		if err != nil && (!errors.Is(err, ErrUnknownType) && !errors.Is(err, ErrMalformed) || strings.Contains(err.Error(), "go-fed:")) {
			t.Errorf("got %v", err)
		}
		if e, err := Parse(d.Envelope()); err != nil || e.Verb() != d.Verb() || e.ID() != d.ID() || e.IRI("actor") != d.IRI("actor") {
			t.Errorf("envelope %s (%v)", d.Envelope(), err)
		}
	})
}

func BenchmarkTyped(b *testing.B) {
	d := mustParse(b, createNote)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = d.Typed(b.Context())
	}
}

func BenchmarkTypedEnvelope(b *testing.B) {
	d := mustParse(b, createNote)
	b.ReportAllocs()
	for b.Loop() {
		e, _ := Parse(d.Envelope())
		_, _ = e.Typed(b.Context())
	}
}
