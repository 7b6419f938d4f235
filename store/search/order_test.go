package search_test

import (
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/geo"
	"github.com/essaim/essaim/store/search"
)

var rennes = geo.Point{Lon: -1.68, Lat: 48.11}

func TestDistance(t *testing.T) {
	w := newWorld(t)
	for title, at := range map[string]geo.Point{"Brest": {Lon: -4.49, Lat: 48.39}, "Vitré": {Lon: -1.21, Lat: 48.12}, "Saint-Denis": {Lon: 55.45, Lat: -20.88}} {
		w.record(w.lab, title, func(e *store.Experiment) {
			e.Place = store.Place{Lon: at.Lon, Lat: at.Lat, Precision: store.AtCommune}
		})
	}
	w.record(w.lab, "Nulle part", nil)
	w.want(search.Query{Near: &rennes, Within: 50}, "Vitré")
	w.want(search.Query{Near: &rennes, Within: 300}, "Vitré", "Brest")

	q := search.Query{Near: &rennes, Sort: search.ByDistance, Facets: map[string]string{search.FacetKind: "experiment"}}
	hits := w.show(w.find(q), store.Viewer{})
	if got, want := titles(hits), []string{"Vitré", "Brest", "Saint-Denis", "Nulle part"}; !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	if d := hits[0].Distance; d < 34 || d > 36 {
		t.Errorf("Vitré is %.1f km away", d)
	}
	if d := hits[3].Distance; d >= 0 {
		t.Errorf("what is nowhere is %.1f km away", d)
	}
}

// Whatever the place, a search around it finds what lies within, over the
// antimeridian too, and nothing else.
func TestWithin(t *testing.T) {
	w := newWorld(t)
	for title, at := range map[string]geo.Point{"ouest": {Lon: 179.9, Lat: -14.3}, "est": {Lon: -179.9, Lat: -14.3}, "nord": {Lon: 5, Lat: 84}} {
		w.record(w.lab, title, func(e *store.Experiment) {
			e.Place = store.Place{Lon: at.Lon, Lat: at.Lat, Precision: store.AtCommune}
		})
	}
	for _, c := range []struct {
		at   geo.Point
		km   float64
		want []string
	}{
		{geo.Point{Lon: 179.95, Lat: -14.3}, 30, []string{"ouest", "est"}},
		{geo.Point{Lon: 179.95, Lat: -14.3}, 10, []string{"ouest"}},
		{geo.Point{Lon: 178.5, Lat: -14.3}, 160, []string{"ouest"}},
		{geo.Point{Lon: 12, Lat: 84}, 90, []string{"nord"}},
		{geo.Point{Lon: 5, Lat: 83.2}, 88, nil},
		{geo.Point{Lon: 5, Lat: 83.2}, 90, []string{"nord"}},
	} {
		w.want(search.Query{Near: &c.at, Within: c.km}, c.want...)
	}
}

func TestOrder(t *testing.T) {
	w := newWorld(t)
	at := func(year int, change func(*store.Experiment)) func(*store.Experiment) {
		return func(e *store.Experiment) {
			e.Created = time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
			if change != nil {
				change(e)
			}
		}
	}
	w.record(w.lab, "Le vélo", at(2020, nil))
	w.record(w.lab, "La marche", at(2022, func(e *store.Experiment) { e.Body = "Et aussi le vélo." }))
	w.record(w.lab, "Des vélos partout", at(2021, nil))
	if got, want := w.titles(search.Query{Text: "velo", Sort: search.ByDate}), []string{"La marche", "Des vélos partout", "Le vélo"}; !slices.Equal(got, want) {
		t.Errorf("newest first: got %q, want %q", got, want)
	}
	if got := w.titles(text("velo")); len(got) != 3 || got[2] != "La marche" {
		t.Errorf("what has it in the title comes first: got %q", got)
	}
	if got, want := w.titles(search.Query{Text: "velo", Sort: search.ByDate, Offset: 1, Limit: 1}), []string{"Des vélos partout"}; !slices.Equal(got, want) {
		t.Errorf("second page: got %q, want %q", got, want)
	}
}

func TestExcerpts(t *testing.T) {
	long := "Le début n'en parle pas, et il est assez long pour que l'on doive couper avant. Ici, l'innovation <b>publique</b> & les Innovations ! Puis la suite continue encore longtemps sans rien dire."
	for _, c := range []struct{ query, text, want string }{
		{"velo", "Les vélos et l'Vélo.", "Les [vélos] et [l'Vélo]."},
		{"innov", "Une innovation", "Une [innovation]"},
		{"l'acces aux droits", "Accès au droit", "[Accès] au [droit]"},
		{"rien", "Tout autre chose", ""},
		{"", "Tout", ""},
		{"les", "les gens", "[les] gens"},
		{"innovation publique", long, "… Ici, [l'innovation] <b>[publique]</b> & les [Innovations] ! Puis …"},
	} {
		got := ""
		for _, p := range search.NewMarker(c.query).Excerpt(c.text, 60) {
			if p.Hit {
				got += "[" + p.Text + "]"
			} else {
				got += p.Text
			}
		}
		if got != c.want {
			t.Errorf("%q in %q: got %q, want %q", c.query, c.text, got, c.want)
		}
	}
}

// Whatever people type is answered, and what is marked is the text itself.
func FuzzQuery(f *testing.F) {
	w := newWorld(f)
	w.record(w.lab, "L'accès au droit", nil)
	for _, s := range []string{"", "l'acces aux droits", "'", "’’a’", "\xff\xfe", "a*b?c~2 +x -y \"", "é́̂", "\U0010ffff", "the les", "世界 الم"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, typed, text string) {
		if _, err := w.index.Find(t.Context(), search.Query{Text: typed, Facets: map[string]string{typed: text}, Limit: 5}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.index.Find(t.Context(), search.Query{Text: typed, Near: &rennes, Within: 5, Sort: search.Sort(text)}); err != nil {
			t.Fatal(err)
		}
		search.NewMarker(typed).Excerpt(text, 50)
	})
}
