package catalog

import (
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func TestPushReadsWhatItWrites(t *testing.T) {
	want := Push{Collection: "https://a.example/actors/lab/catalog", Seq: 1893, URL: "https://a.example/actors/lab/catalog/feed"}
	want.Digest.Toggle("x", store.Rev{})
	got := ParsePush(want.String())
	if got == nil || *got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestUnusablePushIsNone(t *testing.T) {
	good := Push{Collection: "c", Seq: 1, URL: "u"}.String()
	for _, header := range []string{
		"", "x", strings.Replace(good, `"1"`, `"-1"`, 1), strings.Replace(good, `"1"`, `1`, 1), strings.Replace(good, "0", "g", 1),
		strings.Replace(good, `collectionId="c"`, "", 1), good + `, seq="2"`, good + strings.Repeat(" ", maxPush), `seq="`,
	} {
		if ParsePush(header) != nil {
			t.Errorf("%q: is one", header)
		}
	}
}

func FuzzParsePush(f *testing.F) {
	f.Add(Push{Collection: "c", Seq: 1, URL: "u"}.String())
	f.Add(`seq="1",seq="1"`)
	f.Fuzz(func(t *testing.T, header string) {
		p := ParsePush(header)
		if p == nil {
			return
		}
		if again := ParsePush(p.String()); again == nil || *again != *p {
			t.Errorf("%q: got %+v, want %+v", header, again, p)
		}
	})
}
