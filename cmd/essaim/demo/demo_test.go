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
)

func load(t *testing.T) Network {
	t.Helper()
	n, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// eachExperiment runs check on all sheets, named in the test's output.
func eachExperiment(t *testing.T, check func(t *testing.T, lab Lab, e Experiment)) {
	t.Helper()
	for _, lab := range load(t).Labs {
		for _, e := range lab.Experiments {
			t.Run(lab.Handle+"/"+e.Key, func(t *testing.T) { check(t, lab, e) })
		}
	}
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

func TestFiveLabsSayThatTheyAreADemonstration(t *testing.T) {
	labs := load(t).Labs
	if len(labs) != 5 {
		t.Fatalf("got %d labs, want 5", len(labs))
	}
	for _, lab := range labs {
		if !handles.MatchString(lab.Handle) || !strings.HasSuffix(lab.Name, "(démo)") {
			t.Errorf("lab %q, %q: want a plain handle and a name ending in (démo)", lab.Handle, lab.Name)
		}
		if _, ok := territories[lab.Territory]; !ok {
			t.Errorf("%s: unknown territory %q", lab.Handle, lab.Territory)
		}
		wantOneOf(t, lab.Handle+" time zone", lab.TimeZone, []string{"Europe/Paris", "Indian/Reunion"})
		wantLength(t, lab.Handle+" summary", lab.Summary, 100, 500)
		if got := contrast(t, lab.Accent, "#FBFAF6"); got < 4.5 {
			t.Errorf("%s: accent %s on paper: got contrast %.1f, want 4.5", lab.Handle, lab.Accent, got)
		}
		for _, o := range lab.Tutelles {
			wantOneOf(t, o.Name, o.Category, categories)
			wantOneOf(t, o.Name, o.Link, []string{"hierarchique", "fonctionnel"})
		}
	}
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

func TestMembersAreVisiblyInvented(t *testing.T) {
	for _, lab := range load(t).Labs {
		people, seen := 0, map[string]bool{lab.Handle: true}
		for _, m := range lab.Members {
			if seen[m.Handle] || !handles.MatchString(m.Handle) {
				t.Errorf("%s: handle %q is taken or malformed", lab.Handle, m.Handle)
			}
			seen[m.Handle] = true
			wantOneOf(t, m.Name, m.Role, roles)
			wantLength(t, m.Name+" bio", m.Bio, 30, 300)
			if m.Editorial {
				continue
			}
			people++
			_, surname, _ := strings.Cut(m.Name, " ")
			wantOneOf(t, "surname", surname, surnames)
		}
		if people != 6 {
			t.Errorf("%s: got %d people, want 6", lab.Handle, people)
		}
	}
}

func TestNoAddressLeavesTheInvalidDomain(t *testing.T) {
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		data, err := files.ReadFile(entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range addresses.FindAllString(string(data), -1) {
			if !strings.HasSuffix(strings.Trim(got, `".,;)`), "@exemple.invalid") {
				t.Errorf("%s: address %s", entry.Name(), got)
			}
		}
	}
	for _, lab := range load(t).Labs {
		for _, m := range lab.Members {
			if !strings.HasSuffix(m.Email, "@exemple.invalid") {
				t.Errorf("%s: got e-mail %q", m.Name, m.Email)
			}
		}
	}
}

func TestExperimentKeepsTheLimitsOfItsFields(t *testing.T) {
	eachExperiment(t, func(t *testing.T, _ Lab, e Experiment) {
		if !keys.MatchString(e.Key) {
			t.Errorf("malformed key %q", e.Key)
		}
		wantLength(t, "title", e.Title, 10, 150)
		wantLength(t, "pitch", e.Pitch, 60, 300)
		if strings.ContainsAny(e.Pitch, "<>*_`\n") {
			t.Error("pitch is not plain text")
		}
		if n := len(strings.Fields(e.Body)); n < 150 || n > 350 {
			t.Errorf("body: got %d words, want 150 to 350", n)
		}
		if !strings.HasPrefix(strings.TrimSpace(e.Body), "## ") || strings.Contains(e.Body, "\n# ") {
			t.Error("body: headings start at level two")
		}
		if e.Image != nil {
			wantLength(t, "alt text", e.Image.Alt, 30, 250)
			if e.Image.Seed == "" {
				t.Error("image without seed")
			}
		}
	})
}

func TestExperimentSpeaksTheVocabularies(t *testing.T) {
	eachExperiment(t, func(t *testing.T, lab Lab, e Experiment) {
		wantOneOf(t, "stage", e.Stage, stages)
		wantOneOf(t, "status", e.Status, statuses)
		wantOneOf(t, "outcome", e.Outcome, outcomes)
		wantOneOf(t, "audience", e.Audience, audiences)
		wantOneOf(t, "licence", e.Licence, licences)
		for _, theme := range e.Themes {
			wantOneOf(t, "theme", theme, themes)
		}
		for _, code := range e.Territory {
			wantOneOf(t, "territory", code, append(territories[lab.Territory], lab.Territory))
		}
		if n := len(e.Themes); n < 1 || n > 4 || len(e.Territory) == 0 {
			t.Errorf("got %d themes and territory %v", n, e.Territory)
		}
	})
}

func TestExperimentIsSignedByMembersOfItsLab(t *testing.T) {
	eachExperiment(t, func(t *testing.T, lab Lab, e Experiment) {
		if len(e.Authors) == 0 {
			t.Error("no author")
		}
		for _, author := range e.Authors {
			if m := member(lab, author); m == nil || m.Editorial {
				t.Errorf("author %q is not a person of the lab", author)
			}
		}
	})
}

func member(lab Lab, handle string) *Member {
	for i := range lab.Members {
		if lab.Members[i].Handle == handle {
			return &lab.Members[i]
		}
	}
	return nil
}

func TestHistoriesRunForwardAndEndAtTheStage(t *testing.T) {
	eachExperiment(t, func(t *testing.T, _ Lab, e Experiment) {
		if n := len(e.Problems); n < 1 || n > 3 {
			t.Errorf("got %d problem versions, want 1 to 3", n)
		}
		before := e.DaysAgo
		for _, p := range e.Problems {
			if p.DaysAgo > before || p.DaysAgo < 0 || p.Statement == "" || p.Why == "" {
				t.Errorf("problem %d days ago is out of order or empty", p.DaysAgo)
			}
			before = p.DaysAgo
		}
		before = e.DaysAgo + 1
		for _, s := range e.History {
			wantOneOf(t, "stage of history", s.Stage, stages)
			if s.DaysAgo >= before || s.DaysAgo < 0 || s.Note == "" {
				t.Errorf("stage %s, %d days ago, is out of order or without note", s.Stage, s.DaysAgo)
			}
			before = s.DaysAgo
		}
		if n := len(e.History); n == 0 || e.History[n-1].Stage != e.Stage {
			t.Errorf("history does not end at %s", e.Stage)
		}
	})
}

func TestEachLabShowsEveryAudienceAndOneStop(t *testing.T) {
	want := map[string]int{"team": 1, "followed-labs": 1, "unlisted": 1, "public": 5, "arrete": 1}
	for _, lab := range load(t).Labs {
		got := map[string]int{}
		for _, e := range lab.Experiments {
			got[e.Audience]++
			if e.Status == "arrete" {
				got["arrete"]++
				wantOneOf(t, "outcome of what was stopped", e.Outcome, []string{"appris"})
			}
		}
		for what, n := range want {
			if got[what] != n {
				t.Errorf("%s: got %d experiments %s, want %d", lab.Handle, got[what], what, n)
			}
		}
	}
}

func TestNetworkUsesAllStagesAndOutcomes(t *testing.T) {
	used := map[string]bool{}
	for _, lab := range load(t).Labs {
		for _, e := range lab.Experiments {
			used[e.Stage], used[e.Outcome], used[e.Status] = true, true, true
		}
	}
	for _, slug := range slices.Concat(stages, outcomes, statuses) {
		if !used[slug] {
			t.Errorf("no experiment is %s", slug)
		}
	}
}

func TestLineageOfThreeCrossesThreeLabs(t *testing.T) {
	mentions := map[string][]string{
		"guichet-marees": {"Grand Plateau", "Piton"},
		"guichet-foires": {"Estran", "Piton"},
		"guichet-hauts":  {"Estran", "Grand Plateau"},
	}
	found := 0
	for _, lab := range load(t).Labs {
		for _, e := range lab.Experiments {
			for _, name := range mentions[e.Key] {
				found++
				if !strings.Contains(e.Body, name) {
					t.Errorf("%s does not mention %s", e.Key, name)
				}
			}
		}
	}
	if found != 6 {
		t.Errorf("got %d mentions, want 6", found)
	}
}

func TestNewsIsShortAndNoWiderThanItsRecord(t *testing.T) {
	for _, lab := range load(t).Labs {
		if n := len(lab.News); n < 6 || n > 10 {
			t.Errorf("%s: got %d news, want 6 to 10", lab.Handle, n)
		}
		for _, n := range lab.News {
			wantLength(t, lab.Handle+" news", n.Content(), 40, 500)
			wantOneOf(t, "news audience", n.Audience, audiences)
			if member(lab, n.Author) == nil {
				t.Errorf("%s: news by unknown %q", lab.Handle, n.Author)
			}
			if n.Experiment != "" {
				wantInThread(t, lab, n)
			}
		}
	}
}

func wantInThread(t *testing.T, lab Lab, n News) {
	t.Helper()
	i := slices.IndexFunc(lab.Experiments, func(e Experiment) bool { return e.Key == n.Experiment })
	if i < 0 {
		t.Fatalf("%s: news about unknown %q", lab.Handle, n.Experiment)
	}
	e := lab.Experiments[i]
	if slices.Index(audiences, n.Audience) > slices.Index(audiences, e.Audience) {
		t.Errorf("news of %s is %s, its record only %s", e.Key, n.Audience, e.Audience)
	}
	if n.DaysAgo > e.DaysAgo || n.DaysAgo < 0 {
		t.Errorf("news of %s is %d days old, its record %d", e.Key, n.DaysAgo, e.DaysAgo)
	}
}

func TestReferencesAreSourcedAndEditorial(t *testing.T) {
	references := 0
	for _, lab := range load(t).Labs {
		for _, n := range lab.News {
			m := member(lab, n.Author)
			if m == nil || m.Editorial != (n.Source != "") {
				t.Errorf("%s: a source and the editorial account go together: %q", lab.Handle, n.Text)
			}
			if n.Source == "" {
				continue
			}
			references++
			if !strings.HasSuffix(n.Content(), n.Source+".") {
				t.Errorf("the source is not published: %q", n.Content())
			}
		}
	}
	if references == 0 {
		t.Error("no reference in the network")
	}
}

func TestEveryTextIsWrittenOnce(t *testing.T) {
	seen := map[string]bool{}
	once := func(texts ...string) {
		for _, text := range texts {
			if seen[text] {
				t.Errorf("written twice: %q", text)
			}
			seen[text] = true
		}
	}
	for _, lab := range load(t).Labs {
		once(lab.Handle, lab.Name, lab.Summary, lab.Territory)
		for _, m := range lab.Members {
			once(m.Email, m.Bio)
		}
		for _, e := range lab.Experiments {
			once(e.Key, e.Title, e.Pitch, e.Body)
			if e.Image != nil {
				once("image "+e.Image.Seed, e.Image.Alt)
			}
			for _, p := range e.Problems {
				once(p.Statement, p.Why)
			}
			for _, s := range e.History {
				once(s.Note)
			}
		}
		for _, n := range lab.News {
			once(n.Text)
		}
	}
}

func TestFollowsShowMutualOneSidedAndPending(t *testing.T) {
	n := load(t)
	if len(n.Follows) != 14 {
		t.Errorf("got %d follows, want 14", len(n.Follows))
	}
	manual, edges := map[string]bool{}, map[[2]string]bool{}
	for _, lab := range n.Labs {
		manual[lab.Handle] = lab.ManualApproval
	}
	pending, mutual, oneSided := 0, 0, 0
	for _, f := range n.Follows {
		_, from := manual[f.From]
		approves, to := manual[f.To]
		if !from || !to || f.From == f.To || edges[[2]string{f.From, f.To}] {
			t.Errorf("bad or repeated follow %+v", f)
		}
		if f.Pending && !approves {
			t.Errorf("%s does not approve by hand, so %s cannot wait", f.To, f.From)
		}
		edges[[2]string{f.From, f.To}] = true
	}
	for _, f := range n.Follows {
		switch {
		case f.Pending:
			pending++
		case edges[[2]string{f.To, f.From}]:
			mutual++
		default:
			oneSided++
		}
	}
	if pending != 1 || mutual == 0 || oneSided == 0 {
		t.Errorf("got %d pending, %d mutual, %d one-sided; want 1 and some of each", pending, mutual, oneSided)
	}
}
