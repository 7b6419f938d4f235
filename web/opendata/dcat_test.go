package opendata

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"

	"github.com/essaim/essaim/store"
)

// quads are the statements of a document of the catalogue, in their canonical
// order.
func quads(t *testing.T, mediaType, body string) string {
	t.Helper()
	var doc any = body
	options := ld.NewJsonLdOptions("")
	options.Format = "application/n-quads"
	if mediaType == jsonLD {
		if err := json.Unmarshal([]byte(body), &doc); err != nil {
			t.Fatal(err)
		}
	} else {
		options.InputFormat = options.Format
	}
	normal, err := ld.NewJsonLdProcessor().Normalize(doc, options)
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	return normal.(string)
}

// A harvester walks the pages from the first to the last and meets every data set
// once, with its files; both forms say the same.
func TestHarvestersWalkTheCatalogueToItsEnd(t *testing.T) {
	s := newSite(t)
	s.publish(t, experiment(`"Titre" \ <difficile>`, store.Public))
	taken := s.take(t)
	c := s.Visitor(t)
	met, pages := map[string]int{}, 0
	for path := "/catalogue.jsonld"; path != ""; pages++ {
		a := c.Get(path)
		if a.Status != http.StatusOK || a.Header.Get("Content-Type") != jsonLD || a.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Fatalf("%s: %d %v", path, a.Status, a.Header)
		}
		all := quads(t, jsonLD, a.Body)
		other := c.Get(strings.Replace(path, "jsonld", "ttl", 1))
		if same := strings.ReplaceAll(quads(t, turtle, other.Body), "catalogue.ttl", "catalogue.jsonld"); same != all {
			t.Errorf("%s: Turtle and JSON-LD differ:\n%s\n%s", path, same, all)
		}
		path = ""
		for line := range strings.SplitSeq(all, "\n") {
			subject, rest, _ := strings.Cut(line, " ")
			predicate, object, _ := strings.Cut(rest, " ")
			switch {
			case predicate == "<"+rdfType+">" && strings.Contains(object, "dcat#Dataset"):
				met[subject]++
			case predicate == "<"+prefixes["hydra"]+"next>":
				next, err := url.Parse(strings.Trim(strings.TrimSuffix(object, " ."), "<>"))
				if err != nil {
					t.Fatal(err)
				}
				path = next.RequestURI()
			}
		}
	}
	if len(met) != len(store.Kinds) || pages != (len(store.Kinds)+setsPerPage-1)/setsPerPage {
		t.Errorf("met %d data sets on %d pages, there are %d", len(met), pages, len(store.Kinds))
	}
	first := c.Get("/catalogue.jsonld")
	for _, want := range []string{
		"/experimentations.csv", "/experimentations.geojson", taken.File("experimentations.csv").SHA256, "https://spdx.org/licenses/etalab-2.0.html",
	} {
		if !first.Has(want) {
			t.Errorf("%s is not in the catalogue", want)
		}
	}
	for _, wrong := range []string{"0", "99", "x", "-1"} {
		if a := c.Get("/catalogue.ttl?page=" + wrong); a.Status != http.StatusNotFound {
			t.Errorf("page %s: %d", wrong, a.Status)
		}
	}
}

// Where records have different licences, or none, no file has one.
func TestAFileHasTheLicenceOfAllItsRecordsOrNone(t *testing.T) {
	s := newSite(t)
	s.publish(t, experiment("une", store.Public))
	other := experiment("autre", store.Public)
	other.Licence = "CC0-1.0"
	s.publish(t, other)
	if a := s.Visitor(t).Get("/catalogue.jsonld"); a.Has("spdx.org/licenses/") || !a.Has("dct:rights") {
		t.Errorf("got %s", a.Body)
	}
}

// What lies in a text breaks neither form.
func TestHostileTextsBreakNoTriple(t *testing.T) {
	hostile := "a\"b\\c\nd\re\t<f>"
	subject := &thing{iri: "https://exemple.fr/a b<c>\"", typ: "dcat:Dataset"}
	subject.say("dct:title", literal{text: hostile, lang: "fr"})
	subject.say("dct:title", literal{text: hostile})
	subject.say("dcat:landingPage", iri("https://exemple.fr/{x}|y\\^`"))
	var out strings.Builder
	if err := writeTurtle(&out, subject); err != nil {
		t.Fatal(err)
	}
	if got := quads(t, turtle, out.String()); strings.Count(got, "\n") != 4 || strings.Count(got, `a\"b\\c\nd\re`) != 2 {
		t.Errorf("got\n%s", got)
	}
}

func TestHarvestersAskForWhatChanged(t *testing.T) {
	s := newSite(t)
	s.publish(t, experiment("fiche", store.Public))
	c := s.Visitor(t)
	today := s.node.Store.Now().Format("2006-01-02")
	for _, end := range []string{".csv", ".geojson", ".jsonld"} {
		if a := c.Get("/experimentations" + end + "?modifiee_depuis=" + today); !a.Has("fiche") {
			t.Errorf("%s: what changed today is missing", end)
		}
		if a := c.Get("/experimentations" + end + "?modifiee_depuis=2100-01-01T00:00:00Z"); a.Status != http.StatusOK || a.Has("fiche") {
			t.Errorf("%s: what is old is there", end)
		}
		if a := c.Get("/experimentations" + end + "?modifiee_depuis=hier"); a.Status != http.StatusBadRequest {
			t.Errorf("%s: no date: %d", end, a.Status)
		}
	}
}
