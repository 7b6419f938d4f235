package vocab

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
)

// filled is a public record of a kind with every field.
func filled(k *store.Kind) store.Item {
	it := kindtest.Fill(k)
	r := it.Envelope()
	r.IRI, r.URL, r.Type, r.Lang, r.Audience, r.Lab = "https://labs.example/o/7", "https://labs.example/x/titre-7", k.Type, "fr", store.Public, lab.IRI
	r.Created, r.Updated, r.InReplyTo, r.Authors = noon, noon, "", []string{lab.IRI + "/ada"}
	if reviser, ok := it.(store.Reviser); ok {
		reviser.Revise(nil, noon)
	}
	return it
}

// A Mastodon-shaped reader shows a Note whole, and of all else that it knows the
// name, the summary and a link; it drops what it does not know.
func TestMastodonUnderstandsEveryKind(t *testing.T) {
	for _, k := range store.Kinds {
		t.Run(k.Name, func(t *testing.T) {
			d := mustParse(t, string(RecordDocument(filled(k), publication())))
			converted := slices.Contains([]string{"Article", "Page", "Event", "Image", "Audio", "Video"}, d.Type())
			if !converted && d.Type() != "Note" {
				t.Fatalf("type %s is dropped", d.Type())
			}
			if d.URL() != "https://labs.example/x/titre-7" || d.get("attributedTo") != lab.IRI || !slices.Contains(d.IRIs("to"), Public) {
				t.Errorf("got url %v, attributedTo %v, to %v", d.URL(), d.get("attributedTo"), d.IRIs("to"))
			}
			content, summary := d.Str("content"), unmarked(d.Str("summary"))
			if len(d.Langs("content")) != 1 || d.get("sensitive") != false || !d.Has("published") {
				t.Error("contentMap, sensitive or published")
			}
			switch {
			case converted && (d.Str("name") == "" || summary == "" || utf8.RuneCountInString(summary) > 300 || strings.Contains(summary, "\n")):
				t.Errorf("shows %q: %q", d.Str("name"), summary)
			case !converted && summary != "":
				t.Errorf("hides the text behind %q", summary)
			case !k.Reply && !strings.HasPrefix(content, "<p><strong>"+d.Str("name")+"</strong></p>"):
				t.Errorf("content does not begin with the title: %s", content)
			case !converted && !k.Reply && !strings.Contains(content, filled(k).Envelope().Pitch):
				t.Errorf("content lacks the pitch: %s", content)
			}
			for _, a := range d.Docs("attachment") {
				if _, ok := a.get("url").(string); !ok {
					t.Errorf("attachment %s has no plain address", a.Raw())
				}
			}
		})
	}
}

// Mobilizon wants both names of the author on articles and events, and of events
// what its own have.
func TestMobilizonUnderstandsEveryKind(t *testing.T) {
	for _, k := range store.Kinds {
		d := mustParse(t, string(RecordDocument(filled(k), publication())))
		if k.Type == "Article" || k.Type == "Event" {
			if d.get("actor") != lab.IRI || d.get("attributedTo") != lab.IRI || d.Str("name") == "" {
				t.Errorf("%s: got actor %v of %v", k.Name, d.get("actor"), d.get("attributedTo"))
			}
		}
		if k.Type != "Event" {
			continue
		}
		for _, key := range []string{
			"content", "startTime", "endTime", "timezone", "category", "joinMode", "location", "ical:status", "tag", "draft", "isOnline", "inLanguage",
			"maximumAttendeeCapacity", "participantCount", "anonymousParticipationEnabled", "commentsEnabled", "repliesModerationOption", "published", "url",
		} {
			if !d.Has(key) {
				t.Errorf("%s lacks %s", k.Name, key)
			}
		}
		if mode := d.Str("joinMode"); !slices.Contains([]string{"free", "restricted", "invite", "external"}, mode) {
			t.Errorf("%s: Mobilizon refuses the join mode %q", k.Name, mode)
		}
		if l := d.Doc("location"); l.Type() != "Place" || l.Doc("address").Type() != "PostalAddress" {
			t.Errorf("%s: location %s", k.Name, l.Raw())
		}
	}
}
