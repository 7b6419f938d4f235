package vocab

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

func TestDescriptorReadsWhatItWrites(t *testing.T) {
	want := store.Peer{
		IRI: "https://a.example/actors/estran", Handle: "estran", Host: "a.example", Name: "L'Estran", Page: "https://a.example/@estran",
		Territory: []string{"region:53"}, Themes: []string{"mobilite", "logement"}, Langs: []string{"fr", "br"}, Software: "essaim 1.0",
		List: "https://a.example/peers", Updated: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC),
	}
	doc, err := Parse(Descriptor{Peer: &want, Catalog: want.IRI + "/catalog", Seq: 7}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadDescriptor(doc)
	if err != nil || got.Name != want.Name || got.IRI != want.IRI || got.Handle != want.Handle || got.Page != want.Page || got.List != want.List ||
		!slices.Equal(got.Territory, want.Territory) || !slices.Equal(got.Themes, want.Themes) || !slices.Equal(got.Langs, want.Langs) ||
		got.Software != want.Software || !got.Updated.Equal(want.Updated) || got.Host != want.Host {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestDescriptorThatIsNoneIsRefused(t *testing.T) {
	good := `{"id":"https://a.example/a/descriptor","type":"Profile","describes":"https://a.example/a","preferredUsername":"a","updated":"2026-03-02T12:00:00Z"}`
	for name, change := range map[string][2]string{
		"a note":                   {`"Profile"`, `"Note"`},
		"of another host":          {`"describes":"https://a.example/`, `"describes":"https://b.example/`},
		"of nobody":                {`"describes":"https://a.example/a",`, ``},
		"without a handle":         {`"preferredUsername":"a",`, ``},
		"without a date":           {`"updated":"2026-03-02T12:00:00Z"`, `"updated":"jamais"`},
		"longer than any needs be": {`"updated"`, `"x":"` + strings.Repeat("x", maxDescriptor) + `","updated"`},
	} {
		doc, err := Parse([]byte(strings.Replace(good, change[0], change[1], 1)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadDescriptor(doc); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
	doc, err := Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadDescriptor(doc); err != nil {
		t.Error(err)
	}
}

// Whatever a descriptor says, it is refused, or short and of the lab's own host.
func FuzzReadDescriptor(f *testing.F) {
	f.Add(`{"id":"https://a.example/a/descriptor","type":"Profile","describes":"https://a.example/a","preferredUsername":"a","updated":"2026-03-02T12:00:00Z",` +
		`"name":"A","url":"https://a.example/@a","essaim:territory":["region:53"],"essaim:themes":["mobilite","x"],"essaim:languages":["fr",7],"essaim:peers":"https://b.example/peers"}`)
	f.Add(`{"type":"Profile","describes":{"id":"https://a.example/a"}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		doc, err := Parse([]byte(raw))
		if err != nil {
			return
		}
		p, err := ReadDescriptor(doc)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("got %v", err)
			}
			return
		}
		for _, iri := range []string{p.Page, p.List} {
			if iri != "" && !store.SameOrigin(iri, p.IRI) {
				t.Errorf("%s says %s", p.IRI, iri)
			}
		}
		if p.Handle == "" || p.Host != store.HostOf(p.IRI) || len([]rune(p.Name)) > maxName || len(p.Themes) > maxThemes || len(p.Langs) > maxLangs {
			t.Errorf("got %+v", p)
		}
	})
}
