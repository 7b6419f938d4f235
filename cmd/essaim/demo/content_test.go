package demo

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// The vocabularies, copied so that the content does not import what it feeds.
var (
	stages = []string{
		"machine-a-cafe", "signal", "reformulation", "idees", "mandat", "experimentation",
		"test-usagers", "evaluation", "incubation", "essaimage", "perennise",
	}
	statuses  = []string{"actif", "en-sommeil", "arrete", "transmis"}
	outcomes  = []string{"en-cours", "gagne", "appris", "mixte"}
	audiences = []string{"team", "followed-labs", "unlisted", "public"} // narrow to wide
	licences  = []string{"etalab-2.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0"}
	themes    = []string{
		"acces-aux-droits", "accueil-administratif", "dematerialisation", "mediation-numerique",
		"formation-professionnelle", "education", "mobilite", "transition-ecologique",
		"sante-acces-aux-soins", "solidarites-entraide", "alimentation-circuits-courts", "logement",
		"services-sociaux", "culture-bibliotheques", "participation-citoyenne", "donnees-publiques",
		"management-rh", "communs", "resilience-crise", "ruralite", "ess", "achat-instruments",
		"fabrication-makers",
	}
	roles = []string{
		"responsable", "prefigurateur", "animateur-reseau", "facilitateur", "hote-accueil", "designer",
		"chercheur", "agent", "elu", "stagiaire", "tuteur", "usager-expert", "citoyen-fabricant", "partenaire",
	}
	categories = []string{
		"etat", "collectivite", "operateur-public", "hopital", "recherche", "enseignement",
		"ess-association", "fondation",
	}
	// territories: each region with its departments.
	territories = map[string][]string{
		"region:53": {"dep:22", "dep:29", "dep:35", "dep:56"},
		"region:93": {"dep:04", "dep:05", "dep:06", "dep:13", "dep:83", "dep:84"},
		"region:52": {"dep:44", "dep:49", "dep:53", "dep:72", "dep:85"},
		"region:76": {
			"dep:09", "dep:11", "dep:12", "dep:30", "dep:31", "dep:32", "dep:34",
			"dep:46", "dep:48", "dep:65", "dep:66", "dep:81", "dep:82",
		},
		"region:04": {"dep:974"},
	}
	// surnames that nobody can mistake for a person's.
	surnames = []string{
		"Exemple", "Démo", "Fictif", "Fictive", "Maquette", "Modèle", "Prototype", "Gabarit",
		"Brouillon", "Essai", "Imaginaire",
	}
	handles   = regexp.MustCompile(`^[a-z][a-z0-9_]{1,29}$`)
	keys      = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)
	addresses = regexp.MustCompile(`[^\s@]+@[^\s@]+`)
	links     = regexp.MustCompile(`https?://([^/"\s]+)`)
	// prose are the fields in which somebody says something.
	prose = []string{
		"title", "pitch", "body", "minutes", "context", "worked", "notWorked", "wouldRedo", "advice", "changes", "result",
		"results", "failures", "replicability", "hypothesis", "solution", "orderText", "answer", "rules", "purpose",
	}
)

func load(t *testing.T) Network {
	t.Helper()
	n, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// eachExperiment runs check on all experiments, named in the test's output.
func eachExperiment(t *testing.T, check func(t *testing.T, lab Lab, e Record)) {
	t.Helper()
	for _, lab := range load(t).Labs {
		for _, e := range of(lab, "experiment") {
			t.Run(lab.Handle+"/"+e.Key, func(t *testing.T) { check(t, lab, e) })
		}
	}
}

// of are the records of a kind.
func of(lab Lab, kind string) []Record {
	var some []Record
	for _, r := range lab.Records {
		if r.Kind == kind {
			some = append(some, r)
		}
	}
	return some
}

// list are the entries of a field that holds several.
func list(text string) []string {
	return slices.DeleteFunc(strings.Split(text, ", "), func(s string) bool { return s == "" })
}

func wantOneOf(t *testing.T, what, got string, vocabulary []string) {
	t.Helper()
	if !slices.Contains(vocabulary, got) {
		t.Errorf("%s: got %q, not in the vocabulary", what, got)
	}
}

func wantLength(t *testing.T, what, text string, least, most int) {
	t.Helper()
	if n := utf8.RuneCountInString(text); n < least || n > most {
		t.Errorf("%s: got %d characters, want %d to %d: %q", what, n, least, most, text)
	}
}

func member(lab Lab, handle string) *Member {
	for i := range lab.Members {
		if lab.Members[i].Handle == handle {
			return &lab.Members[i]
		}
	}
	return nil
}

// contrast is WCAG 2.2's ratio between two "#rrggbb" colours.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	v, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 24)
	if err != nil || len(hex) != 7 {
		t.Fatalf("colour %q: want #rrggbb", hex)
	}
	linear := func(shift int) float64 {
		c := float64(v>>shift&0xFF) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0)
}
