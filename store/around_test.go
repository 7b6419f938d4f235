package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
)

// around puts an experiment of a lab of this name into the store.
func around(t testing.TB, tx *store.Txn, lab, title string, change func(*store.Experiment)) *store.Experiment {
	t.Helper()
	e := &store.Experiment{Stage: "signal"}
	e.Record = store.Record{
		IRI: fmt.Sprintf("https://%s.example/o/%s", lab, title), Kind: "experiment", Type: "Article", Host: lab + ".example", Title: title,
		Lab: "https://" + lab + ".example/actors/" + lab, Remote: lab != "estran", Audience: store.Public, Created: tx.Now(), Updated: tx.Now(),
		Themes: []string{"mobilite"}, Publics: []string{"demandeurs-d-emploi", "jeunes"},
	}
	if change != nil {
		change(e)
	}
	must(t, tx.PutRecord(e, nil))
	return e
}

func names(items []store.Item) []string {
	list := []string{}
	for _, it := range items {
		list = append(list, it.Envelope().Title)
	}
	return list
}

// A crossing brings together those who do something else for the same people.
func TestCrossings(t *testing.T) {
	s, _ := open(t)
	var e *store.Experiment
	update(t, s, func(tx *store.Txn) {
		e = around(t, tx, "estran", "ici", nil)
		about := func(theme string, publics ...string) func(*store.Experiment) {
			return func(e *store.Experiment) { e.Themes, e.Publics = []string{theme}, publics }
		}
		around(t, tx, "plateau", "formation", about("formation-professionnelle", "demandeurs-d-emploi"))
		around(t, tx, "calanques", "droits", about("acces-aux-droits", "demandeurs-d-emploi", "jeunes"))
		around(t, tx, "plateau", "mobilite aussi", about("mobilite", "jeunes"))
		around(t, tx, "plateau", "d'autres gens", about("logement", "familles"))
		around(t, tx, "plateau", "tout le monde", about("logement", "tous"))
		around(t, tx, "plateau", "au meme moment", func(e *store.Experiment) {
			about("logement", "familles")(e)
			e.Situations = []string{"perdre-son-emploi", "demenager"}
		})
		around(t, tx, "plateau", "sans theme", func(e *store.Experiment) { e.Themes = nil })
		around(t, tx, "estran", "du meme labo", about("logement", "jeunes"))
		around(t, tx, "plateau", "entre labos", func(e *store.Experiment) {
			about("logement", "jeunes")(e)
			e.Audience = store.FollowedLabs
		})
	})
	err := s.View(t.Context(), func(tx *store.Txn) error {
		if got, want := names(tx.Crossings(e, store.Viewer{}, 5)), []string{"droits", "formation"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if got, want := names(tx.Crossings(e, store.Viewer{}, 1)), []string{"droits"}; !slices.Equal(got, want) {
			t.Errorf("the first one: got %q, want %q", got, want)
		}
		e.Situations = []string{"perdre-son-emploi", "demenager", "se-former"}
		if got, want := names(tx.Crossings(e, store.Viewer{}, 5)), []string{"au meme moment", "droits", "formation"}; !slices.Equal(got, want) {
			t.Errorf("in the same situations: got %q, want %q", got, want)
		}
		e.Publics = []string{"tous"}
		if got, want := names(tx.Crossings(e, store.Viewer{}, 5)), []string{"au meme moment"}; !slices.Equal(got, want) {
			t.Errorf("for everybody in a situation: got %q, want %q", got, want)
		}
		e.Situations = nil
		if got := tx.Crossings(e, store.Viewer{}, 5); len(got) > 0 {
			t.Errorf("for everybody: got %q", names(got))
		}
		return nil
	})
	must(t, err)
}

// Chance brings the same records for a day, others on other days, and never what the
// viewer may not see.
func TestByChance(t *testing.T) {
	s, _ := open(t)
	day := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	var e *store.Experiment
	update(t, s, func(tx *store.Txn) {
		for i := range 40 {
			around(t, tx, "plateau", fmt.Sprint("fiche ", i), func(e *store.Experiment) {
				e.Created = tx.Now().AddDate(0, 0, -i)
				if i%2 == 1 {
					e.Audience, e.Title = store.FollowedLabs, fmt.Sprint("secret ", i)
				}
			})
		}
		e = around(t, tx, "estran", "ici", nil)
	})
	err := s.View(t.Context(), func(tx *store.Txn) error {
		days := map[string]bool{}
		for i := range 30 {
			got := names(tx.ByChance(e, store.Viewer{}, day.AddDate(0, 0, i), 3))
			days[fmt.Sprint(got)] = true
			if again := names(tx.ByChance(e, store.Viewer{}, day.AddDate(0, 0, i).Add(10*time.Hour), 3)); !slices.Equal(got, again) {
				t.Errorf("on one day: %q and %q", got, again)
			}
			for _, title := range got {
				if title == "ici" || title[:3] == "sec" {
					t.Errorf("got %q", title)
				}
			}
			if len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
				t.Errorf("twice the same: %q", got)
			}
		}
		if got := names(tx.ByChance(e, store.Viewer{}, day, 30)); len(got) != 20 {
			t.Errorf("of the twenty that may be met, chance brought %q", got)
		}
		if len(days) < 10 {
			t.Errorf("thirty days brought %d choices", len(days))
		}
		return nil
	})
	must(t, err)
}

// What lies near a record is what its reader may meet, the nearest first; what lies only
// roughly somewhere is near nothing.
func TestNearby(t *testing.T) {
	s, _ := open(t)
	var e *store.Initiative
	update(t, s, func(tx *store.Txn) {
		put := func(title string, lon, lat float64, change func(*store.Record)) *store.Initiative {
			e := &store.Initiative{Record: store.Record{
				IRI: "https://plateau.example/o/" + title, Kind: "initiative", Type: "Article", Host: "plateau.example", Title: title, Remote: true,
				Lab: "https://plateau.example/actors/plateau", Audience: store.Public, Created: tx.Now(), Updated: tx.Now(),
				Place: store.Place{Lon: lon, Lat: lat, Precision: store.AtCommune},
			}}
			if change != nil {
				change(&e.Record)
			}
			must(t, tx.PutRecord(e, nil))
			return e
		}
		e = put("ici", -1.68, 48.11, nil)
		put("a trente", -1.68, 48.38, nil)
		put("a dix", -1.68, 48.20, nil)
		put("trop loin", -1.68, 48.70, nil)
		put("trop loin aussi", -0.9, 48.11, nil)
		put("a peu pres", -1.68, 48.11, func(r *store.Record) { r.Place.Precision = store.AtTerritory })
		put("entre labos", -1.68, 48.12, func(r *store.Record) { r.Audience = store.FollowedLabs })
		put("non liste", -1.68, 48.12, func(r *store.Record) { r.Audience = store.Unlisted })
		put("nulle part", 0, 0, func(r *store.Record) { r.Place = store.Place{} })
	})
	err := s.View(t.Context(), func(tx *store.Txn) error {
		near := func(v store.Viewer, n int) string {
			var list []string
			for _, near := range tx.Nearby(e, v, n) {
				list = append(list, fmt.Sprintf("%s %.0f", near.Item.Envelope().Title, near.Distance))
			}
			return fmt.Sprint(list)
		}
		if got, want := near(store.Viewer{}, 5), "[a dix 10 a trente 30]"; got != want {
			t.Errorf("a visitor: got %s, want %s", got, want)
		}
		if got, want := near(store.Viewer{Actor: "https://estran.example/actors/m", Local: true}, 2), "[entre labos 1 a dix 10]"; got != want {
			t.Errorf("a member: got %s, want %s", got, want)
		}
		e.Place.Precision = store.AtEnvirons
		if got := near(store.Viewer{}, 5); got != "[]" {
			t.Errorf("what lies roughly somewhere: got %s", got)
		}
		return nil
	})
	must(t, err)
}

func TestSizeOfAPlace(t *testing.T) {
	for code, want := range map[string]string{
		"com:01002": "village", "com:35360": "ville", "com:35238": "metropole", "com:01004": "ville", "region:53": "", "": "", "com:99999": "",
	} {
		if got := (&store.Place{Code: code}).Size(); got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
}

// BenchmarkAround is what crossings and neighbours add to the page of a record, in a
// network of 20,000.
func BenchmarkAround(b *testing.B) {
	s, _ := open(b)
	var e *store.Experiment
	for n := 0; n < 20_000; n += 1000 {
		update(b, s, func(tx *store.Txn) {
			for i := range 1000 {
				e = around(b, tx, fmt.Sprint("labo", i%50), fmt.Sprint("fiche ", n+i), func(e *store.Experiment) {
					e.Themes = []string{store.Themes.Slugs[i%len(store.Themes.Slugs)]}
					e.Created = tx.Now().Add(-time.Duration(n+i) * time.Hour)
				})
			}
		})
	}
	for b.Loop() {
		err := s.View(b.Context(), func(tx *store.Txn) error {
			tx.Crossings(e, store.Viewer{}, 3)
			tx.ByChance(e, store.Viewer{}, tx.Now(), 3)
			return nil
		})
		must(b, err)
	}
}
