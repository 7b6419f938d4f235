package geo

import (
	"math"
	"strings"
	"testing"
)

func TestEverythingIsThere(t *testing.T) {
	regions, collectivities := 0, 0
	for _, r := range Regions() {
		if len(r.Code) == len("region:53") {
			regions++
		} else {
			collectivities++
		}
	}
	departments := 0
	for _, d := range Departments("") {
		if r, ok := Lookup(d.Region); ok && len(r.Code) == len("region:53") {
			departments++
		}
	}
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"regions", regions, 18},
		{"overseas collectivities", collectivities, 8},
		{"departments", departments, 101},
		{"departments of Bretagne", len(Departments("region:53")), 4},
		{"communes", communes().today, 34969},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %d, want %d", c.what, c.got, c.want)
		}
	}
}

func TestLookup(t *testing.T) {
	cases := []struct{ code, name, label, department, region string }{
		{"region:53", "Bretagne", "Bretagne", "", "region:53"},
		{"region:04", "La Réunion", "La Réunion", "", "region:04"},
		{"region:987", "Polynésie française", "Polynésie française", "", "region:987"},
		{"dep:04", "Alpes-de-Haute-Provence", "Alpes-de-Haute-Provence (04)", "dep:04", "region:93"},
		{"dep:2A", "Corse-du-Sud", "Corse-du-Sud (2A)", "dep:2A", "region:94"},
		{"com:35238", "Rennes", "Rennes (35)", "dep:35", "region:53"},
		{"com:01001", "L'Abergement-Clémenciat", "L'Abergement-Clémenciat (01)", "dep:01", "region:84"},
		{"com:97411", "Saint-Denis", "Saint-Denis (974)", "dep:974", "region:04"},
		{"com:93066", "Saint-Denis", "Saint-Denis (93)", "dep:93", "region:11"},
		{"com:94038", "L'Haÿ-les-Roses", "L'Haÿ-les-Roses (94)", "dep:94", "region:11"},
		{"com:02565", "Œuilly", "Œuilly (02)", "dep:02", "region:32"},
		{"com:2A004", "Ajaccio", "Ajaccio (2A)", "dep:2A", "region:94"},
		{"com:98818", "Nouméa", "Nouméa (988)", "dep:988", "region:988"},
		{"com:98901", "Île de Clipperton", "Île de Clipperton (989)", "dep:989", "region:989"},
	}
	for _, c := range cases {
		p, ok := Lookup(c.code)
		if !ok || p.Code != c.code || p.Name != c.name || p.Label() != c.label || p.Department != c.department || p.Region != c.region {
			t.Errorf("%s: got %+v %v, want %+v", c.code, p, ok, c)
		}
	}
}

func TestCodesOfTheOldTimesLeadToTheCommuneOfToday(t *testing.T) {
	for code, want := range map[string]string{
		"com:75111": "com:75056", // Paris 11e
		"com:13201": "com:13055", // Marseille 1er
		"com:69383": "com:69123", // Lyon 3e
		"com:59355": "com:59350", // Lomme, associated with Lille
		"com:50173": "com:50129", // Équeurdreville-Hainneville, delegated in Cherbourg-en-Cotentin
		"com:74011": "com:74010", // Annecy-le-Vieux
	} {
		if p, ok := Lookup(code); !ok || p.Code != want {
			t.Errorf("%s: got %q %v, want %s", code, p.Code, ok, want)
		}
	}
}

func TestLookupOfNoPlace(t *testing.T) {
	for _, code := range []string{
		"", ":", "com", "com:", "com:99999", "com:00000", "com:352380", "com:3523", "com:35238 ", "COM:35238", "35238",
		"region:99", "region:35", "dep:53 ", "dep:20", "epci:243500139", "com:2a004", "com:\xff\xff\xff\xff\xff", strings.Repeat("com:", 1000),
	} {
		if p, ok := Lookup(code); ok || p.Code != "" {
			t.Errorf("%q: got %v", code, p)
		}
	}
}

// bounds are those of metropolitan France with Corsica.
func inMetropole(p Point) bool { return -5.3 < p.Lon && p.Lon < 9.7 && 41.2 < p.Lat && p.Lat < 51.2 }

func TestEveryCommuneHasAPlaceOnTheMap(t *testing.T) {
	c := communes()
	count := map[Precision]int{}
	for i := range c.today {
		p := c.place(i)
		count[p.Precision]++
		overseas := strings.HasPrefix(p.Code, "com:97") || strings.HasPrefix(p.Code, "com:98")
		if p.Name == "" || p.Department == "" || p.Region == "" || p.Precision == "" || inMetropole(p.Point) == overseas {
			t.Errorf("%+v", p)
		}
		if again, ok := Lookup(p.Code); !ok || again.Label() != p.Label() {
			t.Errorf("%s: got %v", p.Code, again)
		}
		department, ok := Lookup(p.Department)
		if far := Distance(p.Point, department.Point); !ok || !overseas && far > 130 {
			t.Errorf("%s lies %.0f km from the middle of its department", p.Label(), far)
		}
	}
	if count[Settlement] < 14000 || count[Environs] > 50 || count[Settlement]+count[Middle]+count[Environs] != c.today {
		t.Errorf("precisions: %v", count)
	}
	t.Logf("precisions: %v", count)
}

func TestAlmostEveryCommuneHasAPostalCode(t *testing.T) {
	c := communes()
	without := 0
	for i := range c.today {
		codes := c.place(i).PostalCodes
		if len(codes) == 0 {
			without++
		}
		for _, code := range codes {
			if len(code) != 5 || strings.Trim(code, "0123456789") != "" {
				t.Errorf("%s: postal code %q", c.name(i), code)
			}
		}
	}
	if without != 5 { // the southern and antarctic lands
		t.Errorf("got %d without a postal code, want 5", without)
	}
}

func TestEveryFormerNameLeadsToACommune(t *testing.T) {
	c := communes()
	for i := c.today; i < c.rows(); i++ {
		if target := c.commune(i); c.code(target) != c.column(i, columnTarget) {
			t.Errorf("%s: leads to %s, want %s", c.line(i), c.code(target), c.column(i, columnTarget))
		}
	}
}

func TestPopulationsAddUp(t *testing.T) {
	france := 0
	for _, r := range Regions() {
		sum := 0
		for _, d := range Departments(r.Code) {
			sum += d.Population
		}
		if sum != r.Population {
			t.Errorf("%s: departments have %d inhabitants, the region %d", r.Name, sum, r.Population)
		}
		france += r.Population
	}
	if france < 65e6 || france > 75e6 {
		t.Errorf("got %d inhabitants", france)
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		part, whole string
		want        bool
	}{
		{"com:35238", "com:35238", true},
		{"com:35238", "dep:35", true},
		{"com:35238", "region:53", true},
		{"dep:35", "region:53", true},
		{"region:53", "region:53", true},
		{"com:75111", "com:75056", true},
		{"region:53", "dep:35", false},
		{"com:35238", "com:44109", false},
		{"com:35238", "region:52", false},
		{"com:97411", "region:04", true},
		{"com:04070", "region:04", false}, // Digne is in department 04
		{"region:99", "region:99", false},
		{"", "", false},
	} {
		if got := Within(c.part, c.whole); got != c.want {
			t.Errorf("%s within %s: got %v, want %v", c.part, c.whole, got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	at := func(code string) Point {
		p, ok := Lookup(code)
		if !ok {
			t.Fatal(code)
		}
		return p.Point
	}
	for _, c := range []struct {
		a, b string
		want float64 // km, from one town hall to the other
	}{
		{"com:35238", "com:35238", 0},
		{"com:35238", "com:44109", 99},    // Rennes, Nantes
		{"com:75056", "com:13055", 661},   // Paris, Marseille
		{"com:75056", "com:97411", 9380},  // Paris, Saint-Denis
		{"com:75056", "com:98818", 16750}, // Paris, Nouméa
	} {
		if got := Distance(at(c.a), at(c.b)); math.Abs(got-c.want) > 3+c.want/100 {
			t.Errorf("%s to %s: got %.1f km, want %.0f", c.a, c.b, got, c.want)
		}
	}
	if got := Distance(Point{179.9, 0}, Point{-179.9, 0}); math.Abs(got-22.2) > 0.1 {
		t.Errorf("over the date line: got %.1f km, want 22.2", got)
	}
}

func TestNearest(t *testing.T) {
	for _, c := range []struct {
		at   Point
		want string
	}{
		{Point{-1.6800, 48.1117}, "com:35238"}, // the town hall of Rennes
		{Point{2.3522, 48.8566}, "com:75056"},
		{Point{55.4481, -20.8789}, "com:97411"},
		{Point{-176.18, -13.28}, "com:98613"},
		{Point{0, 0}, "com:97302"}, // nowhere near: Cayenne
	} {
		got, km := Nearest(c.at)
		if c.at == (Point{}) {
			if km < 1000 {
				t.Errorf("the Gulf of Guinea lies %.0f km from %s", km, got.Label())
			}
			continue
		}
		if got.Code != c.want || km > 10 {
			t.Errorf("%v: got %s at %.1f km, want %s", c.at, got.Label(), km, c.want)
		}
	}
	nan := math.NaN()
	for _, at := range []Point{{nan, 0}, {0, nan}, {181, 0}, {0, -91}, {math.Inf(1), 0}} {
		if got, km := Nearest(at); got.Code != "" || !math.IsInf(km, 1) {
			t.Errorf("%v: got %v", at, got)
		}
	}
}

func TestEveryCommuneIsNearestToItself(t *testing.T) {
	c := communes()
	for i := 0; i < c.today; i += 97 {
		want := c.place(i)
		if got, km := Nearest(want.Point); km != 0 || got.Point != want.Point {
			t.Errorf("%s: got %s at %.2f km", want.Label(), got.Label(), km)
		}
	}
}
