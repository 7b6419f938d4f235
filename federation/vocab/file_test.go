package vocab

import (
	"reflect"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

var sum = strings.Repeat("0f", 32)

func TestFilesComeBackAsTheyWere(t *testing.T) {
	want := []store.Attachment{
		{URL: "https://labs.example/media/a.pdf/Plan%20d'acc%C3%A8s.pdf", Name: "Plan d'accès <du> port", MediaType: "application/pdf", Size: 123_456_789_012, SHA256: sum, Lang: "fr"},
		{URL: "https://labs.example/media/b.jpg/b.jpg", Name: "b.jpg", MediaType: "image/jpeg", Size: 1, SHA256: sum},
		{URL: "https://labs.example/media/c.csv", Name: "c", MediaType: "text/csv"},
	}
	image := imageObject(&store.Image{URL: "https://labs.example/media/i.jpg", MediaType: "image/jpeg", Alt: "x", Focus: [2]float64{-0.5, 1}})
	doc := mustParse(t, string(Encode(map[string]any{"attachment": append([]map[string]any{image}, fileObjects(want)...)})))
	if got := doc.Files(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	seen := doc.Attachments()
	if len(seen) != 2 || seen[0].URL != "https://labs.example/media/i.jpg" || seen[0].Focus != [2]float64{-0.5, 1} || seen[1].MediaType != "text/csv" {
		t.Errorf("to be seen: got %+v", seen)
	}
}

func TestFilesOfOthers(t *testing.T) {
	for _, c := range []struct {
		what, attached string
		want           []store.Attachment
	}{
		{"a photo", `{"type":"Document","mediaType":"image/png","url":"https://a.example/1"}`, nil},
		{"a song", `{"type":"Document","mediaType":"audio/ogg","url":"https://a.example/1"}`, nil},
		{"no type", `{"type":"Document","url":"https://a.example/1"}`, nil},
		{"a link", `{"type":"Link","mediaType":"text/html","href":"https://a.example/1"}`, nil},
		{"a bare address", `"https://a.example/1.pdf"`, nil},
		{"a script", `{"type":"Document","mediaType":"application/pdf","url":"javascript:alert(1)"}`, nil},
		{"no name", `{"type":"Document","mediaType":"application/PDF; v=1","url":"https://a.example/x/1.pdf"}`, []store.Attachment{{URL: "https://a.example/x/1.pdf", Name: "1.pdf", MediaType: "application/pdf"}}},
		{
			"nonsense", `{"type":"Document","mediaType":"application/pdf","url":"https://a.example/1","name":"a\nb","size":-5,"essaim:sha256":"../x"}`,
			[]store.Attachment{{URL: "https://a.example/1", Name: "a b", MediaType: "application/pdf"}},
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := mustParse(t, `{"attachment":[`+c.attached+`]}`).Files(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	many := strings.Repeat(`{"type":"Document","mediaType":"text/csv","url":"https://a.example/1"},`, 2*maxFiles)
	if got := len(mustParse(t, `{"attachment":[`+strings.TrimSuffix(many, ",")+`]}`).Files()); got != maxFiles {
		t.Errorf("got %d files, want %d", got, maxFiles)
	}
}

func TestFocalPointIsOnThePicture(t *testing.T) {
	for given, want := range map[string][2]float64{
		`[0.25,-1]`: {0.25, -1}, `[0,0]`: {}, `[2,0]`: {}, `["0.5",0]`: {}, `[0.5]`: {}, `[0.5,0.5,0.5]`: {}, `{}`: {}, `[null,1]`: {},
	} {
		m, ok := mustParse(t, `{"icon":{"type":"Image","url":"https://a.example/1","focalPoint":`+given+`}}`).Image("icon")
		if !ok || m.Focus != want {
			t.Errorf("%s: got %v, want %v", given, m.Focus, want)
		}
	}
}
