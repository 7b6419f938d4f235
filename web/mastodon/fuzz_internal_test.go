package mastodon

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/essaim/essaim/store"
)

func FuzzJSONParams(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"status":"x","media_ids":["1","2"]}`, `{"data":{"alerts":{"mention":true}}}`, `{"a":[{"b":1},{"b":null}]}`, `[]`, `{"a":`,
		`{"keywords_attributes":[{"keyword":"x","whole_word":true}]}`, strings.Repeat(`{"a":`, 50) + `1` + strings.Repeat(`}`, 50),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(send, "/api/v1/statuses", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		c := &call{w: httptest.NewRecorder(), r: r}
		if c.readParams() != nil {
			return
		}
		for name := range c.values {
			base, _, _ := strings.Cut(name, "[")
			c.rows(base)
			c.list(base)
			c.ids(base)
			c.flag(name)
			if n := c.number(name, 20, 40); n < 1 || n > 40 {
				t.Errorf("%s: got %d", name, n)
			}
		}
	})
}

func FuzzTyped(f *testing.F) {
	for _, s := range []string{"", "Bonjour\nà tous #Rural\n\n#a #b", "#1 #été ##x a#b &#39; /#c", "#\u200d", "＃全角", "a\r\n\r\nb  \n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		body, tags := fromTyped(text)
		again, same := fromTyped(typedText(&store.Record{Body: body, Tags: tags}))
		if again != body || len(same) < len(tags) {
			t.Errorf("%q became %q %q, and edited without a change %q %q", text, body, tags, again, same)
		}
		if len(tags) > maxHashtags {
			t.Errorf("%d hashtags", len(tags))
		}
	})
}

func FuzzStretch(f *testing.F) {
	f.Add("max_id=5&limit=3")
	f.Add("min_id=-1&since_id=99999999999999999999&limit=0")
	f.Fuzz(func(t *testing.T, query string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		if s := (&call{params: params{v}}).stretch(20, 40); s.Limit < 1 || s.Limit > 40 {
			t.Errorf("got %+v", s)
		}
	})
}

func FuzzKeyword(f *testing.F) {
	f.Add("bus", "Le BUS passe", true)
	f.Add("(", "(", true)
	f.Add("é", "École", false)
	f.Fuzz(func(t *testing.T, keyword, text string, whole bool) {
		if keyword == "" || !utf8.ValidString(keyword) {
			return
		}
		p := keywordPattern(store.Keyword{Text: keyword, Whole: whole})
		p.MatchString(text)
		if !p.MatchString(keyword) {
			t.Errorf("%q does not find itself", keyword)
		}
	})
}
