package store_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// upload is the name of a file as package media gives it.
func upload(digit, extension string) string { return strings.Repeat(digit, 64) + extension }

func TestUploadsAreNamedByWhateverIsStored(t *testing.T) {
	s, _ := open(t)
	want := map[string]bool{}
	path := func(digit, extension string) string {
		want[upload(digit, extension)] = true
		return "https://" + home + "/media/" + upload(digit, extension)
	}
	update(t, s, func(tx *store.Txn) {
		lab := putActor(t, tx, store.Group, "lab", home)
		lab.Icon = &store.Image{URL: path("0", ".png")}
		lab.Banner = &store.Image{URL: path("1", ".jpg"), Small: path("2", ".jpg"), Medium: path("3", ".jpg")}
		must(t, tx.PutActor(lab))
		e := newExperiment(lab.IRI, "https://home.example/o/1")
		e.Image = &store.Image{URL: path("4", ".jpg"), Small: path("5", ".jpg")}
		e.Body = "Voir [le plan](" + path("6", ".pdf") + "/plan.pdf) et ![](" + path("7", ".png") + ")."
		putRecord(t, tx, e)
		tx.PutSetting("header", []byte(path("8", ".jpg")))
		tx.PutActivity(&store.Activity{IRI: "https://home.example/a/1", Raw: []byte(`"/media/` + upload("9", ".jpg") + `"`), When: noon})
		tx.PutSetting("text", []byte("/media/ /media/x.jpg /media/"+upload("a", "")+" /media/"))
	})
	got, err := s.Uploads(t.Context())
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v %v, want %v", got, err, want)
	}
}

// A large store is read in many transactions, and nothing falls between them.
func TestUploadsAreFoundInALargeStore(t *testing.T) {
	s, _ := open(t)
	const n = 40
	filler := strings.Repeat("x", 300<<10)
	update(t, s, func(tx *store.Txn) {
		for i := range n {
			at := noon.Add(time.Duration(i)).Format(time.RFC3339Nano)
			tx.PutSetting(at, []byte(filler+" /media/"+upload(string(rune('0'+i%10)), "."+string(rune('a'+i/10)))))
		}
	})
	got, err := s.Uploads(t.Context())
	if err != nil || len(got) != n {
		t.Errorf("found %d %v, want %d", len(got), err, n)
	}
}

func TestAttachmentNeedsANameAndALanguageThatWeKnow(t *testing.T) {
	for _, c := range []struct {
		name, lang, field, reason string
	}{
		{"Plan", "", "", ""},
		{strings.Repeat("é", 150), "br", "", ""},
		{" ", "fr", "name", "error.required"},
		{strings.Repeat("é", 151), "fr", "name", "error.too-long"},
		{"Plan", "tlh", "lang", "error.choice"},
	} {
		e := (&store.Attachment{Name: c.name, Lang: c.lang}).Check()
		if c.reason == "" && e != nil || c.reason != "" && (e == nil || e.Field != c.field || e.Reason != c.reason) {
			t.Errorf("%.10q in %q: got %v, want %s %s", c.name, c.lang, e, c.field, c.reason)
		}
	}
}
