package web_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/essaim/essaim/federation/fedtest"
	"github.com/essaim/essaim/store"
)

// payloads are texts that would run a script, call home or break out of a page.
func payloads(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("markup/testdata/hostile.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(data)) {
		text, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

// said is what an address says to a visitor.
func (w *world) said(path, accept string) string {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.node.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	return fedtest.Ask(w.t, r).Body
}

// looks wants an address to be harmless: as a page, or every text of a document.
func (w *world) looks(path, accept string) {
	w.t.Helper()
	said := w.said(path, accept)
	if accept == asPage {
		harmless(w.t, path, w.node.URL, said)
		return
	}
	var doc any
	if err := json.Unmarshal([]byte(said), &doc); err != nil {
		w.t.Fatalf("%s: %v in %s", path, err, said)
	}
	w.texts(path, doc)
}

// texts looks at the texts of a document that its readers take for HTML.
func (w *world) texts(what string, v any) {
	w.t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if key != "source" { // what was typed, for its author
				w.texts(what+" "+key, inner)
			}
		}
	case []any:
		for _, inner := range v {
			w.texts(what, inner)
		}
	case string:
		if end := what[strings.LastIndex(what, " ")+1:]; end == "content" || end == "note" || end == "value" || end == "summary" {
			harmless(w.t, what, w.node.URL, v)
		} else if active.MatchString(v) {
			w.t.Errorf("%s: got the address %q", what, v)
		}
	}
}

func TestHostileNotesAreHarmless(t *testing.T) { // H01, H05
	t.Parallel()
	w := newWorld(t)
	by := w.peers["mutual lab"]
	for i, payload := range payloads(t) {
		note := by.Note("hostile-" + strconv.Itoa(i))
		note["content"], note["summary"], note["name"] = "<p>"+payload+"</p>", payload, payload
		note["attachment"] = []fedtest.Object{{"type": "Image", "url": "https://t.example/p.gif", "mediaType": "image/gif", "name": payload}}
		note["contentMap"] = fedtest.Object{"fr": payload}
		w.sent(by, by.Activity("Create", note))
		var id string
		w.update(func(tx *store.Txn) error {
			it, err := tx.RecordByIRI(note["id"].(string))
			if err == nil {
				id = it.Envelope().ID.String()
			}
			return err
		})
		w.looks("/n/"+id, asPage)
		w.looks("/api/v1/statuses/"+id, "application/json")
	}
	w.looks("/fil", asPage)
	w.looks("/actualites", asPage)
	w.looks("/api/v1/timelines/public?limit=40", "application/json")
}

func TestHostileProfilesAreHarmless(t *testing.T) { // H02
	t.Parallel()
	w := newWorld(t)
	by := w.peers["mutual lab"]
	var id string
	w.update(func(tx *store.Txn) error {
		a, err := tx.ActorByIRI(by.IRI)
		id = a.ID.String()
		return err
	})
	for i, payload := range payloads(t) {
		doc := fedtest.With(by.Document(), fedtest.Object{
			"type": "Group", "name": payload, "summary": payload, "url": payload,
			"attachment": []fedtest.Object{{"type": "PropertyValue", "name": payload, "value": payload}},
			"tag": []fedtest.Object{
				{"type": "Emoji", "name": ":x:", "icon": fedtest.Object{"type": "Image", "url": payload}}, {"type": "Hashtag", "name": payload, "href": payload},
			},
			"icon": fedtest.Object{"type": "Image", "url": payload}, "image": fedtest.Object{"type": "Image", "url": "https://t.example/p.gif"},
		})
		by.Show(doc)
		update := fedtest.With(by.Activity("Update", doc), fedtest.Object{"id": by.IRI + "#update-" + strconv.Itoa(i)})
		if got := by.Mail(w.node.URL+"/inbox", update).Send(); got.Status >= 500 {
			t.Errorf("%q: got %d", payload, got.Status)
		}
		w.looks("/reseau/"+strings.TrimPrefix(by.Peer.URL, "http://")+"/voisin", asPage)
		w.looks("/reseau", asPage)
		w.looks("/api/v1/accounts/"+id, "application/json")
	}
}

// TestHostileTextOfMembersIsHarmless saves what a member of this node typed.
func TestHostileTextOfMembersIsHarmless(t *testing.T) { // H03
	t.Parallel()
	w := newWorld(t)
	for i, payload := range payloads(t) {
		e := &store.Experiment{Stage: "idees", Problem: payload, Record: store.Record{
			Kind: "experiment", Title: "Essai " + strconv.Itoa(i), Pitch: clean(payload), Body: payload, Lang: "fr", Audience: store.Public,
			Tags: []string{"rural"},
		}}
		r := w.publish(w.members["author"], e)
		w.looks("/e/"+r.ID.String(), asPage)
		w.looks("/e/essai-"+strconv.Itoa(i)+"-"+r.ID.String(), asPage)
		w.looks("/o/"+r.ID.String(), asDocument)
		w.looks("/api/v1/statuses/"+r.ID.String(), "application/json")
	}
	w.looks("/experimentations", asPage)
	w.looks("/", asPage)
}

// clean is a text of one line.
func clean(s string) string { return strings.NewReplacer("\n", " ", "\x00", " ").Replace(s) }

// TestTitlesBreakNoFormat reads every form of a list that holds what would end a
// line, a section or a cell.
func TestTitlesBreakNoFormat(t *testing.T) { // H07
	t.Parallel()
	w := newWorld(t)
	for _, title := range []string{
		`=cmd|' /C calc'!A0`, `+1+1`, `-2+3`, `@SUM(1)`, "\t=1", `]]><script>alert(1)</script>`, `"; DROP`, `a,b;c`,
		`END:VEVENT`, `x\nEVIL:1`, `</title><item>`, `&evil;`, "\u2028evil", "<!--",
	} {
		w.publish(w.members["author"], &store.Experiment{Stage: "idees", Record: store.Record{Kind: "experiment", Title: title, Pitch: title, Body: title, Lang: "fr", Audience: store.Public}})
		w.publish(w.members["author"], &store.Event{Start: "2030-05-02T10:00", End: "2030-05-02T11:00", Zone: "Europe/Paris", Record: store.Record{Kind: "event", Title: title, Pitch: title, Lang: "fr", Audience: store.Public}})
	}
	for _, path := range []string{"/experimentations.csv", "/agenda.csv"} {
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.said(path, "*/*"), "\ufeff")))
		r.Comma = ';'
		rows, err := r.ReadAll()
		if err != nil || len(rows) < 14 {
			t.Errorf("%s: %d rows, %v", path, len(rows), err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && len(cell) > 3 {
					t.Errorf("%s: a cell is a formula: %q", path, cell)
				}
			}
		}
	}
	for _, path := range []string{"/experimentations.atom", "/experimentations.rss", "/agenda.atom"} {
		wellFormed(t, path, w.said(path, "*/*"))
	}
	for _, path := range []string{"/experimentations.json", "/experimentations.geojson", "/experimentations.jsonld"} {
		if !json.Valid([]byte(w.said(path, "*/*"))) {
			t.Errorf("%s: no JSON", path)
		}
	}
	for line := range strings.Lines(w.said("/agenda.ics", "*/*")) {
		if name, _, _ := strings.Cut(line, ":"); strings.HasPrefix(name, "EVIL") {
			t.Errorf("/agenda.ics: a line of a title: %q", line)
		}
	}
}

func wellFormed(t *testing.T, path, said string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader([]byte(said)))
	d.Strict = true
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
	}
}
