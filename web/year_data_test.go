package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/assets"
)

// data walks the catalogue as harvesters do: every data set is met once, and its
// table has as many lines as its pages say.
func (y *year) data(t *testing.T) {
	n := y.labs[3]
	visitor := n.visitor(t)
	sets := 0
	for next := n.URL + "/catalogue.jsonld"; next != ""; {
		c := statements(t, visitor.get(t, next, "application/ld+json"))
		next = ""
		for subject, says := range c {
			if len(says["http://www.w3.org/ns/hydra/core#next"]) > 0 {
				next = says["http://www.w3.org/ns/hydra/core#next"][0]
			}
			if !slices.Contains(says[rdfType], "http://www.w3.org/ns/dcat#Dataset") {
				continue
			}
			sets++
			path := strings.Replace(subject, "/donnees/", "/", 1)
			if !slices.Contains(says["http://www.w3.org/ns/dcat#distribution"], path+".csv") {
				t.Errorf("%s has no table", subject)
				continue
			}
			if got, want := len(n.table(t, strings.TrimPrefix(path, n.URL)+".csv").Rows), listed(t, visitor, path); got != want {
				t.Errorf("%s: the table has %d lines, the pages say %d", subject, got, want)
			}
		}
	}
	if sets != len(store.Kinds) {
		t.Errorf("met %d data sets, there are %d", sets, len(store.Kinds))
	}
}

const rdfType = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

// statements are what a document says, by subject and property, as any processor of
// JSON-LD reads it.
func statements(t *testing.T, document string) map[string]map[string][]string {
	t.Helper()
	var doc any
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		t.Fatal(err)
	}
	set, err := ld.NewJsonLdProcessor().ToRDF(doc, ld.NewJsonLdOptions(""))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string][]string{}
	for _, q := range set.(*ld.RDFDataset).Graphs["@default"] {
		subject, property := q.Subject.GetValue(), q.Predicate.GetValue()
		if all[subject] == nil {
			all[subject] = map[string][]string{}
		}
		all[subject][property] = append(all[subject][property], q.Object.GetValue())
	}
	return all
}

// listed is how many records the pages of a list say that there are; those that are
// over have a page of their own.
func listed(t *testing.T, b browser, path string) (n int) {
	t.Helper()
	parts := []string{""}
	if strings.HasSuffix(path, "/agenda") {
		parts = append(parts, "?quand=passe")
	}
	for _, part := range parts {
		said := regexp.MustCompile(`(\d+) fiches?\b`).FindStringSubmatch(words(b.get(t, path+part, "text/html")))
		if said == nil {
			t.Fatalf("%s does not say how many there are", path)
		}
		var count int
		if _, err := fmt.Sscan(said[1], &count); err != nil {
			t.Fatal(err)
		}
		n += count
	}
	return n
}

// snapshots hold what is public of the lab alone, say how to check them and what
// they mean, and are the same byte for byte when nothing changed.
func (y *year) snapshots(t *testing.T) {
	n := y.labs[3]
	n.add(t, &store.Experiment{Stage: "signal", Record: store.Record{
		Kind: "experiment", Title: "Guichet", Pitch: "Écrire à ana.le-goff@exemple.test ou au 06 12 34 56 78.", Audience: store.Public,
	}})
	n.add(t, &store.Experiment{Stage: "signal", Record: store.Record{Kind: "experiment", Title: "Zqcachee", Pitch: "Pour le labo.", Audience: store.LabOnly}})
	first, second := n.freeze(t), n.freeze(t)
	for file, data := range first {
		if second[file] != data {
			t.Errorf("%s is another one in the second snapshot of the day", file)
		}
		for _, never := range []string{"@exemple.test", "06 12 34", "Zqcachee", "jo_occitanie", "Portes ouvertes pdl"} {
			if strings.Contains(data, never) {
				t.Errorf("%q is in %s", never, file)
			}
		}
	}
	if got, want := strings.Count(first["agenda.csv"], "\n"), len(n.table(t, "/agenda.csv?origine=ici").Rows)+1; got != want {
		t.Errorf("the agenda has %d lines, want %d", got, want)
	}
	for file, data := range first {
		columns, _, _ := strings.Cut(strings.TrimPrefix(data, "\ufeff"), "\n")
		for column := range strings.SplitSeq(strings.TrimSpace(columns), ",") {
			if file != "dictionnaire.csv" && !strings.Contains(first["dictionnaire.csv"], "\n"+file+","+column+",") {
				t.Errorf("the dictionary does not know %s of %s", column, file)
			}
		}
	}
}

// freeze takes the snapshot of today and fetches its files, each with the sum that
// was promised.
func (n node) freeze(t *testing.T) map[string]string {
	t.Helper()
	words, err := assets.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	taken, err := web.TakeSnapshot(t.Context(), n.Store, words)
	if err != nil {
		t.Fatal(err)
	}
	folder := n.URL + "/donnees/instantanes/" + taken.Name + "/"
	files, visitor := map[string]string{}, n.visitor(t)
	for line := range strings.Lines(visitor.get(t, folder+"SHA256SUMS", "*/*")) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  "+taken.Name+"-")
		data := visitor.get(t, folder+name, "*/*")
		if sum := sha256.Sum256([]byte(data)); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s has not the sum that was promised", name)
		}
		files[name] = data
	}
	if len(files) < 3 {
		t.Errorf("the snapshot has %d files", len(files))
	}
	return files
}
