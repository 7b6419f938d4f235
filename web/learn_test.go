package web_test

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation"
	"github.com/essaim/essaim/store"
)

// An experiment is reframed, tested and given up, and what was learned from it is
// as much worth as a success: here and on another node.
func TestExperimentThatFailedTeachesOtherLabs(t *testing.T) {
	home, away := start(t, "bretagne"), start(t, "reunion")
	away.follow(t, home)
	member := home.member(t, "maelle")
	form := url.Values{
		"title": {"LabAccès"}, "pitch": {"Un guichet sans rendez-vous."}, "audience": {"public"}, "stage": {"signal"},
		"problem": {"Trop peu de rendez-vous."},
	}
	rec := home.saved(t, member.send(t, "/experimentations/nouvelle", form)).Envelope()
	for _, step := range []url.Values{
		{"stage": {"reformulation"}, "problem": {"Les gens ne savent pas qui appeler."}, "problemWhy": {"Les entretiens l'ont montré."}},
		{"stage": {"mandat"}, "mandated": {"1"}, "sponsors.0.name": {"Madame Quimperléon"}, "sponsors.0.role": {"Directrice"}},
		{"stage": {"test-usagers"}, "tests.0.date": {"2026-03-14"}, "tests.0.count": {"8"}, "tests.0.findings": {"Le panneau n'est pas lu."}},
		{"status": {"arrete"}, "outcome": {"appris"}, "failures": {"Un échec : personne n'est venu."}},
	} {
		for name := range step {
			form[name] = step[name]
		}
		home.change(t, member, rec, form)
	}
	away.eventually(t, "the end has arrived", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(rec.IRI)
		e, ok := it.(*store.Experiment)
		return err == nil && ok && e.Outcome == "appris"
	})

	visitor := away.visitor(t)
	copied := away.await(t, rec.IRI).(*store.Experiment)
	page := words(visitor.get(t, away.URL+federation.PagePath(&copied.Record), "text/html"))
	for _, said := range []string{"Trop peu de rendez-vous.", "Les gens ne savent pas qui appeler.", "Les entretiens l'ont montré.", "Mandatée", "Le panneau n'est pas lu.", inWords(&store.Outcomes, "appris")} {
		if !strings.Contains(page, said) {
			t.Errorf("%q is not on the page of the other node", said)
		}
	}
	if len(copied.Problems) != 2 || copied.Problems[0].Date.IsZero() || copied.Problems[1].Date.Before(copied.Problems[0].Date) {
		t.Errorf("wordings: got %+v, want two in order", copied.Problems)
	}
	if len(copied.Tests) != 1 || copied.Tests[0].Count != 8 {
		t.Errorf("tests: got %+v", copied.Tests)
	}
	outsider := home.visitor(t)
	if got, want := stagesOf(t, outsider.get(t, rec.IRI, "application/activity+json")), []string{"signal", "reformulation", "mandat", "test-usagers"}; !slices.Equal(got, want) {
		t.Errorf("stages in the document: got %v, want %v", got, want)
	}
	oneNoteEach(t, away, rec.IRI, "reformulation", "mandat", "test-usagers")
	for facet, found := range map[string]bool{"outcome=appris": true, "outcome=gagne": false} {
		if got := strings.Contains(words(visitor.get(t, away.URL+"/experimentations?"+facet, "text/html")), "LabAccès"); got != found {
			t.Errorf("the facet %s finds it: got %v", facet, got)
		}
	}
	sponsorStaysInside(t, home, rec, visitor, away.URL+federation.PagePath(&copied.Record))
}

// stagesOf are the stages of a document, in its order.
func stagesOf(t *testing.T, document string) (stages []string) {
	t.Helper()
	var d struct {
		Stages []map[string]any `json:"essaim:stages"`
	}
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		t.Fatal(err)
	}
	for _, s := range d.Stages {
		slug, _ := cmp.Or(s["essaim:stage"], s["stage"]).(string)
		stages = append(stages, slug)
	}
	return stages
}

// oneNoteEach wants one note in the thread of a copied record for each of these
// stages, and no other.
func oneNoteEach(t *testing.T, n node, iri string, stages ...string) {
	t.Helper()
	var notes []string
	n.eventually(t, "the notes have arrived", func(tx *store.Txn) bool {
		it, err := tx.RecordByIRI(iri)
		if err != nil {
			return false
		}
		notes = nil
		for _, note := range tx.ListThread(it.Envelope().ID, store.Query{Limit: 99}).Items {
			notes = append(notes, note.Envelope().HTML)
		}
		return len(notes) >= len(stages)
	})
	for _, stage := range stages {
		if got := strings.Count(strings.Join(notes, "\n"), inWords(&store.Stages, stage)); got != 1 {
			t.Errorf("%s: got %d notes, want 1: %q", stage, got, notes)
		}
	}
	if len(notes) != len(stages) {
		t.Errorf("got %d notes, want %d: %q", len(notes), len(stages), notes)
	}
}

// sponsorStaysInside wants all that leaves the node to say that there is a mandate
// and nothing to say who gave it.
func sponsorStaysInside(t *testing.T, home node, rec *store.Record, away browser, there string) {
	t.Helper()
	outsider, page := home.visitor(t), home.URL+federation.PagePath(rec)
	for address, mandated := range map[string]string{
		rec.IRI: `"essaim:mandated":true`, page: "Mandatée", page + ".jsonld": "", home.URL + "/experimentations": "",
		home.URL + "/experimentations.csv": "", home.URL + "/experimentations.geojson": "", home.URL + "/experimentations.jsonld": "",
		home.URL + "/experimentations.atom": "mandat", home.URL + "/experimentations.rss": "mandat", home.URL + "/experimentations.json": "mandat",
		home.URL + "/actors/bretagne/outbox?page=true": `"essaim:mandated":true`, home.URL + "/actors/bretagne/catalog?page=1": "",
		there: "Mandatée",
	} {
		b := outsider
		if address == there {
			b = away
		}
		accept := "*/*"
		if address == rec.IRI || strings.Contains(address, "/actors/") {
			accept = "application/activity+json"
		}
		said := b.get(t, address, accept)
		if strings.Contains(said, "Quimperl") {
			t.Errorf("%s names who gave the mandate", address)
		}
		if !strings.Contains(said, mandated) {
			t.Errorf("%s does not say that there is a mandate", address)
		}
	}
}

// A lesson is a synthesis until all who contributed say that it is theirs.
func TestLessonIsValidatedByAllWhoContributed(t *testing.T) {
	home, away := start(t, "bretagne"), start(t, "reunion")
	away.follow(t, home)
	author := home.member(t, "maelle")
	form := url.Values{
		"title": {"Ce que LabAccès nous a appris"}, "pitch": {"Un échec utile."}, "audience": {"public"}, "state": {"validee"},
		"about": {home.publish(t, "LabAccès")}, "notWorked": {"Le panneau."},
	}
	names := []string{"ana", "bo", "chloe"}
	var voices []browser
	for i, name := range names {
		voices = append(voices, home.member(t, name))
		row := store.RowName("contributors", i) + "."
		form.Set(row+"name", name)
		form.Set(row+"member", home.URL+"/actors/"+name)
		form.Set(row+"validated", "2026-03-14") // nobody validates for somebody else
	}
	rec := home.saved(t, author.send(t, "/retours-d-experience/nouvelle", form)).Envelope()
	for i, voice := range voices {
		if got := away.await(t, rec.IRI).(*store.Lesson).State; got != "synthese" {
			t.Errorf("after %d of %d validated: got %s", i, len(voices), got)
		}
		voice.send(t, federation.PagePath(rec)+"/agir", url.Values{"act": {store.Validate}})
		away.eventually(t, names[i]+" validated", func(tx *store.Txn) bool {
			it, err := tx.RecordByIRI(rec.IRI)
			l, ok := it.(*store.Lesson)
			return err == nil && ok && len(l.Contributors) == len(names) && l.Contributors[i].Validated != ""
		})
	}
	if got := away.await(t, rec.IRI).(*store.Lesson).State; got != "validee" {
		t.Errorf("all validated: got %s", got)
	}
}
