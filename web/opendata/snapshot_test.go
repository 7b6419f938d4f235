package opendata

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/kindtest"
	"github.com/essaim/essaim/store/sheet"
	"github.com/essaim/essaim/web/assets"
)

func (s *site) take(t testing.TB) *store.Snapshot {
	t.Helper()
	words, err := assets.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	taken, err := Take(t.Context(), s.node.Store, words)
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

func (s *site) file(t testing.TB, snapshot *store.Snapshot, name string) string {
	t.Helper()
	a := s.Visitor(t).Get(snapshotsPath + "/" + snapshot.Name + "/" + name)
	if a.Status != http.StatusOK {
		t.Fatalf("%s: %d", name, a.Status)
	}
	return a.Body
}

// The snapshot of a researcher: its sums are right, every column is explained,
// and it stays the same until something changes.
func TestSnapshotsAreWholeExplainedAndUnchanged(t *testing.T) {
	s := newSite(t)
	for _, k := range store.Kinds {
		it := kindtest.Fill(k)
		r := it.Envelope()
		r.Audience, r.Relations, r.InReplyTo, r.Unverified = store.Public, nil, "", false
		s.publish(t, it)
	}
	taken := s.take(t)
	if len(taken.Files) != len(store.Kinds)+1 {
		t.Fatalf("got %d files for %d kinds", len(taken.Files), len(store.Kinds))
	}
	book, err := sheet.Read([]byte(s.file(t, taken, Dictionary)), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for _, row := range book.Rows {
		explained[row.Cells[0]+" "+row.Cells[1]] = row.Cells[2] != ""
	}
	sums := s.file(t, taken, sumsName)
	for _, f := range taken.Files {
		body := s.file(t, taken, f.Name)
		sum := sha256.Sum256([]byte(body))
		if hex.EncodeToString(sum[:]) != f.SHA256 || len(body) != f.Size || !strings.Contains(sums, f.SHA256+"  "+taken.Name+"-"+f.Name+"\n") {
			t.Errorf("%s is not what its sum says", f.Name)
		}
		table, err := sheet.Read([]byte(body), time.Time{})
		if err != nil || len(table.Rows) != f.Rows {
			t.Fatalf("%s: %d rows, %v; want %d", f.Name, len(table.Rows), err, f.Rows)
		}
		for _, column := range table.Columns {
			if f.Name != Dictionary && !explained[f.Name+" "+column] {
				t.Errorf("%s: nothing explains %q", f.Name, column)
			}
		}
	}
	if again := s.take(t); again.Name != taken.Name {
		t.Errorf("nothing changed, and there is %s beside %s", again.Name, taken.Name)
	}
	s.publish(t, experiment("de plus", store.Public))
	later := s.take(t)
	if later.Name == taken.Name || later.File("experimentations.csv").SHA256 == taken.File("experimentations.csv").SHA256 ||
		later.File("agenda.csv").SHA256 != taken.File("agenda.csv").SHA256 {
		t.Errorf("after a change: %+v", later)
	}
}

// The words that a kind fills its personal fields with, and those that reach
// somebody, are nowhere in a snapshot.
func TestSnapshotsNameAndReachNobody(t *testing.T) {
	s := newSite(t)
	event := &store.Event{Record: experiment("rencontre", store.Public).Record, EventKind: "atelier", Start: "2026-03-14T10:00"}
	event.Kind, event.Pitch = "event", "Écrivez à ana.le-goff+a@exemple.fr ou au 02 99 01 02 03, +33 6 12 34 56 78."
	event.Organizers = store.Entries[store.Organizer]{{Name: "organisatrice-nommee"}}
	event.Minutes = "participant-nomme"
	event.Body = "SIRET 00552013500013, https://exemple.fr/@page"
	s.publish(t, event)
	hidden := experiment("fiche-labo", store.LabOnly)
	s.publish(t, hidden)
	raw := &store.Initiative{Record: experiment("non-verifiee", store.Public).Record, InitiativeKind: store.InitiativeKinds.Slugs[0]}
	raw.Kind = "initiative"
	s.publish(t, raw)
	raw.Unverified = true
	if err := s.node.Store.Update(t.Context(), func(tx *store.Txn) error { return tx.PutRecord(raw, nil) }); err != nil {
		t.Fatal(err)
	}
	taken := s.take(t)
	var all strings.Builder
	for _, f := range taken.Files {
		all.WriteString(s.file(t, taken, f.Name))
	}
	for _, never := range []string{
		"ana.le-goff", "exemple.fr ou", "99 01 02", "34 56 78", "organisatrice-nommee", "participant-nomme", "fiche-labo", "non-verifiee",
		"commanditaire", s.node.Admin.IRI, s.node.Admin.Name,
	} {
		if strings.Contains(all.String(), never) {
			t.Errorf("%q is in the snapshot", never)
		}
	}
	for _, stays := range []string{"rencontre", "00552013500013", "https://exemple.fr/@page", "2026-03-14T10:00"} {
		if !strings.Contains(all.String(), stays) {
			t.Errorf("%q is not in the snapshot", stays)
		}
	}
}

func TestSnapshotsHaveAPageUntilTheyAreWithdrawn(t *testing.T) {
	s := newSite(t)
	c := s.Visitor(t)
	if a := c.Get("/donnees"); a.Status != http.StatusOK || !a.Has("Le premier instantané", "@misc{", "/catalogue.ttl") {
		t.Errorf("without a snapshot: %d", a.Status)
	}
	s.publish(t, experiment("fiche", store.Public))
	taken := s.take(t)
	path := snapshotsPath + "/" + taken.Name
	if a := c.Get("/donnees"); !a.Has(path) {
		t.Error("the snapshot is not listed")
	}
	for _, lang := range []string{"", "/en"} {
		if a := c.Get(lang + path); a.Status != http.StatusOK || !a.Has(taken.Files[0].SHA256, "experimentations.csv", "@misc{") {
			t.Errorf("its page%s: %d", lang, a.Status)
		}
	}
	file := c.Get(path + "/experimentations.csv")
	if file.Header.Get("Repr-Digest") == "" || !strings.Contains(file.Header.Get("Cache-Control"), "immutable") || file.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("its file: %v", file.Header)
	}
	if a := c.Do(http.MethodGet, path+"/experimentations.csv", nil, http.Header{"If-None-Match": {file.Header.Get("ETag")}}); a.Status != http.StatusNotModified {
		t.Errorf("who has it: %d", a.Status)
	}
	for _, wrong := range []string{path + "/agenda.csv", snapshotsPath + "/2020-01-01", snapshotsPath + "/x/y"} {
		if a := c.Get(wrong); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", wrong, a.Status)
		}
	}
	if err := s.node.Store.Update(t.Context(), func(tx *store.Txn) error { return tx.WithdrawSnapshot(taken.Name) }); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{path, path + "/experimentations.csv", path + "/" + sumsName} {
		if a := c.Get(gone); a.Status != http.StatusGone {
			t.Errorf("%s: %d, want 410", gone, a.Status)
		}
	}
	if a := c.Get("/donnees"); a.Has(path) {
		t.Error("what was withdrawn is listed")
	}
}
