package geo

import (
	"slices"
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		" -'’ ":                   "",
		"Rennes":                  "rennes",
		"L'Haÿ-les-Roses":         "l hay les roses",
		"l’hay  les\troses":       "l hay les roses",
		"Œuilly":                  "oeuilly",
		"Saint-Étienne":           "saint etienne",
		"ST ETIENNE":              "saint etienne",
		"Stes-Maries-de-la-Mer":   "saintes maries de la mer",
		"Sts-Geosmes":             "saints geosmes",
		"Saint-E\u0301tienne":     "saint etienne", // the accent on its own
		"Rennes (35)":             "rennes 35",
		"Bâgé-la-Ville":           "bage la ville",
		"Pouancé, Ombrée d'Anjou": "pouance ombree d anjou",
		"Faaʻa":                   "faa a",
		"\xff日本":                  "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestResolveFindsTheOneThatIsMeant(t *testing.T) {
	for typed, want := range map[string]string{
		"Rennes": "com:35238", "RENNES": "com:35238", " rennes ": "com:35238", "Rennes (35)": "com:35238",
		"35000": "com:35238", "35000 Rennes": "com:35238", "Rennes, 35000": "com:35238",
		"com:35238": "com:35238", "35238": "com:35238", "2a004": "com:2A004", "com:75111": "com:75056",
		"Paris": "com:75056", "paris 11": "com:75056", "75011": "com:75056", "Paris 11e arrondissement": "com:75056",
		"Marseille": "com:13055", "13013 Marseille": "com:13055", "Lyon 3": "com:69123",
		"saint denis 974": "com:97411", "Saint-Denis (974)": "com:97411", "St Denis réunion": "com:97411",
		"Saint-Denis, Seine-Saint-Denis": "com:93066", "93200 saint-denis": "com:93066",
		"L'Haÿ-les-Roses": "com:94038", "hay les roses": "com:94038", "lhay les roses": "com:94038", "L’HAY LES ROSES": "com:94038",
		"St-Ouen-sur-Seine": "com:93070", "Saint-Ouen (80)": "com:80711",
		"Œuilly (51)": "com:51410", "oeuilly 02": "com:02565",
		"Laroche sur Yon": "com:85191", "Y": "com:80829", "Eu": "com:76255", "Nice": "com:06088",
		"Lomme": "com:59350", "Bâgé-la-Ville": "com:01025", "Annecy-le-Vieux": "com:74010",
		"35065 Rennes Cedex": "com:35238", "20179 Ajaccio cedex": "com:2A004",
	} {
		got, choices := Resolve(typed, Commune)
		if got.Code != want || choices != nil {
			t.Errorf("%q: got %s %s and %d to choose from, want %s", typed, got.Code, got.Label(), len(choices), want)
		}
	}
}

func labels(places []Place) string {
	var out []string
	for _, p := range places {
		out = append(out, p.Label())
	}
	return strings.Join(out, ", ")
}

func TestResolveAsksWhenSeveralMayBeMeant(t *testing.T) {
	for typed, want := range map[string]string{
		"Saint-Denis":  "Saint-Denis (974), Saint-Denis (93), Saint-Denis (11), Saint-Denis (30)",
		"œuilly":       "Œuilly (51), Œuilly (02)",
		"Saint-Ouen":   "Saint-Ouen (41), Saint-Ouen (80), Saint-Ouen-sur-Seine (93)",
		"Villefranche": "Villefranche-sur-Saône (69), Villefranche-de-Rouergue (12)",
		"35":           "Rennes (35), Saint-Malo (35), Fougères (35)",
	} {
		got, choices := Resolve(typed, Commune)
		if got.Code != "" || len(choices) < 2 || len(choices) > 12 || !strings.HasPrefix(labels(choices), want) {
			t.Errorf("%q: got %q and %s; want %s", typed, got.Code, labels(choices), want)
		}
	}
}

func TestResolveFindsNothing(t *testing.T) {
	for _, typed := range []string{"", " ", "-", "zzz", "com:99999", "99999", "Genève", "44000 Rennes", "35000 Ajaccio", "St", "region:53", "dep:35", strings.Repeat("a ", 200), "\x00"} {
		got, choices := Resolve(typed, Commune)
		if typed == "St" {
			if len(choices) != 12 {
				t.Errorf("St: got %d to choose from", len(choices))
			}
			continue
		}
		if got.Code != "" || choices != nil {
			t.Errorf("%q: got %s and %s", typed, got.Code, labels(choices))
		}
	}
}

func TestResolveKeepsToTheKinds(t *testing.T) {
	for _, c := range []struct {
		typed, want string
		kinds       []Kind
	}{
		{"Bretagne", "region:53", []Kind{Region}},
		{"Bretagne", "region:53", []Kind{Region, Department}},
		{"la reunion", "region:04", []Kind{Region}},
		{"la reunion", "dep:974", []Kind{Department}},
		{"35", "dep:35", []Kind{Department}},
		{"2b", "dep:2B", []Kind{Department}},
		{"Paris", "dep:75", []Kind{Department}},
		{"ille et vilaine", "dep:35", []Kind{Region, Department}},
		{"dep:35", "dep:35", nil},
		{"Rennes", "com:35238", nil},
	} {
		got, choices := Resolve(c.typed, c.kinds...)
		if got.Code != c.want {
			t.Errorf("%q of %v: got %q and %s, want %s", c.typed, c.kinds, got.Code, labels(choices), c.want)
		}
	}
	if got, choices := Resolve("Paris"); got.Code != "" || len(choices) < 2 || choices[0].Kind == choices[1].Kind {
		t.Errorf("Paris of any kind: got %q and %s", got.Code, labels(choices))
	}
}

func TestOldNamesSayWhatTheyWere(t *testing.T) {
	if got, _ := Resolve("lomme", Commune); got.Name != "Lille" || got.FoundAs != "Lomme" {
		t.Errorf("got %q found as %q", got.Name, got.FoundAs)
	}
	if got, _ := Resolve("lille", Commune); got.Name != "Lille" || got.FoundAs != "" {
		t.Errorf("got %q found as %q", got.Name, got.FoundAs)
	}
}

func TestEveryLabelFindsItsPlace(t *testing.T) {
	c := communes()
	var all []Place
	for i := 0; i < c.today; i += 7 {
		all = append(all, c.place(i))
	}
	for _, p := range slices.Concat(all, Regions(), Departments("")) {
		if got, choices := Resolve(p.Label(), p.Kind); got.Code != p.Code {
			t.Errorf("%s: got %q and %s, want %s", p.Label(), got.Code, labels(choices), p.Code)
		}
	}
}

func TestSearchHoldsTheLimit(t *testing.T) {
	for _, limit := range []int{-1, 0, 1, 5} {
		if got := Search("saint", limit); len(got) != max(0, limit) {
			t.Errorf("limit %d: got %d", limit, len(got))
		}
	}
	seen := map[string]bool{}
	for _, p := range Search("sa", 1<<20, Commune) {
		if seen[p.Code] {
			t.Errorf("%s is there twice", p.Label())
		}
		seen[p.Code] = true
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"Rennes (35)", "35000", "com:35238", "L’Haÿ", "Œ", "11 11", "2a 2b", "\t\n", "st", "e\u0301", "\xff", "cedex", "0", "é'-/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if again := Fold(Fold(typed)); again != Fold(typed) {
			t.Errorf("folded twice: got %q, want %q", again, Fold(typed))
		}
		got, choices := Resolve(typed)
		if got.Code != "" && choices != nil || len(choices) > 12 {
			t.Errorf("got %v and %d to choose from", got, len(choices))
		}
		for _, p := range append(choices, got) {
			if found, ok := Lookup(p.Code); p.Code != "" && (!ok || found.Name != p.Name) {
				t.Errorf("%s: looked up %v", p.Code, found)
			}
		}
	})
}
